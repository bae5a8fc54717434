"""Reports: what they are made of, what was handed in of earlier years, what was published.

In:  days, rows of a CSV file, a document. Out: incidents, figures, frozen versions.
Never: a published version changed: a correction is the next version, beside it.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, CallCenterError, NotFound, Refused
from callcenter.core.kpi import tidy
from callcenter.core.report import Earlier, Incidents, Json, canonical, digest
from callcenter.core.seal import Head, written
from callcenter.core.ticket import INCIDENT_CLASSES
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.sql import clean
from callcenter.storage.tables import ticket_calls, tickets
from callcenter.storage.tables_figures import earlier_figures, reports
from callcenter.storage.tables_people import audit_head

HEAD = ("period", "report_row", "count")
MOST_ROWS = 5000
READ_S = 20.0
BAD_HEAD = "The first line must be: {head}"
BAD_LINE = "Line {line}: {text} cannot be read. A line is: 2018-11,Kebakaran,14 or 2018-10-29..2018-12-11,Kebakaran,14"
TWICE = "Line {line}: {text} stands there twice."
TOO_MANY = "The file has more than {most} lines."
NO_TEXT = "The file is no text in UTF-8."
NO_SUCH = "There is no published report of that month with that version."
SAME = "Nothing has changed since version {version}: there is nothing to publish."
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Published:
    """One frozen version of a month."""

    month: date
    version: int
    body: Json
    sha256: str
    reason: str
    published_at: datetime
    published_by: str
    seal: str = ""  # of the audit, for `./run audit verify --against`


class Reports:
    """What reports are read from and kept in."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def incidents(self, first: date, last: date) -> list[Incidents]:
        """Tickets of those days that are incidents, each once, by category and place."""
        has_call = exists().where(ticket_calls.c.ticket == tickets.c.id)  # one whose calls moved to another is that one
        keys = (tickets.c.category, tickets.c.kecamatan, tickets.c.kelurahan)
        wanted = (
            select(*keys, func.count().label("count"))
            .where(tickets.c.day >= first, tickets.c.day <= last, tickets.c.test.is_(False))
            .where(tickets.c.call_class.in_([each.value for each in INCIDENT_CLASSES]), has_call)
            .group_by(*keys)
        )
        async with self._database.read(deadline=READ_S) as connection:
            rows = (await connection.execute(wanted)).all()
        return [Incidents(r[0], tidy(r.kecamatan), tidy(r.kelurahan), int(r[3])) for r in rows]

    async def earlier(self, first: date, last: date) -> tuple[list[Earlier], list[Earlier]]:
        """What was handed in for days inside this period; and what lies only partly in it."""
        table = earlier_figures.c
        touched = select(earlier_figures).where(table.first <= last, table.last >= first)
        async with self._database.read() as connection:
            rows = (await connection.execute(touched.order_by(table.first, table.last, table.place))).all()
        found = [Earlier(row.first, row.last, row.report_row, row[4]) for row in rows]
        inside = [each for each in found if first <= each.first and each.last <= last]
        return inside, [each for each in found if each not in inside]

    async def all_earlier(self) -> list[tuple[date, date, int]]:
        """Every period that was handed in, with the sum of its rows, the newest first."""
        table = earlier_figures.c
        wanted = select(table.first, table.last, func.sum(table["count"])).group_by(table.first, table.last)
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(table.first.desc(), table.last.desc()))
            return [(row[0], row[1], int(row[2])) for row in rows]

    async def hand_in(self, data: bytes, *, by: str) -> int:
        """The rows of that CSV file replace what was there for their periods. How many. BadInput names a line."""
        found = read_earlier(data)
        now = self._clock()

        async def unit(connection: AsyncConnection) -> int:
            for first, last in {(each.first, each.last) for each in found}:
                same = and_(earlier_figures.c.first == first, earlier_figures.c.last == last)
                await connection.execute(delete(earlier_figures).where(same))
            rows = [
                {
                    "first": e.first,
                    "last": e.last,
                    "report_row": e.row,
                    "count": e.count,
                    "place": n,
                    "by": by,
                    "at": now,
                }
                for n, e in enumerate(found)
            ]
            await connection.execute(insert(earlier_figures), rows)
            told = {"rows": len(rows), "sum": sum(each.count for each in found)}
            await audit(connection, by=by, action="report.hand_in", at=now, details=told)
            return len(rows)

        return await self._database.write(unit)

    async def published(self, month: date, version: int | None = None) -> Published:
        """That version; the last one where none is said. NotFound."""
        wanted = select(reports).where(reports.c.month == month).order_by(reports.c.version.desc()).limit(1)
        if version is not None:
            wanted = wanted.where(reports.c.version == version)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        if row is None:
            raise NotFound(NO_SUCH)
        return _published(row)

    async def versions(self) -> list[Published]:
        """Every published version, the newest month first."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(reports).order_by(reports.c.month.desc(), reports.c.version.desc()))
            return [_published(row) for row in rows]

    async def publish(self, month: date, body: Json, *, reason: str, by: str) -> Published:
        """Freeze it as the next version. Refused: the last one says the same."""
        now, text = self._clock(), canonical(body)

        async def unit(connection: AsyncConnection) -> Published | CallCenterError:
            same = select(reports).where(reports.c.month == month).order_by(reports.c.version.desc()).limit(1)
            last = (await connection.execute(same)).first()
            if last is not None and last.sha256 == digest(text):
                raise Refused(SAME, version=last.version)
            row: dict[str, Any] = {
                "month": month, "version": 1 if last is None else last.version + 1, "body": text,
                "sha256": digest(text), "reason": clean(reason)[:1000], "published_at": now, "published_by": by,
            }  # fmt: skip
            told = {"version": row["version"], "sha256": row["sha256"], "reason": row["reason"]}
            await audit(connection, by=by, action="report.publish", at=now, target=f"{month:%Y-%m}", details=told)
            end = (await connection.execute(select(audit_head))).one()
            row |= {"seal": written(Head(None, end.size, end.digest))}
            await connection.execute(insert(reports), [row])
            return Published(**(row | {"body": body}))

        return await self._database.write(unit)


def _published(row: Any) -> Published:
    found = dict(row._mapping)
    return Published(**{**found, "body": json.loads(found["body"])})


def read_earlier(data: bytes) -> Sequence[Earlier]:
    """Rows of period, report_row, count. BadInput names the line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(NO_TEXT) from None
    first_line = text.split("\n", 1)[0]
    lines = csv.reader(
        io.StringIO(clean(text)), delimiter=";" if first_line.count(";") > first_line.count(",") else ","
    )
    found: dict[tuple[date, date, str], Earlier] = {}
    for number, cells in enumerate(_cells(lines), 1):
        if number == 1:
            if tuple(cell.strip().lower() for cell in cells) != HEAD:
                raise BadInput(BAD_HEAD, head=",".join(HEAD))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        each = _earlier(cells, number)
        if (each.first, each.last, each.row) in found:
            raise BadInput(TWICE, line=number, text=",".join(cells)[:80])
        found[each.first, each.last, each.row] = each
        if len(found) > MOST_ROWS:
            raise BadInput(TOO_MANY, most=MOST_ROWS)
    if not found:
        raise BadInput(BAD_HEAD, head=",".join(HEAD))
    return list(found.values())


def _cells(lines: Iterable[list[str]]) -> Iterable[list[str]]:
    try:
        yield from lines
    except csv.Error:
        raise BadInput(NO_TEXT) from None


def _earlier(cells: list[str], line: int) -> Earlier:
    said = ",".join(cells)[:80]
    span = read_days(cells[0].strip()) if len(cells) == len(HEAD) else None
    row, count = (" ".join(cells[1].split()), cells[2].strip()) if span else ("", "")
    if span is None or not 0 < len(row) <= 100 or not re.fullmatch(r"[0-9]{1,8}", count):
        raise BadInput(BAD_LINE, line=line, text=said)
    return Earlier(span[0], span[1], row, int(count))


def read_days(text: str) -> tuple[date, date] | None:
    """2018, 2018-11, 2018-11-05, or one of these .. another: the first day and the last one. None: not readable."""
    begin, _, end = text.partition("..")
    first, last = _span(begin), _span(end or begin)
    return (first[0], last[1]) if first and last and first[0] <= last[1] else None


def _span(text: str) -> tuple[date, date] | None:
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return None
    try:
        first = date.fromisoformat((text + "-01-01")[:10])
        if not 1990 <= first.year <= 2200:
            return None
        if len(text) == 4:
            return first, first.replace(month=12, day=31)
        if len(text) == 7:
            return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - A_DAY
        return first, first
    except ValueError:
        return None
