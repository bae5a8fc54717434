"""What a first start leaves behind, and what a second one leaves alone."""

import os
import re
import sqlite3
import stat
from pathlib import Path

import pytest

from callcenter.core.errors import BadInput
from callcenter.folders import make_folders, make_run_folder
from callcenter.keys import make_secrets, read_secrets, typed_password, write_private
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.setup import make_call_records, prepare

COLUMNS = "[master]\ntable = cel\ncolumns = eventtype, eventtime, linkedid\nvalues = 'x','y','z'\n"


def room(home: Path, **more: str) -> Settings:
    return read_settings({"CALLCENTER_HOME": str(home), **more})


async def test_a_first_start_makes_everything_for_the_owner_only(tmp_path: Path) -> None:
    settings = room(tmp_path / "home")
    shown = "\n".join(await prepare(settings))
    assert settings.first_run_file.read_text().splitlines() == shown.splitlines()[:-1]
    for position, password in read_secrets(settings).phones.items():
        assert position in shown and password in shown
    for path in settings.home.rglob("*"):
        mode = path.stat().st_mode
        if path.name in ("secrets.json", "first-run.txt", "settings.toml", "manager.conf", "positions.conf"):
            assert stat.S_IMODE(mode) == 0o600, path
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    assert (settings.asterisk / "etc" / "asterisk.conf").exists()
    assert settings.cel_file.exists()


async def test_a_second_start_shows_nothing_and_changes_no_secret(tmp_path: Path) -> None:
    settings = room(tmp_path)
    await prepare(settings)
    secrets, first_run = settings.secrets_file.read_bytes(), settings.first_run_file.read_bytes()
    settings.settings_file.write_text('city = "Bima"\n')
    assert await prepare(room(tmp_path)) == []
    assert settings.secrets_file.read_bytes() == secrets
    assert settings.first_run_file.read_bytes() == first_run
    assert settings.settings_file.read_text() == 'city = "Bima"\n'


async def test_the_admin_can_sign_in_with_the_password_shown(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from callcenter.storage import Database, People

    settings = room(tmp_path)
    shown = "\n".join(await prepare(settings))
    password = re.search(r"as admin with (\S+)", shown)
    assert password
    async with Database(settings.database_url).running() as database:
        people = People(database, clock=lambda: datetime.now(UTC))
        assert (await people.sign_in("admin", password[1], address="127.0.0.1")).session.person == "admin"


def test_a_position_added_later_gets_a_password_and_the_others_keep_theirs(tmp_path: Path) -> None:
    before = make_secrets(room(tmp_path))
    after = make_secrets(room(tmp_path, CALLCENTER_POSITIONS="101,105"))
    assert after.phones["101"] == before.phones["101"]
    assert after.phones["105"]
    assert (after.ami, after.session) == (before.ami, before.session)


def test_secrets_that_cannot_be_read_are_not_silently_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{half a file")
    with pytest.raises(BadInput, match=r"secrets\.json cannot be read .*Restore it"):
        make_secrets(room(tmp_path))
    (tmp_path / "secrets.json").unlink()
    with pytest.raises(BadInput, match=r"is missing\. Start \./run once"):
        read_secrets(room(tmp_path))


def test_passwords_are_long_and_easy_to_type() -> None:
    assert len({typed_password() for _ in range(100)}) == 100
    assert re.fullmatch(r"[a-z2-9]{16}", typed_password())


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "new")
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match=r"cannot be written \(Not a directory\)\. Give CALLCENTER_HOME"):
        make_folders(room(tmp_path / "file" / "home"))


def test_somebody_else_s_data_folder_is_left_as_it_is(tmp_path: Path) -> None:
    theirs = Path("/usr")  # root's; where we are root a folder is given away
    if os.getuid() == 0:
        theirs = tmp_path
        os.chown(theirs, 65534, 65534)
    before = sorted(theirs.iterdir())
    with pytest.raises(BadInput, match=r"belongs to another user\. Run this as that user"):
        make_folders(room(theirs))
    assert sorted(theirs.iterdir()) == before


def test_a_read_only_place_is_told() -> None:
    with pytest.raises(BadInput, match=r"The data folder /proc/callcenter cannot be written"):
        make_folders(room(Path("/proc/callcenter")))


def test_a_socket_folder_that_somebody_else_laid_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "theirs")
    with pytest.raises(BadInput, match="belongs to somebody else"):
        make_run_folder(tmp_path / "run")
    make_run_folder(tmp_path / "ours")
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == 0o700
    assert (tmp_path / "ours").stat().st_uid == os.getuid()


def test_asterisk_s_records_are_made_in_wal_mode_with_the_columns_of_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "cel.conf").write_text(COLUMNS)
    file = tmp_path / "master.db"
    make_call_records(file, tmp_path / "cel.conf")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("master")] == ["master.db"]
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert [row[1] for row in connection.execute("PRAGMA table_info(cel)")] == [
        "AcctId", "eventtype", "eventtime", "linkedid",
    ]  # fmt: skip
    connection.execute("INSERT INTO cel (eventtype) VALUES ('CHAN_START')")
    connection.commit()
    make_call_records(file, tmp_path / "cel.conf")  # a second start: not one record is lost
    assert connection.execute("SELECT count(*) FROM cel").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize("text", ["", "[master]\ntable = cel\n", "table = cel\ncolumns = a, b); DROP TABLE x\n"])
def test_a_records_configuration_that_is_damaged_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "cel.conf").write_text(text)
    with pytest.raises(BadInput, match=r"cel\.conf has"):
        make_call_records(tmp_path / "master.db", tmp_path / "cel.conf")
