"""Who needs to know: tickets of protected categories (domestic violence) are read by those who are concerned.

In:  a person, a role, lines or tickets. Out: what they may not see, veiled; a row when somebody breaks the glass.
Never: a ticket hidden altogether: that there is one, when it came and how it stands, everybody sees. Never in the way
of a call: without the database nothing more is shown, and nothing on the telephone waits for it.

Concerned are: who took or classed the ticket, answered or made one of its calls, wrote on it, forwarded it; the roles
of the settings; who gave a reason, for some hours.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from callcenter.core.errors import BadInput
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.records import CallLine, Ticket
from callcenter.storage.sql import clean
from callcenter.storage.tables import calls, forwards, notes, ticket_calls, ticket_changes, tickets
from callcenter.storage.tables_log import call_log
from callcenter.storage.tables_people import openings

PROTECTED = "PROTECTED"
"""Stands for a category that somebody may not see."""
VEIL = "•••"
LASTS = timedelta(hours=12)
SHORTEST, LONGEST = 5, 500
NO_REASON = "Write why you need to see this ticket: at least {least} letters."


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks: a person, or a program."""

    person: str
    role: str


class Need:
    """Asks who is concerned."""

    def __init__(
        self, database: Database, *, categories: Collection[str], roles: Collection[str], clock: Clock
    ) -> None:
        self.categories, self.roles = frozenset(categories), frozenset(roles)
        self._database, self._clock = database, clock

    def all_of(self, who: Looker) -> bool:
        """This role sees every ticket."""
        return who.role in self.roles or not self.categories

    async def hidden(self, numbers: Iterable[tuple[str, str]], who: Looker) -> frozenset[str]:
        """Of these tickets (number, category) the numbers of those that this person may not read. StoreDown."""
        asked = {number for number, category in numbers if category in self.categories}
        if not asked or self.all_of(who):
            return frozenset()
        mine = select(tickets.c.number).where(tickets.c.number.in_(asked), self._concerned(who, tickets.c.id))
        async with self._database.read() as connection:
            return frozenset(asked - set((await connection.execute(mine)).scalars()))

    async def hides(self, number: str, category: str, who: Looker) -> bool:
        """The same for one."""
        return bool(await self.hidden([(number, category)], who))

    def readable(self, who: Looker) -> ColumnElement[bool] | None:
        """On the call log: what may be found by its contents. None: everything."""
        if self.all_of(who):
            return None
        return or_(call_log.c.category.not_in(self.categories), self._concerned(who, call_log.c.ticket))

    async def category_of(self, number: str) -> str:
        """What that ticket is about; empty when there is no such ticket. StoreDown."""
        async with self._database.read() as connection:
            found = await connection.execute(select(tickets.c.category).where(tickets.c.number == number))
            return found.scalar_one_or_none() or ""

    async def veiled(self, lines: list[CallLine], who: Looker) -> list[CallLine]:
        """The lines, without what this person may not read."""
        hidden = await self.hidden(((line.ticket, line.category) for line in lines), who)
        return [veil(line) if line.ticket in hidden else line for line in lines] if hidden else lines

    async def veiled_tickets(self, found: list[Ticket], who: Looker) -> list[Ticket]:
        """The same for tickets."""
        hidden = await self.hidden(((ticket.number, ticket.category) for ticket in found), who)
        return [veil_ticket(ticket) if ticket.number in hidden else ticket for ticket in found] if hidden else found

    async def open(self, number: str, who: Looker, reason: str, *, address: str = "") -> None:
        """Break the glass: readable for some hours, with the reason in the audit. BadInput without one."""
        now, why = self._clock(), " ".join(clean(reason).split())[:LONGEST]
        if len(why) < SHORTEST:
            raise BadInput(NO_REASON, least=SHORTEST)

        async def unit(connection: Any) -> None:
            row = {"person": who.person, "ticket": number, "at": now, "until": now + LASTS, "reason": why}
            await connection.execute(openings.insert().values(**row))
            said = {"reason": why}
            await audit(
                connection, by=who.person, action="ticket.opened", at=now, target=number, details=said, address=address
            )

        await self._database.write(unit)

    def _concerned(self, who: Looker, ticket: Any) -> ColumnElement[bool]:
        name, now = who.person, self._clock()
        on_call = ticket_calls.join(calls, calls.c.id == ticket_calls.c.call)
        of = exists().select_from(on_call).where(ticket_calls.c.ticket == ticket)
        t, opened = tickets.alias(), openings.c
        named = or_(t.c.taken_by == name, t.c.classed_by == name)
        number = select(t.c.number).where(t.c.id == ticket).scalar_subquery()
        return or_(
            exists().where(t.c.id == ticket, named),
            of.where(or_(calls.c.person == name, calls.c.by == name)),
            exists().where(notes.c.ticket == ticket, notes.c.author == name),
            exists().where(forwards.c.ticket == ticket, forwards.c.by == name),
            exists().where(ticket_changes.c.ticket == ticket, ticket_changes.c.by == name),
            exists().where(and_(opened.person == name, opened.until > now, opened.ticket == number)),
        )


def veil(line: CallLine) -> CallLine:
    """A line that tells that there was a call and how its ticket stands, and nothing of whom and what."""
    return replace(
        line, number=VEIL, e164=None, shown=VEIL, origin="", callable=False, name=None, location="", recording="",
        category=PROTECTED, place="", agencies=(),
    )  # fmt: skip


def veil_ticket(ticket: Ticket) -> Ticket:
    """The same for a ticket."""
    return replace(
        ticket, category=PROTECTED, place="", landmark="", kelurahan="", kecamatan="", latitude=None, longitude=None,
        radius_m=None, caller_name="", relation="", victims=None, hazards="", summary="",
    )  # fmt: skip
