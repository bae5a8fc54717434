"""Whose a ticket is once a supervisor took its call over.

In:  calls as the journal has them, inside its transaction. Out: the ticket's owner, and a line of its history.
Never: a call taken over that the telephone did not tell of; the same take-over written twice.
"""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Call
from callcenter.core.listener import Listener
from callcenter.storage.changes import change, find
from callcenter.storage.tables import ticket_calls, tickets


async def follow(connection: AsyncConnection, calls: Iterable[Call]) -> None:
    """Who took a call over has its ticket from that moment on; the change stands in the ticket's history."""
    for call in calls:
        for each in call.listeners:
            if each.took_at is not None and each.by:
                await _take(connection, call, each)


async def _take(connection: AsyncConnection, call: Call, new: Listener) -> None:
    mine = select(ticket_calls.c.ticket).where(ticket_calls.c.call == call.id).scalar_subquery()
    earlier = or_(tickets.c.taken_at.is_(None), tickets.c.taken_at < new.took_at)
    number = (await connection.execute(select(tickets.c.number).where(tickets.c.id == mine, earlier))).scalar()
    if number is None or new.took_at is None:
        return
    ticket, at = await find(connection, number), new.took_at
    await change(connection, ticket, {"taken_by": new.by}, by=new.by, now=at, beside={"taken_at": at})
