"""Score sheets of many months in sums: a month is added up once, and again when a sheet or the draw of it changed.

In:  months. Out: points by month and call taker; question -> points got of points that could be had.
Never: a sum older than what is committed: a marked month is added up from its sheets (by the database: their answers
read one by one would hold up every screen).

What marks a month is in the database (`kept.py`), as for the figures; `figures.py` keeps the sums beside its own.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.score import NOT_APPLICABLE, UNIT, Question, from_plain
from callcenter.core.tally import Part
from callcenter.storage.cells import Months, unmark
from callcenter.storage.database import Database
from callcenter.storage.reviews import FINISHED
from callcenter.storage.tables_quality import quality_drawn, review_marks, review_months, reviews, score_forms

KEEP_S = 60.0
DRAWN = exists().where(quality_drawn.c.call == reviews.c.call)
Given = tuple[int, str, str, int]
"""Version of the form, question, answer, how often."""


@dataclass(frozen=True, slots=True)
class Several:
    """Finished sheets of one month and call taker, those of drawn calls or the others; each call once."""

    month: date
    person: str
    drawn: bool
    sheets: int
    failed: int  # sheets with a critical question that failed
    earned: int
    possible: int


@dataclass(slots=True)
class Month:
    """What one month comes to. `given`: of drawn calls."""

    people: list[Several] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sums:
    """`questions`: of drawn calls, the weakest first, as its newest version words it."""

    people: list[Several]
    questions: list[tuple[Question, Part]]


async def summed(database: Database, first: date, last: date) -> Sums:
    """Finished sheets of calls of these months, without those that supervisors compare themselves by."""
    async with database.moment() as connection:
        marked = [month for month in await _marked(connection) if first <= month <= last]
        months = list((await _counted(connection, marked)).values())
        table = review_months.c
        kept = select(review_months).where(table.month >= first, table.month <= last, table.month.not_in(marked))
        months += [_unpacked(row.month, row.body) for row in await connection.execute(kept)]
        given = [each for month in months for each in month.given]
        asked = select(score_forms).where(score_forms.c.version.in_({each[0] for each in given}))
        forms = {form.version: from_plain(form.questions) for form in await connection.execute(asked)}
    return Sums([several for month in months for several in month.people], added(given, forms))


async def keep_one(database: Database) -> int:
    """Add up the newest month that is marked, and keep it. How many there were."""
    async with database.moment(deadline=KEEP_S) as connection:
        marks = await _marked(connection)
        if not marks:
            return 0
        month = max(marks)
        body = _packed((await _counted(connection, [month]))[month])
    await database.write_whenever(partial(_keep, month=month, body=body, changes=marks[month]))
    return len(marks)


async def _keep(connection: AsyncConnection, month: date, body: str, changes: int) -> None:
    await connection.execute(delete(review_months).where(review_months.c.month == month))
    await connection.execute(insert(review_months).values(month=month, body=body))
    await unmark(connection, review_marks, "month", {month: changes})


async def _marked(connection: AsyncConnection) -> Months:
    return {row.month: row.changes for row in await connection.execute(select(review_marks))}


def added(counts: Sequence[Given], forms: Mapping[int, Sequence[Question]]) -> list[tuple[Question, Part]]:
    """The weakest question first."""
    words, got = dict[str, Question](), dict[str, list[int]]()
    for form, code, answer, count in sorted(counts):
        question = next((each for each in forms[form] if each.code == code), None)
        if question is None or answer in ("", NOT_APPLICABLE):
            continue
        words[code] = question
        part = got.setdefault(code, [0, 0])
        part[0] += question.earned(answer) * count
        part[1] += UNIT * question.weight * count
    parts = [(words[code], Part(*pair)) for code, pair in got.items()]
    return sorted(parts, key=lambda pair: (pair[1].value or 0, pair[0].code))


async def _counted(connection: AsyncConnection, months: Iterable[date]) -> dict[date, Month]:
    """These months from their sheets."""
    found = {month: Month() for month in months}
    if found:
        which = and_(reviews.c.month.in_(list(found)), reviews.c.state == FINISHED, reviews.c.calibration.is_(False))
        for each in await _people(connection, which):
            found[each.month].people.append(each)
        for month, given in await _given(connection, which):
            found[month].given.append(given)
    return found


async def _people(connection: AsyncConnection, which: ColumnElement[bool]) -> list[Several]:
    sheets = select(reviews, DRAWN.label("drawn")).where(which).subquery().c
    failed = func.count().filter(sheets.failed > 0)
    sums = (func.count(), failed, func.sum(sheets.earned), func.sum(sheets.possible))
    by = (sheets.month, sheets.person, sheets.drawn)
    return [Several(*row) for row in await connection.execute(select(*by, *sums).group_by(*by))]


async def _given(connection: AsyncConnection, which: ColumnElement[bool]) -> list[tuple[date, Given]]:
    given = func.json_each(reviews.c.answers).table_valued("key", "value", name="given")
    sqlite = connection.dialect.name == "sqlite"
    answer = func.json_extract(given.c.value, "$[0]") if sqlite else func.json_extract_path_text(given.c.value, "0")
    by = (reviews.c.month, reviews.c.form, given.c.key, answer)
    query = select(*by, func.count()).select_from(reviews).join(given, true()).where(which, DRAWN).group_by(*by)
    return [(row[0], (row[1], row[2], str(row[3]), row[4])) for row in await connection.execute(query)]


def _packed(month: Month) -> str:
    people = [(s.person, s.drawn, s.sheets, s.failed, s.earned, s.possible) for s in month.people]
    return json.dumps({"people": people, "given": month.given}, separators=(",", ":"))


def _unpacked(at: date, body: str) -> Month:
    plain: dict[str, list[Any]] = json.loads(body)
    return Month([Several(at, *each) for each in plain["people"]], [tuple(each) for each in plain["given"]])
