"""The outbox of messages to agencies: what waits, what went, what nobody takes.

In:  which agencies want messages, how their text is made, what became of a try.
Out: messages that are due, each claimed for a while; how the outbox stands.
Never: a forward announced twice: its row is unique, and every try carries the same key; a message lost by a crash.

The rows are made from the forwards that are committed and have none yet: whoever makes a forward (the telephone's
journal, a call taker) need not know of messages, and a forward whose service died in that moment gets its message at
the next start.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.outgoing import GIVEN_UP_AFTER
from callcenter.core.share import Mode, Status
from callcenter.storage.database import Clock, Database
from callcenter.storage.duties import Duty, one_duty
from callcenter.storage.links import Links, make
from callcenter.storage.records import record
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables import forwards
from callcenter.storage.tables_responders import links, messages

QUEUED, SENT, FAILED = "QUEUED", "SENT", "FAILED"
NEW = timedelta(hours=1)  # a forward that is older is no news any more
LEASE = timedelta(seconds=60)  # longer than a try can take
AT_ONCE = 20
TAKEN_BACK = "The request was taken back before it was sent."
GIVEN_UP = "Given up after 24 hours: {why}"
BY = "message"


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message that announces one forward, and how far it came."""

    id: int
    key: str
    forward: str
    agency: str
    address: str
    text: str
    link: str | None
    state: str
    tries: int
    created_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    error: str
    status: int | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is due, with what goes with it."""

    line: MessageLine
    duty: Duty
    seed: str  # of its link
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many are not sent, since when the oldest waits, and why it did not go."""

    count: int = 0
    oldest: datetime | None = None
    why: str = ""


class Messages:
    """The outbox."""

    def __init__(self, database: Database, links_: Links, *, clock: Clock) -> None:
        self._database, self._links, self._clock = database, links_, clock

    async def announce(
        self, addresses: Mapping[str, str], compose: Callable[[Duty], str], *, every: bool = True
    ) -> list[Duty]:
        """A message for every new forward to these agencies (code -> address) that has none; `every` False: only for
        forwards by message."""
        if not addresses:
            return []
        now = self._clock()
        wanted = (
            select(forwards.c.id)
            .join(messages, messages.c.forward == forwards.c.id, isouter=True)
            .where(messages.c.id.is_(None), forwards.c.agency.in_(list(addresses)), forwards.c.asked_at >= now - NEW)
            .where(forwards.c.status != Status.CANCELLED.value)
            .order_by(forwards.c.asked_at, forwards.c.id)
            .limit(AT_ONCE)
        )
        if not every:
            wanted = wanted.where(forwards.c.mode == Mode.MESSAGE.value)
        async with self._database.read() as connection:
            found = list((await connection.execute(wanted)).scalars())

        async def unit(connection: AsyncConnection) -> list[Duty]:
            made = [await self._make(connection, forward, addresses, compose, now) for forward in found]
            return [duty for duty in made if duty is not None]

        return await self._database.write(unit) if found else []

    async def _make(
        self,
        connection: AsyncConnection,
        forward: str,
        addresses: Mapping[str, str],
        compose: Callable[[Duty], str],
        now: datetime,
    ) -> Duty | None:
        duty = await one_duty(connection, forward)
        if duty is None:
            return None
        link = await make(connection, forward, key=self._links.key, lasts=self._links.lasts, by=BY, now=now)
        agency = duty.forward.agency
        row = {"key": secrets.token_hex(16), "forward": forward, "agency": agency, "address": addresses[agency]}
        row |= {"text": clean(compose(duty)), "link": link.line.id, "state": QUEUED}
        await connection.execute(
            insert(connection, messages)
            .values(**row, created_at=now, next_at=now)
            .on_conflict_do_nothing(index_elements=["forward"])
        )
        return duty

    async def due(self) -> list[Letter]:
        """Those whose time has come, each claimed for a minute by one conditional UPDATE."""
        now = self._clock()
        wanted = (
            select(messages)
            .where(messages.c.state == QUEUED, messages.c.next_at <= now)
            .order_by(messages.c.next_at, messages.c.id)
            .limit(AT_ONCE)
        )
        async with self._database.read() as connection:
            found = [record(MessageLine, row) for row in await connection.execute(wanted)]

        async def unit(connection: AsyncConnection) -> list[Letter]:
            mine = [await _claim(connection, line, now) for line in found]
            return [letter for letter in mine if letter is not None]

        return await self._database.write(unit) if found else []

    async def next_at(self) -> datetime | None:
        """When the next one is due."""
        wanted = select(func.min(messages.c.next_at)).where(messages.c.state == QUEUED)
        async with self._database.read() as connection:
            found: datetime | None = (await connection.execute(wanted)).scalar_one()
        return found

    async def sent(self, line: MessageLine, status: int) -> None:
        """The gateway took it."""
        done = {"state": SENT, "sent_at": self._clock(), "next_at": None, "error": "", "status": status}
        await self._set(line, done)

    async def not_sent(self, line: MessageLine, why: str, pause: timedelta | None, status: int | None = None) -> None:
        """It was not taken; the next try is after that pause. None: it will not be tried again."""
        now = self._clock()
        over = pause is None or now - line.created_at > GIVEN_UP_AFTER
        error = GIVEN_UP.format(why=why) if over and pause is not None else why
        told = {"state": FAILED if over else QUEUED, "error": clean(error)[:300], "status": status}
        await self._set(line, {**told, "next_at": None if over or pause is None else now + pause})

    async def _set(self, line: MessageLine, values: dict[str, object]) -> None:
        statement = update(messages).where(messages.c.id == line.id).values(values)

        async def unit(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await self._database.write_whenever(unit)

    async def waiting(self) -> Waiting:
        """What is not sent yet."""
        query = select(messages).where(messages.c.state == QUEUED).order_by(messages.c.created_at)
        async with self._database.read() as connection:
            lines = [record(MessageLine, row) for row in await connection.execute(query.limit(1000))]
        return Waiting(len(lines), lines[0].created_at, lines[0].error) if lines else Waiting()


async def _claim(connection: AsyncConnection, line: MessageLine, now: datetime) -> Letter | None:
    """Nobody else sends it while the lease runs; whose service dies in between sends it again with the same key."""
    duty = await one_duty(connection, line.forward)
    mine = messages.c.id == line.id
    if duty is None or duty.forward.status == Status.CANCELLED:
        over = {"state": FAILED, "next_at": None, "error": TAKEN_BACK}
        await connection.execute(update(messages).where(mine, messages.c.state == QUEUED).values(over))
        return None
    claimed = await connection.execute(
        update(messages)
        .where(mine, messages.c.state == QUEUED, messages.c.next_at == line.next_at)
        .values(next_at=now + LEASE, tries=messages.c.tries + 1)
        .returning(messages)
    )
    row = claimed.first()
    if row is None:
        return None
    link = (await connection.execute(select(links).where(links.c.id == row.link))).one()
    return Letter(record(MessageLine, row), duty, link.seed, link.expires_at)


async def messages_of(connection: AsyncConnection, forwards_: list[str]) -> list[MessageLine]:
    """The messages of these forwards."""
    if not forwards_:
        return []
    wanted = select(messages).where(messages.c.forward.in_(forwards_)).order_by(messages.c.id)
    return [record(MessageLine, row) for row in await connection.execute(wanted)]
