"""A caller whom an overflow line takes: an outcome and a time of its own, never an answer of ours."""

from dataclasses import replace
from datetime import datetime
from itertools import permutations

import pytest

from callcenter.core import facts
from callcenter.core.attempt import Attempt, Result
from callcenter.core.call import Outcome, Stage
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor
from callcenter.core.seen import CallRecalled, FloorSeen, LegSeen
from tests.core.test_floor import AYU, BUDI, START, after, play

MOBILE = "e112-1768352433.9"
WAITED: tuple[Fact, ...] = (
    facts.CallArrived(BUDI, after(0), "+6281234567890"),
    facts.CallQueued(BUDI, after(0.1)),
    facts.PhoneCalled(BUDI, after(0.2), "101", AYU),
    facts.LegEnded(AYU, after(30), 0),
    facts.CallLeftQueue(BUDI, after(30)),
    facts.CallQueued(BUDI, after(30.01)),
)
TAKEN: tuple[Fact, ...] = (
    facts.CallOverflowed(BUDI, after(41), MOBILE, 1, "on-call officer"),
    facts.CallAbandoned(BUDI, after(41.01), 11),  # Asterisk's word for being taken out of the queue
    facts.CallLeftQueue(BUDI, after(41.01)),
    facts.RoomJoined(BUDI, after(41.1), "room"),
    facts.RoomJoined(MOBILE, after(41.1), "room"),
)
OVER: tuple[Fact, ...] = (facts.LegEnded(MOBILE, after(60), 16), facts.LegEnded(BUDI, after(60), 16))


def test_an_overflow_line_sets_its_own_outcome_and_time_and_no_t3() -> None:
    floor, calls = play(*WAITED, *TAKEN)
    assert floor.calls[BUDI].stage is Stage.HANDED_OVER
    assert floor.waiting() == []
    floor, calls = play(*OVER, floor=floor)
    call = calls[BUDI]
    assert (call.outcome, call.overflowed_at, call.overflowed_to) == (Outcome.OVERFLOWED, after(41), "on-call officer")
    assert (call.answered_at, call.forwarded_at, call.disconnected_early) == (None, None, False)
    assert floor.calls == {}


@pytest.mark.parametrize("order", list(permutations(TAKEN[:3])))
def test_the_order_in_which_asterisk_tells_it_does_not_matter(order: tuple[Fact, ...]) -> None:
    _, calls = play(*WAITED, *order, *TAKEN[3:], *OVER)
    assert calls[BUDI].outcome is Outcome.OVERFLOWED


def test_a_new_round_in_the_queue_is_the_same_wait() -> None:
    floor, _ = play(*WAITED)
    assert (floor.calls[BUDI].waiting_since, floor.calls[BUDI].queued_at) == (after(0.1), after(0.1))


def test_when_the_line_dies_he_waits_again_and_her_answer_counts() -> None:
    back = (facts.LegEnded(MOBILE, after(50), 38), facts.CallQueued(BUDI, after(50.1)))
    floor, calls = play(*WAITED, *TAKEN, *back)
    assert [call.id for call in floor.waiting()] == [BUDI]
    _, lost = play(facts.CallAbandoned(BUDI, after(55)), facts.LegEnded(BUDI, after(55), 0), floor=floor)
    assert (lost[BUDI].outcome, lost[BUDI].disconnected_early) == (Outcome.OVERFLOWED, True)
    _, calls = play(facts.CallAnswered(BUDI, after(52), "101", AYU), facts.LegEnded(BUDI, after(90), 16), floor=floor)
    assert (calls[BUDI].outcome, calls[BUDI].answered_at) == (Outcome.ANSWERED, after(52))
    assert calls[BUDI].overflowed_at == after(41)


def seen(*legs: LegSeen, recalled: tuple[CallRecalled, ...] = (), booted_at: datetime | None = None) -> FloorSeen:
    return FloorSeen(after(70), "now", legs=legs, recalled=recalled, booted_at=booted_at)


def test_a_call_that_was_taken_while_nobody_listened_is_found_in_its_room() -> None:
    record = CallRecalled(BUDI, after(0), queued_at=after(0.1), overflowed_at=after(41), overflowed_to="on-call")
    there = LegSeen(BUDI, after(0), BUDI, entry=True, room="room"), LegSeen(MOBILE, after(31), BUDI, room="room")
    floor, _ = play(facts.LineLost(after(1), "cut"), seen(*there, recalled=(record,)))
    call = floor.calls[BUDI]
    assert (call.stage, call.overflowed_at, call.overflowed_to) == (Stage.HANDED_OVER, after(41), "on-call")
    _, calls = play(*OVER, floor=floor)
    assert calls[BUDI].outcome is Outcome.OVERFLOWED


def test_one_that_asterisk_took_with_it_is_owed_a_callback() -> None:
    floor, _ = play(*WAITED, *TAKEN, floor=Floor(boot="before", blind_since=START))
    _, calls = play(seen(booted_at=after(65)), floor=floor)
    assert (calls[BUDI].outcome, calls[BUDI].disconnected_early) == (Outcome.OVERFLOWED, True)


def test_a_call_of_the_system_to_itself_is_a_test_from_its_first_event_on() -> None:
    floor, _ = play(facts.CallArrived(BUDI, after(0), test=True))
    assert floor.calls[BUDI].test


LANDLINE = "overflow-2-1-" + BUDI
TRIES: tuple[Fact, ...] = (
    facts.OverflowTried(BUDI, after(31), "m1", 1, 1, "on-call officer"),
    facts.LegRinging("m1", after(32)),
    facts.LegEnded("m1", after(36), 127),
    facts.OverflowFailed(BUDI, after(36.01), "m1", 1, 1, "NOANSWER", "on-call officer"),
    facts.OverflowFailed(BUDI, after(36.1), LANDLINE, 2, 1, "CHANUNAVAIL", "neighbour"),
    facts.OverflowTried(BUDI, after(41), MOBILE, 1, 2, "on-call officer"),
    facts.LegAnswered(MOBILE, after(43)),
)


def test_each_try_of_an_overflow_line_is_an_attempt_and_none_of_them_an_agency_s_time() -> None:
    _, calls = play(*WAITED, *TRIES, *(replace(fact, at=after(44)) for fact in TAKEN), *OVER)
    call = calls[BUDI]
    assert [(a.number, a.turn, a.by, a.result, a.ended_at) for a in call.attempts] == [
        ("on-call officer", 1, "overflow", Result.NO_ANSWER, after(36)),
        ("neighbour", 1, "overflow", Result.FAILED, after(36.1)),
        ("on-call officer", 2, "overflow", Result.ACCEPTED, after(60)),
    ]
    assert (call.forwarded_at, call.agency_answered_at, call.accepted_at) == (None, None, None)
    assert not call.forwards and call.outcome is Outcome.OVERFLOWED


def test_a_line_that_lifted_and_pressed_nothing_declined_and_one_called_off_is_cancelled() -> None:
    _, calls = play(*WAITED, *TRIES, facts.LegEnded(MOBILE, after(50), 16), facts.LegEnded(BUDI, after(60), 0))
    assert [a.result for a in calls[BUDI].attempts] == [Result.NO_ANSWER, Result.FAILED, Result.DECLINED]
    _, calls = play(*WAITED, TRIES[0], facts.LegEnded("m1", after(33), 16), facts.LegEnded(BUDI, after(33), 0))
    assert [a.result for a in calls[BUDI].attempts] == [Result.CANCELLED]


@pytest.mark.parametrize("lost", range(len(TRIES)))
def test_a_try_that_is_heard_in_part_or_twice_never_makes_a_second_row_nor_keeps_the_call_open(lost: int) -> None:
    heard = [fact for place, fact in enumerate(TRIES) if place != lost]
    floor, calls = play(*WAITED, *heard, *heard, *TAKEN, *OVER)
    assert len({a.leg for a in calls[BUDI].attempts}) == len(calls[BUDI].attempts) <= 3
    assert calls[BUDI].outcome is Outcome.OVERFLOWED
    assert floor.calls == {} or any(a.live for a in calls[BUDI].attempts)


def test_what_the_records_know_of_the_lines_completes_a_call_from_a_gap() -> None:
    known = Attempt("m1", "", 1, 1, "on-call officer", "overflow", dialled_at=after(31))
    told = replace(known, result=Result.NO_ANSWER, ended_at=after(36))
    record = CallRecalled(
        BUDI, after(0), queued_at=after(0.1), ended_at=after(50), outcome="ABANDONED", attempts=(told,)
    )
    _, calls = play(*WAITED, *TRIES[:2], facts.LineLost(after(33), "cut"), seen(recalled=(record,)))
    assert [(a.result, a.ended_at) for a in calls[BUDI].attempts] == [(Result.NO_ANSWER, after(36))]
    assert calls[BUDI].done and calls[BUDI].forwarded_at is None
