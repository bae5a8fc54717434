"""The book of agencies as rows, and back.

In:  a connection, entries. Out: the book as it is stored; rows written.
Never: a rule; a version checked (`directory.py` does, inside the same transaction).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import Book, Kept
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables_agencies import agencies, agency_lines, book_revision, categories, category_agencies


async def read_revision(connection: AsyncConnection) -> int | None:
    """None: nobody has filled the book yet."""
    return (await connection.execute(select(book_revision.c.revision))).scalar_one_or_none()


async def read_book(connection: AsyncConnection) -> Book:
    """All of it, in order."""
    lines: dict[str, list[Line]] = {}
    for row in await connection.execute(select(agency_lines).order_by(agency_lines.c.place, agency_lines.c.id)):
        line = Line(row.number, row.road, row.ring_s, row.show, order=row.step, hours=row.hours)
        lines.setdefault(row.agency, []).append(line)
    led: dict[str, list[str]] = {}
    for row in await connection.execute(select(category_agencies).order_by(category_agencies.c.place)):
        led.setdefault(row.category, []).append(row.agency)
    found = await connection.execute(select(agencies).order_by(agencies.c.place, agencies.c.code))
    them = tuple(_kept(row, _agency(row, lines.get(row.code, []))) for row in found)
    found = await connection.execute(select(categories).order_by(categories.c.place, categories.c.code))
    about = tuple(_kept(row, _category(row, led.get(row.code, []))) for row in found)
    return Book(them, about, await read_revision(connection) or 0)


def _kept(row: Any, what: Any) -> Kept[Any]:
    return Kept(what, row.active, row.version, row.changed_by, row.changed_at)


def _agency(row: Any, lines: list[Line]) -> Agency:
    return Agency(
        row.code,
        row.short,
        row.name_id,
        row.name_en,
        tuple(lines),
        row.escalation,
        tuple(row.languages.split()),
        tuple(row.modes.split()),
        row.contact,
    )


def _category(row: Any, led: list[str]) -> Category:
    names = (row.code, row.name_id, row.name_en)
    return Category(*names, row.priority, tuple(led), row.eido, row.report_row, row.limit_min, row.limit_days)


async def write_agency(connection: AsyncConnection, place: int, entry: Kept[Agency], *, by: str, now: datetime) -> None:
    """This entry with its chain of lines."""
    one = entry.what
    values = {
        "place": place,
        "short": one.short,
        "name_id": clean(one.name_id),
        "name_en": clean(one.name_en),
        "escalation": one.escalation,
        "languages": " ".join(one.languages),
        "modes": " ".join(one.modes),
        "contact": clean(one.contact),
        **_about(entry, by, now),
    }
    await _put(connection, agencies, one.code, values)
    await connection.execute(delete(agency_lines).where(agency_lines.c.agency == one.code))
    rows = [
        {
            "agency": one.code,
            "place": at,
            "number": clean(line.number),
            "road": clean(line.road),
            "ring_s": line.ring_s,
            "show": clean(line.show),
            "step": line.order,
            "hours": clean(line.hours),
        }
        for at, line in enumerate(one.lines)
    ]
    if rows:
        await connection.execute(insert(connection, agency_lines), rows)


async def write_category(
    connection: AsyncConnection, place: int, entry: Kept[Category], *, by: str, now: datetime
) -> None:
    """This entry with its agencies, which stand in their table already."""
    one = entry.what
    values = {
        "place": place,
        "name_id": clean(one.name_id),
        "name_en": clean(one.name_en),
        "priority": one.priority,
        "eido": one.eido,
        "report_row": clean(one.report_row),
        "limit_min": one.limit_min,
        "limit_days": one.limit_days,
        **_about(entry, by, now),
    }
    await _put(connection, categories, one.code, values)
    await connection.execute(delete(category_agencies).where(category_agencies.c.category == one.code))
    rows = [{"category": one.code, "agency": agency, "place": at} for at, agency in enumerate(one.agencies)]
    if rows:
        await connection.execute(insert(connection, category_agencies), rows)


def _about(entry: Kept[Any], by: str, now: datetime) -> dict[str, Any]:
    return {"active": entry.active, "version": entry.version, "changed_by": clean(by), "changed_at": now}


async def _put(connection: AsyncConnection, table: Any, code: str, values: dict[str, Any]) -> None:
    made = insert(connection, table).values(code=code, **values)
    await connection.execute(made.on_conflict_do_update(index_elements=["code"], set_=values))


async def move_agency(connection: AsyncConnection, code: str, place: int) -> None:
    await connection.execute(update(agencies).where(agencies.c.code == code).values(place=place))


async def move_category(connection: AsyncConnection, code: str, place: int) -> None:
    await connection.execute(update(categories).where(categories.c.code == code).values(place=place))


async def remove_agencies(connection: AsyncConnection, codes: Iterable[str]) -> None:
    for code in codes:
        await connection.execute(delete(category_agencies).where(category_agencies.c.agency == code))
        await connection.execute(delete(agency_lines).where(agency_lines.c.agency == code))
        await connection.execute(delete(agencies).where(agencies.c.code == code))


async def remove_categories(connection: AsyncConnection, codes: Iterable[str]) -> None:
    for code in codes:
        await connection.execute(delete(category_agencies).where(category_agencies.c.category == code))
        await connection.execute(delete(categories).where(categories.c.code == code))


async def write_revision(connection: AsyncConnection, revision: int) -> None:
    made = insert(connection, book_revision).values(id=1, revision=revision)
    await connection.execute(made.on_conflict_do_update(index_elements=["id"], set_={"revision": revision}))
