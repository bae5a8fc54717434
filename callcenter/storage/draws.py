"""The month's draw of calls to review, frozen with what it was drawn from.

In:  a month with its bounds. Out: its draw, and how far it is reviewed.
Never: a second draw of one month; a call that arrives later changes nothing: it is not in the population that was kept.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Outcome
from callcenter.core.draw import Lot, Taken, Why, digest, draw, read, seed_of, written
from callcenter.core.errors import NotFound, Refused
from callcenter.core.kind import Kind
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.sql import insert as insert_unless
from callcenter.storage.tables_log import call_log
from callcenter.storage.tables_quality import quality_drawn, quality_draws

READ_S = 20.0
DRAWN = "{who} drew the calls of this month on {when}. A draw is made once."
NOTHING = "No call taker answered a call in this month: there is nothing to draw from."
NO_DRAW = "Nothing was drawn for this month."


@dataclass(frozen=True, slots=True)
class Draw:
    """One month's draw. `nobody`: answered calls that have no call taker, since nobody had signed in there."""

    month: date
    seed: str
    sha256: str
    size: int
    nobody: int
    drawn_by: str
    drawn_at: datetime
    lots: tuple[Lot, ...]


class Draws:
    """Makes them once, reads them, and makes them again to see that they come out the same."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def make(self, month: date, since: datetime, until: datetime, *, by: str) -> Draw:
        """Draw from the calls that arrived from `since` until before `until`. Refused: it was drawn already."""
        taken, nobody = await self._population(since, until)
        if not taken:
            raise Refused(NOTHING)
        text = written(taken)
        lots, now = await asyncio.to_thread(draw, taken, seed_of(month)), self._clock()
        row = {
            "month": month, "seed": seed_of(month), "population": text, "sha256": digest(text), "size": len(taken),
            "nobody": nobody, "drawn_by": by, "drawn_at": now,
        }  # fmt: skip

        async def unit(connection: AsyncConnection) -> None:
            kept = insert_unless(connection, quality_draws).values(row).on_conflict_do_nothing()
            if (await connection.execute(kept)).rowcount == 0:
                first = (await connection.execute(_draws().where(quality_draws.c.month == month))).one()
                raise Refused(DRAWN, who=first.drawn_by, when=first.drawn_at)
            found = [
                {"month": month, "call": lot.call, "person": lot.person, "why": lot.why.value, "place": place}
                for place, lot in enumerate(lots)
            ]
            await connection.execute(insert(quality_drawn), found)
            told = {"population": len(taken), "drawn": len(lots), "sha256": row["sha256"], "seed": row["seed"]}
            await audit(connection, by=by, action="quality.draw", target=f"{month:%Y-%m}", details=told, at=now)

        await self._database.write(unit)
        return await self.one(month)

    async def _population(self, since: datetime, until: datetime) -> tuple[list[Taken], int]:
        """Answered arrivals, no tests, no practice, no blocked ones; and how many of them nobody can be told of."""
        log = call_log.c
        mine = (log.outcome == Outcome.ANSWERED.value, log.kind == Kind.ARRIVAL.value, log.test.is_(False))
        asked = select(log.call, log.person).where(*mine, log.arrived_at >= since, log.arrived_at < until)
        async with self._database.read(deadline=READ_S) as connection:
            rows = (await connection.execute(asked)).all()
        taken = [Taken(row.call, row.person) for row in rows if row.person]
        return taken, len(rows) - len(taken)

    async def one(self, month: date) -> Draw:
        """That month's. NotFound."""
        async with self._database.read() as connection:
            row = (await connection.execute(_draws().where(quality_draws.c.month == month))).first()
            if row is None:
                raise NotFound(NO_DRAW)
            asked = select(quality_drawn).where(quality_drawn.c.month == month).order_by(quality_drawn.c.place)
            lots = tuple(Lot(r.call, r.person, Why(r.why)) for r in await connection.execute(asked))
        return Draw(**row._mapping, lots=lots)

    async def arrivals(self, ids: Sequence[str]) -> dict[str, datetime]:
        """Call -> when it came, for those whose row is still there."""
        asked = select(call_log.c.call, call_log.c.arrived_at).where(call_log.c.call.in_(ids))
        async with self._database.read() as connection:
            return {row.call: row.arrived_at for row in await connection.execute(asked)}

    async def all(self) -> dict[date, int]:
        """Month -> how many calls were drawn, the newest first."""
        asked = select(quality_drawn.c.month, func.count()).group_by(quality_drawn.c.month)
        async with self._database.read() as connection:
            rows = await connection.execute(asked.order_by(quality_drawn.c.month.desc()))
            return {row[0]: row[1] for row in rows}

    async def population(self, month: date) -> str:
        """The text that the month was drawn from. NotFound."""
        asked = select(quality_draws.c.population).where(quality_draws.c.month == month)
        async with self._database.read() as connection:
            found = (await connection.execute(asked)).scalar_one_or_none()
        if found is None:
            raise NotFound(NO_DRAW)
        return str(found)

    async def again(self, month: date) -> bool:
        """Drawn again from the population that was kept, with the seed that was kept: the same calls come out."""
        kept, text = await self.one(month), await self.population(month)
        lots = await asyncio.to_thread(lambda: draw(read(text), kept.seed))
        return digest(text) == kept.sha256 and kept.seed == seed_of(month) and _same(lots, kept.lots)


def _same(one: Sequence[Lot], other: Sequence[Lot]) -> bool:
    return list(one) == list(other)


def _draws() -> Select[Any]:
    return select(*(column for column in quality_draws.c if column.name != "population"))
