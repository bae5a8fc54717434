"""Asterisk tells of rooms (ConfbridgeJoin, ConfbridgeLeave) from a queue of its own, beside the one from which all else
comes: each is in order, but under load one of them lags behind the other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core import desk_facts, facts
from callcenter.core.apply import apply
from callcenter.core.call import Call, Outcome
from callcenter.core.facts import Fact, LegEnded, RoomJoined, RoomLeft
from callcenter.core.seen import CallRecalled, FloorSeen, LegSeen
from tests.core.test_control import ASKED
from tests.core.test_control import DEWI as COLLEAGUE
from tests.core.test_floor import ANSWERED, AYU, BUDI, DAMKAR, DEWI, FORWARDED, START, after, play
from tests.core.test_overflow import MOBILE, TRIES, WAITED

ROOM = "room"
LATEST_MS = 1000
"""So far one of the two queues may be behind the other. In life it was milliseconds."""

TAKEN: tuple[Fact, ...] = (
    *WAITED,
    *TRIES,
    facts.CallOverflowed(BUDI, after(44), MOBILE, 1, "on-call officer"),
    facts.CallAbandoned(BUDI, after(44.01), 14),
    facts.CallLeftQueue(BUDI, after(44.01)),
    RoomJoined(MOBILE, after(44.02), ROOM),
    RoomJoined(BUDI, after(44.1), ROOM),
)
AGAIN: tuple[Fact, ...] = (
    facts.CallQueued(BUDI, after(60.2)),
    facts.PhoneCalled(BUDI, after(60.3), "102", DEWI),
    facts.CallLeftQueue(BUDI, after(62)),
    facts.CallAnswered(BUDI, after(62), "102", DEWI),
    LegEnded(DEWI, after(70), 16),
    LegEnded(BUDI, after(70), 16),
)
ASKED_FOR = facts.ForwardAsked(BUDI, after(9.99), "damkar", 1, "ayu")
SHE_GOES = (RoomLeft(AYU, after(30), ROOM), LegEnded(AYU, after(30), 16))


def gone(leg: str, at: float, cause: int = 16) -> tuple[Fact, ...]:
    return RoomLeft(leg, after(at), ROOM), LegEnded(leg, after(at + 0.01), cause)


STORIES: dict[str, tuple[Fact, ...]] = {
    "an overflow line takes him and hangs up": (*TAKEN, *gone(MOBILE, 60), *gone(BUDI, 60.1)),
    "an overflow line takes him and he hangs up": (*TAKEN, *gone(BUDI, 60), *gone(MOBILE, 60.1)),
    "an overflow line takes him and dies": (*TAKEN, *gone(MOBILE, 60, 38), RoomLeft(BUDI, after(60.1), ROOM), *AGAIN),
    "she introduces him and leaves": (*ANSWERED, *FORWARDED, *SHE_GOES, *gone(BUDI, 50), *gone(DAMKAR, 50.1)),
    "the agency hangs up first": (*ANSWERED, *FORWARDED, *SHE_GOES, *gone(DAMKAR, 50), *gone(BUDI, 50.1)),
    "her phone dies before the agency answers": (
        *(*ANSWERED, *FORWARDED[:5], RoomLeft(AYU, after(60), ROOM), LegEnded(AYU, after(60), 38)),
        *(RoomLeft(BUDI, after(60.1), ROOM), LegEnded(DAMKAR, after(60.15), 31), *AGAIN),
    ),
    "he hangs up while it rings there, and she passes it on": (
        *(*ANSWERED, *FORWARDED[:5], *gone(BUDI, 12), *FORWARDED[5:]),
        *(*gone(DAMKAR, 40), *gone(AYU, 41)),
    ),
    "he hangs up in the moment in which she forwards": (
        *(*ANSWERED, ASKED_FOR, *FORWARDED[:3], *gone(BUDI, 10.05), *FORWARDED[3:]),
        *(*gone(DAMKAR, 40), *gone(AYU, 41)),
    ),
    "he waits, and comes back": (
        *(*ANSWERED, RoomJoined(AYU, after(10), ROOM), desk_facts.CallHeld(BUDI, after(10.1))),
        *(RoomJoined(BUDI, after(20), ROOM), *gone(AYU, 40), *gone(BUDI, 40.1)),
    ),
    "a colleague has the call": (
        *(*ANSWERED, RoomJoined(AYU, after(10), ROOM), RoomJoined(BUDI, after(10), ROOM), *ASKED),
        *(facts.LegAnswered(COLLEAGUE, after(13)), RoomJoined(COLLEAGUE, after(13.1), ROOM), *gone(AYU, 20)),
        *(*gone(COLLEAGUE, 40), *gone(BUDI, 40.1)),
    ),
}


def orders(told: tuple[Fact, ...]) -> st.SearchStrategy[list[Fact]]:
    """The same facts, as the two queues lag: each of them in order."""
    moments = [(fact.at - START).total_seconds() for fact in told]
    rooms = [place for place, fact in enumerate(told) if isinstance(fact, RoomJoined | RoomLeft)]
    lags = st.lists(st.integers(-LATEST_MS, LATEST_MS), min_size=len(rooms), max_size=len(rooms))

    def order(lagging: list[int]) -> list[Fact]:
        heard, latest = list(moments), 0.0
        for place, lag in zip(rooms, lagging, strict=True):
            latest = heard[place] = max(latest, moments[place] + lag / 1000)
        return [told[place] for place in sorted(range(len(told)), key=lambda place: heard[place])]

    return lags.map(order)


def outline(call: Call) -> Call:
    """The call, without the moments at which a room says once more what was known, and without who was there last."""
    attempts = tuple(replace(each, accepted_at=None) for each in call.attempts)
    forwards = tuple(replace(each, accepted_at=None) for each in call.forwards)
    return replace(
        call, attempts=attempts, forwards=forwards, accepted_at=None, in_room=(), rings=(), leg="", left_cause=0
    )


@pytest.mark.parametrize("name", STORIES)
def test_whichever_queue_lags_the_call_ends_the_same(name: str) -> None:
    floor, calls = play(*STORIES[name])
    assert not floor.calls
    whole = outline(calls[BUDI])
    assert whole.outcome in (Outcome.ANSWERED, Outcome.OVERFLOWED)

    @given(orders(STORIES[name]))
    def told_late(told: list[Fact]) -> None:
        floor, calls = play(*told)
        assert outline(calls[BUDI]) == whole
        assert not floor.calls

    told_late()


@pytest.mark.parametrize("she_is_up", [True, False])
def test_after_a_gap_she_is_on_her_way_to_the_room_only_if_her_leg_is_there(she_is_up: bool) -> None:
    """He hung up while nobody listened, right after she forwarded: without her leg there is nobody left in the call."""
    floor, _ = play(*ANSWERED, ASKED_FOR)
    hers = LegSeen(AYU, START, BUDI, position="101")
    over = CallRecalled(BUDI, START, ended_at=after(20), answered_at=after(8), position="101", outcome="ANSWERED")
    look = FloorSeen(after(30), "boot", (hers,) if she_is_up else (), recalled=(over,))
    seen, (call, *_) = apply(floor, look)
    assert (call.outcome, bool(call.position), BUDI in seen.calls) == (Outcome.ANSWERED, she_is_up, she_is_up)
    assert apply(seen, look)[0].calls == seen.calls
