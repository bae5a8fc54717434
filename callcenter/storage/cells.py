"""Figures as they are kept: cells of days, sums of whole months, and the marks of what changed since.

In:  a connection, days, tallies. Out: kept bodies, which nobody unpacks before they are added up; rows written.
Never: a sum of a month that is older than one of its days: whoever writes a day marks its month.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.kpi import Cell
from callcenter.core.tally import Tally
from callcenter.storage.derived import anew
from callcenter.storage.kept import MARKS
from callcenter.storage.sql import insert as or_else
from callcenter.storage.tables_figures import figure_cells, figure_marks, figure_month_marks, figure_months

ZONE = "zone"
NO_DAY = date(1970, 1, 1)
A_DAY = timedelta(days=1)
Hours = dict[str, int]
"""Hours (UTC) in which something changed -> how often."""
Months = dict[date, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """One key of a day, or of a whole month (`at`: its first day)."""

    at: date
    key: str
    body: str


def month_of(day: date) -> date:
    """Its first day."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def whole_months(first: date, last: date) -> list[date]:
    """The months of which every day lies in it."""
    found, month = [], first if first.day == 1 else next_month(first)
    while next_month(month) <= last + A_DAY:
        found.append(month)
        month = next_month(month)
    return found


def stretches(first: date, last: date, months: Iterable[date]) -> list[tuple[date, date]]:
    """The days that are in none of these months, as first and last of each stretch."""
    found = []
    for month in sorted(months):
        if first < month:
            found.append((first, month - A_DAY))
        first = next_month(month)
    return [*found, (first, last)] if first <= last else found


async def hours_marked(connection: AsyncConnection, since: str = "", until: str = "9") -> Hours:
    """Hours that changed since they were counted, from one (2026-01-14 05) to another, both included."""
    wanted = select(figure_marks).where(figure_marks.c.hour >= since, figure_marks.c.hour <= until)
    return {row.hour: row.changes for row in await connection.execute(wanted)}


async def months_marked(connection: AsyncConnection) -> Months:
    """Months of which a day was counted since they were summed."""
    return {row.month: row.changes for row in await connection.execute(select(figure_month_marks))}


async def kept_of_months(connection: AsyncConnection, dimension: str, months: Sequence[date]) -> list[Kept]:
    """Sums of these months."""
    if not months:
        return []
    table = figure_months.c
    wanted = select(table.month, table.key, table.body).where(table.dimension == dimension, table.month.in_(months))
    return [Kept(*row) for row in await connection.execute(wanted)]


async def kept_of_days(
    connection: AsyncConnection, dimension: str, between: Sequence[tuple[date, date]], but: Iterable[date] = ()
) -> list[Kept]:
    """Cells of the days between these, without some that changed."""
    if not between:
        return []
    table, left_out = figure_cells.c, set(but)
    days = or_(*((table.day >= first) & (table.day <= last) for first, last in between))
    wanted = select(table.day, table.key, table.body).where(table.dimension == dimension, days)
    found = [Kept(*row) for row in await connection.execute(wanted)]
    return [each for each in found if each.at not in left_out]


async def keep_days(connection: AsyncConnection, counted: Mapping[date, Mapping[Cell, Tally]], seen: Hours) -> None:
    """These days as they were counted; their marks go, unless an hour changed again meanwhile."""
    old = delete(figure_cells).where(figure_cells.c.day.in_(list(counted)), figure_cells.c.dimension != ZONE)
    await connection.execute(old)
    rows = [row | {"day": day} for day, cells in counted.items() for row in _rows(cells)]
    if rows:
        await connection.execute(insert(figure_cells), rows)
    marked = or_else(connection, figure_month_marks)
    more = {"changes": figure_month_marks.c.changes + 1}
    marked = marked.on_conflict_do_update(index_elements=["month"], set_=more)
    months = sorted({month_of(day) for day in counted})
    await connection.execute(marked, [{"month": month, "changes": 1} for month in months])
    await unmark(connection, figure_marks, "hour", seen)


async def month_summed(connection: AsyncConnection, month: date) -> dict[Cell, Tally]:
    """The sum of its days, as far as they are counted."""
    table = figure_cells.c
    of_month = (table.day >= month, table.day < next_month(month), table.dimension != ZONE)
    wanted = select(table.dimension, table.key, table.body).where(*of_month)
    cells: dict[Cell, Tally] = {}
    for dimension, key, body in await connection.execute(wanted):
        cells.setdefault((dimension, key), Tally()).add_plain(json.loads(body))
    return cells


def packed(cells: Mapping[Cell, Tally]) -> list[dict[str, Any]]:
    """Those cells as rows without their time."""
    return list(_rows(cells))


async def keep_month(connection: AsyncConnection, month: date, rows: Sequence[dict[str, Any]], changes: int) -> None:
    """The sum of that month; its mark goes, unless one of its days was counted again meanwhile."""
    await connection.execute(delete(figure_months).where(figure_months.c.month == month))
    if rows:
        await connection.execute(insert(figure_months), [row | {"month": month} for row in rows])
    await unmark(connection, figure_month_marks, "month", {month: changes})


async def counted_by(connection: AsyncConnection) -> str | None:
    """The zone and the rules that days were counted by."""
    found = await connection.execute(select(figure_cells.c.key).where(figure_cells.c.dimension == ZONE))
    return found.scalar_one_or_none()


async def all_anew(connection: AsyncConnection, by: str) -> None:
    """Nothing is kept, every hour is marked."""
    for table in (figure_cells, figure_months, figure_month_marks):
        await connection.execute(delete(table))
    await anew(connection, MARKS)
    await connection.execute(insert(figure_cells).values(dimension=ZONE, day=NO_DAY, key=by, body="{}"))


def _rows(cells: Mapping[Cell, Tally]) -> Iterable[dict[str, Any]]:
    for (dimension, key), tally in cells.items():
        body = json.dumps(tally.plain(), separators=(",", ":"))
        yield {"dimension": dimension, "key": key, "body": body}


async def unmark(connection: AsyncConnection, table: Table, name: str, seen: Mapping[Any, int]) -> None:
    """These marks go, unless one grew since it was seen."""
    if seen:
        same = (table.c[name] == bindparam("one"), table.c.changes == bindparam("n"))
        await connection.execute(delete(table).where(*same), [{"one": one, "n": n} for one, n in seen.items()])
