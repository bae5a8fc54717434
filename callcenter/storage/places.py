"""The city's list of places: shipped once, extended by CSV.

In:  a CSV, hostile; the list shipped with the program for an empty table. Out: a Gazetteer in memory, the list as CSV.
Never: half of a file taken over: one bad row, and nothing was changed; a formula in an exported cell.
"""

import csv
import io
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, StoreDown
from callcenter.core.gazetteer import KINDS, Gazetteer, Place
from callcenter.core.where import Point
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.sql import clean
from callcenter.storage.tables_places import places

log = logging.getLogger(__name__)

SHIPPED = "data/cirebon-places.csv"
COLUMNS = ("name", "kind", "kelurahan", "kecamatan", "also", "latitude", "longitude")
LONGEST, MOST = 200, 50_000
LARGEST = 2_000_000
FORMULA = "=+-@\t\r"

NO_NAME_COLUMN = "The first line must name the columns; {missing} is missing. Export the list to see how it looks."
NOT_TEXT = "This file is no UTF-8 text. Save it as CSV UTF-8."
TOO_MANY = "More than {most} places are too many for one list."
BAD_ROWS = "{count} rows of the file cannot be used. Nothing was changed."
NO_NAME = "The name is empty."
TOO_LONG = "{column} is longer than {most} letters."
NO_KIND = "{text} is no kind of place. Kinds: {kinds}."
NO_POINT = "{text} is no latitude and longitude."
BROKEN = "This line is no CSV ({why})."


class BadRows(BadInput):
    """A file that was not taken over; `rows` has the number of each bad row and what is wrong with it."""

    def __init__(self, rows: Sequence[tuple[int, BadInput]]) -> None:
        super().__init__(BAD_ROWS, count=len(rows))
        self.rows = rows


class Places:
    """The list, and what is found in it. Searching needs no database: the list is kept in memory."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self.book = Gazetteer(shipped())

    async def load(self) -> None:
        """From the database; filled with the shipped list while it is empty. StoreDown: the old one stays."""
        now = self._clock()

        async def fill(connection: AsyncConnection) -> None:
            if (await connection.execute(select(places.c.id).limit(1))).first() is None:
                await connection.execute(insert(places), list(_rows(shipped(), "", now)))

        await self._database.write(fill)
        await self._read()

    async def load_or_keep(self) -> None:
        """At the start: a database that is away costs the city's own places for now, not the shipped ones."""
        try:
            await self.load()
        except StoreDown as away:
            log.warning("the list of places is the shipped one for now: %s", away)

    async def _read(self) -> None:
        async with self._database.read() as connection:
            found = [_place(row) for row in await connection.execute(select(places).order_by(places.c.id))]
        self.book = Gazetteer(found)

    async def replace(self, text: bytes, *, by: str) -> int:
        """The list of this CSV instead of the old one. BadInput names each bad row, and then nothing was changed."""
        wanted = list(read_csv(text))
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            await connection.execute(delete(places))
            await connection.execute(insert(places), list(_rows(wanted, by, now)))
            details = {"before": len(self.book.places), "after": len(wanted)}
            await audit(connection, by=by, action="places.replace", details=details, at=now)

        await self._database.write(unit)
        await self._read()
        return len(wanted)


def shipped() -> list[Place]:
    """The list that comes with the program."""
    return list(read_csv(files("callcenter").joinpath(SHIPPED).read_bytes()))


def _rows(wanted: Iterable[Place], by: str, now: datetime) -> Iterator[dict[str, Any]]:
    for place in wanted:
        point = {"latitude": place.point.latitude, "longitude": place.point.longitude} if place.point else {}
        names = {name: getattr(place, name) for name in COLUMNS[:5]}
        yield {**names, "latitude": None, "longitude": None, **point, "added_by": by, "added_at": now}


def _place(row: Any) -> Place:
    point = None if row.latitude is None or row.longitude is None else Point(row.latitude, row.longitude)
    return Place(row.id, row.name, row.kind, row.kelurahan, row.kecamatan, row.also, point)


def read_csv(data: bytes) -> Iterator[Place]:
    """The places of a file: comma or semicolon, with or without BOM. BadInput says what is wrong, all of it."""
    if len(data) > LARGEST:
        raise BadInput(TOO_MANY, most=MOST)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(NOT_TEXT) from None
    first = text.partition("\n")[0]
    lines = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    missing = [column for column in ("name", "kind") if column not in (lines.fieldnames or ())]
    if missing:
        raise BadInput(NO_NAME_COLUMN, missing=", ".join(missing))
    found, wrong = list[Place](), list[tuple[int, BadInput]]()
    try:
        for number, row in enumerate(lines, 2):
            try:
                found.append(_read_row(len(found) + 1, row))
            except BadInput as bad:
                wrong.append((number, bad))
            if len(found) > MOST:
                raise BadInput(TOO_MANY, most=MOST)
    except csv.Error as broken:
        wrong.append((lines.line_num, BadInput(BROKEN, why=broken)))
    if wrong:
        raise BadRows(wrong)
    return iter(found)


def _read_row(number: int, row: Mapping[str, str | None]) -> Place:
    values = {column: clean(_unguarded((row.get(column) or "").strip())) for column in COLUMNS}
    for column, value in values.items():
        if len(value) > LONGEST:
            raise BadInput(TOO_LONG, column=column, most=LONGEST)
    if not values["name"]:
        raise BadInput(NO_NAME)
    if values["kind"] not in KINDS:
        raise BadInput(NO_KIND, text=values["kind"] or "–", kinds=", ".join(KINDS))
    name, kind, kelurahan, kecamatan, also, latitude, longitude = (values[column] for column in COLUMNS)
    return Place(number, name, kind, kelurahan, kecamatan, also, _point(latitude, longitude))


def _point(latitude: str, longitude: str) -> Point | None:
    if not latitude and not longitude:
        return None
    try:
        point = Point(float(latitude.replace(",", ".")), float(longitude.replace(",", ".")))
    except ValueError:
        point = Point(91, 0)
    if not (abs(point.latitude) <= 90 and abs(point.longitude) <= 180):  # also what is no number at all
        raise BadInput(NO_POINT, text=f"{latitude} {longitude}".strip())
    return point


def write_csv(places: Sequence[Place]) -> str:
    """The list as a file that `read_csv` takes back."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for place in places:
        names = [_guarded(getattr(place, name)) for name in COLUMNS[:5]]
        table.writerow([*names, *((place.point.latitude, place.point.longitude) if place.point else ("", ""))])
    return "\ufeff" + out.getvalue()


def _guarded(text: str) -> str:
    """A table program must not take it for a formula."""
    return f"'{text}" if text.startswith(tuple(FORMULA)) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:2] and text[1] in FORMULA else text
