"""The database as the other parts see it: one way to write, many to read, and whether it works.

In:  the URL of the settings. Out: connections for reading, results of units written, health in words.
Never: a wait without a deadline, except for the journal, which waits as long as it takes.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import CallCenterError, StoreDown
from callcenter.storage import disk, migrate, trouble
from callcenter.storage.engine import open_engine, place, read_url
from callcenter.storage.same_file import SameFile
from callcenter.storage.sql import insert
from callcenter.storage.tables import probe
from callcenter.storage.writer import Work, Writer

log = logging.getLogger(__name__)
T = TypeVar("T")
Clock = Callable[[], datetime]

WRITE_S = 3.0
READ_S = 5.0
READERS = 4
PROBE_LASTS_S = 1.0


@dataclass(frozen=True, slots=True)
class Health:
    """What a real write said."""

    ok: bool
    trouble: CallCenterError | None = None
    write_ms: float | None = None
    sync_ms: float | None = None

    @property
    def slow_disk(self) -> bool:
        """Each commit will be felt: the group commit carries it, but somebody should look at the disk."""
        return self.sync_ms is not None and self.sync_ms > disk.SLOW_MS


class Database:
    """SQLite or PostgreSQL; the code above cannot tell which."""

    def __init__(self, url: str, *, write_s: float = WRITE_S, read_s: float = READ_S) -> None:
        self._write_s, self._read_s = write_s, read_s
        self._url = read_url(url)
        self.place = place(self._url)
        self._writing = open_engine(self._url, writes=True, size=1)
        self._reading = open_engine(self._url, writes=False, size=READERS)
        file = SameFile(Path(self.place) if self._url.get_backend_name() == "sqlite" else None)
        self._writer = Writer(self._writing, self.place, file, self._reading.dispose)
        self._probed: tuple[float, Health] | None = None
        self._probing = asyncio.Lock()
        self.sync_ms: float | None = None

    @property
    def trouble(self) -> StoreDown | None:
        """Why nothing can be written right now."""
        return self._writer.trouble

    @property
    def commits(self) -> int:
        """Transactions committed since the start."""
        return self._writer.commits

    async def run(self) -> None:
        """Write what comes, until cancelled."""
        await self._writer.run()

    async def close(self) -> None:
        """Let go of all connections."""
        await self._writing.dispose()
        await self._reading.dispose()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Database"]:
        """The database with its writer, for as long as the block lasts."""
        task = asyncio.create_task(self.run())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self.close()

    async def write(self, work: Work[T], *, deadline: float | None = None) -> T:
        """What `work` returns, after the commit. It may run more than once. StoreDown when it takes too long."""
        return await self._write(work, self._write_s if deadline is None else deadline)

    async def write_whenever(self, work: Work[T]) -> T:
        """The same, as long as it takes."""
        return await self._write(work, None)

    async def _write(self, work: Work[T], deadline: float | None) -> T:
        try:
            return await self._writer.write(work, deadline)
        except CallCenterError:
            raise
        except Exception as error:
            found = trouble.unfit(error)
            if found is None:
                raise
            raise found from error

    @asynccontextmanager
    async def read(self, *, deadline: float | None = None) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one moment of the database and can change nothing. StoreDown when it cannot be had."""
        try:
            async with asyncio.timeout(deadline or self._read_s), self._reading.connect() as connection:
                yield connection
        except CallCenterError:
            raise
        except Exception as error:
            found = trouble.away(error, self.place) or trouble.unfit(error)
            if found is None:
                raise
            raise found from error

    @asynccontextmanager
    async def moment(self, *, deadline: float | None = None) -> AsyncIterator[AsyncConnection]:
        """The same, and all that it is asked for is of one moment, on PostgreSQL too."""
        async with self.read(deadline=deadline) as connection:
            if connection.dialect.name == "postgresql":
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    async def check(self) -> None:
        """BadInput: the schema is not the one of this program. StoreDown: it cannot be asked."""
        async with self.read() as connection:
            await connection.run_sync(migrate.check, self.place)

    async def measure_sync(self) -> None:
        """How fast the disk under SQLite syncs; says so when it is slow."""
        if self._url.get_backend_name() != "sqlite":
            return
        with suppress(OSError):
            self.sync_ms = await asyncio.to_thread(disk.sync_ms, Path(self.place).parent)
        if self.sync_ms is not None and self.sync_ms > disk.SLOW_MS:
            log.warning("The disk under %s takes %.0f ms to make a write safe; 5 is fair.", self.place, self.sync_ms)

    async def health(self, deadline: float = 2.0) -> Health:
        """A real write, bounded; at most one a second. Never raises."""
        async with self._probing:
            if self._probed is None or time.monotonic() - self._probed[0] > PROBE_LASTS_S:
                health = await self._probe(deadline)
                self._probed = (time.monotonic(), health)
            return self._probed[1]

    async def _probe(self, deadline: float) -> Health:
        began = time.perf_counter()
        try:
            await self.write(_touch, deadline=deadline)
        except CallCenterError as error:
            return Health(ok=False, trouble=error, sync_ms=self.sync_ms)
        except Exception as error:  # a probe must answer, whatever broke
            log.exception("the probe of the database failed")
            found = StoreDown(trouble.UNREACHABLE, place=self.place, why=trouble.reason(error))
            return Health(ok=False, trouble=found, sync_ms=self.sync_ms)
        return Health(ok=True, write_ms=(time.perf_counter() - began) * 1000, sync_ms=self.sync_ms)


async def _touch(connection: AsyncConnection) -> None:
    now = datetime.now(UTC)  # not a rule: proof that something was written
    statement = insert(connection, probe).values(id=1, at=now)
    await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"at": now}))
