"""Callbacks: who hung up is owed one, one person at a time calls back, nothing is lost when she goes home."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.core.call import Call, Outcome, Stage
from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, Refused
from callcenter.core.kind import Kind
from callcenter.storage import CallbackLine, Journal
from tests.storage.cast import BUDI, NOON, Clock, a_call, about, answered, ended
from tests.storage.conftest import Room

NAMES = [f"p{n}" for n in range(8)]


def at(call: Call, minutes: float) -> Call:
    return replace(call, arrived_at=NOON + timedelta(minutes=minutes))


def gave_up(id_: str, minutes: float = 0, outcome: Outcome = Outcome.ABANDONED, **more: object) -> Call:
    """Budi hangs up unheard after 20 s."""
    return ended(at(a_call(id_, **more), minutes), after_s=20, outcome=outcome)


def heard(id_: str, minutes: float = 0, *, cut: bool = False, over: bool = True) -> Call:
    call = answered(at(a_call(id_), minutes))
    return replace(ended(call), disconnected_early=cut) if over else call


async def told(journal: Journal, *calls: Call) -> None:
    for call in calls:
        journal.write(about(call))
    await journal.settled(60)


async def owed(room: Room) -> list[CallbackLine]:
    return await room.callbacks.open()


@pytest.fixture
async def one(room: Room, journal: Journal) -> int:
    """Budi hung up."""
    await told(journal, gave_up("a"))
    return (await owed(room))[0].id


async def test_who_hung_up_is_owed_a_callback_with_his_call_and_its_ticket(room: Room, journal: Journal) -> None:
    await told(journal, gave_up("a"))
    (line,) = await owed(room)
    assert (line.e164, line.state, line.reason, line.tries) == (BUDI, "OWED", "ABANDONED", 0)
    assert line.owed_since == NOON + timedelta(seconds=20)
    assert [(call.call, call.ticket) for call in line.calls] == [("a", room.numbers["a"])]
    assert (await room.callbacks.standing()).owed == 1


async def test_several_calls_of_one_number_are_one_callback(room: Room, journal: Journal) -> None:
    await told(journal, gave_up("a"), gave_up("b", 1, Outcome.NO_AGENT), gave_up("c", 2, number="0812-3456-7890"))
    (line,) = await owed(room)
    assert [call.call for call in line.calls] == ["c", "b", "a"]
    assert (line.owed_since, line.last_call_at) == (NOON + timedelta(seconds=20), NOON + timedelta(minutes=2))


async def test_the_same_call_written_again_owes_nothing_new(room: Room, journal: Journal) -> None:
    await told(journal, gave_up("a"))
    (line,) = await owed(room)
    await room.callbacks.say(line.id, "NO_NEED", by="siti")
    await told(journal, replace(gave_up("a"), cause=16), replace(gave_up("a"), cause=26))
    assert await owed(room) == []
    assert len((await room.callbacks.page()).lines) == 1


async def test_a_number_that_names_nobody_is_owed_nothing(room: Room, journal: Journal) -> None:
    for number in (None, "anonymous", "12", "101", "abc"):
        await told(journal, gave_up(f"of {number}", number=number))
        assert await owed(room) == [], number


async def test_a_test_and_a_call_that_was_heard_to_its_end_owe_nothing(room: Room, journal: Journal) -> None:
    await told(journal, gave_up("t", test=True), heard("b"))
    assert await owed(room) == []


async def test_who_was_cut_off_after_the_answer_is_owed_one(room: Room, journal: Journal) -> None:
    await told(journal, heard("a", over=False), heard("a", cut=True))
    assert [line.reason for line in await owed(room)] == ["CUT_OFF"]


async def test_it_ends_by_itself_when_he_calls_again_and_is_answered(room: Room, journal: Journal) -> None:
    await told(journal, gave_up("a"), gave_up("b", 1))
    await room.callbacks.claim((await owed(room))[0].id, by="siti")
    await told(journal, heard("c", 2, over=False))
    assert await owed(room) == []
    (line,) = (await room.callbacks.page(done=True)).lines
    assert (line.why, line.closed_by, line.owner) == ("CALLED_AGAIN", "telephone", "")


async def test_after_a_gap_the_order_of_writing_does_not_matter(room: Room, journal: Journal) -> None:
    await told(journal, heard("late", 5), gave_up("early", 1))
    assert await owed(room) == []
    assert [line.why for line in (await room.callbacks.page()).lines] == ["CALLED_AGAIN"]
    await told(journal, gave_up("after", 9))
    assert [line.calls[0].call for line in await owed(room)] == ["after"]


async def test_an_answer_before_he_hung_up_does_not_end_it(room: Room, journal: Journal) -> None:
    await told(journal, gave_up("a", 5), heard("before", 1))
    assert len(await owed(room)) == 1


async def test_answered_and_cut_off_again_is_owed_again(room: Room, journal: Journal) -> None:
    await told(journal, gave_up("a"), heard("b", 2, over=False))
    assert await owed(room) == []
    await told(journal, heard("b", 2, cut=True))
    assert [line.reason for line in await owed(room)] == ["CUT_OFF"]


async def test_records_that_show_an_answer_take_the_callback_back(room: Room, journal: Journal) -> None:
    await told(journal, gave_up("a", outcome=Outcome.UNKNOWN))
    assert len(await owed(room)) == 1
    await told(journal, heard("a"))
    assert await owed(room) == []
    assert [line.why for line in (await room.callbacks.page()).lines] == ["NOT_OWED"]


async def test_of_eight_who_press_at_once_one_calls_and_the_others_read_who(room: Room, one: int) -> None:
    for name in NAMES:
        await room.people.add_user(name, "a-long-password", display=f"Sari {name}", by="admin")
    got = await asyncio.gather(*(room.callbacks.claim(one, by=name) for name in NAMES), return_exceptions=True)
    won = [line for line in got if isinstance(line, CallbackLine)]
    assert len(won) == 1
    others = [str(error) for error in got if isinstance(error, Conflict)]
    assert others == [f"Sari {won[0].owner} is calling this number back already."] * 7


async def test_a_claim_that_is_not_used_ends_by_itself(room: Room, one: int, clock: Clock) -> None:
    await room.callbacks.claim(one, by="siti")
    clock.pass_(299)
    with pytest.raises(Conflict, match="siti"):
        await room.callbacks.claim(one, by="rina")
    clock.pass_(2)
    assert (await room.callbacks.claim(one, by="rina")).owner == "rina"


def we_call(id_: int = 1, **more: object) -> Call:
    """Siti calls back, about call a; it rings there."""
    call = a_call(f"back-1768366900.{9000000 + id_}", kind=Kind.CALLBACK, about="a", by="siti", position="101")
    return replace(call, dialled_at=NOON, ringing_at=NOON + timedelta(seconds=2), **more)  # type: ignore[arg-type]


def we_reached(id_: int = 1) -> Call:
    return replace(we_call(id_), stage=Stage.TALKING, answered_at=NOON + timedelta(seconds=9), answered_by="101")


def over(call: Call) -> Call:
    outcome = Outcome.ANSWERED if call.answered_at else Outcome.NOT_REACHED
    return replace(call, stage=Stage.ENDED, outcome=outcome, ended_at=NOON + timedelta(seconds=60), position="")


async def test_while_a_try_runs_the_claim_lasts_and_some_minutes_after(
    room: Room, journal: Journal, one: int, clock: Clock
) -> None:
    await told(journal, we_call())
    clock.pass_(1200)
    with pytest.raises(Conflict):
        await room.callbacks.claim(one, by="rina")
    await told(journal, we_reached(), over(we_reached()))
    clock.pass_(299)
    with pytest.raises(Conflict):
        await room.callbacks.claim(one, by="rina")
    clock.pass_(2)
    line = await room.callbacks.claim(one, by="rina")
    (tried,) = line.tried
    assert (tried.by, tried.position, tried.result, tried.dialled_at) == ("siti", "101", "CALLING", NOON)
    assert (tried.ringing_at, tried.answered_at, tried.ended_at) == tuple(
        NOON + timedelta(seconds=s) for s in (2, 9, 60)
    )


async def test_a_call_that_we_make_is_no_sign_that_he_was_heard_and_owes_nothing(
    room: Room, journal: Journal, one: int
) -> None:
    await told(journal, we_call(), we_reached(), over(we_reached()))
    (line,) = await owed(room)
    assert (line.id, [call.call for call in line.calls], line.tries) == (one, ["a"], 1)


async def test_nobody_lifts_there_and_it_goes_back_to_the_room_by_itself(
    room: Room, journal: Journal, one: int
) -> None:
    for n in (1, 2, 3):
        await told(journal, we_call(n), over(we_call(n)), replace(over(we_call(n)), cause=19))
        (line,) = await owed(room)
        assert (line.state, line.owner, line.tries, line.not_reached) == ("OWED", "", n, n)
    assert (await room.callbacks.say(one, "NO_CONTACT", by="siti")).why == "NO_CONTACT"


async def test_what_she_says_of_the_try_stays_whatever_the_telephone_tells_after(
    room: Room, journal: Journal, one: int
) -> None:
    await told(journal, we_call(), we_reached())
    await room.callbacks.say(one, "WRONG_NUMBER", by="siti")
    await told(journal, over(we_reached()))
    (line,) = (await room.callbacks.page()).lines
    assert (line.why, line.tries, [t.result for t in line.tried]) == ("WRONG_NUMBER", 1, ["WRONG_NUMBER"])
    assert line.tried[0].ended_at is not None


async def test_not_reached_goes_back_to_the_room_and_after_three_she_may_give_up(
    room: Room, one: int, clock: Clock
) -> None:
    for count in range(3):
        clock.pass_(60)
        with pytest.raises(Refused, match=f"{count} tries are known"):
            await room.callbacks.say(one, "NO_CONTACT", by="siti")
        await room.callbacks.claim(one, by="siti")
        line = await room.callbacks.say(one, "NOT_REACHED", by="siti")
        assert (line.state, line.owner, line.tries, line.not_reached) == ("OWED", "", count + 1, count + 1)
    line = await room.callbacks.say(one, "NO_CONTACT", by="siti")
    assert (line.state, line.why, line.closed_by) == ("DONE", "NO_CONTACT", "siti")
    ticket = (await room.history.ticket(line.ticket)).ticket
    assert (ticket.status, ticket.disposition, ticket.closed_by) == ("CLOSED", "NO_CONTACT", "siti")


async def test_dialled_by_hand_counts_as_a_try(room: Room, one: int) -> None:
    line = await room.callbacks.say(one, "REACHED", by="siti", position="101")
    assert (line.state, line.why, line.tries) == ("DONE", "REACHED", 1)
    assert [(t.by, t.result, t.call) for t in line.tried] == [("siti", "REACHED", "")]
    with pytest.raises(Conflict, match="siti was faster"):
        await room.callbacks.say(one, "REACHED", by="rina")


async def test_what_another_one_works_on_is_not_ended_beside_her(room: Room, one: int) -> None:
    await room.callbacks.claim(one, by="siti")
    for work in (room.callbacks.say(one, "NO_NEED", by="rina"), room.callbacks.release(one, by="rina")):
        with pytest.raises(Conflict, match="siti is calling"):
            await work
    assert (await room.callbacks.release(one, by="siti")).state == "OWED"


async def test_nonsense_gets_a_sentence(room: Room, one: int) -> None:
    wrong: list[tuple[type[CallCenterError], int, str]] = [(BadInput, one, "LATER"), (NotFound, 999, "REACHED")]
    for kind, id_, word in wrong:
        with pytest.raises(kind):
            await room.callbacks.say(id_, word, by="siti")
    with pytest.raises(NotFound):
        await room.callbacks.claim(999, by="siti")


async def test_pages_go_on_where_the_last_one_ended(room: Room, journal: Journal) -> None:
    await told(journal, *(gave_up(f"c{n}", number=f"08123456780{n}") for n in range(5)))
    first = await room.callbacks.page(limit=3)
    rest = await room.callbacks.page(limit=3, after=first.next)
    assert len({line.id for line in [*first.lines, *rest.lines]}) == 5
    assert rest.next == ""


async def test_a_call_that_goes_on_owes_nothing(room: Room, journal: Journal) -> None:
    await told(journal, replace(a_call("a"), stage=Stage.WAITING, queued_at=NOON))
    assert await owed(room) == []
