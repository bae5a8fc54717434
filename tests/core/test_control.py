"""Hold, colleagues, the queue again, the questions to a silent caller: what facts mean, and what may be wished."""

from dataclasses import replace
from itertools import permutations

import pytest

from callcenter.core import desk_facts, facts
from callcenter.core.attempt import Result
from callcenter.core.call import Stage
from callcenter.core.control import may_be_ghost
from callcenter.core.desk_call import due
from callcenter.core.desk_wishes import AskSilent, BackToQueue, Consult, Dismiss, Hold, Release, SendKeys, Unhold
from callcenter.core.forward import allow
from callcenter.core.seen import FloorSeen, LegSeen, PositionSeen
from callcenter.core.silent import Step
from callcenter.core.wishes import Leave, Wish
from tests.core.test_floor import ANSWERED, AYU, BUDI, FORWARDED, after, play

ROOM = "1121768352400"
DEWI = f"desk-102-1-{BUDI}"
FREE = PositionSeen("102", after(1), "IDLE")
IN_ROOM = (facts.RoomJoined(AYU, after(10), ROOM), facts.RoomJoined(BUDI, after(10), ROOM))
HELD = (facts.RoomJoined(AYU, after(10), ROOM), desk_facts.CallHeld(BUDI, after(10.1)))
ASKED = (
    desk_facts.ColleagueAsked(BUDI, after(11), DEWI, "102", "ayu"),
    desk_facts.DeskPhoneCalled(BUDI, after(11.1), DEWI, "102"),
    facts.LegRinging(DEWI, after(11.3)),
)
CAME = (*ASKED, facts.LegAnswered(DEWI, after(13)), facts.RoomJoined(DEWI, after(13.1), ROOM))
SILENT = tuple(
    desk_facts.SilentStep(BUDI, after(12 + at), step, "voice-1-" + BUDI)
    for at, step in ((0, "PROMPT_1"), (5, "LISTEN_1"), (9, "PROMPT_2"), (14, "LISTEN_2"), (18, "DONE"))
)


def refusal(wish: Wish, *told: facts.Fact) -> str:
    floor, _ = play(FREE, *told)
    return str(allow(floor, wish, {}, now=after(0)) or "")


def test_a_caller_is_on_hold_until_he_is_in_the_room_again() -> None:
    _, calls = play(*ANSWERED, *HELD)
    assert (calls[BUDI].held_since, calls[BUDI].stage, calls[BUDI].position) == (after(10.1), Stage.TALKING, "101")
    _, calls = play(*ANSWERED, *HELD, facts.RoomJoined(BUDI, after(30), ROOM))
    assert calls[BUDI].held_since is None


def test_when_her_phone_dies_he_waits_again_and_is_on_hold_no_more() -> None:
    _, calls = play(*ANSWERED, *HELD, facts.LegEnded(AYU, after(40), 38), facts.CallQueued(BUDI, after(40.5)))
    assert (calls[BUDI].stage, calls[BUDI].held_since, calls[BUDI].position) == (Stage.WAITING, None, "")


def test_a_colleague_has_times_of_her_own_and_is_not_the_call_taker() -> None:
    _, calls = play(*ANSWERED, *HELD, *CAME)
    (dewi,) = calls[BUDI].helpers
    assert (dewi.dialled_at, dewi.ringing_at, dewi.joined_at) == (after(11.1), after(11.3), after(13.1))
    assert dewi.result is Result.ACCEPTED
    assert (calls[BUDI].position, calls[BUDI].leg) == ("101", AYU)


@pytest.mark.parametrize(("cause", "result"), [(17, Result.BUSY), (19, Result.NO_ANSWER), (21, Result.DECLINED)])
def test_a_colleague_who_did_not_come_is_told_apart_by_why(cause: int, result: Result) -> None:
    _, calls = play(*ANSWERED, *IN_ROOM, *ASKED, facts.LegEnded(DEWI, after(20), cause))
    assert calls[BUDI].helpers[0].result is result
    assert calls[BUDI].position == "101"


def test_when_the_call_taker_goes_the_colleague_who_is_there_has_the_call() -> None:
    for cause in (16, 38):
        _, calls = play(*ANSWERED, *IN_ROOM, *CAME, facts.LegEnded(AYU, after(20), cause))
        assert (calls[BUDI].stage, calls[BUDI].position, calls[BUDI].leg) == (Stage.TALKING, "102", DEWI)
    _, calls = play(*ANSWERED, *IN_ROOM, *ASKED, facts.LegEnded(AYU, after(20), 16))
    assert (calls[BUDI].stage, calls[BUDI].position) == (Stage.ALONE, "")


def test_a_call_that_is_passed_lets_her_go_when_the_colleague_is_there_and_not_before() -> None:
    passing = (replace(ASKED[0], passing=True), *ASKED[1:])
    _, calls = play(*ANSWERED, *IN_ROOM, *passing)
    assert due(calls[BUDI]) == ()
    _, calls = play(*ANSWERED, *IN_ROOM, *passing, *CAME[3:])
    assert due(calls[BUDI]) == (Release(BUDI, AYU),)
    _, calls = play(*ANSWERED, *IN_ROOM, *passing, *CAME[3:], facts.LegEnded(AYU, after(14), 16))
    assert due(calls[BUDI]) == ()


def test_a_colleague_is_no_longer_rung_for_a_caller_who_is_gone() -> None:
    _, calls = play(*ANSWERED, *IN_ROOM, *ASKED, facts.LegEnded(BUDI, after(15), 16))
    assert due(calls[BUDI]) == (Release(BUDI, DEWI),)


def test_only_what_fits_may_be_wished() -> None:
    hold, unhold = Hold(BUDI, "101", "ayu"), Unhold(BUDI, "101", "ayu")
    assert refusal(hold, *ANSWERED) == ""
    assert refusal(replace(hold, position="102"), *ANSWERED) == "Position 101 is speaking with this caller."
    assert refusal(hold, *ANSWERED, *HELD) == "The caller is on hold already."
    assert refusal(unhold, *ANSWERED) == "The caller is not on hold."
    assert refusal(unhold, *ANSWERED, *HELD) == ""
    assert refusal(hold, *ANSWERED, facts.LegEnded(BUDI, after(9))) == "This call has ended."


def test_only_a_free_position_can_be_asked_and_only_once() -> None:
    wish = Consult(BUDI, "102", "101", "ayu")
    assert refusal(wish, *ANSWERED) == ""
    assert refusal(wish, *ANSWERED, PositionSeen("102", after(5), "IN_USE")) == "Position 102 is not free."
    assert refusal(wish, *ANSWERED, *IN_ROOM, *ASKED) == "Position 102 is not free."
    assert refusal(replace(wish, colleague="101"), *ANSWERED).startswith("Choose another position")
    assert refusal(replace(wish, colleague="999"), *ANSWERED) == "Position 999 is not free."
    assert refusal(Dismiss(BUDI, DEWI, "101", "ayu"), *ANSWERED, *IN_ROOM, *ASKED) == ""
    assert refusal(Dismiss(BUDI, DEWI, "101", "ayu"), *ANSWERED).startswith("That phone is no longer")


def test_leaving_is_allowed_with_a_colleague_there_and_giving_back_is_not_with_an_agency() -> None:
    assert refusal(Leave(BUDI, "101", "ayu"), *ANSWERED, *IN_ROOM, *CAME) == ""
    assert refusal(BackToQueue(BUDI, "101", "ayu"), *ANSWERED) == ""
    assert refusal(BackToQueue(BUDI, "101", "ayu"), *ANSWERED, *FORWARDED).startswith("An agency is in")


def test_keys_are_keys_and_somebody_must_hear_them() -> None:
    keys = SendKeys(BUDI, "12#", "101", "ayu")
    assert refusal(keys, *ANSWERED).startswith("Nobody is in the conversation")
    assert refusal(keys, *ANSWERED, *IN_ROOM) == ""
    assert refusal(replace(keys, keys="1,2"), *ANSWERED, *IN_ROOM).startswith("Keys are the digits")


def test_the_questions_are_where_asterisk_says_and_his_keys_stand_with_their_time() -> None:
    floor, calls = play(*ANSWERED, *IN_ROOM, *SILENT[:2], desk_facts.KeyPressed(BUDI, after(18), "1"))
    now = calls[BUDI].silent
    assert now is not None and (now.step, now.since, now.done) == (Step.LISTEN_1, after(17), False)
    assert [(key.key, key.at) for key in calls[BUDI].keys] == [("1", after(18))]
    assert str(allow(floor, AskSilent(BUDI, "101", "ayu"), {}, now=after(0))) == "The caller is being asked already."
    _, calls = play(facts.LegEnded("voice-1-" + BUDI, after(19), 16), floor=floor)
    stopped = calls[BUDI].silent
    assert stopped is not None and stopped.step is Step.STOPPED


def test_keys_of_anybody_else_are_not_the_callers() -> None:
    _, calls = play(*ANSWERED)
    _, more = play(desk_facts.KeyPressed(AYU, after(18), "1"), floor=play(*ANSWERED)[0])
    assert calls[BUDI].keys == () and not more


def test_a_call_is_silent_only_after_it_was_asked_twice_while_he_was_there() -> None:
    _, calls = play(*ANSWERED, *IN_ROOM)
    assert may_be_ghost(calls[BUDI]) is not None
    _, calls = play(*ANSWERED, *IN_ROOM, *SILENT[:4])
    assert may_be_ghost(calls[BUDI]) is not None
    _, calls = play(*ANSWERED, *IN_ROOM, *SILENT)
    assert may_be_ghost(calls[BUDI]) is None
    _, calls = play(*ANSWERED, facts.LegEnded(BUDI, after(9), 16))
    assert may_be_ghost(calls[BUDI]) is None


def test_a_look_at_asterisk_finds_hold_and_colleagues_again() -> None:
    floor, _ = play(*ANSWERED)
    legs = (
        LegSeen(BUDI, after(0), BUDI, entry=True, held=True),
        LegSeen(AYU, after(1), BUDI, position="101", room=ROOM, talking=True),
        LegSeen(DEWI, after(11), BUDI, position="102", room=ROOM, talking=True, desk=True),
    )
    floor, _ = play(FloorSeen(after(60), "boot", legs), floor=floor)
    call = floor.calls[BUDI]
    assert (call.position, call.held_since is not None, call.helper_here() is not None) == ("101", True, True)
    assert set(call.in_room) == {AYU, DEWI}
    floor, _ = play(FloorSeen(after(61), "boot", legs[::2]), floor=floor)
    assert (floor.calls[BUDI].position, floor.calls[BUDI].stage) == ("102", Stage.TALKING)


FIRE = "e112-1768352411.9"
INTRODUCED = (
    desk_facts.PhoneDialled(FIRE, after(12), "*1113", position="101"),
    facts.LegAnswered(FIRE, after(14)),
)
PASSED = desk_facts.CallTransferred(FIRE, after(20), "second", "101", attended=True, far=AYU)
GONE = facts.LegEnded(AYU, after(20.1), 16)
CAME_IN = facts.RoomJoined(FIRE, after(20.2), ROOM)


@pytest.mark.parametrize("last", [*permutations((PASSED, GONE)), *permutations((PASSED, GONE, CAME_IN))])
def test_an_agency_that_her_phone_brought_into_the_room_has_him(last: tuple[facts.Fact, ...]) -> None:
    """Asterisk tells that it joined the room at one time, sooner or later, and does not at another."""
    floor, _ = play(*ANSWERED, *IN_ROOM, *INTRODUCED, *last)
    call = floor.calls[BUDI]
    assert (call.stage, call.position) == (Stage.HANDED_OVER, "")
    floor, _ = play(facts.LegEnded(FIRE, after(60), 16), floor=floor)
    call = floor.calls[BUDI]
    assert (call.stage, call.attempts[-1].result) == (Stage.ALONE, Result.ANSWERED)  # nobody pressed 1
