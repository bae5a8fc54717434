"""Figures of any period, quickly: days are counted once, and again when something in them changed; months are summed.

In:  a period, a dimension. Out: tallies (`core/kpi.py` makes shares and spans of them).
Never: a figure older than what is committed: a day in which something changed since it was counted, and always today,
is counted from the calls themselves; where too many of them wait, it is said how many are not in the figures yet.

What marks an hour as changed is in the database (`derived.py`), so that no road to a call or ticket goes past it. A
mark counts its changes: one that grew while its day was counted stays. A day that is counted marks its month in the
same transaction; a month is read as one sum while neither it nor an hour in it is marked.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import CallCenterError
from callcenter.core.kpi import ALL, RULES, Cell, tallied
from callcenter.core.tally import Tally
from callcenter.storage import cells as kept
from callcenter.storage import review_sums
from callcenter.storage.arrivals import made, read_arrivals
from callcenter.storage.cells import A_DAY, Hours, Kept, month_of, stretches, whole_months
from callcenter.storage.database import Clock, Database

log = logging.getLogger(__name__)

COUNT_EVERY_S = 10.0
COUNT_S = 60.0
SHORT = timedelta(hours=36)
"""What is not of whole days is a shift: counted from the calls themselves, to the minute."""
MOST_ANEW = 7
"""So many changed days are counted while somebody waits; the others are said to be missing."""
DAY, MONTH = "day", "month"
"""The dimensions that are the days and months themselves."""
AN_HOUR = timedelta(hours=1)
Cells = Mapping[Cell, Tally]


@dataclass(frozen=True, slots=True)
class Counted:
    """A period. `groups`: by the keys of the dimension. `waiting`: days that are not in it yet."""

    total: Tally
    groups: Mapping[str, Tally]
    waiting: tuple[date, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Found:
    """What a period is added up from: kept cells of the dimension and of all, and days counted just now."""

    groups: list[Kept]
    total: list[Kept]
    fresh: Mapping[date, list[Cells]]
    waiting: tuple[date, ...]


class Figures:
    """`count` for pages; `run` beside the other parts keeps past days counted."""

    def __init__(self, database: Database, *, zone: ZoneInfo, clock: Clock, most_anew: int = MOST_ANEW) -> None:
        self._database, self._zone, self._clock, self._most = database, zone, clock, most_anew
        self._looked = False
        self._today: tuple[date, dict[str, tuple[int, Cells]]] | None = None

    async def count(self, since: datetime, until: datetime, by: str = ALL) -> Counted:
        """The period from `since` until (not included) `until`; a long one is of whole days of the city."""
        first, last = self._day(since), self._day(until - timedelta(microseconds=1))
        whole = (since, until) == (self._bounds(first)[0], self._bounds(last)[1])
        if until - since <= SHORT and not whole:
            async with self._database.moment(deadline=COUNT_S) as connection:
                counted = await self._anew(connection, since, until)
            return await asyncio.to_thread(_summed, by, Found([], [], {first: [counted]}, ()))
        await self._same_zone()
        async with self._database.moment(deadline=COUNT_S) as connection:
            found = await self._found(connection, first, last, by)
        return await asyncio.to_thread(_summed, by, found)

    async def run(self) -> None:
        """Count past days that changed, sum their months and those of score sheets, begin with today, for ever. What
        fails is tried again: pages count such a day themselves."""
        while True:
            try:
                while await self.count_some():
                    pass
                while await review_sums.keep_one(self._database):
                    pass
                await self.begin_today()
            except CallCenterError as away:
                log.warning("Days are counted later: %s", away)
            await asyncio.sleep(COUNT_EVERY_S)

    async def count_some(self, most: int = 20) -> int:
        """Count some changed days that are over, and keep them; sum a month of which no day waits. How many there were.

        The marks are read before the calls: what changes meanwhile makes a mark grow, which then stays.
        """
        await self._same_zone()
        today = self._day(self._clock())
        async with self._database.read() as connection:
            marks = await kept.hours_marked(connection)
        days = sorted({day for hour in marks for day in self._days_of(hour) if day < today}, reverse=True)
        counted = {}
        for day in days[:most]:
            async with self._database.moment(deadline=COUNT_S) as connection:
                counted[day] = await self._anew(connection, *self._bounds(day))
        seen = {hour: n for hour, n in marks.items() if self._days_of(hour) <= counted.keys()}
        if counted:
            await self._database.write_whenever(partial(kept.keep_days, counted=counted, seen=seen))
        return len(days) + await self._sum_one(month_of(today), {month_of(day) for day in days[most:]})

    async def begin_today(self) -> None:
        """Count what there is of today, once: the first who asks after a start does not wait for all its hours."""
        today = self._day(self._clock())
        if self._today is None or self._today[0] != today:
            await self.count(*self._bounds(today))

    async def _sum_one(self, before: date, waiting: set[date]) -> int:
        """Sum the newest month that is over and marked. How many there were."""
        async with self._database.moment(deadline=COUNT_S) as connection:
            marked = await kept.months_marked(connection)
            marks = {month: n for month, n in marked.items() if month < before and month not in waiting}
            if not marks:
                return 0
            month = max(marks)
            cells = await kept.month_summed(connection, month)
        rows = await asyncio.to_thread(kept.packed, cells)
        await self._database.write_whenever(partial(kept.keep_month, month=month, rows=rows, changes=marks[month]))
        return len(marks)

    async def _found(self, connection: AsyncConnection, first: date, last: date, by: str) -> Found:
        hours = (self._bounds(first)[0] - AN_HOUR, self._bounds(last)[1])
        marks = await kept.hours_marked(connection, *(f"{at:%Y-%m-%d %H}" for at in hours))
        changed = sorted({d for hour in marks for d in self._days_of(hour) if first <= d <= last}, reverse=True)
        fresh = {day: await self._fresh(connection, day, marks) for day in changed[: self._most]}
        stale = {*(await kept.months_marked(connection)), *map(month_of, changed)}
        months = [month for month in whole_months(first, last) if month not in stale]
        days = stretches(first, last, months)

        async def of(dimension: str) -> list[Kept]:
            in_days = await kept.kept_of_days(connection, dimension, days, changed)
            return [*in_days, *(await kept.kept_of_months(connection, dimension, months))]

        total = await of(ALL)
        if by == DAY:
            groups = await kept.kept_of_days(connection, ALL, [(first, last)], changed)
        else:
            groups = total if by in (ALL, MONTH) else await of(by)
        return Found(groups, total, fresh, tuple(day for day in changed if day not in fresh))

    async def _fresh(self, connection: AsyncConnection, day: date, marks: Hours) -> list[Cells]:
        """A changed day from its calls. Of today, which is asked for all day long and never kept, only the hours that
        changed since they were counted last: their marks tell."""
        since, until = self._bounds(day)
        if day != self._day(self._clock()):
            return [await self._anew(connection, since, until)]
        if self._today is None or self._today[0] != day:
            self._today = (day, {})
        found, known = [], self._today[1]
        while since < until:
            hour = f"{since:%Y-%m-%d %H}"
            end = min(since.replace(minute=0) + AN_HOUR, until)
            changes, cells = known.get(hour, (-1, {}))
            if changes != marks.get(hour, 0):
                cells = await self._anew(connection, since, end)
                known[hour] = (marks.get(hour, 0), cells)
            found.append(cells)
            since = end
        return found

    async def _anew(self, connection: AsyncConnection, since: datetime, until: datetime) -> Cells:
        rows = await read_arrivals(connection, since, until)
        return await asyncio.to_thread(lambda: tallied(*made(rows), self._zone))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _days_of(self, hour: str) -> set[date]:
        """The days of the city that this hour (UTC) lies in: two in a zone of half hours."""
        at = datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC)
        return {self._day(at), self._day(at + timedelta(minutes=59))}

    def _bounds(self, day: date) -> tuple[datetime, datetime]:
        first, last = (datetime(d.year, d.month, d.day, tzinfo=self._zone).astimezone(UTC) for d in (day, day + A_DAY))
        return first, last

    async def _same_zone(self) -> None:
        """Days that were counted in another zone, or by other rules, are counted anew."""
        if self._looked:
            return
        mine = f"{self._zone.key} {RULES}"
        async with self._database.read() as connection:
            before = await kept.counted_by(connection)
        if before != mine:
            await self._database.write_whenever(partial(kept.all_anew, by=mine))
        self._looked = True


def _summed(by: str, found: Found) -> Counted:
    """What is kept, and the days counted just now."""
    groups: dict[str, Tally] = {}
    for each in found.groups:
        groups.setdefault(_key(by, each.at, each.key), Tally()).add_plain(json.loads(each.body))
    total = Tally()
    for each in found.total:
        total.add_plain(json.loads(each.body))
    for day, counted in found.fresh.items():
        for cells in counted:
            _add_fresh(by, day, cells, groups, total)
    total.unpack()  # here, in a thread: every page shows all of it
    return Counted(total, groups, found.waiting)


def _add_fresh(by: str, day: date, cells: Cells, groups: dict[str, Tally], total: Tally) -> None:
    for (dimension, key), tally in cells.items():
        if dimension == (ALL if by in (DAY, MONTH) else by):
            groups.setdefault(_key(by, day, key), Tally()).add(tally)
    total.add(cells.get((ALL, ""), Tally()))


def _key(by: str, at: date, key: str) -> str:
    if by in (DAY, MONTH):
        return at.isoformat()[: 10 if by == DAY else 7]
    return key
