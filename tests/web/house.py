"""The whole web on real storage, in one place: for the stories of pages, of the API and of the browser.

In:  a folder. Out: a running server with its parts, people and a telephone to play on.
Never: a fake between the web and the database.
"""

import asyncio
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from callcenter.core.catalogue import Catalogue
from callcenter.core.phone import read
from callcenter.keys import Secrets
from callcenter.seed import first_book
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.storage import (
    Callbacks,
    Database,
    Directory,
    Entry,
    Flags,
    History,
    Incidents,
    Journal,
    People,
    Places,
    Reports,
    Tickets,
    migrate,
    sqlite_url,
)
from callcenter.web.app import NOTHING_PROVED, make_app, run_parts
from callcenter.web.callers.room import Stores
from callcenter.web.parts import PARTS
from callcenter.web.proof import Proofs
from tests.storage.cast import quick
from tests.web.fakes import NIGHT, FakeBoard, Telephone

PASSWORD = "rahasia-sekali-112"
CITY = """
trunks = [{ name = "telkom", hosts = ["192.0.2.10"] }]
"""


class Clock:
    """The night's clock; runs only when it is told to."""

    def __init__(self, at: datetime = NIGHT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class House:
    settings: Settings
    clock: Callable[[], datetime]
    database: Database
    journal: Journal
    board: FakeBoard
    telephone: Telephone
    people: People
    history: History
    tickets: Tickets
    directory: Directory
    callbacks: Callbacks
    app: web.Application
    server: TestServer

    def catalogue(self) -> Catalogue:
        """Agencies and categories of this moment."""
        return self.directory()

    @property
    def reports(self) -> Reports:
        return self.app[PARTS].reports

    @property
    def url(self) -> str:
        return str(self.server.make_url("/"))

    async def stored(self) -> None:
        """Everything that happened is in the database."""
        await self.journal.settled(30)

    async def until(self, true: Callable[[], object], within: float = 30) -> None:
        """Wait for a state, with a deadline."""
        async with asyncio.timeout(within):
            while not true():
                await asyncio.sleep(0.005)

    async def eventually(self, true: Callable[[], Awaitable[bool]], within: float = 30) -> None:
        """The same, for what only the database knows."""
        async with asyncio.timeout(within):
            while not await true():
                await asyncio.sleep(0.02)

    def record(self, call: str, seconds: float = 1) -> Path:
        """The recording that Asterisk would have written."""
        path = self.settings.recordings / "2026/11/21" / f"{call}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(b"\x00\x10" * int(8000 * seconds))
        return path


def settings_in(home: Path, **more: str) -> Settings:
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(CITY, "utf-8")
    return read_settings({"CALLCENTER_HOME": str(home), **more})


_template: list[bytes] = []


async def _filled(file: Path, settings: Settings) -> None:
    """A migrated database as after the first start: agencies, categories, places. Made once, then copied."""
    if not _template:
        await migrate(sqlite_url(file))
        async with Database(sqlite_url(file)).running() as database:
            await Directory(
                database, first=lambda: first_book(settings), roads=settings.roads, copy=settings.agencies_copy,
                clock=Clock(), changed=lambda: None,
            ).open()  # fmt: skip
            await Places(database, Clock()).load()
        _template.append(file.read_bytes())
    file.write_bytes(_template[0])


def built(settings: Settings, now: Callable[[], datetime], proofs: Proofs, url: str = "") -> House:
    """The parts, wired as in the program; nothing runs yet."""
    where = url or sqlite_url(settings.home / "callcenter.db")
    database = Database(where, write_s=30)  # the disk is shared with other tests
    reader = partial(read, region=settings.region)
    board: FakeBoard
    journal = Journal(
        database,
        settings.spool,
        zone=settings.zone,
        read_number=reader,
        clock=now,
        committed=lambda numbers: board.committed(numbers),
    )
    directory = Directory(
        database, first=lambda: first_book(settings), roads=settings.roads, copy=settings.agencies_copy, clock=now,
        changed=lambda: board.tell(),
    )  # fmt: skip
    board = FakeBoard(directory, keep=lambda fact, calls: journal.write(Entry(fact, calls)))
    people = People(database, clock=now, passwords=quick(), required=settings.two_factor_roles)
    history = History(database, read_number=reader, clock=now)
    tickets = Tickets(database, catalogue=directory, clock=now)
    flags = Flags(database, read_number=reader, clock=now)
    callers = Stores(Callbacks(database, clock=now), flags, Incidents(database, clock=now))
    app = make_app(
        settings=settings, secrets=Secrets("ami", "key-of-the-tests", {}), directory=directory, board=board,
        tickets=tickets, history=history, callers=callers, people=people, database=database,
        journal=journal, clock=now, proofs=proofs,
    )  # fmt: skip
    telephone = Telephone(board, now)
    return House(
        settings, now, database, journal, board, telephone, people, history, tickets, directory, callers.callbacks, app,
        TestServer(app),
    )  # fmt: skip


@asynccontextmanager
async def house(
    home: Path,
    *,
    clock: Callable[[], datetime] | None = None,
    proofs: Proofs = NOTHING_PROVED,
    url: str = "",
    **more: str,
) -> AsyncIterator[House]:
    """The parts, running; ended in the order of the program. `url`: over this database, which is migrated already."""
    settings = settings_in(home, **more)
    if not url:
        await _filled(home / "callcenter.db", settings)
    made = built(settings, clock or Clock(), proofs, url)
    made.journal.open()
    tasks = [asyncio.create_task(made.database.run()), asyncio.create_task(made.journal.run())]
    await made.directory.open()
    await made.server.start_server()
    tasks.append(asyncio.create_task(run_parts(made.app)))
    try:
        yield made
    finally:
        await made.server.close()
        for task in reversed(tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await made.journal.close()
        await made.database.close()


__all__ = ["PARTS", "PASSWORD", "Clock", "House", "house", "settings_in"]
