"""A backup is made while calls are written, and the room comes back from it: on SQLite and on PostgreSQL."""

import json
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callcenter.audit import HEADS, Heads, verify
from callcenter.backup import ASTDB, backup
from callcenter.core.errors import BadInput
from callcenter.keys import read_secrets
from callcenter.restore import restore
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.setup import prepare
from callcenter.storage import CallFilter, Database, audited
from callcenter.storage.dump import counted
from callcenter.watch import LAST_BACKUP
from tests import postgres
from tests.live.waiting import until
from tests.prepared import prepared
from tests.storage.cast import Clock
from tests.storage.conftest import Room

SOUND = "asterisk/spool/monitor/2026/01/14/e112-1768366800.1.wav"


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL's server is not installed: apt-get install postgresql")
    with postgres.server() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def environ(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """The environment of a room that was set up."""
    found = {"CALLCENTER_HOME": str(tmp_path / "home")}
    running: postgres.Server | None = None
    if request.param == "postgresql":
        running = request.getfixturevalue("server")
        url = await running.make("backup")
        found["CALLCENTER_DATABASE_URL"] = url.replace("postgresql://", "postgresql+asyncpg://")
    await prepare(read_settings(found))
    yield found
    if running:
        await running.drop("backup")


def other_home(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "CALLCENTER_HOME": environ["CALLCENTER_HOME"] + "-new"}


class Victim:
    """A program that writes calls, and says which are safe."""

    def __init__(self, settings: Settings) -> None:
        command = [sys.executable, "-m", "tests.storage.victim", settings.database_url, str(settings.spool)]
        root = Path(__file__).resolve().parents[1]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
        self.written = self.committed = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            word, _, rest = line.partition(" ")
            if word == "written":
                self.written = int(rest)
            else:
                self.committed += 1

    async def busy(self) -> int:
        """How many calls were safe at this moment, once it is well under way."""
        await until(lambda: self.written > 50 and self.committed > 50, "calls are written and committed")
        return self.written

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout
        self._process.stdout.close()


class AsAsterisk:
    """Writes AstDB as Asterisk does: one long transaction after the other; what meets a lock at its commit is lost."""

    def __init__(self, file: Path) -> None:
        self.file, self.lost, self.commits = file, 0, 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def _write(self) -> None:
        with closing(sqlite3.connect(self.file, timeout=0, isolation_level=None)) as db:
            db.execute("CREATE TABLE IF NOT EXISTS astdb (key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
            while not self._end.wait(0.02):
                db.execute("BEGIN")
                db.execute("INSERT INTO astdb VALUES (?, 'x')", (f"/e112/{self.commits + self.lost}/in",))
                try:
                    db.execute("COMMIT")
                    self.commits += 1
                except sqlite3.OperationalError:
                    db.execute("ROLLBACK")
                    self.lost += 1

    def stop(self) -> None:
        self._end.set()
        self._thread.join()


@asynccontextmanager
async def storage(settings: Settings) -> AsyncIterator[Room]:
    """The room's storage, once all that waits in the spool is committed."""
    async with Database(settings.database_url).running() as database:
        room = Room(database, settings.spool, Clock())
        async with room.journal() as journal:
            await until(lambda: journal.state.waiting == 0, "all is committed")
            yield room


async def calls_in(settings: Settings) -> set[str]:
    found: set[str] = set()
    async with storage(settings) as room:
        after, more = "", True
        while more:
            page = await room.history.calls(CallFilter(), after=after, limit=200)
            found |= {line.id for line in page.lines}
            assert all(line.ticket for line in page.lines)
            after, more = page.next, bool(page.next)
    return found


def cel_row(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.cel_file)) as db:
        db.execute("INSERT INTO cel (eventtype, uniqueid) VALUES ('CHAN_START', 'e112-1768366800.1')")
        db.commit()


async def test_nothing_that_was_safe_before_a_backup_is_missing_after_it_although_calls_went_on(
    environ: dict[str, str], tmp_path: Path
) -> None:
    settings, file = read_settings(environ), tmp_path / "room.tar.gz"
    cel_row(settings)
    asterisk, victim = AsAsterisk(settings.home / ASTDB), Victim(settings)
    try:
        before = await victim.busy()
        await until(lambda: asterisk.commits > 5, "Asterisk has written")
        said = await backup(settings, file)
        assert asterisk.lost == 0, "the backup made Asterisk lose what it had heard"
        after = victim.committed
        await until(lambda: victim.committed > after, "calls go on")
    finally:
        victim.stop()
        asterisk.stop()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads((settings.home / LAST_BACKUP).read_text())["file"] == str(file)
    assert "calls" in said[0] and not list(tmp_path.glob(".backup-*"))
    again = read_settings(other_home(environ))
    told = await restore(again, file, other_home(environ))
    assert "restored from" in told[0] and told[-1] == "Start ./run."
    assert read_secrets(again) == read_secrets(settings)
    found = await calls_in(again)
    assert {f"victim-{n}" for n in range(1, before + 1)} <= found
    counts = await counted(again.database_url)
    assert counts.calls == counts.tickets == len(found)
    with closing(sqlite3.connect(again.cel_file)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("SELECT uniqueid FROM cel").fetchall() == [("e112-1768366800.1",)]
    with closing(sqlite3.connect(again.home / ASTDB)) as db:
        assert db.execute("SELECT count(*) FROM astdb").fetchone()[0] > 5


async def test_what_is_there_is_put_aside_and_its_recordings_are_found_again(
    environ: dict[str, str], tmp_path: Path
) -> None:
    settings = read_settings(environ)
    settings.settings_file.write_text('city = "Bima"\n')
    (settings.home / SOUND).parent.mkdir(parents=True)
    (settings.home / SOUND).write_bytes(b"RIFF")
    smaller = settings.home / SOUND.replace(".wav", "-relay.flac")
    for name in ("-relay.wav", "-gone.wav"):
        (settings.home / SOUND.replace(".wav", name)).write_bytes(b"RIFF" * 2)
    own = settings.home / "locales/jv.po"
    own.parent.mkdir()
    own.write_text('msgid ""\n')
    async with Database(settings.database_url).running() as database:
        await audited(database, by="bima", action="call.view", at=datetime.now(UTC))
        await Heads(settings, database, clock=lambda: datetime.now(UTC)).look()
    said = await backup(settings, tmp_path / "room.tar.gz")
    (seal,) = [line.rsplit(" ", 1)[1] for line in said if "the audit's seal" in line]
    settings.settings_file.write_text('city = "Kupang"\n')
    for name in ("-relay.wav", "-gone.wav"):
        (settings.home / SOUND.replace(".wav", name)).unlink()
    smaller.write_bytes(b"fLaC")  # it was compressed after the backup
    smaller.with_suffix(".peaks").write_bytes(b"[]")
    told = await restore(settings, tmp_path / "room.tar.gz", environ)
    assert "2 of 3 files of recordings were found again" in told and own.exists()
    assert smaller.read_bytes() == b"fLaC" and smaller.with_suffix(".peaks").exists()
    assert any(SOUND.replace(".wav", "-gone.wav") in line for line in told)
    assert (await verify(settings, lambda: datetime.now(UTC), [seal]))[0] == 0
    assert (settings.home / HEADS).exists()
    assert (settings.home / SOUND).read_bytes() == b"RIFF"
    assert read_settings(environ).city == "Bima"
    (aside,) = settings.home.glob("before-restore-*")
    assert (aside / "settings.toml").read_text() == 'city = "Kupang"\n'
    assert any(str(aside) in line for line in told)
    if "CALLCENTER_DATABASE_URL" in environ:
        assert any("schema before_restore_" in line for line in told)


async def test_recordings_come_along_when_they_are_asked_for(environ: dict[str, str], tmp_path: Path) -> None:
    settings = read_settings(environ)
    (settings.home / SOUND).parent.mkdir(parents=True)
    (settings.home / SOUND).write_bytes(b"RIFF")
    said = await backup(settings, tmp_path / "room.tar.gz", recordings=True)
    assert "1 file of recordings is in it" in said
    again = other_home(environ)
    await restore(read_settings(again), tmp_path / "room.tar.gz", again)
    assert (Path(again["CALLCENTER_HOME"]) / SOUND).read_bytes() == b"RIFF"


@pytest.fixture
async def saved(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """A small room and its backup."""
    environ = {"CALLCENTER_HOME": str(tmp_path / "home")}
    await prepared(read_settings(environ))
    await backup(read_settings(environ), tmp_path / "room.tar.gz")
    return environ, tmp_path / "room.tar.gz"


async def test_a_folder_keeps_the_newest_backups_and_no_file_is_written_over(
    saved: tuple[dict[str, str], Path], tmp_path: Path
) -> None:
    environ, file = saved
    settings = read_settings(environ)
    folder = tmp_path / "kept"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"callcenter-2026010{day}T010000Z.tar.gz").touch()
    (folder / "somebody-else.tar.gz").touch()
    said = await backup(settings, folder, keep=2)
    assert "3 older backups were removed" in said
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 3 and names[0] == "callcenter-20260104T010000Z.tar.gz" and names[2] == "somebody-else.tar.gz"
    with pytest.raises(BadInput, match="is there already"):
        await backup(settings, file)
    with pytest.raises(BadInput, match="cannot be written"):
        await backup(settings, tmp_path / "nowhere" / "room.tar.gz")
    await backup(settings, tmp_path / "new" / "nightly", keep=2)  # the first night: a folder, not a file of that name
    (first,) = (tmp_path / "new" / "nightly").iterdir()
    assert first.name.startswith("callcenter-") and stat.S_IMODE(first.parent.stat().st_mode) == 0o700


async def test_a_backup_that_cannot_be_noted_says_that_it_is_made(
    saved: tuple[dict[str, str], Path], tmp_path: Path
) -> None:
    settings, folder = read_settings(saved[0]), tmp_path / "kept"
    (settings.home / f"{LAST_BACKUP}.new").mkdir()  # nobody can write a file there, not even root
    folder.mkdir()
    (folder / "callcenter-20260101T010000Z.tar.gz").touch()
    with pytest.raises(BadInput, match=rf"is made and can be read, but .*{LAST_BACKUP} cannot be written \(Is a dir"):
        await backup(settings, folder, keep=1)
    assert len(list(folder.iterdir())) == 2


async def test_a_backup_that_would_fill_the_disk_is_not_begun(
    saved: tuple[dict[str, str], Path], tmp_path: Path
) -> None:
    settings = read_settings(saved[0])
    with settings.cel_file.open("ab") as file:
        file.truncate(1 << 43)  # 8 TB, of nothing
    with pytest.raises(BadInput, match="GB free; a backup may need"):
        await backup(settings, tmp_path / "second.tar.gz")
    assert not list(tmp_path.glob("*second*"))
