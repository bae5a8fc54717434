"""What goes wrong slowly is told in time: the disk, the backup, logs, an Asterisk with older settings."""

import asyncio
import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter import doctor, watch
from callcenter.backup import backup
from callcenter.cli import ready
from callcenter.core.errors import BadInput
from callcenter.doctor import look_at_what_fills
from callcenter.doctor_telephone import look_at_books
from callcenter.findings import Grade
from callcenter.logs import cut
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.setup import mark_started, runs_older
from callcenter.watch import LAST_BACKUP, Watch, backup_trouble, disk, disk_trouble, records_trouble
from tests.prepared import prepared

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    found = read_settings({"CALLCENTER_HOME": str(tmp_path / "home")})
    await prepared(found)
    return found


def recorded(settings: Settings, days_ago: int, size: int) -> None:
    folder = settings.recordings / f"{NOW - days_ago * DAY:%Y/%m/%d}"
    folder.mkdir(parents=True)
    with (folder / "call.wav").open("wb") as file:
        file.truncate(size)


def test_the_pace_of_the_recordings_says_what_a_year_takes_and_when_the_disk_is_full(settings: Settings) -> None:
    assert disk(settings, NOW).left is None and disk_trouble(settings, NOW) is None
    recorded(settings, 1, 3 << 30)
    recorded(settings, 2, 1 << 30)
    found = disk(settings, NOW)
    assert found.a_day == 2 << 30 and found.a_year_gb == 730
    recorded(settings, 3, 1 << 42)  # 4 TB a day: no disk of a test machine lasts a month
    assert "the disk is full in" in str(disk_trouble(settings, NOW))


async def test_a_missing_an_old_and_a_removed_backup_are_told(settings: Settings, tmp_path: Path) -> None:
    assert backup_trouble(settings, NOW) is None, "a room that was just made has nothing to lose"
    assert backup_trouble(settings, NOW + 2 * DAY) == watch.NO_BACKUP
    await backup(settings, tmp_path / "room.tar.gz")
    assert backup_trouble(settings, datetime.now(UTC) + DAY) is None
    assert "was made 48 hours ago" in str(backup_trouble(settings, datetime.now(UTC) + 2 * DAY))
    (tmp_path / "room.tar.gz").unlink()
    assert "is not there any more" in str(backup_trouble(settings, NOW))
    (settings.home / LAST_BACKUP).write_text("[")
    assert "is not known" in str(backup_trouble(settings, NOW))


def test_a_record_that_asterisk_could_not_write_is_told_for_a_day(settings: Settings) -> None:
    log = settings.asterisk / "log" / "messages"
    assert records_trouble(settings, NOW) is None
    line = "ERROR[12] cdrel_custom/writers.c: Unable to write CEL to database /x/master.db. Error: database is locked"
    log.write_text(f"[{NOW.astimezone():%Y-%m-%d %H:%M:%S}.123] {line}\n[broken\n")
    assert "(Unable to write CEL to database /x/master.db. Error: database" in str(records_trouble(settings, NOW))
    assert records_trouble(settings, NOW + DAY) is None


async def test_an_alarm_is_raised_once_and_is_over_when_it_is_over(settings: Settings, tmp_path: Path) -> None:
    heard: list[tuple[str, bool]] = []
    later = datetime.now(UTC) + 2 * DAY
    watched = Watch(settings, clock=lambda: later, alarm=lambda key, told: heard.append((key, told is not None)))
    await watched.look()
    await watched.look()
    assert heard == [("backup", True)] and watched.notices() == [watch.NO_BACKUP]
    told = {"at": later.isoformat(), "file": str(settings.secrets_file), "bytes": 1, "recordings": False}
    (settings.home / LAST_BACKUP).write_text(json.dumps(told))
    await watched.look()
    assert heard[1:] == [("backup", False)] and watched.notices() == []


def test_a_log_is_cut_under_its_writer_who_goes_on_writing(tmp_path: Path) -> None:
    file = tmp_path / "service.log"
    with file.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 100)
        assert cut(file, limit=1000) is False
        assert cut(file, limit=100) is True
        writer.write(b"new\n")
        assert file.read_bytes() == b"new\n"
    assert (tmp_path / "service.log.1").read_bytes() == b"old\n" * 100
    assert cut(tmp_path / "nothing") is False


def test_an_asterisk_that_was_started_with_other_settings_is_known(settings: Settings) -> None:
    assert not runs_older(settings), "nobody has marked it"
    mark_started(settings)
    assert not runs_older(settings)
    (settings.asterisk / "etc" / "queues.conf").write_text("; other\n")
    assert runs_older(settings)


async def test_the_doctor_tells_of_the_year_the_backup_and_the_account(settings: Settings) -> None:
    recorded(settings, 1, 1 << 30)
    os.utime(settings.secrets_file, (0, 0))
    found = [*look_at_what_fills(settings, NOW), *await look_at_books(settings, NOW)]
    said = "\n".join(map(str, found))
    assert "recordings take 365 GB a year" in said and watch.NO_BACKUP in said
    assert said.count("0 arrivals in Asterisk's records, 0 calls, 0 tickets") == 2


def test_the_doctor_says_what_is_missing_before_the_first_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.main(read_settings({"CALLCENTER_HOME": str(tmp_path / "none")}), {}) == 1
    said = capsys.readouterr().out
    assert f"{Grade.BROKEN}  There is no data folder {tmp_path / 'none'} yet. Start ./run once." in said


async def test_a_newer_database_is_refused_and_an_absent_one_is_not(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    away = read_settings(
        {
            "CALLCENTER_HOME": str(settings.home),
            "CALLCENTER_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
        }
    )
    await asyncio.to_thread(ready, away)
    assert "cannot be reached" in capsys.readouterr().err
    with closing(sqlite3.connect(settings.home / "callcenter.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.execute("UPDATE schema_readers SET revision = '9999'")
        db.commit()
    with pytest.raises(BadInput, match="newer version of this program"):
        await asyncio.to_thread(ready, settings)
