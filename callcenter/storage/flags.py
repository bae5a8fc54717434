"""Numbers flagged for nuisance calls, and numbers that a supervisor blocked for a time.

In:  a number as received, for how long, why, who. Out: the flags that run; all that ever were.
Never: two that run for one number; a number that names nobody; one without an end; a change without its audit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, CallCenterError, NotFound, Refused
from callcenter.core.flag import LONGEST_BLOCK_H, LONGEST_FLAG_H, Effect, FlagState
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.lookups import row_number
from callcenter.storage.records import record
from callcenter.storage.rows import ReadNumber
from callcenter.storage.sql import clean
from callcenter.storage.tables_callers import number_flags

MOST = 200
LONGEST_REASON = 500
BY_TIME = "time"
NAMES_NOBODY = (
    "This number names nobody who could be called back (withheld, malformed, or a phone without SIM): "
    "it is never flagged or blocked."
)
NOT_SO_LONG = "Write the hours as a whole number from 1 to {most}."
NO_REASON = "Write why: a block without a reason is not set."
BLOCKED_ALREADY = "This number is blocked until {until} already."
NO_FLAG = "There is no such flag, or it has ended."
LONG_REASON = "The reason is too long: at most {most} letters."


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One flag or block of one number."""

    id: int
    e164: str
    number: str  # as it was given
    effect: str
    reason: str
    by: str
    at: datetime
    until: datetime
    ticket: str  # on which it was set; empty: on the supervisor's page
    ended_at: datetime | None
    ended_by: str
    end_reason: str

    def state(self, now: datetime) -> FlagState:
        if self.ended_at is not None:
            return FlagState.EXPIRED if self.ended_by == BY_TIME else FlagState.ENDED
        return FlagState.RUNS if self.until > now else FlagState.EXPIRED


@dataclass(frozen=True, slots=True)
class FlagsPage:
    """Some of them, the newest first; `next` is empty at the end."""

    lines: list[FlagLine]
    next: str = ""


class Flags:
    """Every method answers after the commit."""

    def __init__(self, database: Database, *, read_number: ReadNumber, clock: Clock) -> None:
        self._database, self._read_number, self._clock = database, read_number, clock

    async def running(self) -> list[FlagLine]:
        """Those that act now."""
        wanted = select(number_flags).where(number_flags.c.ended_at.is_(None), number_flags.c.until > self._clock())
        async with self._database.read() as connection:
            return [record(FlagLine, row) for row in await connection.execute(wanted.order_by(number_flags.c.id))]

    async def page(self, *, after: str = "", limit: int = 100) -> FlagsPage:
        """All that ever were."""
        most = max(1, min(limit, MOST))
        wanted = select(number_flags).order_by(number_flags.c.id.desc()).limit(most)
        if after:
            wanted = wanted.where(number_flags.c.id < row_number(after))
        async with self._database.read() as connection:
            found = [record(FlagLine, row) for row in await connection.execute(wanted)]
        return FlagsPage(found, str(found[-1].id) if len(found) == most else "")

    async def flag(self, number: str | None, *, hours: int, reason: str, by: str, ticket: str = "") -> FlagLine:
        """Last in the queue, or behind a message. Set again it begins anew. Refused: blocked already, names nobody."""
        return await self._add(number, Effect.FLAG, _hours(hours, LONGEST_FLAG_H), _reason(reason), by, ticket)

    async def block(self, number: str | None, *, hours: int, reason: str, by: str) -> FlagLine:
        """A supervisor's: the reason must be said, and 72 h is the most."""
        said = _reason(reason)
        if not said:
            raise BadInput(NO_REASON)
        return await self._add(number, Effect.BLOCK, _hours(hours, LONGEST_BLOCK_H), said, by, "")

    async def end(self, id_: int, *, by: str, reason: str = "", only: Effect | None = None) -> FlagLine:
        """Before its time. NotFound where it runs no more (or is not `only` that)."""
        now, said = self._clock(), _reason(reason)

        async def unit(connection: AsyncConnection) -> FlagLine:
            running: list[ColumnElement[bool]] = [number_flags.c.id == id_, number_flags.c.ended_at.is_(None)]
            running.append(number_flags.c.until > now)
            if only is not None:
                running.append(number_flags.c.effect == only.value)
            values = {"ended_at": now, "ended_by": by, "end_reason": said}
            found = await connection.execute(
                update(number_flags).where(*running).values(values).returning(number_flags)
            )
            row = found.first()
            if row is None:
                raise NotFound(NO_FLAG)
            line = record(FlagLine, row)
            await _audit(connection, f"{line.effect}.end", line, by, now, {"reason": said})
            return line

        return await self._database.write(unit)

    async def _add(self, number: str | None, effect: Effect, hours: int, reason: str, by: str, ticket: str) -> FlagLine:
        read, now = self._read_number(number), self._clock()
        if not read.callable or read.e164 is None:
            raise Refused(NAMES_NOBODY)
        row: dict[str, Any] = {
            "e164": read.e164,
            "number": clean(read.shown),
            "effect": effect.value,
            "reason": reason,
            "by": by,
        }
        row |= {"at": now, "until": now + timedelta(hours=hours), "ticket": ticket}

        async def unit(connection: AsyncConnection) -> FlagLine | CallCenterError:
            old = await _running(connection, str(row["e164"]), now)
            if old is not None and old.effect == Effect.BLOCK and effect is Effect.FLAG:
                return Refused(BLOCKED_ALREADY, until=old.until)
            await _make_room(connection, str(row["e164"]), by, now)
            made = await connection.execute(insert(number_flags).values(row).returning(number_flags))
            line = record(FlagLine, made.one())
            before = {"before": old.effect, "before_until": old.until.isoformat()} if old else {}
            await _audit(connection, f"{line.effect}.add", line, by, now, {"reason": reason, **before})
            return line

        return await self._database.write(unit)


def _hours(hours: int, most: int) -> int:
    if not 1 <= hours <= most:
        raise BadInput(NOT_SO_LONG, most=most)
    return hours


def _reason(text: str) -> str:
    said = clean(text).strip()
    if len(said) > LONGEST_REASON:
        raise BadInput(LONG_REASON, most=LONGEST_REASON)
    return said


async def _running(connection: AsyncConnection, e164: str, now: datetime) -> FlagLine | None:
    wanted = select(number_flags).where(number_flags.c.e164 == e164, number_flags.c.ended_at.is_(None))
    row = (await connection.execute(wanted.where(number_flags.c.until > now))).first()
    return record(FlagLine, row) if row is not None else None


async def _make_room(connection: AsyncConnection, e164: str, by: str, now: datetime) -> None:
    """One runs for each number: what expired is written as such, what runs is ended by the new one."""
    mine = (number_flags.c.e164 == e164, number_flags.c.ended_at.is_(None))
    expired = {"ended_at": number_flags.c.until, "ended_by": BY_TIME}
    await connection.execute(update(number_flags).where(*mine, number_flags.c.until <= now).values(expired))
    ended = {"ended_at": now, "ended_by": by, "end_reason": "another one was set"}
    await connection.execute(update(number_flags).where(*mine).values(ended))


async def _audit(
    connection: AsyncConnection, action: str, line: FlagLine, by: str, now: datetime, more: dict[str, Any]
) -> None:
    details = {"until": line.until.isoformat(), "since": line.at.isoformat(), "ticket": line.ticket, **more}
    await audit(connection, by=by, action=action, target=line.e164, details=details, at=now)
