"""Our side of the daily account: call rows with the number of their tickets.

In:  a span. Out: what is kept, a page at a time, so that the loop is never held up. Never: a change.
"""

import asyncio
from datetime import datetime

from sqlalchemy import func, select

from callcenter.core.account import Kept
from callcenter.core.kind import Kind
from callcenter.storage.database import Database
from callcenter.storage.tables import calls, quarantine, ticket_calls

PAGE = 500


async def kept(database: Database, since: datetime, until: datetime) -> list[Kept]:
    """Every call that arrived in the span; calls that we made are none. StoreDown."""
    found: list[Kept] = []
    last = (since, "")
    while True:
        beyond = (calls.c.arrived_at > last[0]) | ((calls.c.arrived_at == last[0]) & (calls.c.id > last[1]))
        page = (
            select(calls.c.id, calls.c.arrived_at, func.count(ticket_calls.c.ticket).label("tickets"))
            .join_from(calls, ticket_calls, ticket_calls.c.call == calls.c.id, isouter=True)
            .where(beyond, calls.c.arrived_at >= since, calls.c.arrived_at < until, calls.c.kind == Kind.ARRIVAL)
            .group_by(calls.c.id, calls.c.arrived_at)
            .order_by(calls.c.arrived_at, calls.c.id)
            .limit(PAGE)
        )
        async with database.read() as connection:
            rows = (await connection.execute(page)).all()
        found += [Kept(row.id, row.arrived_at, row.tickets) for row in rows]
        if len(rows) < PAGE:
            return found
        last = (rows[-1].arrived_at, rows[-1].id)
        await asyncio.sleep(0)


async def put_aside(database: Database) -> set[str]:
    """Calls with entries in quarantine that nobody has released. StoreDown."""
    wanted = select(quarantine.c.call).where(quarantine.c.released_at.is_(None), quarantine.c.call != "")
    async with database.read() as connection:
        return set((await connection.execute(wanted)).scalars())
