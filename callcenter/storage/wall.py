"""What the wall asks the database: how many tickets are open, by status.

In:  nothing. Out: counts. Never: a ticket's contents, a trial ticket.
"""

from sqlalchemy import func, select

from callcenter.core.ticket import CLOSED_STATES
from callcenter.storage.database import Database
from callcenter.storage.tables import tickets


async def open_tickets(database: Database) -> dict[str, int]:
    """Status -> how many. StoreDown."""
    closed = [status.value for status in CLOSED_STATES]
    wanted = (
        select(tickets.c.status, func.count())
        .where(tickets.c.status.not_in(closed), tickets.c.test.is_(False))
        .group_by(tickets.c.status)
    )
    async with database.read() as connection:
        return {row[0]: row[1] for row in await connection.execute(wanted)}
