"""Whatever dies, fills up or is held: nothing acknowledged is lost, nothing is doubled, the line goes on."""

import asyncio
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from callcenter.core.errors import BadInput, StoreDown
from callcenter.storage import Database, Journal, migrate, sqlite_url
from tests.storage.cast import a_call, about, arrival, ended
from tests.storage.conftest import Room, elsewhere

ROOT = Path(__file__).resolve().parents[2]


async def until(journal: Journal, phase: str, part: str) -> None:
    """The journal says so, within some seconds."""
    async with asyncio.timeout(60):
        while journal.state.phase != phase or part not in str(journal.state.trouble):
            await asyncio.sleep(0.02)


def path_of(database: Database) -> Path:
    return Path(database.place)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_in_the_middle_of_writing_nothing_acknowledged_is_lost_and_nothing_doubled(
    url: str, tmp_path: Path, seed: int
) -> None:
    """A child writes calls and prints those that were committed; it is killed -9; a second life drains the spool."""
    child = [sys.executable, "-m", "tests.storage.victim", url, str(tmp_path / "spool")]
    process = subprocess.Popen(child, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    told: dict[str, str] = {}
    safe = 0
    for line in process.stdout:
        kind, *rest = line.split()
        if kind == "committed":
            told[rest[0]] = rest[1]
        elif kind == "written":
            safe = int(rest[0])
        if len(told) >= 60 * seed:
            process.kill()
            break
    for line in process.stdout:  # what it had said before it died counts as said
        if line.endswith("\n") and line.startswith("committed"):
            told[line.split()[1]] = line.split()[2]
    process.wait()
    process.stdout.close()
    rows = elsewhere(second_life(url, tmp_path / "spool"))
    assert told.items() <= dict(rows).items()
    assert len(rows) == len({call for call, _ in rows}) == len({number for _, number in rows})
    numbers = sorted(int(number[-4:]) for _, number in rows)
    assert numbers == list(range(1, len(rows) + 1))
    assert len(rows) >= safe


async def second_life(url: str, spool: Path) -> list[tuple[str, str]]:
    from tests.storage.cast import Clock

    async with Database(url).running() as database:
        room = Room(database, spool, Clock())
        async with room.journal() as journal:
            await journal.settled(20)
        async with database.read() as connection:
            found = await connection.execute(
                text("SELECT c.call, t.number FROM ticket_calls c JOIN tickets t ON t.id = c.ticket")
            )
            return [(row[0], row[1]) for row in found]


@asynccontextmanager
async def held(database: Database, url: str) -> AsyncIterator[None]:
    """Another program holds the database."""
    if url.startswith("sqlite"):
        other = sqlite3.connect(path_of(database), isolation_level=None)
        other.execute("PRAGMA busy_timeout=8000")
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
        other.close()
        return
    import asyncpg  # type: ignore[import-untyped]

    connection = await asyncpg.connect(url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("LOCK TABLE facts, probe IN ACCESS EXCLUSIVE MODE")
    yield
    await transaction.rollback()
    await connection.close()


async def test_a_database_that_is_held_only_delays(room: Room, journal: Journal, url: str) -> None:
    call = a_call()
    async with held(room.database, url):
        journal.write(arrival(call))
        with pytest.raises(StoreDown):
            await journal.settled(0.5)
        assert journal.state.waiting == 1
        assert (await room.database.health(deadline=0.3)).ok is False
    await journal.settled(20)
    assert room.numbers == {call.id: "260114-0001"}
    assert journal.state.waiting == 0


async def test_the_state_says_that_another_program_holds_the_database(migrated_room: Room) -> None:
    room = migrated_room
    async with room.journal() as journal, held(room.database, "sqlite"):
        journal.write(arrival(a_call()))
        await until(journal, "waiting", "held by another program")
        assert str(path_of(room.database)) in str(journal.state.trouble)


async def test_a_full_disk_under_the_database_delays_and_says_so(migrated_room: Room) -> None:
    room = migrated_room
    pages = await limit_pages(room, 0)
    async with room.journal() as journal:
        for _ in range(200):
            journal.write(arrival(a_call(name="x" * 2000)))
        await until(journal, "waiting", "full")
        assert pages > 0
        await limit_pages(room, 1_000_000)
        await journal.settled(20)
        assert len(room.numbers) == 200


async def limit_pages(room: Room, extra: int) -> int:
    """The database may only grow by so many pages: what a full disk does."""
    connected = room.database._writing.sync_engine

    from sqlalchemy import event

    limits[id(connected)] = extra
    if not event.contains(connected, "begin", _limit):
        event.listen(connected, "begin", _limit)
    return 1


limits: dict[int, int] = {}


def _limit(connection: object) -> None:
    from sqlalchemy import Connection

    assert isinstance(connection, Connection)
    extra = limits[id(connection.engine)]
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages + extra}")


async def test_a_database_that_went_away_is_found_again(room: Room, journal: Journal, url: str) -> None:
    """Every connection is cut: PostgreSQL restarted, or the file's disk was gone for a moment."""
    journal.write(arrival(first := a_call()))
    await journal.settled(60)
    await cut_all(room, url)
    journal.write(arrival(second := a_call()))
    await journal.settled(20)
    assert set(room.numbers) == {first.id, second.id}


async def cut_all(room: Room, url: str) -> None:
    if url.startswith("sqlite"):
        connection = room.database._writer._connection
        assert connection is not None
        await connection.invalidate()
        return
    import asyncpg

    other = await asyncpg.connect(url)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    await other.close()


async def test_a_server_that_is_not_there_is_said_with_its_place() -> None:
    async with Database("postgresql://nobody@127.0.0.1:1/callcenter").running() as database:
        health = await database.health(deadline=20)
        assert not health.ok
        assert re.search(r"cannot be reached \(127\.0\.0\.1:1/callcenter\)", str(database.trouble or health.trouble))
    with pytest.raises(StoreDown, match="cannot be reached"):
        await migrate("postgresql://nobody@127.0.0.1:1/callcenter")


async def test_with_the_spool_refused_entries_still_reach_the_database(migrated_room: Room) -> None:
    room = migrated_room
    async with room.journal() as journal:
        real, journal._spool._file = journal._spool._file, os.open("/dev/full", os.O_WRONLY)
        heard_at = room.clock()
        journal.write(arrival(call := a_call()))
        room.clock.pass_(60)
        assert journal.safe_until == heard_at
        await until(journal, "disk", "kept in memory")
        await journal.settled(20)
        assert call.id in room.numbers
        assert journal.safe_until == room.clock()
        os.close(journal._spool._file)
        journal._spool._file = real
        journal.write(about(ended(call)))
        await until(journal, "ok", "None")
        await journal.settled(20)


def test_a_folder_without_the_right_to_write_is_said_in_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from callcenter.core.errors import CallCenterError\n"
        "from callcenter.storage import migrate, sqlite_url, Database\n"
        "from tests.storage.cast import Clock\n"
        "from tests.storage.conftest import Room\n"
        "home = Path(sys.argv[1])\n"
        "async def main():\n"
        "    try: await migrate(sqlite_url(home / 'callcenter.db'))\n"
        "    except CallCenterError as error: print('migrate:', error)\n"
        "    journal = Room(Database(sqlite_url(home / 'callcenter.db')), home / 'spool', Clock()).a_journal()\n"
        "    try: journal.open()\n"
        "    except CallCenterError as error: print('journal:', error)\n"
        "asyncio.run(main())\n"
    )
    folder.chmod(0o555)
    as_anybody = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    child = [*as_anybody, sys.executable, "-B", "-c", program, str(folder)]
    done = subprocess.run(child, capture_output=True, text=True, cwd=ROOT)
    folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert re.search(r"migrate: The database (cannot be reached|cannot be written).*home/callcenter\.db", done.stdout)
    assert re.search(r"journal: The folder .*home/spool cannot be written \(Permission denied\)", done.stdout)


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "callcenter.db"
    path.write_text("this is a letter to the mayor\n" * 100)
    with pytest.raises(StoreDown, match="damaged"):
        await migrate(sqlite_url(path))


@pytest.mark.parametrize("url_", ["mysql://x/y", "nonsense", "sqlite://"])
def test_an_address_that_cannot_be_used_is_said(url_: str) -> None:
    with pytest.raises(BadInput, match="Example: postgresql"):
        Database(url_)
