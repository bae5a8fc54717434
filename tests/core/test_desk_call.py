"""Calls that we make: her phone first, then the other side; whatever happens in between, nobody is dialled twice."""

from dataclasses import replace

import pytest

from callcenter.core import desk_facts, facts
from callcenter.core.attempt import Result
from callcenter.core.call import Outcome, Stage
from callcenter.core.desk_call import due
from callcenter.core.desk_wishes import CallBack, DialCallee, Relay, Release
from callcenter.core.forward import allow
from callcenter.core.kind import Kind, made_id
from callcenter.core.seen import CallRecalled, FloorSeen, LegSeen, PositionSeen
from callcenter.core.wishes import Wish
from tests.core.test_floor import BUDI, after, play

BACK = made_id(1768352500, 0)
HERS = f"desk-101-1-{BACK}"
NUMBER, ROOM = "+6281234567890", "room"
SEAT = PositionSeen("101", after(0), "IDLE")
MADE = desk_facts.DeskCallMade(BACK, after(100), "CALLBACK", "101", HERS, NUMBER, BUDI, "ayu")
THERE: tuple[facts.Fact, ...] = (
    MADE,
    desk_facts.DeskPhoneCalled(BACK, after(100.1), HERS, "101"),
    facts.LegAnswered(HERS, after(102)),
    facts.RoomJoined(HERS, after(102.1), ROOM),
)
RINGS = (*THERE, desk_facts.CalleeDialled(BACK, after(102.3)), facts.LegRinging(BACK, after(103)))
SPEAKS = (*RINGS, facts.LegAnswered(BACK, after(108)), facts.RoomJoined(BACK, after(108.1), ROOM))


def refusal(wish: Wish, *told: facts.Fact) -> str:
    floor, _ = play(SEAT, *told)
    return str(allow(floor, wish, {}, now=after(0)) or "")


def test_its_digits_name_no_arrivals_room_and_its_id_tells_what_it_is() -> None:
    assert BACK == "back-1768352500.9000001"
    _, calls = play(facts.CallQueued(BACK, after(1)))
    assert calls[BACK].kind is Kind.CALLBACK


def test_it_is_hers_from_the_first_ring_and_tells_its_four_times() -> None:
    _, calls = play(MADE)
    assert (calls[BACK].position, calls[BACK].stage, calls[BACK].about) == ("101", Stage.ARRIVED, BUDI)
    _, calls = play(*SPEAKS, facts.LegEnded(BACK, after(150), 16))
    call = calls[BACK]
    times = (call.dialled_at, call.ringing_at, call.answered_at, call.ended_at)
    assert times == (after(102.3), after(103), after(108), after(150))
    assert (call.result, call.outcome, call.answered_by) == (Result.ANSWERED, Outcome.ANSWERED, "101")


def test_the_other_side_is_dialled_when_she_is_there_and_once() -> None:
    assert due(play(*THERE[:3])[1][BACK]) == ()
    assert due(play(*THERE)[1][BACK]) == (DialCallee(BACK),)
    assert due(play(*RINGS[:5])[1][BACK]) == ()


@pytest.mark.parametrize(("cause", "result"), [(17, Result.BUSY), (19, Result.NO_ANSWER), (38, Result.FAILED)])
def test_a_try_that_reached_nobody_says_why_and_sets_her_phone_free(cause: int, result: Result) -> None:
    floor, calls = play(*RINGS, facts.LegEnded(BACK, after(120), cause))
    assert (calls[BACK].result, calls[BACK].outcome) == (result, Outcome.NOT_REACHED)
    assert due(calls[BACK]) == (Release(BACK, HERS),)
    assert not floor.calls


def test_when_she_does_not_lift_or_hangs_up_nobody_else_is_left_ringing() -> None:
    _, calls = play(*THERE[:2], facts.LegEnded(HERS, after(120), 19))
    assert (calls[BACK].stage, calls[BACK].result) == (Stage.ENDED, Result.CANCELLED)
    _, calls = play(*RINGS, facts.LegEnded(HERS, after(105), 16))
    assert due(calls[BACK]) == (Release(BACK, BACK),)


def test_a_phone_that_could_not_even_be_rung_ends_it() -> None:
    for told in ((MADE, desk_facts.LegRefused(HERS, after(101))), (*THERE, desk_facts.LegRefused(BACK, after(103)))):
        _, calls = play(*told)
        assert calls[BACK].outcome is Outcome.NOT_REACHED


def test_once_he_has_answered_it_is_a_call_like_any_other() -> None:
    _, calls = play(*SPEAKS, facts.LegEnded(HERS, after(110), 38), facts.CallQueued(BACK, after(110.5)))
    assert (calls[BACK].stage, calls[BACK].position) == (Stage.WAITING, "")


def test_a_relay_begins_when_she_is_there_and_ends_with_her() -> None:
    relay = replace(MADE, kind="RELAY", number="")
    _, calls = play(relay, *THERE[1:])
    assert (calls[BACK].stage, calls[BACK].kind, due(calls[BACK])) == (Stage.TALKING, Kind.RELAY, ())
    _, calls = play(relay, *THERE[1:], facts.LegEnded(HERS, after(130), 16))
    assert calls[BACK].stage is Stage.ENDED


def test_of_two_who_call_the_same_caller_back_the_second_reads_who_does() -> None:
    wish = CallBack(NUMBER, BUDI, "101", "ayu")
    assert refusal(wish) == ""
    other = replace(wish, position="102", by="dewi")
    assert refusal(other, PositionSeen("102", after(1), "IDLE"), MADE) == "Position 101 is calling this number already."
    assert refusal(Relay(BUDI, "102", "dewi"), MADE).startswith("Position 101")
    assert refusal(replace(wish, about="e112-1.1", number="+628999999999"), MADE).startswith("You are in a call")


@pytest.mark.parametrize("number", ["", "112", "0812345", "+6281,x", "sip:x@y", "+62812\n"])
def test_nothing_but_a_full_number_is_dialled_out(number: str) -> None:
    assert refusal(CallBack(number, BUDI, "101", "ayu")) == "This number cannot be called."


def test_a_service_that_was_killed_goes_on_where_it_was() -> None:
    hers = LegSeen(HERS, after(101), BACK, position="101", room=ROOM, talking=True, desk=True)
    callee = LegSeen(BACK, after(102), BACK, entry=True)
    floor, _ = play(FloorSeen(after(104), "boot", (hers,)), floor=play(*THERE[:2])[0])
    assert due(floor.calls[BACK]) == (DialCallee(BACK),)
    rang = CallRecalled(BACK, after(100), dialled_at=after(102.3))
    floor, _ = play(FloorSeen(after(104), "boot", (hers, callee), recalled=(rang,)), floor=play(*THERE[:2])[0])
    assert (due(floor.calls[BACK]), floor.calls[BACK].stage) == ((), Stage.ARRIVED)
    met = replace(callee, room=ROOM, talking=True)
    floor, _ = play(FloorSeen(after(110), "boot", (hers, met), recalled=(rang,)), floor=play(*RINGS)[0])
    assert (floor.calls[BACK].stage, floor.calls[BACK].position) == (Stage.TALKING, "101")


def test_a_try_that_ended_while_nobody_listened_is_not_made_again() -> None:
    hers = LegSeen(HERS, after(101), BACK, position="101", room=ROOM, talking=True, desk=True)
    over = CallRecalled(BACK, after(100), dialled_at=after(102.3), ended_at=after(110), cause=17, outcome="NOT_REACHED")
    _, calls = play(FloorSeen(after(120), "boot", (hers,), recalled=(over,)), floor=play(*THERE)[0])
    assert (calls[BACK].result, calls[BACK].ended_at) == (Result.BUSY, after(110))
    assert due(calls[BACK]) == (Release(BACK, HERS),)
