"""The journal: what the telephone told, safe on disk at once, in the database as soon as it can be.

In:  entries from the switchboard. Out: rows; callbacks after each commit; what is still waiting, in words.
Never: a wait or an exception for the switchboard; an entry lost; one that cannot be written in the way of the next.

Two tasks: one makes what was heard safe in the spool (all that waits, one sync), the other carries the spool into the
database (all that waits, one transaction). All work on files happens in one thread of its own, so in order.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Call
from callcenter.core.errors import BadInput, CallCenterError, StoreDown
from callcenter.storage.apply import Applied, apply
from callcenter.storage.aside import open_calls, put_aside
from callcenter.storage.database import WRITE_S, Clock, Database
from callcenter.storage.entry import Entry, Heard, from_line, to_line
from callcenter.storage.rows import ReadNumber
from callcenter.storage.spool import Spool
from callcenter.storage.trouble import reason

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_ENTRIES = 500
AGAIN_S = 0.5
NO_SPOOL = (
    "The folder {folder} cannot be written ({why}). "
    "What the telephone tells is kept there: make room, or give the program the right to write."
)
SPOOL_FAILS = (
    "The disk under {folder} does not take what the telephone tells ({why}). "
    "It is kept in memory meanwhile: free some space, and do not stop the program."
)
PENDING = "{waiting} entries of the telephone are not in the database yet."


@dataclass(frozen=True, slots=True)
class JournalState:
    """How the journal stands. `phase`: ok, waiting (the database does not take it), disk (not even the spool does)."""

    phase: str = "ok"
    waiting: int = 0  # entries heard and not yet in the database
    since: datetime | None = None  # the oldest of them
    trouble: CallCenterError | None = None
    quarantined: int = 0  # since the start


class Journal:
    """Lives as long as the program: `open`, `run` beside the other parts, `close`."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        zone: ZoneInfo,
        read_number: ReadNumber,
        clock: Clock,
        committed: Callable[[Mapping[str, str]], None] = lambda numbers: None,
        done: Callable[[Sequence[str]], None] = lambda ids: None,
    ) -> None:
        self._database, self._folder, self._clock = database, folder, clock
        self._zone, self._read_number = zone, read_number
        self.committed, self.done = committed, done
        self._spool = Spool(folder)
        self._files = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._heard: list[tuple[int, Entry, datetime]] = []  # not yet safe, the oldest first
        self._taking = asyncio.Lock()  # who takes from the front of it
        self._revision = self._safe = self._stored = 0
        self._new, self._ready, self._progress = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._since: datetime | None = None
        self._disk_trouble: CallCenterError | None = None
        self._quarantined = 0

    def open(self) -> None:
        """Recover what a former life left in the spool. BadInput when nothing can be kept there."""
        try:
            now = int(self._clock().timestamp() * 1_000_000)  # so that revisions grow even over an empty folder
            self._revision = self._safe = self._spool.open(now)
        except OSError as error:
            raise BadInput(NO_SPOOL, folder=self._folder, why=error.strerror or error) from error
        if self._spool.lines:
            self._since = self._clock()
            log.info("%d entries of the former run are in the spool", self._spool.lines)
        self._ready.set()

    def write(self, entry: Entry) -> None:
        """Take the entry. It is safe after the next sync of the spool, some milliseconds later."""
        self._revision += 1
        heard_at = self._clock()
        self._heard.append((self._revision, entry, heard_at))
        self._since = self._since or heard_at
        self._new.set()

    async def run(self) -> None:
        """Carry what comes to the spool and on into the database, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._make_safe())
            tasks.create_task(self._carry())

    async def close(self) -> None:
        """Put into the spool what is not there yet. After `run` was cancelled."""
        try:
            if self._heard:
                lines = await self._on_files(_lines, self._heard)
                await self._on_files(self._spool.append, lines, self._heard[0][0])
        except OSError as error:
            log.error("%d entries could not be kept: %s", len(self._heard), error)
        finally:
            await self._on_files(self._spool.close)
            self._files.shutdown(wait=False)

    @property
    def state(self) -> JournalState:
        """How it stands now."""
        waiting = len(self._heard) + self._spool.lines
        since = self._since if waiting else None
        if self._disk_trouble is not None:
            return JournalState("disk", waiting, since, self._disk_trouble, self._quarantined)
        if waiting and self._database.trouble is not None:
            return JournalState("waiting", waiting, since, self._database.trouble, self._quarantined)
        return JournalState("ok", waiting, since, None, self._quarantined)

    @property
    def safe_until(self) -> datetime:
        """What was heard until then is on a disk."""
        return self._heard[0][2] if self._heard else self._clock()

    async def settled(self, deadline: float = 5.0) -> None:
        """Everything written until now is in the database. StoreDown when that takes longer."""
        wanted = self._revision
        try:
            async with asyncio.timeout(deadline):
                while self._stored < wanted:
                    self._progress.clear()
                    await self._progress.wait()
        except TimeoutError:
            raise self.state.trouble or StoreDown(PENDING, waiting=self.state.waiting) from None

    async def open_calls(self, deadline: float = 5.0) -> list[Call]:
        """The calls of which more may come, as they last were. StoreDown when the database is away."""
        await self.settled(deadline)
        async with self._database.read(deadline=deadline) as connection:
            found, numbers = await open_calls(connection)
        self._tell(Applied(tickets=numbers))
        return found

    async def _make_safe(self) -> None:
        while True:
            await self._new.wait()
            self._new.clear()
            async with self._taking:
                await self._append(self._heard[:])
            self._ready.set()
            if self._disk_trouble is not None:
                await asyncio.sleep(AGAIN_S)
                self._new.set()

    async def _append(self, heard: list[tuple[int, Entry, datetime]]) -> None:
        if not heard:
            self._disk_trouble = None
            return
        try:
            await self._on_files(self._spool.append, await self._on_files(_lines, heard), heard[0][0])
        except OSError as error:
            self._disk_trouble = StoreDown(SPOOL_FAILS, folder=self._folder, why=error.strerror or error)
            log.error("%s", self._disk_trouble)
            return
        del self._heard[: len(heard)]
        self._safe, self._disk_trouble = heard[-1][0], None

    async def _carry(self) -> None:
        while True:
            await self._ready.wait()
            self._ready.clear()
            try:
                while await self._carry_some():
                    pass
            except (StoreDown, OSError) as error:  # the writer is gone for now, or the spool cannot be read
                log.error("the journal waits: %s", error)
                await asyncio.sleep(AGAIN_S)
                self._ready.set()

    async def _carry_some(self) -> bool:
        """The oldest entries into the database. False: there were none."""
        safe = self._safe
        lines = await self._on_files(self._spool.read, MOST_ENTRIES)
        if lines:
            await self._store(await self._on_files(_read, lines))
            await self._on_files(self._spool.acknowledge, lines, self._revision + 1)
            return True
        self._reach(safe)
        if self._disk_trouble is not None:
            return await self._carry_from_memory()
        return False

    async def _carry_from_memory(self) -> bool:
        """The spool fails, but the database may be on a better disk."""
        async with self._taking:
            heard = self._heard[:MOST_ENTRIES]
            if not heard or self._database.trouble is not None:
                return False
            await self._store(_read(await self._on_files(_lines, heard)), deadline=WRITE_S)
            del self._heard[: len(heard)]
            self._safe = max(self._safe, heard[-1][0])
        return True

    async def _store(self, batch: list[Heard], *, deadline: float | None = None) -> None:
        for heard in batch:
            if heard.damage:
                await self._put_aside(heard, heard.damage)
        await self._write([heard for heard in batch if not heard.damage], deadline)

    async def _write(self, batch: Sequence[Heard], deadline: float | None) -> None:
        """One unit; if something in it can never be written, its halves, down to the one entry that is at fault."""
        if not batch:
            return
        try:
            applied = await self._commit(batch, deadline)
        except StoreDown:
            raise
        except Exception as error:
            if len(batch) == 1:
                await self._put_aside(batch[0], reason(error))
                return
            middle = len(batch) // 2
            await self._write(batch[:middle], deadline)
            await self._write(batch[middle:], deadline)
            return
        self._tell(applied)

    async def _commit(self, batch: Sequence[Heard], deadline: float | None) -> Applied:
        async def unit(connection: AsyncConnection) -> Applied:
            return await apply(connection, batch, self._zone, self._read_number, self._clock())

        if deadline is None:
            return await self._database.write_whenever(unit)
        return await self._database.write(unit, deadline=deadline)

    async def _put_aside(self, heard: Heard, why: str) -> None:
        self._quarantined += 1
        log.error("an entry cannot be stored and was put aside: %s: %.300r", why, heard.line)
        now = self._clock()
        with suppress(Exception):  # then the log has it; the next ones must go on
            await self._database.write_whenever(lambda connection: put_aside(connection, heard, why, now))

    def _tell(self, applied: Applied) -> None:
        try:
            if applied.tickets:
                self.committed(applied.tickets)
            if applied.done:
                self.done(applied.done)
        except Exception:
            log.exception("somebody who was told of a commit stumbled")

    def _reach(self, revision: int) -> None:
        self._stored = max(self._stored, revision)
        if self._stored == self._revision:
            self._since = None
        self._progress.set()

    async def _on_files(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._files, work, *args)


def _lines(heard: Sequence[tuple[int, Entry, datetime]]) -> list[bytes]:
    return [to_line(entry, revision, at) for revision, entry, at in heard]


def _read(lines: Sequence[bytes]) -> list[Heard]:
    return [from_line(line) for line in lines]
