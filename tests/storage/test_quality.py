"""Quality as it is kept: the frozen draw, sheets with their version, coaching; on both databases."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from callcenter.core.call import Outcome
from callcenter.core.draw import Why, draw, read, seed_of
from callcenter.core.errors import BadInput, Conflict, NotFound, Refused
from callcenter.core.kind import Kind
from callcenter.core.score import Answer, Answers, Question
from callcenter.storage import Coaching, Draws, Filled, Journal, Review, Reviews, ScoreForms
from callcenter.storage.score_forms import shipped
from callcenter.storage.tables_quality import review_marks, review_months
from tests.storage.cast import NOON, ZONE, a_call, about, answered, ended
from tests.storage.conftest import Room

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
SINCE, UNTIL = datetime(2025, 12, 31, 17, tzinfo=UTC), datetime(2026, 1, 31, 17, tzinfo=UTC)


async def people(room: Room) -> None:
    """Siti and Rina sit at 101 and 102; Bima and Dewi supervise."""
    for name, role in (("siti", "call_taker"), ("rina", "call_taker"), ("bima", "supervisor"), ("dewi", "supervisor")):
        await room.people.add_user(name, role=role, password="rahasia-sekali-112")
    for name, position in (("siti", "101"), ("rina", "102")):
        await room.people.sign_in(name, "rahasia-sekali-112", position=position, address="10.0.0.7")


def rang(journal: Journal, name: str, position: str = "101", **more: object) -> str:
    """One answered call that is over."""
    call = ended(answered(a_call(name, **more), position))
    journal.write(about(call))
    return name


def all_yes(form: Review, **other: str) -> Answers:
    return {q.code: Answer(other.get(q.code, q.choices[0])) for q in form.questions}


async def kept_marked(room: Room) -> tuple[set[date], set[date]]:
    """Months whose sums are kept, and those that changed since."""
    async with room.database.read() as connection:
        kept, marked = [set(await connection.scalars(select(t.c.month))) for t in (review_months, review_marks)]
    return kept, marked


async def test_a_draw_is_made_once_of_those_answered_and_late_calls_do_not_change_it(
    room: Room, journal: Journal
) -> None:
    await people(room)
    draws = Draws(room.database, room.clock)
    with pytest.raises(Refused, match="nothing to draw from"):
        await draws.make(JANUARY, SINCE, UNTIL, by="bima")
    later = NOON + timedelta(seconds=10)
    for n in range(60):
        rang(journal, f"siti-{n}", arrived_at=later)
    rang(journal, "rina-1", "102", arrived_at=later)
    rang(journal, "nobody", "103", arrived_at=later)
    rang(journal, "drill", arrived_at=later, test=True)
    rang(journal, "back", arrived_at=later, kind=Kind.CALLBACK)
    rang(journal, "february", arrived_at=UNTIL)
    journal.write(about(ended(a_call("lost", arrived_at=later), outcome=Outcome.ABANDONED)))
    journal.write(about(ended(a_call("blocked", arrived_at=later), outcome=Outcome.BLOCKED)))
    await journal.settled(60)
    both = await asyncio.gather(
        *(draws.make(JANUARY, SINCE, UNTIL, by=who) for who in ("bima", "dewi")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in both) == ["Draw", "Refused"]
    assert await kept_marked(room) == (set(), {JANUARY})  # also for a sheet that is being written at this moment
    made = await draws.one(JANUARY)
    assert (made.size, made.nobody, len(made.lots)) == (61, 1, 2)
    assert {lot.person for lot in made.lots if lot.why is Why.PERSON} == {"siti", "rina"}
    rang(journal, "found-again", arrived_at=later)
    await journal.settled(60)
    assert await draws.one(JANUARY) == made
    population = read(await draws.population(JANUARY))
    assert {each.call for each in population} == {*(f"siti-{n}" for n in range(60)), "rina-1"}
    assert tuple(draw(population, seed_of(JANUARY))) == made.lots
    assert await draws.again(JANUARY)
    assert set(await draws.arrivals([lot.call for lot in made.lots])) == {lot.call for lot in made.lots}
    with pytest.raises(NotFound):
        await draws.one(FEBRUARY)
    rows = (await room.history.audit()).lines
    assert [(row.by, row.target) for row in rows if row.action == "quality.draw"] == [(made.drawn_by, "2026-01")]


async def test_a_sheet_is_begun_kept_as_a_draft_finished_and_changed_with_a_reason(
    room: Room, journal: Journal
) -> None:
    await people(room)
    call = rang(journal, "budi", arrived_at=NOON + timedelta(seconds=5))
    await journal.settled(60)
    reviews = Reviews(room.database, room.clock, ZONE)
    numbers = await asyncio.gather(*(reviews.begin(call, by="bima") for _ in range(3)))
    assert len(set(numbers)) == 1
    draft = await reviews.one(numbers[0])
    assert (draft.person, draft.month, draft.state, draft.form) == ("siti", JANUARY, "DRAFT", 1)
    some = {"greeting": Answer("YES", "Baik\0"), "agency": Answer("NO")}
    with pytest.raises(BadInput, match="13 questions are not answered yet"):
        await reviews.save(draft.id, Filled(some, "", draft.version, finish=True), by="bima")
    kept = await reviews.one(draft.id)
    assert (kept.answers["greeting"].remark, kept.finished, kept.failed) == ("Baik\ufffd", False, 1)
    with pytest.raises(Conflict):
        await reviews.save(draft.id, Filled({}, "", draft.version), by="bima")
    with pytest.raises(Refused, match="filled by bima"):
        await reviews.save(draft.id, Filled({}, "", kept.version), by="dewi")
    assert await reviews.hers("siti") == [] == await reviews.finished(JANUARY, JANUARY)
    sent = Filled(all_yes(kept, agency="NO"), "Bagus", kept.version, finish=True)
    done = await reviews.save(draft.id, sent, by="bima")
    assert (done.finished, done.failed, done.calibration, done.drawn) == (True, 1, False, False)
    assert [one.id for one in await reviews.hers("siti")] == [draft.id]
    await reviews.reply(draft.id, "Terima kasih", by="siti")
    with pytest.raises(NotFound):
        await reviews.reply(draft.id, "bukan saya", by="rina")
    read_ = await reviews.one(draft.id)
    assert read_.read_at and read_.reply == "Terima kasih"
    with pytest.raises(BadInput, match="with a reason"):
        await reviews.save(draft.id, Filled(all_yes(done), "", read_.version), by="bima")
    with pytest.raises(Refused):
        await reviews.throw_away(draft.id, by="bima")
    better = await reviews.save(draft.id, Filled(all_yes(done), "", read_.version, reason="salah dengar"), by="bima")
    assert (better.failed, better.revision, better.read_at, better.earned) == (0, 1, None, better.possible)
    trail = {row.action: row for row in (await room.history.audit()).lines if row.target == call}
    assert trail["quality.change"].details["changed"]["agency"] == [["NO", ""], ["YES", ""]]
    assert trail["quality.change"].details["reason"] == "salah dengar"
    assert {"quality.begin", "quality.finish", "quality.read"} <= set(trail)


async def test_the_second_sheet_of_a_call_is_for_comparison_and_nobody_scores_herself(
    room: Room, journal: Journal
) -> None:
    await people(room)
    await room.people.sign_in("dewi", "rahasia-sekali-112", position="103", address="10.0.0.8")
    later = NOON + timedelta(seconds=5)
    call, own = rang(journal, "budi", arrived_at=later), rang(journal, "own", "103", arrived_at=later)
    rang(journal, "drill", arrived_at=later, test=True)
    await journal.settled(60)
    reviews = Reviews(room.database, room.clock, ZONE)
    for who, which in (("dewi", own), ("bima", "drill")):
        with pytest.raises(Refused):
            await reviews.begin(which, by=who)
    with pytest.raises(NotFound):
        await reviews.begin("never", by="bima")
    first, second = [await reviews.one(await reviews.begin(call, by=who)) for who in ("bima", "dewi")]
    await reviews.save(second.id, Filled(all_yes(second), "", 1, finish=True), by="dewi")
    await reviews.save(first.id, Filled(all_yes(first, calm="2"), "", 1, finish=True), by="bima")
    both = (await reviews.of_calls([call]))[call]
    assert [(one.reviewer, one.calibration) for one in both] == [("dewi", False), ("bima", True)]
    assert [one.reviewer for one in await reviews.hers("siti")] == ["dewi"]
    thrown = await reviews.begin(own, by="bima")
    await reviews.throw_away(thrown, by="bima")
    assert await reviews.drafts("bima") == []


async def test_a_filled_sheet_keeps_its_version_and_who_edits_later_overwrites_nobody(
    room: Room, journal: Journal
) -> None:
    await people(room)
    call = rang(journal, "budi", arrived_at=NOON + timedelta(seconds=5))
    await journal.settled(60)
    forms, reviews = ScoreForms(room.database, room.clock), Reviews(room.database, room.clock, ZONE)
    assert (await forms.newest()).questions == tuple(shipped())
    old = await reviews.begin(call, by="bima")
    short = [Question("", "Salam?", "Greeting?", weight=2)]
    saved = await forms.save(short, version=1, by="bima")
    assert (saved.version, saved.questions[0].code) == (2, "q2-1")
    with pytest.raises(Conflict, match="bima"):
        await forms.save(shipped(), version=1, by="dewi")
    with pytest.raises(Refused, match="Nothing was changed"):
        await forms.save(saved.questions, version=2, by="dewi")
    with pytest.raises(BadInput):
        await forms.save([], version=2, by="dewi")
    assert (await reviews.one(old)).questions == tuple(shipped())
    assert (await reviews.one(await reviews.begin(call, by="dewi"))).questions == saved.questions
    assert [form.version for form in await forms.versions()] == [2, 1]


async def test_a_coaching_note_is_dated_and_seen_by_whom_it_is_for(room: Room) -> None:
    await people(room)
    coaching = Coaching(room.database, room.clock)
    await coaching.add("siti", "  Ulangi lokasi.  ", by="bima")
    for wrong, name in (("", "siti"), ("x" * 4001, "siti")):
        with pytest.raises(BadInput):
            await coaching.add(name, wrong, by="bima")
    with pytest.raises(NotFound):
        await coaching.add("nobody", "Halo", by="bima")
    with pytest.raises(BadInput, match="not about siti"):
        await coaching.add("siti", "Halo", by="bima", review=99)
    (note,) = await coaching.of("siti")
    assert (note.text, note.by, note.at, note.seen_at) == ("Ulangi lokasi.", "bima", room.clock(), None)
    with pytest.raises(NotFound):
        await coaching.seen(note.id, by="rina")
    await coaching.seen(note.id, by="siti")
    first = room.clock()
    room.clock.pass_(60)
    await coaching.seen(note.id, by="siti")
    assert [each.seen_at for each in await coaching.of("siti")] == [first]
