"""Tries of callbacks as the telephone tells them: the calls that we make to somebody who is owed one.

In:  rows of calls just written. Out: one row for each try with its own times; the claim held while it runs.
Never: a person's word written over; the same call counted twice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert as plain_insert
from sqlalchemy import select, update
from sqlalchemy.engine import Row as Found
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Outcome, Stage
from callcenter.core.callback import State, Tried
from callcenter.core.kind import Kind
from callcenter.storage.rows import Row
from callcenter.storage.tables_callers import FREE, callback_calls, callback_tries, callbacks

TIMES = ("dialled_at", "ringing_at", "answered_at", "ended_at")
LASTS = timedelta(hours=1)
"""A call whose end nobody told of holds the claim for so long at most."""
TO_SAY = timedelta(minutes=5)
"""After its end she has so long to say what became of it."""


async def follow(connection: AsyncConnection, rows: Iterable[Row], now: datetime) -> None:
    """What these calls mean for callbacks; arrivals mean nothing here."""
    for row in sorted(rows, key=lambda row: (row["arrived_at"], row["id"])):
        if row["kind"] == Kind.CALLBACK and row["about"]:
            id_ = await _callback_of(connection, row)
            if id_ is not None:
                await _one(connection, id_, row, now)


async def _callback_of(connection: AsyncConnection, row: Row) -> int | None:
    """That of the call which it is about; else the open one of the number."""
    mine = select(callback_calls.c.callback).where(callback_calls.c.call == row["about"])
    found = (await connection.execute(mine)).scalar_one_or_none()
    if found is None:
        open_ = select(callbacks.c.id).where(callbacks.c.e164 == row["e164"], callbacks.c.closed_at.is_(None))
        found = (await connection.execute(open_)).scalar_one_or_none()
    return found


async def _one(connection: AsyncConnection, id_: int, row: Row, now: datetime) -> None:
    before = (await connection.execute(select(callback_tries).where(callback_tries.c.leg == row["id"]))).first()
    over = row["stage"] == Stage.ENDED
    unheard = over and row["outcome"] == Outcome.NOT_REACHED and (before is None or before.result == Tried.CALLING)
    await _write(connection, id_, row, before, {"result": Tried.NOT_REACHED.value} if unheard else {})
    mine = (callbacks.c.id == id_, callbacks.c.closed_at.is_(None), callbacks.c.owner.in_(("", row["by"])))
    if unheard:
        more = {"not_reached": callbacks.c.not_reached + 1}
        await connection.execute(update(callbacks).where(callbacks.c.id == id_).values(more))
        await connection.execute(update(callbacks).where(*mine).values(state=State.OWED.value, **FREE))
    elif over and (before is None or before.ended_at is None):
        await connection.execute(update(callbacks).where(*mine).values(held_until=now + TO_SAY))
    elif before is None:
        held = {"owner": row["by"], "position": row["position"], "claimed_at": now, "held_until": now + LASTS}
        await connection.execute(update(callbacks).where(*mine).values(state=State.CLAIMED.value, **held))


async def _write(connection: AsyncConnection, id_: int, row: Row, before: Found[Any] | None, more: Row) -> None:
    times = {name: row[name] for name in TIMES if row[name] is not None}
    if before is not None:
        if times or more:
            values = {**times, **more}
            await connection.execute(update(callback_tries).where(callback_tries.c.leg == row["id"]).values(values))
        return
    made = {"leg": row["id"], "callback": id_, "by": row["by"], "position": row["position"], "call": row["id"]}
    made |= {"asked_at": row["arrived_at"], "result": Tried.CALLING.value, **times, **more}
    await connection.execute(plain_insert(callback_tries).values(made))
    await connection.execute(update(callbacks).where(callbacks.c.id == id_).values(tries=callbacks.c.tries + 1))
