"""Score sheets of many months in sums: the database adds up, so that a year of a large room is no work for the service.

In:  months. Out: sheets without their answers; question -> points got of points that could be had.
Never: a sheet's answers read one by one: 20,000 of them would hold up every screen.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.score import NOT_APPLICABLE, UNIT, Question, from_plain
from callcenter.core.tally import Part
from callcenter.storage.database import Database
from callcenter.storage.reviews import FINISHED, Review
from callcenter.storage.tables_quality import quality_drawn, reviews, score_forms

DRAWN = exists().where(quality_drawn.c.call == reviews.c.call)


async def sheets_of(database: Database, first: date, last: date) -> list[Review]:
    """Finished sheets of calls of these months, in no order, without questions and answers."""
    query = select(*(column for column in reviews.c if column.name != "answers"), DRAWN.label("drawn"))
    async with database.read() as connection:
        rows = await connection.execute(query.where(_finished(first, last)))
        return [Review(**{**row._mapping, "questions": (), "answers": {}}) for row in rows]


async def by_question(database: Database, first: date, last: date) -> list[tuple[Question, Part]]:
    """Of drawn calls, each once: the weakest question first, as its newest version words it."""
    async with database.read() as connection:
        counts = await _counts(connection, first, last)
        asked = select(score_forms).where(score_forms.c.version.in_({form for form, _, _, _ in counts}))
        forms = {form.version: from_plain(form.questions) for form in await connection.execute(asked)}
    return added(counts, forms)


def added(
    counts: Sequence[tuple[int, str, str, int]], forms: Mapping[int, Sequence[Question]]
) -> list[tuple[Question, Part]]:
    """`counts`: version of the form, question, answer, how often."""
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


async def _counts(connection: AsyncConnection, first: date, last: date) -> list[tuple[int, str, str, int]]:
    given = func.json_each(reviews.c.answers).table_valued("key", "value", name="given")
    sqlite = connection.dialect.name == "sqlite"
    answer = func.json_extract(given.c.value, "$[0]") if sqlite else func.json_extract_path_text(given.c.value, "0")
    which = and_(_finished(first, last), reviews.c.calibration.is_(False), DRAWN)
    query = select(reviews.c.form, given.c.key, answer, func.count()).select_from(reviews).join(given, true())
    grouped = query.where(which).group_by(reviews.c.form, given.c.key, answer)
    return [(row[0], row[1], str(row[2]), row[3]) for row in await connection.execute(grouped)]


def _finished(first: date, last: date) -> ColumnElement[bool]:
    return and_(reviews.c.state == FINISHED, reviews.c.month >= first, reviews.c.month <= last)
