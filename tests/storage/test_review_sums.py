"""Sums of score sheets equal a second computation from each sheet's answers, on both databases, whatever changed."""

from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.score import Answer
from callcenter.storage import Draws, Filled, Journal, Review, Reviews, review_sums
from callcenter.storage.cells import unmark
from callcenter.storage.tables_quality import quality_drawn, review_marks, review_months
from callcenter.storage.tables_quality import reviews as table
from callcenter.web.quality import trend
from tests.storage.cast import NOON, ZONE
from tests.storage.conftest import Room
from tests.storage.test_quality import FEBRUARY, JANUARY, SINCE, UNTIL, all_yes, kept_marked, people, rang

Recounted = tuple[dict[tuple[date, str, bool], list[int]], dict[str, tuple[int, int]]]


def recounted(found: list[Review]) -> Recounted:
    """A second computation, from the answers of each sheet."""
    people: dict[tuple[date, str, bool], list[int]] = {}
    for one in (each for each in found if not each.calibration):
        row = people.setdefault((one.month, one.person, one.drawn), [0, 0, 0, 0])
        total = one.score
        for place, more in enumerate((1, len(total.failed) > 0, total.earned, total.possible)):
            row[place] += more
    return people, {q.code: (part.numerator, part.denominator) for q, part in trend.by_question(found)}


async def same(room: Room, reviews: Reviews) -> Recounted:
    """Added up just now, and as it is kept, both are the second computation."""
    found = await reviews.finished(JANUARY, FEBRUARY)
    for _ in range(2):
        sums = await review_sums.summed(room.database, JANUARY, FEBRUARY)
        told = {(s.month, s.person, s.drawn): [s.sheets, s.failed, s.earned, s.possible] for s in sums.people}
        questions = {q.code: (part.numerator, part.denominator) for q, part in sums.questions}
        assert (told, questions) == recounted(found)
        assert sums.questions == trend.by_question(found)
        while await review_sums.keep_one(room.database):
            pass
        assert (await kept_marked(room))[1] == set()
    return told, questions


async def score(reviews: Reviews, call: str, by: str, turn: int) -> int:
    """A finished sheet, or a finished one changed; its number."""
    number = await reviews.begin(call, by=by)
    one = await reviews.one(number)
    given = {q.code: Answer(q.choices[(turn + n) % len(q.choices)], "x") for n, q in enumerate(one.questions)}
    await reviews.save(number, Filled(given, "", one.version, True, reason="x"), by=by)
    return number


async def test_the_sums_of_months_are_those_of_their_sheets_whatever_changed_since_they_were_kept(
    room: Room, journal: Journal
) -> None:
    await people(room)
    reviews, draws = Reviews(room.database, room.clock, ZONE), Draws(room.database, room.clock)
    for n in range(12):
        rang(journal, f"c-{n}", "101" if n % 2 else "102", arrived_at=NOON + timedelta(seconds=10))
    for n in range(2):
        rang(journal, f"f-{n}", arrived_at=UNTIL + timedelta(hours=n))
    await journal.settled(60)
    for n in range(12):
        await score(reviews, f"c-{n}", "bima", n)
    february = await score(reviews, "f-0", "bima", 1)
    seen = [await same(room, reviews)]
    await draws.make(JANUARY, SINCE, UNTIL, by="bima")
    seen.append(await same(room, reviews))
    drawn = next(one for one in await reviews.finished(JANUARY, JANUARY) if one.drawn)
    assert await score(reviews, drawn.call, "bima", 7) == drawn.id  # changed with a reason
    seen.append(await same(room, reviews))
    await score(reviews, drawn.call, "dewi", 3)  # for comparison: in no sum
    await score(reviews, "f-1", "dewi", 3)
    seen.append(await same(room, reviews))
    await score(reviews, "f-0", "bima", 2)
    seen.append(await same(room, reviews))
    assert await reviews.done(JANUARY) == {lot.call for lot in (await draws.one(JANUARY)).lots}

    async def gone(connection: AsyncConnection) -> None:
        await connection.execute(delete(table).where(table.c.id == february))
        await connection.execute(delete(quality_drawn).where(quality_drawn.c.call == drawn.call))

    await room.database.write(gone)
    seen.append(await same(room, reviews))
    assert all(before != after for before, after in pairwise(seen))


async def test_a_month_is_added_up_once_and_a_change_meanwhile_is_not_overlooked(room: Room, journal: Journal) -> None:
    await people(room)
    reviews, call = Reviews(room.database, room.clock, ZONE), rang(journal, "budi", arrived_at=NOON)
    await journal.settled(60)
    one = await reviews.one(await reviews.begin(call, by="bima"))
    await reviews.save(one.id, Filled(all_yes(one), "", 1, True), by="bima")
    assert await kept_marked(room) == (set(), {JANUARY})
    seen = {JANUARY: 1}  # an older look at the marks than the newest change
    await room.database.write(lambda connection: unmark(connection, review_marks, "month", seen))
    assert await kept_marked(room) == (set(), {JANUARY})
    assert await review_sums.keep_one(room.database) == 1
    assert await kept_marked(room) == ({JANUARY}, set())
    assert await review_sums.keep_one(room.database) == 0
    await reviews.reply(one.id, "Terima kasih", by="siti")
    assert await kept_marked(room) == ({JANUARY}, set())  # her words change no sum
    await room.database.write(lambda connection: connection.execute(delete(review_months)))
    assert (await review_sums.summed(room.database, JANUARY, JANUARY)).people == []  # what is kept is what is read
