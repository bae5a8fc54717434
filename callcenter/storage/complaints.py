"""Complaints: tickets of class NON_EMERGENCY, to whom they went, and whether the national system has them.

In:  a choice; "write out all that were not". Out: complaints; the number of a file that can be asked for again.
Never: a ticket in two files; a trial call; a ticket of a protected category.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import NotFound, Refused
from callcenter.core.ticket import CallClass, Disposition, TicketStatus
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.records import ForwardLine, Ticket, record
from callcenter.storage.tables import calls, forwards, notes, ticket_calls, tickets
from callcenter.storage.tables_complaints import lapor_files, lapor_tickets

MOST = 200
MOST_IN_FILE = 2000
NOTHING_NEW = "There is no complaint that is not written out yet."
NO_FILE = "There is no such file of complaints."
NO_REPORT = (Disposition.DUPLICATE, Disposition.CANCELLED_BY_CALLER, Disposition.FALSE_REPORT, Disposition.NO_INCIDENT)
"""Ended so that nobody has to do anything."""


@dataclass(frozen=True, slots=True)
class LaporFile:
    """One file that was written out."""

    id: int
    at: datetime
    by: str
    contacts: bool
    count: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """One ticket with what belongs to it."""

    ticket: Ticket
    number: str | None  # the caller's, as received
    text: str  # the notes, in the order in which they were written
    forwards: tuple[ForwardLine, ...]
    file: int | None  # in which it was written out


class Complaints:
    """Reads and writes out."""

    def __init__(self, database: Database, *, protected: Collection[str], clock: Clock) -> None:
        """`protected`: categories that are never handed on."""
        self._database, self._protected, self._clock = database, tuple(protected), clock

    async def newest(self, *, unsent: bool = False, unfinished: bool = False) -> list[Complaint]:
        """The newest first. `unsent`: not written out yet. `unfinished`: somebody still has to do something."""
        conditions = self._ours()
        if unsent:
            conditions += [*self._worth(), lapor_tickets.c.file.is_(None)]
        if unfinished:
            done = (TicketStatus.HANDLED, TicketStatus.CLOSED, TicketStatus.CANCELLED)
            conditions.append(tickets.c.status.not_in(done))
        async with self._database.read() as connection:
            return await _read(connection, conditions, MOST)

    async def files(self) -> list[LaporFile]:
        """The last ones."""
        async with self._database.read() as connection:
            found = await connection.execute(select(lapor_files).order_by(lapor_files.c.id.desc()).limit(20))
            return [record(LaporFile, row) for row in found]

    async def write_out(self, *, contacts: bool, by: str, address: str = "") -> int:
        """A new file of all that are in none yet; they count as sent. Refused: there is nothing new."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> int:
            query = select(tickets.c.id).outerjoin(lapor_tickets, lapor_tickets.c.ticket == tickets.c.id)
            query = query.where(*self._ours(), *self._worth(), lapor_tickets.c.file.is_(None))
            found = await connection.execute(
                query.order_by(tickets.c.id).limit(MOST_IN_FILE).with_for_update(of=tickets)
            )
            ids = [row.id for row in found]
            if not ids:
                raise Refused(NOTHING_NEW)
            row = {"at": now, "by": by, "contacts": contacts, "count": len(ids)}
            made = await connection.execute(insert(lapor_files).values(**row).returning(lapor_files.c.id))
            file: int = made.scalar_one()
            await connection.execute(insert(lapor_tickets), [{"ticket": id_, "file": file} for id_ in ids])
            details = {"count": len(ids), "contacts": contacts}
            told = {"by": by, "at": now, "target": str(file), "details": details, "address": address}
            await audit(connection, action="complaints.written_out", **told)  # type: ignore[arg-type]
            return file

        return await self._database.write(unit)

    async def file(self, id_: int, *, by: str, address: str = "") -> tuple[LaporFile, list[Complaint]]:
        """A file again, its complaints as they are now, in the order of the tickets. NotFound."""
        now = self._clock()
        async with self._database.read() as connection:
            found = (await connection.execute(select(lapor_files).where(lapor_files.c.id == id_))).first()
            if found is None:
                raise NotFound(NO_FILE)
            mine = await _read(connection, [lapor_tickets.c.file == id_], MOST_IN_FILE)
        await self._database.write(
            lambda c: audit(c, by=by, action="complaints.file", at=now, target=str(id_), address=address)
        )
        return record(LaporFile, found), mine[::-1]

    def _ours(self) -> list[ColumnElement[bool]]:
        return [
            tickets.c.call_class == CallClass.NON_EMERGENCY.value,
            tickets.c.test.is_(False),
            tickets.c.category.not_in(self._protected),
        ]

    def _worth(self) -> list[ColumnElement[bool]]:
        """Somebody should do something about it."""
        return [
            tickets.c.status != TicketStatus.CANCELLED.value,
            tickets.c.disposition.not_in([each.value for each in NO_REPORT]),
        ]


async def _read(connection: AsyncConnection, conditions: Sequence[ColumnElement[bool]], most: int) -> list[Complaint]:
    query = select(tickets, lapor_tickets.c.file).outerjoin(lapor_tickets, lapor_tickets.c.ticket == tickets.c.id)
    rows = (await connection.execute(query.where(*conditions).order_by(tickets.c.id.desc()).limit(most))).all()
    ids = [row.id for row in rows]
    numbers: dict[int, str | None] = {}
    linked: dict[str, int] = {}
    of_calls = select(ticket_calls.c.ticket, calls.c.id, calls.c.number).join(calls, calls.c.id == ticket_calls.c.call)
    for row in await connection.execute(of_calls.where(ticket_calls.c.ticket.in_(ids)).order_by(calls.c.arrived_at)):
        numbers.setdefault(row.ticket, row.number)
        linked[row.id] = row.ticket
    texts: dict[int, list[str]] = {}
    for row in await connection.execute(select(notes).where(notes.c.ticket.in_(ids)).order_by(notes.c.created_at)):
        if row.text.strip():
            texts.setdefault(row.ticket, []).append(row.text.strip())
    shares: dict[int, list[ForwardLine]] = {}
    for line in await _forwards(connection, list(linked), ids):
        home = linked.get(line.call, line.ticket) if line.call else line.ticket
        shares.setdefault(home, []).append(line)
    return [
        Complaint(
            record(Ticket, row),
            numbers.get(row.id),
            " / ".join(texts.get(row.id, [])),
            tuple(shares.get(row.id, ())),
            row.file,
        )
        for row in rows
    ]


async def _forwards(connection: AsyncConnection, call_ids: list[str], ids: list[int]) -> list[ForwardLine]:
    """Those of the calls, and the messages that have none."""
    alone = and_(forwards.c.call.is_(None), forwards.c.ticket.in_(ids))
    wanted = (
        select(forwards, tickets.c.number.label("ticket_number"))
        .join(tickets, tickets.c.id == forwards.c.ticket)
        .where(or_(forwards.c.call.in_(call_ids), alone))
        .order_by(forwards.c.asked_at, forwards.c.id)
    )
    return [record(ForwardLine, row) for row in await connection.execute(wanted)]
