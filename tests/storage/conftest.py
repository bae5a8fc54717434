"""Every story of the storage is told twice: on SQLite, and on a real PostgreSQL server.

In:  the pytest run. Out: a migrated database, its parts running, a clock that stands still.
Never: one database for two stories.
"""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from callcenter.storage import (
    Callbacks,
    Database,
    Flags,
    History,
    Incidents,
    Journal,
    People,
    Tickets,
    migrate,
    sqlite_url,
)
from tests import postgres
from tests.storage.cast import CATALOGUE, READ_NUMBER, ZONE, Clock, quick

T = TypeVar("T")
_count = itertools.count(1)


def elsewhere(work: Coroutine[object, object, T]) -> T:
    """Wait for it in a loop of its own, so that it may be asked for from anywhere."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """One PostgreSQL server for the whole run, with a migrated database to copy from."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL's server is not installed: apt-get install postgresql")
    with postgres.server() as running:
        elsewhere(migrate(elsewhere(running.make("migrated"))))
        yield running


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy from."""
    path = tmp_path_factory.mktemp("migrated") / "callcenter.db"
    elsewhere(migrate(sqlite_url(path)))
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "callcenter.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield sqlite_url(path)
        return
    running: postgres.Server = request.getfixturevalue("server")
    name = f"story_{next(_count)}"
    yield elsewhere(running.make(name, "migrated"))
    elsewhere(running.drop(name))


@dataclass
class Room:
    """The storage's parts, wired as in the program."""

    database: Database
    spool: Path
    clock: Clock
    numbers: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tickets = Tickets(self.database, catalogue=CATALOGUE, clock=self.clock)
        self.history = History(self.database, read_number=READ_NUMBER, clock=self.clock)
        self.callbacks = Callbacks(self.database, clock=self.clock)
        self.flags = Flags(self.database, read_number=READ_NUMBER, clock=self.clock)
        self.incidents = Incidents(self.database, clock=self.clock)
        self.people = People(self.database, clock=self.clock, passwords=quick())

    def a_journal(self) -> Journal:
        """A journal over this room's spool."""
        return Journal(
            self.database,
            self.spool,
            zone=ZONE,
            read_number=READ_NUMBER,
            clock=self.clock,
            committed=self.numbers.update,
            done=self.done.extend,
        )

    @asynccontextmanager
    async def journal(self) -> AsyncIterator[Journal]:
        """A running journal."""
        journal = self.a_journal()
        journal.open()
        task = asyncio.create_task(journal.run())
        try:
            yield journal
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await journal.close()


@pytest.fixture
def clock() -> Clock:
    """Noon in Cirebon."""
    return Clock()


@pytest.fixture
async def room(url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Room]:
    """The parts over a running database."""
    async with Database(url, write_s=20, read_s=20).running() as database:
        yield Room(database, tmp_path / "spool", clock)


@pytest.fixture
async def journal(room: Room) -> AsyncIterator[Journal]:
    """A running journal in that room."""
    async with room.journal() as journal:
        yield journal


@pytest.fixture
async def migrated_room(migrated_file: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Room]:
    """A room on SQLite, for stories about its file."""
    path = tmp_path / "only.db"
    shutil.copy(migrated_file, path)
    async with Database(sqlite_url(path), write_s=20, read_s=20).running() as database:
        yield Room(database, tmp_path / "spool", clock)
