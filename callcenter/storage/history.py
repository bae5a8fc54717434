"""What happened: the call log, one call, one ticket, earlier calls of a number.

In:  filters, ids. Out: records, newest first, a page at a time.
Never: a change; a recording or an export handed out before its row in the audit is committed; a number that is withheld
or cannot be called taken for a person.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from callcenter.core.call import Call
from callcenter.core.codec import from_plain
from callcenter.core.seen import GapClosed
from callcenter.core.ticket import CLOSED_STATES
from callcenter.storage.audit import audited
from callcenter.storage.database import Clock, Database
from callcenter.storage.forwards import forwards_of
from callcenter.storage.links import links_of
from callcenter.storage.lookups import (
    attempts_of,
    call_lines,
    earlier,
    moment_and_id,
    one_line,
    one_ticket,
    past,
)
from callcenter.storage.messages import messages_of
from callcenter.storage.notes import versions_of
from callcenter.storage.pages import AuditPage, CallPage, Page, TicketPage, TicketsPage
from callcenter.storage.points import points_of
from callcenter.storage.records import (
    AttemptLine,
    CallLine,
    Change,
    FactLine,
    ForwardLine,
    Note,
    Past,
    QuarantineLine,
    Ticket,
    record,
)
from callcenter.storage.related import family, of
from callcenter.storage.rows import ReadNumber
from callcenter.storage.search import matching, page_of_calls, walk_tickets
from callcenter.storage.tables import calls, facts, notes, quarantine, ticket_calls, ticket_changes, tickets
from callcenter.storage.trail import AuditFilter, Trail
from callcenter.storage.wanted import CallFilter, lines

MOST = 200
Readable = ColumnElement[bool] | None
Eyes = Callable[[list[CallLine]], Awaitable[list[CallLine]]] | None
EXPORTED_AT_ONCE = 500


class History:
    """Reads. Everything is bounded, in rows and in time."""

    def __init__(self, database: Database, *, read_number: ReadNumber, clock: Clock) -> None:
        self._database, self._read_number, self._clock = database, read_number, clock

    async def calls(self, wanted: CallFilter, *, after: str = "", limit: int = 50, readable: Readable = None) -> Page:
        """Calls that the filter wants, newest first; `after` is the `next` of the page before. `readable`: what may be
        found by its contents (`Need.readable`)."""
        most = max(1, min(limit, MOST))
        return await self._calls(wanted, after, most, readable)

    async def tickets(
        self, wanted: CallFilter, *, after: str = "", limit: int = 50, readable: Readable = None
    ) -> TicketsPage:
        """Tickets that have a call which the filter wants, each where its newest such call stands."""
        most = max(1, min(limit, MOST))
        async with self._database.read() as connection:
            search = await matching(connection, wanted, self._read_number, readable)
            ids, place = await walk_tickets(connection, search, most, moment_and_id(after) if after else None)
            rows = await connection.execute(select(tickets).where(tickets.c.id.in_(ids)))
            found = {row.id: record(Ticket, row) for row in rows}
        return TicketsPage([found[id_] for id_ in ids], f"{place[0].isoformat()} {place[1]}" if place else "")

    async def attempts_of(self, call_ids: Iterable[str]) -> dict[str, list[AttemptLine]]:
        """Call -> every try to reach an agency for it; calls without any are left out."""
        found: dict[str, list[AttemptLine]] = {}
        async with self._database.read() as connection:
            for attempt in await attempts_of(connection, call_ids):
                found.setdefault(attempt.call, []).append(attempt)
        return found

    async def forwards_of(self, call_ids: Iterable[str]) -> dict[str, list[ForwardLine]]:
        """Call -> every agency's share of it; calls without any are left out."""
        found: dict[str, list[ForwardLine]] = {}
        async with self._database.read() as connection:
            for forward in await forwards_of(connection, calls=call_ids):
                found.setdefault(forward.call or "", []).append(forward)
        return found

    async def gaps(self, *, limit: int = 50) -> list[GapClosed]:
        """The last times in which nobody listened, oldest first."""
        query = select(facts.c.body).where(facts.c.kind == GapClosed.__name__).order_by(facts.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            bodies = [row.body for row in await connection.execute(query)]
        return [from_plain(GapClosed, body) for body in reversed(bodies)]

    async def export(
        self, wanted: CallFilter, *, by: str, address: str = "", readable: Readable = None, eyes: Eyes = None
    ) -> AsyncGenerator[CallLine, None]:
        """All of them, a few hundred at a time; who took them out is written down first."""
        details = {name: str(value) for name, value in asdict(wanted).items() if value}
        now = self._clock()
        await audited(self._database, by=by, action="calls.export", at=now, details=details, address=address)
        after, more = "", True
        while more:
            page = await self._calls(wanted, after, EXPORTED_AT_ONCE, readable)
            for line in await eyes(page.lines) if eyes else page.lines:
                yield line
            after, more = page.next, bool(page.next)

    async def call(self, call_id: str) -> CallPage:
        """One call with its attempts and its facts in the order they were heard. NotFound."""
        async with self._database.read() as connection:
            line = await one_line(connection, call_id)
            state = await connection.execute(select(calls.c.state).where(calls.c.id == call_id))
            heard = await connection.execute(select(facts).where(facts.c.call == call_id).order_by(facts.c.id))
            return CallPage(
                line=line,
                call=from_plain(Call, state.scalar_one()),
                attempts=await attempts_of(connection, [call_id]),
                facts=[record(FactLine, row) for row in heard],
                forwards=await forwards_of(connection, calls=[call_id]),
            )

    async def states(self, call_ids: Iterable[str]) -> list[Call]:
        """These calls as the telephone left them, the oldest first."""
        wanted = select(calls.c.state).where(calls.c.id.in_(list(call_ids))).order_by(calls.c.arrived_at)
        async with self._database.read() as connection:
            return [from_plain(Call, state) for state in (await connection.execute(wanted)).scalars()]

    async def ticket(self, number: str) -> TicketPage:
        """One ticket with its calls, notes and every change. NotFound."""
        async with self._database.read() as connection:
            ticket = await one_ticket(connection, tickets.c.number == number, number)
            found = await call_lines(connection, lines().where(tickets.c.id == ticket.id))
            own = await family(connection, ticket.id)  # what was written on a ticket before it was merged into this one
            written = await connection.execute(
                select(notes).where(notes.c.ticket.in_(own)).order_by(notes.c.created_at, notes.c.key)
            )
            changed = await connection.execute(
                select(ticket_changes).where(ticket_changes.c.ticket == ticket.id).order_by(ticket_changes.c.id)
            )
            asked = await forwards_of(connection, calls=[line.id for line in found], ticket=ticket.id)
            for merged in own[1:]:  # messages that were sent for it
                asked += await forwards_of(connection, calls=[], ticket=merged)
            return TicketPage(
                ticket=ticket,
                calls=found,
                notes=[record(Note, row) for row in written],
                changes=[record(Change, row) for row in changed],
                attempts=await attempts_of(connection, [line.id for line in found]),
                forwards=asked,
                points=await points_of(connection, ticket.id),
                links=await links_of(connection, [line.id for line in asked]),
                messages=await messages_of(connection, [line.id for line in asked]),
                related=await of(connection, number),
                versions=await versions_of(connection, own),
            )

    async def ticket_of(self, call_id: str) -> Ticket:
        """The ticket of a call. NotFound until the call's first commit."""
        async with self._database.read() as connection:
            found = await connection.execute(select(ticket_calls.c.ticket).where(ticket_calls.c.call == call_id))
            return await one_ticket(connection, tickets.c.id == found.scalar_one_or_none(), call_id)

    async def ended(self, call_ids: Iterable[str]) -> set[str]:
        """Those of these calls that are over for good, and committed as such."""
        wanted = select(calls.c.id).where(calls.c.id.in_(list(call_ids)), calls.c.done.is_(True))
        async with self._database.read() as connection:
            return set((await connection.execute(wanted)).scalars())

    async def earlier_calls(self, call_id: str, *, limit: int = 5) -> list[CallLine]:
        """Earlier calls from the number of this call."""
        async with self._database.read() as connection:
            line = await one_line(connection, call_id)
            found = await earlier(connection, line.e164, line.arrived_at, limit + 1)
            return [other for other in found if other.id != call_id][:limit]

    async def earlier_from(self, number: str | None, *, before: datetime, limit: int = 5) -> list[CallLine]:
        """The same, for a call that may have no row yet: its number as received, and its first moment."""
        async with self._database.read() as connection:
            return await earlier(connection, self._read_number(number).e164, before, limit)

    async def past(self, number: str | None, *, before: datetime) -> list[Past]:
        """What this number's calls were until then, by class."""
        async with self._database.read() as connection:
            return await past(connection, self._read_number(number).e164, before)

    async def open_tickets(self, by: str, *, limit: int = MOST) -> list[Ticket]:
        """Tickets of this person that are not closed: she took them, or answered their call."""
        answered = select(ticket_calls.c.ticket).join(calls, calls.c.id == ticket_calls.c.call)
        mine = or_(tickets.c.taken_by == by, tickets.c.id.in_(answered.where(calls.c.person == by)))
        wanted = (
            select(tickets)
            .where(mine, tickets.c.status.not_in([status.value for status in CLOSED_STATES]))
            .order_by(tickets.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [record(Ticket, row) for row in await connection.execute(wanted)]

    async def audit(self, wanted: AuditFilter | None = None, *, after: str = "", limit: int = 100) -> AuditPage:
        """Who looked at, took out or changed what, newest first."""
        return await Trail(self._database).lines(wanted, after=after, limit=limit)

    async def quarantine(self, *, limit: int = 100, released: bool = False) -> list[QuarantineLine]:
        """Entries of the telephone that could not be stored and wait for a person; or those that were dealt with.
        Newest first."""
        state = quarantine.c.released_at.is_not(None) if released else quarantine.c.released_at.is_(None)
        wanted = select(quarantine).where(state).order_by(quarantine.c.id.desc()).limit(max(1, min(limit, MOST)))
        async with self._database.read() as connection:
            return [record(QuarantineLine, row) for row in await connection.execute(wanted)]

    async def _calls(self, wanted: CallFilter, after: str, most: int, readable: Readable) -> Page:
        async with self._database.read() as connection:
            search = await matching(connection, wanted, self._read_number, readable)
            page = page_of_calls(search, most, moment_and_id(after) if after else None)
            ids = (await connection.execute(page)).scalars().all()
            found = await call_lines(connection, lines().where(calls.c.id.in_(ids)))
        last = found[-1] if len(found) == most else None
        return Page(found, f"{last.arrived_at.isoformat()} {last.id}" if last else "")
