"""Legal hold: a ticket whose recordings nobody and nothing may delete, until a supervisor says that it is over.

In:  a ticket, who, why. Out: the holds of a ticket; which calls are held.
Never: a hold set or ended without a reason and a line in the audit; two that run on one ticket; one taken away.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, Refused
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.lookups import one_ticket
from callcenter.storage.records import record
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables import ticket_calls, tickets
from callcenter.storage.tables_recordings import legal_holds

LONGEST = 500
NO_REASON = "Write why. At most 500 letters."
HELD_ALREADY = "This ticket is under hold already."
NOT_HELD = "This ticket is under no hold."


@dataclass(frozen=True, slots=True)
class Hold:
    """One time in which a ticket was, or is, under hold."""

    id: int
    reason: str
    by: str
    at: datetime
    released_at: datetime | None
    released_by: str
    released_why: str

    @property
    def runs(self) -> bool:
        return self.released_at is None


def held_calls() -> Select[Any]:
    """Calls of tickets under hold; and of the ticket into which one of those was merged."""
    running = select(legal_holds.c.ticket).where(legal_holds.c.released_at.is_(None))
    into = select(tickets.c.merged_into).where(tickets.c.id.in_(running), tickets.c.merged_into.is_not(None))
    return select(ticket_calls.c.call).where(or_(ticket_calls.c.ticket.in_(running), ticket_calls.c.ticket.in_(into)))


class Holds:
    """Set and ended by supervisors; seen by whoever reads the ticket."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def of(self, ticket: str) -> list[Hold]:
        """The newest first. NotFound."""
        async with self._database.read() as connection:
            found = await one_ticket(connection, tickets.c.number == ticket, ticket)
            rows = await connection.execute(
                select(legal_holds).where(legal_holds.c.ticket == found.id).order_by(legal_holds.c.id.desc())
            )
            return [record(Hold, row) for row in rows]

    async def held(self, call: str) -> bool:
        """Nothing of this call may be deleted."""
        async with self._database.read() as connection:
            found = await connection.execute(held_calls().where(ticket_calls.c.call == call).limit(1))
            return found.first() is not None

    async def put(self, ticket: str, *, why: str, by: str, address: str = "") -> None:
        """NotFound; BadInput without a reason; Refused where it is held already."""
        why, at = _reason(why), self._clock()

        async def unit(connection: AsyncConnection) -> None:
            found = await one_ticket(connection, tickets.c.number == ticket, ticket)
            # The ticket's row is locked by a change of nothing: two who press at once are told apart.
            await connection.execute(update(tickets).where(tickets.c.id == found.id).values(version=tickets.c.version))
            if await _running(connection, found.id):
                raise Refused(HELD_ALREADY)
            await connection.execute(insert(connection, legal_holds).values(ticket=found.id, reason=why, by=by, at=at))
            told = {"why": why}
            await audit(connection, by=by, action="ticket.hold", at=at, target=ticket, details=told, address=address)

        await self._database.write(unit)

    async def release(self, ticket: str, *, why: str, by: str, address: str = "") -> None:
        """NotFound; BadInput without a reason; Refused where nothing is held."""
        why, at = _reason(why), self._clock()

        async def unit(connection: AsyncConnection) -> None:
            found = await one_ticket(connection, tickets.c.number == ticket, ticket)
            ended = await connection.execute(
                update(legal_holds)
                .where(legal_holds.c.ticket == found.id, legal_holds.c.released_at.is_(None))
                .values(released_at=at, released_by=by, released_why=why)
            )
            if not ended.rowcount:
                raise Refused(NOT_HELD)
            told = {"why": why}
            await audit(connection, by=by, action="ticket.release", at=at, target=ticket, details=told, address=address)

        await self._database.write(unit)


async def _running(connection: AsyncConnection, ticket: int) -> bool:
    wanted = select(legal_holds.c.id).where(legal_holds.c.ticket == ticket, legal_holds.c.released_at.is_(None))
    return (await connection.execute(wanted)).first() is not None


def _reason(text: str) -> str:
    text = clean(" ".join(text.split()))
    if not text or len(text) > LONGEST:
        raise BadInput(NO_REASON)
    return text
