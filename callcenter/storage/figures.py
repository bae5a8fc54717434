"""Figures of any period, quickly: days are counted once, and again when something in them changed.

In:  a period, a dimension. Out: tallies (`core/kpi.py` makes shares and spans of them).
Never: a figure older than what is committed: a day in which something changed since it was counted, and always today,
is counted from the calls themselves; where too many of them wait, it is said how many are not in the figures yet.

What marks an hour as changed is in the database (`derived.py`), so that no road to a call or ticket goes past it. A
mark counts its changes: one that grew while its day was counted stays.
"""

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import CallCenterError
from callcenter.core.kpi import ALL, RULES, Cell, tallied
from callcenter.core.tally import Tally, together
from callcenter.storage.arrivals import made, read_arrivals
from callcenter.storage.database import Clock, Database
from callcenter.storage.derived import anew
from callcenter.storage.kept import MARKS
from callcenter.storage.tables_figures import figure_cells, figure_marks

log = logging.getLogger(__name__)

COUNT_EVERY_S = 10.0
COUNT_S = 60.0
SHORT = timedelta(hours=36)
"""What is not of whole days is a shift: counted from the calls themselves, to the minute."""
MOST_ANEW = 7
"""So many changed days are counted while somebody waits; the others are said to be missing."""
DAY = "day"
"""The dimension that is the days themselves."""
ZONE = "zone"
NO_DAY = date(1970, 1, 1)
Marks = dict[str, int]
Kept = tuple[date, str, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """A period. `groups`: by the keys of the dimension. `waiting`: days that are not in it yet."""

    total: Tally
    groups: Mapping[str, Tally]
    waiting: tuple[date, ...] = field(default=())


class Figures:
    """`count` for pages; `run` beside the other parts keeps past days counted."""

    def __init__(self, database: Database, *, zone: ZoneInfo, clock: Clock, most_anew: int = MOST_ANEW) -> None:
        self._database, self._zone, self._clock, self._most = database, zone, clock, most_anew
        self._looked = False

    async def count(self, since: datetime, until: datetime, by: str = ALL) -> Counted:
        """The period from `since` until (not included) `until`; a long one is of whole days of the city."""
        first, last = self._day(since), self._day(until - timedelta(microseconds=1))
        whole = (since, until) == (self._bounds(first)[0], self._bounds(last)[1])
        if until - since <= SHORT and not whole:
            async with self._snapshot() as connection:
                cells = await self._anew(connection, since, until)
            return _counted(cells, by, first)
        await self._same_zone()
        async with self._snapshot() as connection:
            changed = await self._changed(connection, first, last)
            fresh = {day: await self._anew(connection, *self._bounds(day)) for day in changed[: self._most]}
            kept = await _kept(connection, by, first, last)
            total = kept if by in (ALL, DAY) else await _kept(connection, ALL, first, last)
        return await asyncio.to_thread(_summed, by, kept, total, fresh, changed)

    async def run(self) -> None:
        """Count past days that changed, for ever. What fails is tried again: pages count such a day themselves."""
        while True:
            try:
                while await self.count_some():
                    pass
            except CallCenterError as away:
                log.warning("Days are counted later: %s", away)
            await asyncio.sleep(COUNT_EVERY_S)

    async def count_some(self, most: int = 20) -> int:
        """Count some changed days that are over, and keep them. How many there were.

        The marks are read before the calls: what changes meanwhile makes a mark grow, which then stays.
        """
        await self._same_zone()
        today = self._day(self._clock())
        async with self._database.read() as connection:
            marks = await _marks(connection)
        days = sorted({day for hour in marks for day in self._days_of(hour) if day < today}, reverse=True)
        counted = {}
        for day in days[:most]:
            async with self._snapshot() as connection:
                counted[day] = await self._anew(connection, *self._bounds(day))
        seen = {hour: n for hour, n in marks.items() if self._days_of(hour) <= counted.keys()}
        if counted:
            await self._database.write_whenever(partial(_keep, counted=counted, seen=seen))
        return len(days)

    def _snapshot(self) -> "_Snapshot":
        return _Snapshot(self._database)

    async def _anew(self, connection: AsyncConnection, since: datetime, until: datetime) -> dict[Cell, Tally]:
        rows = await read_arrivals(connection, since, until)
        return await asyncio.to_thread(lambda: tallied(*made(rows), self._zone))

    async def _changed(self, connection: AsyncConnection, first: date, last: date) -> list[date]:
        """The days of the period that were changed since they were counted, the newest first."""
        days = {day for hour in await _marks(connection) for day in self._days_of(hour)}
        return sorted((day for day in days if first <= day <= last), reverse=True)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _days_of(self, hour: str) -> set[date]:
        """The days of the city that this hour (UTC) lies in: two in a zone of half hours."""
        at = datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC)
        return {self._day(at), self._day(at + timedelta(minutes=59))}

    def _bounds(self, day: date) -> tuple[datetime, datetime]:
        after = day + timedelta(days=1)
        first, last = (datetime(d.year, d.month, d.day, tzinfo=self._zone).astimezone(UTC) for d in (day, after))
        return first, last

    async def _same_zone(self) -> None:
        """Days that were counted in another zone, or by other rules, are counted anew."""
        if self._looked:
            return
        mine = f"{self._zone.key} {RULES}"
        async with self._database.read() as connection:
            found = await connection.execute(select(figure_cells.c.key).where(figure_cells.c.dimension == ZONE))
            before = found.scalar_one_or_none()
        if before != mine:
            await self._database.write_whenever(lambda connection: _all_anew(connection, mine))
        self._looked = True


class _Snapshot:
    """A reading connection that sees one moment of everything."""

    def __init__(self, database: Database) -> None:
        self._reading = database.read(deadline=COUNT_S)

    async def __aenter__(self) -> AsyncConnection:
        connection = await self._reading.__aenter__()
        if connection.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ")
        return connection

    async def __aexit__(self, *error: object) -> None:
        await self._reading.__aexit__(*error)  # type: ignore[arg-type]


async def _marks(connection: AsyncConnection) -> Marks:
    return {row.hour: row.changes for row in await connection.execute(select(figure_marks))}


async def _kept(connection: AsyncConnection, by: str, first: date, last: date) -> list[Kept]:
    """The cells of that dimension as they were counted; their bodies are read where they are added up."""
    wanted = select(figure_cells.c.day, figure_cells.c.key, figure_cells.c.body).where(
        figure_cells.c.dimension == (ALL if by == DAY else by),
        figure_cells.c.day >= first,
        figure_cells.c.day <= last,
    )
    return [(row.day, row.key, row.body) for row in await connection.execute(wanted)]


async def _keep(connection: AsyncConnection, counted: Mapping[date, Mapping[Cell, Tally]], seen: Marks) -> None:
    """These days as they were counted; their marks go, unless an hour changed again meanwhile."""
    old = delete(figure_cells).where(figure_cells.c.day.in_(list(counted)), figure_cells.c.dimension != ZONE)
    await connection.execute(old)
    rows = [
        {"dimension": dimension, "day": day, "key": key[:200], "body": json.dumps(tally.plain(), separators=(",", ":"))}
        for day, cells in counted.items()
        for (dimension, key), tally in cells.items()
    ]
    if rows:
        await connection.execute(insert(figure_cells), rows)
    if seen:
        same = (figure_marks.c.hour == bindparam("an_hour"), figure_marks.c.changes == bindparam("n"))
        gone = [{"an_hour": hour, "n": n} for hour, n in seen.items()]
        await connection.execute(delete(figure_marks).where(*same), gone)


async def _all_anew(connection: AsyncConnection, zone: str) -> None:
    await connection.execute(delete(figure_cells))
    await anew(connection, MARKS)
    await connection.execute(insert(figure_cells).values(dimension=ZONE, day=NO_DAY, key=zone, body="{}"))


def _counted(cells: Mapping[Cell, Tally], by: str, day: date) -> Counted:
    total = cells.get((ALL, ""), Tally())
    if by in (ALL, DAY):
        return Counted(total, {day.isoformat() if by == DAY else "": total})
    return Counted(total, {key: tally for (dimension, key), tally in cells.items() if dimension == by})


def _summed(
    by: str,
    kept: Iterable[Kept],
    total: Iterable[Kept],
    fresh: Mapping[date, Mapping[Cell, Tally]],
    changed: list[date],
) -> Counted:
    """What was counted before, without the days that changed, and these as they are now."""
    old = set(changed)
    groups: dict[str, Tally] = {}
    for day, key, body in kept:
        if day not in old:
            groups.setdefault(day.isoformat() if by == DAY else key, Tally()).add_plain(json.loads(body))
    for day, cells in fresh.items():
        for (dimension, key), tally in cells.items():
            if dimension == (ALL if by == DAY else by):
                groups.setdefault(day.isoformat() if by == DAY else key, Tally()).add(tally)
    everything = Tally()
    for day, _, body in total:
        if day not in old:
            everything.add_plain(json.loads(body))
    everything.add(together(cells[ALL, ""] for cells in fresh.values() if (ALL, "") in cells))
    return Counted(everything, groups, tuple(day for day in changed if day not in fresh))
