"""What people type about an incident: fields, class, category, status, names.

In:  a ticket's number, a value, who typed it, the version that her page had seen.
Out: the ticket as it is after the commit.
Never: another person's newer text overwritten; a ticket closed without a disposition; an answer before the commit.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.catalogue import Newest
from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, Refused
from callcenter.core.ticket import CallClass, Disposition, TicketStatus
from callcenter.storage import rules
from callcenter.storage.audit import add as audit
from callcenter.storage.changes import change, conflict, find
from callcenter.storage.database import Clock, Database
from callcenter.storage.notes import save_note
from callcenter.storage.points import keep_point
from callcenter.storage.records import Note, Ticket
from callcenter.storage.related import by_id
from callcenter.storage.sql import clean
from callcenter.storage.tables import attempts, forwards, ticket_calls, tickets
from callcenter.storage.typed import read_fields
from callcenter.storage.writer import Work

T = TypeVar("T")

NO_SUCH = "{text} is no {kind}."
TAKEN = "{who} works on this ticket already."
NO_ATTEMPT = "There is no such try to reach an agency."
MERGED = "{number} is merged into {other}: write there."
NO_NAME = "Type who of the agency accepted."
NO_REASON = "Write why the class is another one."

Rule = Callable[[Ticket], rules.Step]


class Tickets:
    """Every method answers after the commit, with the new ticket; StoreDown when the database is too slow."""

    def __init__(self, database: Database, *, catalogue: Newest, clock: Clock, deadline: float | None = None) -> None:
        self._database, self._catalogue, self._clock, self._deadline = database, catalogue, clock, deadline

    async def set_fields(self, ticket: str, values: Mapping[str, str], *, version: int, by: str) -> Ticket:
        """Set what was typed. BadInput names the field; Conflict brings both texts, and then nothing was set."""
        read = read_fields(values)
        return await self._set(ticket, lambda _: rules.Step(read), version=version, by=by)

    async def save_note(self, ticket: str, *, key: str, text: str, version: int, by: str) -> Note:
        """Keep the note as it is typed: see `notes.py`."""
        now = self._clock()
        return await self._write(lambda connection: save_note(connection, ticket, key, text, version, by=by, now=now))

    async def set_class(self, ticket: str, call_class: CallClass | str, *, version: int, by: str) -> Ticket:
        """One key. GHOST, PRANK and MISDIAL close the ticket with it; another class afterwards opens it again."""
        chosen, now = _one_of(CallClass, call_class, "class"), self._clock()
        return await self._set(
            ticket, lambda old: rules.classed(old, chosen, by, now), version=version, by=by, log="class"
        )

    async def correct_class(self, ticket: str, call_class: CallClass | str, *, reason: str, by: str) -> Ticket:
        """Another class, by a supervisor, with a reason; the old one stays in the ticket's history."""
        chosen, now, why = _one_of(CallClass, call_class, "class"), self._clock(), clean(reason).strip()[:1000]
        if not why:
            raise BadInput(NO_REASON)

        async def unit(connection: AsyncConnection) -> Ticket:
            old = await find(connection, ticket)
            step = rules.classed(old, chosen, by, now)
            new = await change(connection, old, step.values, by=by, now=now, beside=step.beside, reason=why)
            if new is not old:
                told = {"old": old.call_class, "new": chosen.value, "reason": why}
                await audit(connection, by=by, action="ticket.class", target=ticket, details=told, at=now)
            return new

        return await self._write(unit)

    async def set_category(self, ticket: str, category: str, *, version: int, by: str) -> Ticket:
        """What it is about; the priority follows, unless somebody set another one. Empty: not known yet."""
        known = self._catalogue().categories
        if category and category not in known:
            raise BadInput(NO_SUCH, text=category[:40], kind="category")
        return await self._set(ticket, lambda old: rules.categorised(old, category, known), version=version, by=by)

    async def set_status(
        self, ticket: str, status: TicketStatus | str, *, disposition: Disposition | str = "", version: int, by: str
    ) -> Ticket:
        """Where the incident stands. Refused: closing without a disposition, changing what is closed."""
        chosen, now = _one_of(TicketStatus, status, "status"), self._clock()
        why = _one_of(Disposition, disposition, "disposition") if disposition else None
        return await self._set(ticket, lambda old: rules.moved(old, chosen, why, by, now), version=version, by=by)

    async def verify_location(self, ticket: str, *, by: str) -> Ticket:
        """The caller, or a map, confirmed the place (t5). Saying it again changes nothing."""
        now = self._clock()
        return await self._set(ticket, lambda old: rules.verified(old, by, now), by=by)

    async def wrap_up(self, ticket: str, *, by: str) -> Ticket:
        """The work after the call is done (t10)."""
        now = self._clock()
        return await self._set(ticket, lambda old: rules.wrapped_up(old, by, now), by=by)

    async def take(self, ticket: str, *, by: str) -> Ticket:
        """Work on this ticket. Conflict names who took it first."""
        now = self._clock()
        return await self._write(lambda connection: _take(connection, ticket, by, now))

    async def name_acceptance(self, leg: str, *, name: str, by: str) -> Ticket:
        """Who of the agency accepted, as the call taker heard it."""
        now, said = self._clock(), clean(name).strip()[:200]
        if not said:
            raise BadInput(NO_NAME)
        return await self._write(lambda connection: _name(connection, leg, said, by, now))

    async def _set(self, ticket: str, rule: Rule, *, by: str, version: int | None = None, log: str = "") -> Ticket:
        now = self._clock()

        async def unit(connection: AsyncConnection) -> Ticket | CallCenterError:
            old = await find(connection, ticket)
            if old.merged_into is not None:
                return Refused(MERGED, number=ticket, other=(await by_id(connection, old.merged_into)).number)
            step = rule(old)
            if version is not None and (clash := await conflict(connection, old, step.values, version, by=by, now=now)):
                return clash
            new = await change(connection, old, step.values, by=by, now=now, beside=step.beside)
            await keep_point(connection, old, new, by=by, now=now)
            if log and new is not old:
                details = {field: [str(getattr(old, field)), str(value)] for field, value in step.values.items()}
                await audit(connection, by=by, action=f"ticket.{log}", target=ticket, details=details, at=now)
            return new

        return await self._write(unit)

    async def _write(self, unit: Work[T]) -> T:
        return await self._database.write(unit, deadline=self._deadline)


def _one_of(kind: Any, text: str, name: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise BadInput(NO_SUCH, text=str(text)[:40], kind=name) from None


async def _take(connection: AsyncConnection, number: str, by: str, now: datetime) -> Ticket:
    claimed = await connection.execute(
        update(tickets)
        .where(tickets.c.number == number, tickets.c.taken_by == "")
        .values(taken_by=by, taken_at=now)
        .returning(tickets.c.id)
    )
    first = claimed.first() is not None
    ticket = await find(connection, number)
    if not first and ticket.taken_by != by:
        raise Conflict(TAKEN, who=ticket.taken_by)
    return ticket


async def _name(connection: AsyncConnection, leg: str, name: str, by: str, now: datetime) -> Ticket:
    found = await connection.execute(
        select(tickets.c.number, attempts.c.call, attempts.c.agency, attempts.c.turn, attempts.c.accepted_name)
        .join_from(attempts, ticket_calls, ticket_calls.c.call == attempts.c.call)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket)
        .where(attempts.c.leg == leg)
    )
    row = found.first()
    if row is None:
        raise NotFound(NO_ATTEMPT)
    typed = {"accepted_name": name, "named_by": by, "named_at": now}
    await connection.execute(update(attempts).where(attempts.c.leg == leg).values(typed))
    share = f"{row.agency}-{row.turn}-{row.call}"
    await connection.execute(update(forwards).where(forwards.c.id == share).values(accepted_name=name))
    ticket = await find(connection, row.number)
    told = {f"accepted_name {row.agency}": (row.accepted_name, name)}
    values = rules.accepted_by_word(ticket).values
    return await change(connection, ticket, values, by=by, now=now, told=told)
