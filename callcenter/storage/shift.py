"""What one shift hands to the next: tickets that are open, agencies that were not reached, notes for the others.

In:  a note, who wrote it. Out: lists, newest first.
Never: a note changed or taken away; a trial ticket.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput
from callcenter.core.share import Status
from callcenter.core.ticket import CLOSED_STATES
from callcenter.storage.columns import metadata, moment, number, words
from callcenter.storage.database import Clock, Database
from callcenter.storage.records import Ticket, record
from callcenter.storage.sql import clean
from callcenter.storage.tables import calls, forwards, tickets

LONGEST = 2000
MOST = 200
EMPTY = "Write what the next shift must know."
TOO_LONG = "A note for the next shift has at most {most} letters."

shift_notes = Table("shift_notes", metadata, number(), moment("at", known=True), words("by"), words("text"))


@dataclass(frozen=True, slots=True)
class ShiftNote:
    """What somebody wants the next shift to know."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """An agency that nobody could be reached at."""

    agency: str
    times: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of it. `more`: open tickets beyond those listed."""

    tickets: list[Ticket]
    more: int
    unreached: list[Unreached]
    notes: list[ShiftNote]
    answered: int
    answered_by_me: int


class Shifts:
    """Reads the sheet, keeps the notes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def note(self, text: str, *, by: str) -> None:
        """Keep it. BadInput: empty, or too long."""
        said, now = clean(text).strip(), self._clock()
        if not said:
            raise BadInput(EMPTY)
        if len(said) > LONGEST:
            raise BadInput(TOO_LONG, most=LONGEST)

        async def unit(connection: AsyncConnection) -> None:
            await connection.execute(insert(shift_notes), [{"at": now, "by": by, "text": said}])

        await self._database.write(unit)

    async def sheet(self, since: datetime, *, notes_since: datetime, person: str) -> Sheet:
        """Everything open now, and what happened since then."""
        closed = [status.value for status in CLOSED_STATES]
        is_open = (tickets.c.status.not_in(closed), tickets.c.test.is_(False))
        mine = (calls.c.answered_at >= since, calls.c.test.is_(False), calls.c.kind == "ARRIVAL")
        async with self._database.read() as connection:
            newest = select(tickets).where(*is_open).order_by(tickets.c.id.desc()).limit(MOST)
            found = [record(Ticket, row) for row in await connection.execute(newest)]
            all_open = await connection.scalar(select(func.count()).select_from(tickets).where(*is_open))
            told = select(shift_notes).where(shift_notes.c.at >= notes_since).order_by(shift_notes.c.id.desc())
            notes = [record(ShiftNote, row) for row in await connection.execute(told.limit(MOST))]
            answered = await connection.scalar(select(func.count()).select_from(calls).where(*mine))
            own = await connection.scalar(
                select(func.count()).select_from(calls).where(*mine, calls.c.person == person)
            )
            unreached = await _unreached(connection, since)
        return Sheet(found, max(0, (all_open or 0) - len(found)), unreached, notes, answered or 0, own or 0)


async def _unreached(connection: AsyncConnection, since: datetime) -> list[Unreached]:
    wanted = (
        select(forwards.c.agency, func.count().label("times"), func.max(forwards.c.asked_at).label("last_at"))
        .where(forwards.c.status == Status.UNREACHED.value, forwards.c.asked_at >= since)
        .group_by(forwards.c.agency)
        .order_by(func.count().desc(), forwards.c.agency)
    )
    return [Unreached(row.agency, row.times, row.last_at) for row in await connection.execute(wanted)]
