"""What an agency needs to know of its share of a ticket, read together.

In:  ids of forwards, or an agency's code. Out: duties: the forward, its ticket, whom to call back, the notes.
Never: another agency's share; a change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.share import Status
from callcenter.core.ticket import CLOSED_STATES
from callcenter.storage.records import ForwardLine, Note, Ticket, record
from callcenter.storage.tables import calls, forwards, notes, ticket_calls, tickets

OPEN = (Status.TRYING, Status.ACCEPTED, Status.EN_ROUTE, Status.ON_SCENE)


@dataclass(frozen=True, slots=True)
class Duty:
    """One agency's share of one ticket, with what it is about."""

    forward: ForwardLine
    ticket: Ticket
    number: str | None  # the caller's, as received
    calls: tuple[str, ...]  # of the ticket: whose screens show it
    notes: tuple[Note, ...]

    @property
    def open(self) -> bool:
        """Somebody still has to come, or to say that it is done."""
        return self.forward.status in OPEN and self.ticket.status not in CLOSED_STATES


home = func.coalesce(ticket_calls.c.ticket, forwards.c.ticket)
"""The ticket that a forward belongs to now: its call may have been linked to another one."""
NOW = tickets.alias("now")
NOT_CLOSED = NOW.c.status.not_in([status.value for status in CLOSED_STATES])
"""Its ticket is still worked on: who forgot to report does not wait for ever."""
IS_OPEN = and_(forwards.c.status.in_([status.value for status in OPEN]), NOT_CLOSED)


def wanted() -> Select[tuple[object, ...]]:
    """Forwards as records want them."""
    return (
        select(forwards, tickets.c.number.label("ticket_number"), home.label("home"))
        .join(tickets, tickets.c.id == forwards.c.ticket)
        .join(ticket_calls, ticket_calls.c.call == forwards.c.call, isouter=True)
        .join(NOW, NOW.c.id == home)
    )


async def duties_of(connection: AsyncConnection, agency: str, *, since: datetime, limit: int) -> list[Duty]:
    """The agency's shares: the open ones, and those asked for since then; the open ones first, then the newest."""
    waits = case((IS_OPEN, 0), else_=1)
    query = (
        wanted()
        .where(forwards.c.agency == agency, or_(waits == 0, forwards.c.asked_at >= since))
        .order_by(waits, forwards.c.asked_at.desc(), forwards.c.id.desc())
        .limit(limit)
    )
    return await _together(connection, query)


async def open_duties(connection: AsyncConnection, *, limit: int) -> list[Duty]:
    """Every agency's open shares of real incidents that are not closed, the oldest first."""
    query = wanted().where(IS_OPEN).order_by(forwards.c.asked_at, forwards.c.id).limit(limit)
    return await _together(connection, query)


async def one_duty(connection: AsyncConnection, forward: str) -> Duty | None:
    """One share; None: there is none."""
    found = await _together(connection, wanted().where(forwards.c.id == forward))
    return found[0] if found else None


async def of_ticket(connection: AsyncConnection, ticket: int) -> list[ForwardLine]:
    """All shares of a ticket."""
    found = await connection.execute(wanted().where(home == ticket).order_by(forwards.c.asked_at, forwards.c.id))
    return [record(ForwardLine, row) for row in found]


async def _together(connection: AsyncConnection, query: Select[tuple[object, ...]]) -> list[Duty]:
    rows = (await connection.execute(query)).all()
    ids = {row.home for row in rows}
    about = {
        row.id: record(Ticket, row) for row in await connection.execute(select(tickets).where(tickets.c.id.in_(ids)))
    }
    callers = await _callers(connection, ids)
    said = await _notes(connection, ids)
    return [
        Duty(
            record(ForwardLine, row),
            about[row.home],
            _number(callers.get(row.home, {}), row.call),
            tuple(callers.get(row.home, {})),
            tuple(said.get(row.home, ())),
        )
        for row in rows
    ]


def _number(callers: Mapping[str, str | None], call: str | None) -> str | None:
    """Of its own call; of the first call whose number is known where it has none."""
    if call is not None and call in callers:
        return callers[call]
    return next((number for number in callers.values() if number), None)


async def _callers(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, dict[str, str | None]]:
    query = (
        select(ticket_calls.c.ticket, calls.c.id, calls.c.number)
        .join(calls, calls.c.id == ticket_calls.c.call)
        .where(ticket_calls.c.ticket.in_(list(ids)))
        .order_by(calls.c.arrived_at, calls.c.id)
    )
    found: dict[int, dict[str, str | None]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.ticket, {})[row.id] = row.number
    return found


async def _notes(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, list[Note]]:
    query = select(notes).where(notes.c.ticket.in_(list(ids))).order_by(notes.c.created_at, notes.c.key)
    found: dict[int, list[Note]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.ticket, []).append(record(Note, row))
    return found
