"""Asterisk's own records are closed in volumes, never under Asterisk's hands, and read as one."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.asterisk.arrivals import Arrivals
from callcenter.asterisk.inbox import House
from callcenter.asterisk.records import Records, older, volumes
from callcenter.asterisk.volumes import LASTS, close_volume, copy_volumes, due
from callcenter.setup import make_call_records

COLUMNS = (
    "[master]\ntable = cel\ncolumns = eventtype, eventtime, cidname, cidnum, context, exten, channame, appname,"
    " appdata, uniqueid, linkedid, userfield, peer, userdeftype, eventextra\nvalues = 'x'\n"
)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOW = LONG_AGO + LASTS + timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return made(tmp_path / "log" / "master.db")


def made(file: Path) -> Path:
    configuration = file.parent / "cel_sqlite3_custom.conf"
    file.parent.mkdir(exist_ok=True)
    configuration.write_text(COLUMNS)
    make_call_records(file, configuration)
    return file


def arrives(file: Path, call: str, at: datetime) -> None:
    """As Asterisk writes it, and lets go of the file."""
    with closing(opened(file)) as db:
        write(db, call, at)


def opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None)


def write(db: sqlite3.Connection, call: str, at: datetime) -> None:
    words = "INSERT INTO cel (eventtype, eventtime, context, exten, uniqueid, linkedid) VALUES (?, ?, ?, ?, ?, ?)"
    db.execute(words, ("CHAN_START", f"{at.timestamp():.6f}", "from-operator", "112", call, call))


def heard(file: Path, since: datetime) -> list[str]:
    return [each.call for each in Arrivals(file, House()).read(since)]


def test_an_old_volume_is_closed_whole_and_a_new_one_begins_in_wal_mode(file: Path) -> None:
    arrives(file, "e112-1767225600.1", LONG_AGO)
    assert not due(file, LONG_AGO + LASTS) and due(file, NOW)
    assert close_volume(file, LONG_AGO + LASTS) is None
    closed = close_volume(file, NOW)
    assert closed is not None and older(file) == [(NOW, closed)]
    assert not file.exists() and not list(file.parent.glob("*-wal")), "all that was in the WAL file is in the volume"
    made(file)
    arrives(file, f"e112-{NOW.timestamp():.0f}.1", NOW)
    with closing(opened(file)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert len(heard(file, LONG_AGO)) == 2


def test_a_file_that_asterisk_has_open_is_never_closed(file: Path) -> None:
    with closing(opened(file)) as asterisk:
        write(asterisk, "e112-1767225600.1", LONG_AGO)
        assert close_volume(file, NOW) is None
        write(asterisk, "e112-1767225601.2", LONG_AGO)
        assert asterisk.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert older(file) == [] and len(heard(file, LONG_AGO)) == 2


def test_killed_between_its_two_steps_it_is_closed_at_the_next_start(file: Path) -> None:
    arrives(file, "e112-1767225600.1", LONG_AGO)
    with closing(opened(file)) as db:
        db.execute("PRAGMA journal_mode=DELETE")  # and then the power went
    assert close_volume(file, NOW) is not None


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500])
def test_a_file_that_cannot_be_closed_keeps_nobody_waiting(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "master.db"
    assert close_volume(file, NOW) is None
    file.write_bytes(content)
    assert close_volume(file, NOW) is None
    assert file.read_bytes() == content


async def test_what_passed_in_a_gap_is_read_across_the_volumes(file: Path) -> None:
    arrives(file, "e112-1767225600.1", LONG_AGO)
    arrives(file, f"e112-{NOW.timestamp() - 60:.0f}.1", NOW - timedelta(seconds=60))
    close_volume(file, NOW)
    made(file)
    arrives(file, f"e112-{NOW.timestamp() + 5:.0f}.1", NOW + timedelta(seconds=5))
    assert [row.at for row in await Records(file).read(NOW - timedelta(seconds=30))] == [
        NOW - timedelta(seconds=60),
        NOW + timedelta(seconds=5),
    ]
    later = NOW + timedelta(hours=1)
    assert volumes(file, later) == [file] and await Records(file).read(later) == []
    assert len(await Records(file).read(None)) == 3


def test_the_account_knows_since_when_there_are_records_at_all(file: Path) -> None:
    arrives(file, "e112-1767225600.1", LONG_AGO)
    close_volume(file, NOW)
    made(file)
    arrives(file, f"e112-{NOW.timestamp() + 5:.0f}.1", NOW + timedelta(seconds=5))
    arrivals = Arrivals(file, House())
    arrivals.read(LONG_AGO)
    assert arrivals.begin == LONG_AGO
    arrivals.read(NOW + timedelta(days=2))
    assert arrivals.begin is not None and arrivals.begin <= NOW


def test_copies_for_another_machine_are_plain_files_and_a_closed_volume_is_brought_once(
    file: Path, tmp_path: Path
) -> None:
    arrives(file, "e112-1767225600.1", LONG_AGO)
    close_volume(file, NOW)
    made(file)
    there = tmp_path / "there"
    there.mkdir()
    with closing(opened(file)) as asterisk:
        write(asterisk, f"e112-{NOW.timestamp() + 5:.0f}.1", NOW)
        assert len(copy_volumes(file, there)) == 2
        write(asterisk, f"e112-{NOW.timestamp() + 6:.0f}.1", NOW)
        assert [path.name for path in copy_volumes(file, there)] == ["master.db"]
    assert len(heard(there / "master.db", LONG_AGO)) == 3
    names = sorted(path.name for path in there.iterdir())
    assert names == sorted([older(file)[0][1].name, "master.db"]), "no WAL file, nothing half"
