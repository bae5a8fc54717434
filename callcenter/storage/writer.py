"""The one writer: everything that waits goes into one transaction, a savepoint for each unit, answers after the commit.

In:  units (async functions over a connection) from the journal and from people, in the order they come.
Out: each unit's result, once it is committed; the trouble, in words, while the database cannot write.
Never: a unit acknowledged before its commit; a failed unit that takes others with it; two writers in one program.

A unit may run again: when the transaction around it failed, all of it is repeated. A unit reports a refusal whose
traces must stay (both texts of a conflict) by returning the error instead of raising it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.core.errors import CallCenterError, StoreDown
from callcenter.storage import trouble
from callcenter.storage.same_file import SameFile

log = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T | CallCenterError]]
Renew = Callable[[], Awaitable[None]]

MOST_UNITS = 200
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 2.0
LOOK_S = 2.0
"""So often it is looked whether the file is still there, while nothing is written."""


async def _nothing_more() -> None: ...


@dataclass(slots=True, eq=False)
class Unit:
    """One thing to write, and who waits for it."""

    work: Work[Any]
    future: asyncio.Future[Any]


class Writer:
    """Owns the writing connection. `run` lives as long as the program."""

    def __init__(
        self, engine: AsyncEngine, place: str, file: SameFile | None = None, renew: Renew = _nothing_more
    ) -> None:
        """`file`: what SQLite writes into; `renew`: what else must open it anew when it was put back."""
        self._engine = engine
        self._file, self._renew = file or SameFile(None), renew
        self._place = place
        self._waiting: deque[Unit] = deque()
        self._wake = asyncio.Event()
        self._connection: AsyncConnection | None = None
        self.trouble: StoreDown | None = None
        self.commits = 0

    async def write(self, work: Work[T], deadline: float | None) -> T:
        """The unit's result after its commit. StoreDown after the deadline; without one, as long as it takes."""
        unit = Unit(work, asyncio.get_running_loop().create_future())
        self._waiting.append(unit)
        self._wake.set()
        try:
            async with asyncio.timeout(deadline) as limit:
                result: T | CallCenterError = await unit.future
        except TimeoutError:
            if limit.expired():
                raise self.trouble or StoreDown(trouble.SLOW, place=self._place) from None
            raise
        if isinstance(result, CallCenterError):
            raise result
        return result

    async def run(self) -> None:
        """Write what comes, for ever."""
        wait = FIRST_WAIT_S
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self._wake.wait()
                batch = self._take()
                found = await self._commit(batch) if batch or self._file.lost() else None
                self._tell(found)
                if found is None:
                    wait = FIRST_WAIT_S
                    continue
                self._waiting.extendleft(reversed([unit for unit in batch if not unit.future.done()]))
                self._wake.set()
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_S)
        finally:
            with suppress(StoreDown):
                await self._put_back()
            await self._drop()
            self._refuse_the_rest()

    def _take(self) -> list[Unit]:
        batch: list[Unit] = []
        while self._waiting and len(batch) < MOST_UNITS:
            unit = self._waiting.popleft()
            if not unit.future.done():  # its caller gave up, and was told so
                batch.append(unit)
        if not self._waiting:
            self._wake.clear()
        return batch

    async def _commit(self, batch: list[Unit]) -> StoreDown | None:
        """All of them in one transaction. The trouble, if nothing could be committed."""
        try:
            await self._put_back()
            connection = await self._connect()
            async with connection.begin():
                results = [(unit, *await self._attempt(connection, unit)) for unit in batch]
            self._file.written()
            if not await self._put_back():  # what was just committed must be found again before anybody is told
                return StoreDown(trouble.REPLACED, place=self._place)
        except StoreDown as gone:
            return gone  # the connection stays: nobody else has what it has
        except Exception as error:  # whatever it was, the transaction is gone: repeat all of it on a new connection
            await self._drop()
            found = trouble.away(error, self._place)
            if found is None:
                log.exception("the writer stumbled")
                found = StoreDown(trouble.UNREACHABLE, place=self._place, why=trouble.reason(error))
            return found
        except BaseException:  # being stopped: what was not committed was not acknowledged
            self._waiting.extendleft(reversed(batch))
            raise
        self.commits += 1
        for unit, value, failed in results:
            if not unit.future.done():
                unit.future.set_exception(failed) if failed is not None else unit.future.set_result(value)
        return None

    async def _attempt(self, connection: AsyncConnection, unit: Unit) -> tuple[Any, Exception | None]:
        savepoint = await connection.begin_nested()
        try:
            value = await unit.work(connection)
            await savepoint.commit()
        except Exception as error:
            if trouble.away(error, self._place) is not None:
                raise  # as it is: a full disk has already undone all, and a rollback to the savepoint would hide that
            await savepoint.rollback()
            return None, error
        return value, None

    async def _put_back(self) -> bool:
        """False: another file stands there now. Raises StoreDown when the file is gone and cannot be put back."""
        if self._connection is None or not self._file.lost():
            return True
        same = await self._file.save(self._connection)
        await self._drop()
        await self._renew()
        return same

    async def _connect(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._engine.connect()
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._file.forget()
        if connection is None:
            return
        try:
            await connection.invalidate()
            await connection.close()
        except Exception as error:
            log.debug("closing a broken connection: %s", error)

    def _tell(self, found: StoreDown | None) -> None:
        if found is not None and (self.trouble is None or self.trouble.sentence != found.sentence):
            log.warning("%s", found)
        if found is None and self.trouble is not None:
            log.info("the database writes again")
        self.trouble = found

    def _refuse_the_rest(self) -> None:
        for unit in self._waiting:
            if not unit.future.done():
                unit.future.set_exception(StoreDown(trouble.STOPPING))
        self._waiting.clear()
