"""Callbacks as the telephone makes and ends them, in the transaction that writes how a call ended.

In:  rows of calls just written. Out: one open row for each number that is owed a callback; rows that ended by
themselves.
Never: a call counted twice, whatever is written again; a number that names nobody; a person's word overwritten.

The order of writing is not that of the calls: after a gap an older call may be written after a newer one. So what
counts is when the calls arrived.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Stage
from callcenter.core.callback import Ended, State, reason
from callcenter.core.kind import Kind
from callcenter.storage.changes import TELEPHONE
from callcenter.storage.rows import Row
from callcenter.storage.tables import calls
from callcenter.storage.tables_callers import FREE, callback_calls, callbacks


async def follow(connection: AsyncConnection, rows: Iterable[Row], now: datetime) -> None:
    """What these calls mean for callbacks: first those that are owed, then those that are owed no more."""
    known = sorted((row for row in rows if _names_somebody(row)), key=lambda row: (row["arrived_at"], row["id"]))
    for row in known:
        why = _why(row)
        if why:
            await _owe(connection, row, why, now)
    answered = [row for row in known if row["answered_at"] is not None]
    if answered:
        await _end(connection, answered, now)


def _names_somebody(row: Row) -> bool:
    return bool(row["callable"]) and bool(row["e164"]) and not row["test"] and row["kind"] == Kind.ARRIVAL


def _why(row: Row) -> str:
    if row["stage"] != Stage.ENDED:
        return ""
    early = row["disconnected_early"]
    return reason(row["outcome"], disconnected_early=early, callable_=row["callable"], test=row["test"])


async def _owe(connection: AsyncConnection, row: Row, why: str, now: datetime) -> None:
    there = await connection.execute(select(callback_calls.c.callback).where(callback_calls.c.call == row["id"]))
    if there.first() is not None:
        return
    if await _called_again(connection, row):
        done = {"state": State.DONE.value, "closed_at": now, "closed_by": TELEPHONE, "why": Ended.CALLED_AGAIN.value}
        number = await _new(connection, row, why, done)
    else:
        number = await _open(connection, row, why)
    link = {"call": row["id"], "callback": number, "at": row["arrived_at"], "reason": why}
    await connection.execute(plain_insert(callback_calls), [link])


async def _called_again(connection: AsyncConnection, row: Row) -> bool:
    """A later call of this number was answered, and its row came first."""
    later = (
        select(calls.c.id)
        .where(calls.c.e164 == row["e164"], calls.c.arrived_at > row["arrived_at"], calls.c.id != row["id"])
        .where(calls.c.answered_at.is_not(None), calls.c.test.is_(False), calls.c.kind == Kind.ARRIVAL)
        .limit(1)
    )
    return (await connection.execute(later)).first() is not None


async def _open(connection: AsyncConnection, row: Row, why: str) -> int:
    """The number's open row, which this call belongs to from now on."""
    mine = (callbacks.c.e164 == row["e164"], callbacks.c.closed_at.is_(None))
    found = (await connection.execute(select(callbacks).where(*mine).with_for_update())).first()
    if found is None:
        return await _new(connection, row, why, {"state": State.OWED.value})
    values = {"owed_since": min(found.owed_since, _since(row))}
    if row["arrived_at"] >= found.last_call_at:
        values |= {"last_call_at": row["arrived_at"], "reason": why}
    await connection.execute(update(callbacks).where(callbacks.c.id == found.id).values(values))
    return int(found.id)


async def _new(connection: AsyncConnection, row: Row, why: str, more: Row) -> int:
    values = {"e164": row["e164"], "number": row["number"] or "", "reason": why, "last_call_at": row["arrived_at"]}
    made = await connection.execute(
        plain_insert(callbacks).values(**values, owed_since=_since(row), **more).returning(callbacks.c.id)
    )
    return int(made.scalar_one())


def _since(row: Row) -> datetime:
    """Its end; its arrival where nobody saw the end."""
    since: datetime = row["ended_at"] or row["arrived_at"]
    return since


async def _end(connection: AsyncConnection, answered: list[Row], now: datetime) -> None:
    """Somebody answered these callers: what was owed for their calls until then is done."""
    numbers = {row["e164"] for row in answered}
    waiting = (
        select(callbacks.c.e164).where(callbacks.c.e164.in_(numbers), callbacks.c.closed_at.is_(None)).with_for_update()
    )
    still = set((await connection.execute(waiting)).scalars())
    for row in answered:
        if row["e164"] not in still:
            continue
        until = callbacks.c.last_call_at <= row["arrived_at"]
        if _why(row):  # cut off after the answer: that is owed anew
            until = callbacks.c.last_call_at < row["arrived_at"]
        own = exists().where(callback_calls.c.callback == callbacks.c.id, callback_calls.c.call == row["id"])
        for why, which in ((Ended.NOT_OWED, own), (Ended.CALLED_AGAIN, ~own)):
            done = {"state": State.DONE.value, "closed_at": now, "closed_by": TELEPHONE, "why": why.value, **FREE}
            where = (callbacks.c.e164 == row["e164"], callbacks.c.closed_at.is_(None), until, which)
            await connection.execute(update(callbacks).where(*where).values(done))
