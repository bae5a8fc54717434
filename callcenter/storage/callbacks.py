"""Callbacks as people work on them: claimed by one, tried, done with a word.

In:  a callback's number, who presses, what became of it. Out: the callback as it is after the commit.
Never: two people calling the same caller: the claim is one conditional update; a callback done without a reason.

A claim that is not used ends by itself, so that nothing is lost when she goes home; while a try runs it lasts
(`tries.py`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.callback import SAID, TRIES_BEFORE_NO_CONTACT, Ended, State, Tried
from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, Refused
from callcenter.core.ticket import CLOSED_STATES, Disposition, TicketStatus
from callcenter.storage import callback_lines
from callcenter.storage.audit import add as audit
from callcenter.storage.callback_lines import CallbackLine, CallbacksPage, Standing
from callcenter.storage.changes import change, find
from callcenter.storage.database import Clock, Database
from callcenter.storage.sql import insert
from callcenter.storage.tables import ticket_calls, tickets
from callcenter.storage.tables_callers import FREE, callback_calls, callback_tries, callbacks
from callcenter.storage.tables_people import users

NONE_SUCH = "There is no such callback."
CALLING = "{who} is calling this number back already."
DONE_BY_ITSELF = "This callback is done: the caller has been spoken with."
DONE = "This callback is done: {who} was faster."
NO_SUCH_WORD = "{text} is nothing that can become of a callback."
THREE_FIRST = "Try {count} times before you give this caller up; {tried} tries are known."


class Callbacks:
    """Every method answers after the commit; StoreDown when the database is too slow."""

    def __init__(self, database: Database, *, clock: Clock, claim_s: float = 300) -> None:
        self._database, self._clock, self._claim = database, clock, timedelta(seconds=claim_s)

    async def open(self, *, limit: int = 100) -> list[CallbackLine]:
        """Those that are owed, the oldest first."""
        async with self._database.read() as connection:
            return await callback_lines.open_ones(connection, limit)

    async def page(self, *, done: bool | None = None, after: str = "", limit: int = 50) -> CallbacksPage:
        """All of them, the newest first; `done` narrows."""
        async with self._database.read() as connection:
            return await callback_lines.page(connection, done, after, limit)

    async def standing(self) -> Standing:
        """How many are owed, and since when the oldest."""
        async with self._database.read() as connection:
            return await callback_lines.standing(connection)

    async def one(self, id_: int) -> CallbackLine:
        """NotFound."""
        async with self._database.read() as connection:
            return await callback_lines.one(connection, id_)

    async def claim(self, id_: int, *, by: str, position: str = "") -> CallbackLine:
        """Mine now. Conflict names who was faster."""
        now = self._clock()
        values = {"state": State.CLAIMED.value, "owner": by, "position": position, "claimed_at": now}

        async def unit(connection: AsyncConnection) -> CallbackLine:
            before = await callback_lines.one(connection, id_)
            await _take(connection, id_, by, now, {**values, "held_until": now + self._claim})
            await _owned(connection, "callback.claim", before, by, by, now)
            return await callback_lines.one(connection, id_)

        return await self._database.write(unit)

    async def release(self, id_: int, *, by: str) -> CallbackLine:
        """Not mine any more; somebody else may."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> CallbackLine:
            before = await callback_lines.one(connection, id_)
            await _take(connection, id_, by, now, {"state": State.OWED.value, **FREE})
            await _owned(connection, "callback.release", before, "", by, now)
            return await callback_lines.one(connection, id_)

        return await self._database.write(unit)

    async def say(self, id_: int, word: str, *, by: str, position: str = "") -> CallbackLine:
        """What became of it: NOT_REACHED gives it back to the room, the others end it. BadInput, Conflict, Refused."""
        if word != Tried.NOT_REACHED and word not in SAID:
            raise BadInput(NO_SUCH_WORD, text=word[:40])
        now = self._clock()

        async def unit(connection: AsyncConnection) -> CallbackLine:
            line = await callback_lines.one(connection, id_)
            if word == Ended.NO_CONTACT and line.not_reached < TRIES_BEFORE_NO_CONTACT:
                raise Refused(THREE_FIRST, count=TRIES_BEFORE_NO_CONTACT, tried=line.not_reached)
            await _take(connection, id_, by, now, _done(word, line, by, now))
            if word not in (Ended.NO_NEED, Ended.NO_CONTACT):
                await _result(connection, id_, word, by, position, now)
            if word == Ended.NO_CONTACT:
                await _close_tickets(connection, id_, by, now)
            await audit(connection, by=by, action="callback.say", target=str(id_), details={"word": word}, at=now)
            return await callback_lines.one(connection, id_)

        return await self._database.write(unit)


def _done(word: str, line: CallbackLine, by: str, now: datetime) -> dict[str, Any]:
    if word == Tried.NOT_REACHED:
        return {"state": State.OWED.value, "not_reached": line.not_reached + 1, **FREE}
    return {"state": State.DONE.value, "closed_at": now, "closed_by": by, "why": word, "held_until": None}


def _free_for(by: str, now: datetime) -> ColumnElement[bool]:
    return or_(callbacks.c.owner.in_(("", by)), callbacks.c.held_until.is_(None), callbacks.c.held_until <= now)


async def _take(connection: AsyncConnection, id_: int, by: str, now: datetime, values: Mapping[str, Any]) -> None:
    """One conditional update: it is nobody's, mine, or its claim has ended. Else who has it, in words."""
    taken = await connection.execute(
        update(callbacks)
        .where(callbacks.c.id == id_, callbacks.c.closed_at.is_(None), _free_for(by, now))
        .values(**values)
        .returning(callbacks.c.id)
    )
    if taken.first() is None:
        raise await _why_not(connection, id_)


async def _owned(
    connection: AsyncConnection, action: str, before: CallbackLine, owner: str, by: str, now: datetime
) -> None:
    """Whose it was, and whose it is; a second click on one's own changes nothing."""
    if before.owner != owner:
        told = {"owner": [before.owner, owner]}
        await audit(connection, by=by, action=action, target=str(before.id), details=told, at=now)


async def _why_not(connection: AsyncConnection, id_: int) -> CallCenterError:
    found = (await connection.execute(select(callbacks).where(callbacks.c.id == id_))).first()
    if found is None:
        return NotFound(NONE_SUCH)
    if found.closed_at is None:
        return Conflict(CALLING, who=await _name(connection, found.owner))
    if found.why in SAID:
        return Conflict(DONE, who=await _name(connection, found.closed_by))
    return Conflict(DONE_BY_ITSELF)


async def _name(connection: AsyncConnection, person: str) -> str:
    found = await connection.execute(select(users.c.display).where(users.c.name == person))
    return found.scalar_one_or_none() or person


async def _add_try(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    made = await connection.execute(
        insert(connection, callback_tries)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["leg"])
        .returning(callback_tries.c.leg)
    )
    if made.first() is not None:
        more = {"tries": callbacks.c.tries + 1}
        await connection.execute(update(callbacks).where(callbacks.c.id == row["callback"]).values(more))


async def _result(connection: AsyncConnection, id_: int, word: str, by: str, position: str, now: datetime) -> None:
    """Her last try that has no result yet; she dialled by hand where there is none."""
    newest = (
        select(callback_tries.c.leg)
        .where(callback_tries.c.callback == id_, callback_tries.c.result == Tried.CALLING.value)
        .order_by(callback_tries.c.asked_at.desc())
        .limit(1)
    )
    leg = (await connection.execute(newest)).scalar_one_or_none()
    if leg is not None:
        await connection.execute(update(callback_tries).where(callback_tries.c.leg == leg).values(result=word))
        return
    by_hand = f"by-hand-{id_}-{by}-{now.timestamp():.6f}"
    row = {"leg": by_hand, "callback": id_, "by": by, "position": position, "call": "", "asked_at": now}
    await _add_try(connection, row | {"result": word})


async def _close_tickets(connection: AsyncConnection, id_: int, by: str, now: datetime) -> None:
    """Nobody could be reached: the tickets of these calls that nobody worked on end with that."""
    found = await connection.execute(
        select(tickets.c.number)
        .join_from(callback_calls, ticket_calls, ticket_calls.c.call == callback_calls.c.call)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket)
        .where(callback_calls.c.callback == id_, tickets.c.status.not_in([state.value for state in CLOSED_STATES]))
        .where(tickets.c.call_class == "", tickets.c.status == TicketStatus.NEW.value)
        .distinct()
    )
    for number in list(found.scalars()):
        values = {"status": TicketStatus.CLOSED.value, "disposition": Disposition.NO_CONTACT.value}
        beside = {"closed_at": now, "closed_by": by}
        await change(connection, await find(connection, number), values, by=by, now=now, beside=beside)
