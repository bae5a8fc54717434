"""A supervisor at somebody else's call: what facts mean, what she may wish, and that a listener is no party."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.core import desk_facts, facts
from callcenter.core.call import Call, Stage
from callcenter.core.codec import fact_from_plain, fact_to_plain, from_plain, to_plain
from callcenter.core.desk_call import due
from callcenter.core.desk_wishes import Dismiss, Release
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor
from callcenter.core.forward import allow
from callcenter.core.listen_wishes import Listen, StopListening
from callcenter.core.listener import Mode
from callcenter.core.listening import leg_of, listener
from callcenter.core.seen import FloorSeen, LegSeen, PositionSeen
from callcenter.core.wishes import Wish
from tests.core.test_control import IN_ROOM
from tests.core.test_floor import ANSWERED, AYU, BUDI, DAMKAR, FORWARDED, SITI, after, play

ROOM = "1121768352400"
EAR = f"ear-103-1-{BUDI}"
FREE = PositionSeen("103", after(1), "IDLE")


def asked(mode: str = "LISTEN", at: float = 20) -> Fact:
    return desk_facts.ListenerAsked(BUDI, after(at), EAR, "103", "bima", mode)


def turned(mode: str, at: float = 22) -> Fact:
    return desk_facts.ListenerTurned(BUDI, after(at), EAR, "103", mode, "bima")


RUNG = (asked(), desk_facts.ListenerCalled(BUDI, after(20.1), EAR, "103"), facts.LegRinging(EAR, after(20.3)))
LISTENS = (*RUNG, facts.LegAnswered(EAR, after(22)), turned("LISTEN"))
JOINS = (*LISTENS, asked("JOIN", 30), *IN_ROOM, turned("JOIN", 30.1), facts.RoomJoined(EAR, after(30.2), ROOM))
TAKES = (*LISTENS, asked("TAKE", 30), *IN_ROOM, turned("JOIN", 30.1), facts.RoomJoined(EAR, after(30.2), ROOM))


def refusal(wish: Wish, *told: Fact, free: Fact = FREE) -> str:
    floor, _ = play(free, *told)
    return str(allow(floor, wish, {}, now=datetime(2026, 1, 1, tzinfo=UTC)) or "")


def of(mode: Mode = Mode.LISTEN, position: str = "103") -> Listen:
    return Listen(BUDI, position, "bima", mode)


def test_a_listener_has_moments_of_her_own() -> None:
    (bima,) = play(*ANSWERED, *LISTENS)[1][BUDI].listeners
    assert (bima.position, bima.by, bima.mode, bima.since) == ("103", "bima", Mode.LISTEN, after(22))
    assert (bima.dialled_at, bima.ringing_at, bima.live) == (after(20.1), after(20.3), True)
    _, calls = play(*ANSWERED, *LISTENS, facts.LegEnded(EAR, after(40), 16))
    assert (calls[BUDI].listeners[0].ended_at, calls[BUDI].stage) == (after(40), Stage.TALKING)


def test_a_phone_that_is_not_lifted_or_cannot_be_rung_is_told_apart() -> None:
    _, calls = play(*ANSWERED, *RUNG, facts.LegEnded(EAR, after(45), 19))
    assert calls[BUDI].listeners[0].result == "NO_ANSWER"
    _, calls = play(*ANSWERED, asked(), desk_facts.LegRefused(EAR, after(20.2)))
    assert (calls[BUDI].listeners[0].live, calls[BUDI].listeners[0].result) == (False, "FAILED")


@pytest.mark.parametrize("cause", [16, 38])
@pytest.mark.parametrize("mode", ["LISTEN", "WHISPER"])
def test_when_the_call_taker_goes_a_listener_keeps_nobody_and_her_phone_is_let_go(cause: int, mode: str) -> None:
    _, calls = play(*ANSWERED, *LISTENS, turned(mode, 25), facts.LegEnded(AYU, after(30), cause))
    assert (calls[BUDI].stage, calls[BUDI].position) == (Stage.ALONE, "")
    assert due(calls[BUDI]) == (Release(BUDI, EAR),)
    _, calls = play(*ANSWERED, *LISTENS, facts.LegEnded(AYU, after(30), cause), facts.CallQueued(BUDI, after(30.1)))
    assert calls[BUDI].stage is Stage.WAITING


def test_who_joined_has_the_call_when_the_call_taker_goes() -> None:
    _, calls = play(*ANSWERED, *JOINS)
    assert (calls[BUDI].position, due(calls[BUDI])) == ("101", ())
    _, calls = play(*ANSWERED, *JOINS, facts.LegEnded(AYU, after(40), 38))
    assert (calls[BUDI].stage, calls[BUDI].position, calls[BUDI].leg) == (Stage.TALKING, "103", EAR)
    assert (calls[BUDI].listeners[0].took_at, calls[BUDI].answered_by) == (after(40), "101")


def test_back_from_the_conversation_she_is_a_listener_again() -> None:
    back = (facts.RoomLeft(EAR, after(40), ROOM), turned("LISTEN", 40.1))
    _, calls = play(*ANSWERED, *JOINS, *back)
    assert (calls[BUDI].helper_here(), calls[BUDI].listeners[0].mode) == (None, Mode.LISTEN)
    _, calls = play(*ANSWERED, *JOINS, *back, facts.LegEnded(AYU, after(50), 38))
    assert calls[BUDI].stage is Stage.ALONE
    again = (turned("JOIN", 45), facts.RoomJoined(EAR, after(45.1), ROOM), facts.LegEnded(AYU, after(50), 38))
    _, calls = play(*ANSWERED, *JOINS, *back, *again)
    assert calls[BUDI].position == "103"


def test_taking_over_lets_the_call_taker_go_when_she_is_there_and_not_before() -> None:
    _, calls = play(*ANSWERED, *LISTENS, asked("TAKE", 30), *IN_ROOM, turned("JOIN", 30.1))
    assert due(calls[BUDI]) == ()
    for told in (TAKES, (*JOINS, asked("TAKE", 35))):
        _, calls = play(*ANSWERED, *told)
        assert due(calls[BUDI]) == (Release(BUDI, AYU),)
    _, calls = play(*ANSWERED, *TAKES, facts.LegEnded(AYU, after(31), 16))
    assert (calls[BUDI].position, due(calls[BUDI])) == ("103", ())
    _, calls = play(*ANSWERED, *TAKES, facts.LegEnded(AYU, after(31), 16), facts.LegEnded(BUDI, after(60), 16))
    assert (calls[BUDI].outcome, calls[BUDI].disconnected_early) == ("ANSWERED", False)


def test_when_the_call_ends_her_phone_is_let_go_but_not_while_an_agency_is_still_spoken_with() -> None:
    _, calls = play(*ANSWERED, *JOINS, facts.LegEnded(BUDI, after(50), 16))
    assert due(calls[BUDI]) == (Release(BUDI, EAR),)
    asked_for = facts.ForwardAsked(BUDI, after(9), "damkar", 1, "ayu")
    _, calls = play(*ANSWERED, asked_for, *FORWARDED, *LISTENS, facts.LegEnded(BUDI, after(50), 16))
    assert (calls[BUDI].relay, due(calls[BUDI])) == (True, ())
    assert refusal(of(Mode.TAKE), *ANSWERED, asked_for, *FORWARDED, *LISTENS, facts.LegEnded(BUDI, after(50), 16))
    assert not refusal(of(Mode.JOIN), *ANSWERED, asked_for, *FORWARDED, *LISTENS, facts.LegEnded(BUDI, after(50), 16))


def test_what_cannot_be_is_refused_in_words() -> None:
    assert not refusal(of(), *ANSWERED)
    assert "has ended" in refusal(of())
    assert "Nobody of the room" in refusal(of(), *ANSWERED[:2])
    assert "your own call" in refusal(of(position="101"), *ANSWERED)
    assert "not signed in" in refusal(of(), *ANSWERED, free=PositionSeen("103", after(1), "UNREACHABLE"))
    assert "busy" in refusal(of(), *ANSWERED, free=PositionSeen("103", after(1), "IN_USE"))
    assert "it rings" in refusal(of(Mode.JOIN), *ANSWERED, *RUNG)
    assert "so already" in refusal(of(), *ANSWERED, *LISTENS)
    assert not refusal(of(Mode.WHISPER), *ANSWERED, *LISTENS)
    another = (facts.CallQueued(SITI, after(5)), facts.CallAnswered(SITI, after(6), "104", "her-leg"))
    assert "another call" in refusal(Listen(SITI, "103", "bima"), *ANSWERED, *LISTENS, *another)
    assert not refusal(StopListening(BUDI, "103", "bima"), *ANSWERED, *LISTENS)
    assert "not listening" in refusal(StopListening(BUDI, "103", "bima"), *ANSWERED)
    assert "supervisor" in refusal(Dismiss(BUDI, EAR, "101", "ayu"), *ANSWERED, *JOINS)


def test_each_time_her_phone_is_rung_it_is_another_leg() -> None:
    assert leg_of(play(*ANSWERED)[1][BUDI], "103") == EAR
    assert leg_of(play(*ANSWERED, *LISTENS)[1][BUDI], "103") == EAR
    over = play(*ANSWERED, *LISTENS, facts.LegEnded(EAR, after(40), 16))[1][BUDI]
    assert leg_of(over, "103") == f"ear-103-2-{BUDI}"


def snapshot(*legs: LegSeen) -> FloorSeen:
    return FloorSeen(after(60), "first", legs, booted_at=after(-1000))


HIM = LegSeen(BUDI, after(0), BUDI, entry=True, talking=True)
HERS = LegSeen(AYU, after(0), BUDI, position="101", talking=True)


def test_a_service_that_was_restarted_finds_who_listens_and_how() -> None:
    for ear, mode in (("RINGING", None), ("LISTEN", Mode.LISTEN), ("WHISPER", Mode.WHISPER)):
        floor, _ = play(snapshot(HIM, HERS, LegSeen(EAR, after(20), BUDI, position="103", ear=ear)))
        (bima,) = floor.calls[BUDI].listeners
        assert (bima.position, bima.mode, floor.calls[BUDI].position) == ("103", mode, "101")
    there = [replace(leg, room=ROOM) for leg in (HIM, HERS)]
    joined = LegSeen(EAR, after(20), BUDI, position="103", talking=True, room=ROOM, ear="JOIN")
    floor, _ = play(snapshot(joined, *there))  # whoever stands first in the list
    assert (floor.calls[BUDI].position, floor.calls[BUDI].listeners[0].mode) == ("101", Mode.JOIN)
    assert floor.calls[BUDI].helper_here() is not None
    floor, _ = play(*ANSWERED, *TAKES, facts.LineLost(after(55), "cut"), snapshot(joined, there[0]))
    assert (floor.calls[BUDI].position, floor.calls[BUDI].listeners[0].live) == ("103", False)


def test_what_happened_to_her_leg_while_nobody_heard_is_found() -> None:
    lost = facts.LineLost(after(55), "cut")
    floor, _ = play(*ANSWERED, *LISTENS, lost, snapshot(HIM, HERS))
    assert not floor.calls[BUDI].listeners[0].live
    gone = LegSeen(EAR, after(20), BUDI, position="103", ear="WHISPER")
    floor, _ = play(*ANSWERED, *JOINS, lost, snapshot(HIM, HERS, gone))
    assert (floor.calls[BUDI].helper_here(), floor.calls[BUDI].listeners[0].mode) == (None, Mode.WHISPER)


OF_THE_LEG: tuple[Fact, ...] = (
    *LISTENS,
    asked("WHISPER", 24),
    turned("WHISPER", 24.1),
    asked("JOIN", 26),
    turned("LISTEN", 28),
    desk_facts.LegRefused(EAR, after(29)),
    facts.LegEnded(EAR, after(41), 16),
    facts.LegEnded(EAR, after(42), 38),
)
REST: tuple[Fact, ...] = (
    *ANSWERED,
    *FORWARDED,
    facts.ForwardAsked(BUDI, after(9), "damkar", 1, "ayu"),
    facts.CallQueued(BUDI, after(44)),
    facts.RoomLeft(AYU, after(45), ROOM),
    facts.LegEnded(AYU, after(46), 38),
    facts.LegEnded(DAMKAR, after(47), 16),
    facts.LegEnded(BUDI, after(48), 16),
)
MIXED = st.lists(st.sampled_from([*OF_THE_LEG, *REST, *REST]), max_size=40)


def _bare(calls: dict[str, Call]) -> dict[str, Call]:
    return {id_: replace(call, listeners=()) for id_, call in calls.items()}


@settings(max_examples=300)
@given(MIXED)
def test_a_listener_changes_nothing_of_a_call_in_any_order_of_facts(told: list[Fact]) -> None:
    _, heard = play(*told)
    _, alone = play(*(fact for fact in told if fact not in OF_THE_LEG))
    assert _bare(heard) == alone


ANYTHING = (*OF_THE_LEG, *REST, *IN_ROOM, *JOINS, *TAKES, facts.RoomLeft(EAR, after(43), ROOM))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(ANYTHING), max_size=40))
def test_no_order_of_facts_gives_her_the_call_before_the_room_has_her(told: list[Fact]) -> None:
    floor = Floor()
    in_room = False
    for fact in told:
        in_room = in_room or (isinstance(fact, facts.RoomJoined) and fact.leg == EAR)
        floor, changed = play_one(floor, fact)
        assert fact_from_plain(fact_to_plain(fact)) == fact
        for call in changed.values():
            assert from_plain(Call, to_plain(call)) == call
            assert in_room or call.leg != EAR
            mine = listener(call, EAR)
            assert call.leg != EAR or mine is None or not mine.live


def play_one(floor: Floor, fact: Fact) -> tuple[Floor, dict[str, Call]]:
    return play(fact, floor=floor)
