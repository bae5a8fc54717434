"""The points of a ticket: each one that was told stays, with who told it and when.

In:  a ticket before and after a change. Out: one more row, when it has another point now; the points of a ticket.
Never: a point overwritten or taken away.
"""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.storage.records import Ticket, TicketPoint, record
from callcenter.storage.tables_places import ticket_points

SPOT = ("latitude", "longitude", "radius_m", "location_source")


async def keep_point(connection: AsyncConnection, old: Ticket, new: Ticket, *, by: str, now: datetime) -> None:
    """In the transaction of the change."""
    if new.latitude is None or new.longitude is None or all(getattr(old, f) == getattr(new, f) for f in SPOT):
        return
    point = {"latitude": new.latitude, "longitude": new.longitude, "radius_m": new.radius_m}
    row = {**point, "ticket": new.id, "at": now, "by": by, "source": new.location_source}
    await connection.execute(insert(ticket_points), [row])


async def points_of(connection: AsyncConnection, ticket: int) -> list[TicketPoint]:
    """Oldest first."""
    wanted = select(ticket_points).where(ticket_points.c.ticket == ticket).order_by(ticket_points.c.id)
    return [record(TicketPoint, row) for row in await connection.execute(wanted)]
