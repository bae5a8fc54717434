"""What a supervisor tells a call taker, dated, and whether she has seen it.

In:  a person, words, maybe the sheet that they are about. Out: notes, the newest first.
Never: a note changed or taken away.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, NotFound
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.records import record
from callcenter.storage.sql import clean
from callcenter.storage.tables_people import users
from callcenter.storage.tables_quality import coaching_notes, reviews

LONGEST, MOST = 4000, 200
EMPTY = "Write what she should know."
TOO_LONG = "A coaching note has at most {most} letters."
NOBODY = "There is nobody called {name}."
NO_NOTE = "There is no such note."
NOT_HERS = "That score sheet is not about {name}."


@dataclass(frozen=True, slots=True)
class CoachingNote:
    """One note. `seen_at`: she said that she had read it."""

    id: int
    person: str
    at: datetime
    by: str
    text: str
    review: int | None
    seen_at: datetime | None


class Coaching:
    """Keeps notes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def add(self, person: str, text: str, *, by: str, review: int | None = None) -> None:
        """Tell her. BadInput, NotFound."""
        said, now = clean(text).replace("\r\n", "\n").strip(), self._clock()
        if not said:
            raise BadInput(EMPTY)
        if len(said) > LONGEST:
            raise BadInput(TOO_LONG, most=LONGEST)

        async def unit(connection: AsyncConnection) -> None:
            if (await connection.execute(select(users.c.name).where(users.c.name == person))).first() is None:
                raise NotFound(NOBODY, name=person)
            about = select(reviews.c.id).where(reviews.c.id == review, reviews.c.person == person)
            if review is not None and (await connection.execute(about)).first() is None:
                raise BadInput(NOT_HERS, name=person)
            row = {"person": person, "at": now, "by": by, "text": said, "review": review, "seen_at": None}
            await connection.execute(insert(coaching_notes), [row])
            told = {"text": said, "review": review}
            await audit(connection, by=by, action="quality.coach", target=person, details=told, at=now)

        await self._database.write(unit)

    async def of(self, person: str) -> list[CoachingNote]:
        """What she was told."""
        mine = select(coaching_notes).where(coaching_notes.c.person == person)
        async with self._database.read() as connection:
            rows = await connection.execute(mine.order_by(coaching_notes.c.id.desc()).limit(MOST))
            return [record(CoachingNote, row) for row in rows]

    async def seen(self, number: int, *, by: str) -> None:
        """She has read it; once is enough. NotFound: it is not hers."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            hers = (coaching_notes.c.id == number, coaching_notes.c.person == by)
            row = (await connection.execute(select(coaching_notes).where(*hers))).first()
            if row is None:
                raise NotFound(NO_NOTE)
            if row.seen_at is None:
                await connection.execute(update(coaching_notes).where(*hers).values(seen_at=now))
                await audit(connection, by=by, action="quality.seen", target=f"{number}", at=now)

        await self._database.write(unit)
