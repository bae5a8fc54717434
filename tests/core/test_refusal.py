"""A phone that turns calls away by itself is told apart from a person who does not want to."""

import pytest

from callcenter.core import facts
from callcenter.core.floor import Floor
from callcenter.core.seen import PositionSeen
from tests.core.test_floor import BUDI, after, play

SEAT = PositionSeen("101", after(0), "IDLE")


def rung(times: int, for_s: float, cause: int = 17) -> Floor:
    told: list[facts.Fact] = [SEAT, facts.CallQueued(BUDI, after(1))]
    for n in range(times):
        leg = f"e112-1768352400.{n + 5}"
        told += [
            facts.PhoneCalled(BUDI, after(2 + n * 9), "101", leg),
            facts.LegEnded(leg, after(2 + n * 9 + for_s), cause),
        ]
    return play(*told)[0]


@pytest.mark.parametrize("cause", [17, 21, 23])
def test_two_in_a_row_at_once_are_a_setting(cause: int) -> None:
    assert not rung(1, 0.1, cause).positions["101"].turns_away
    assert rung(2, 0.1, cause).positions["101"].turns_away


def test_a_person_who_declines_takes_longer_and_who_was_slower_than_another_refused_nothing() -> None:
    assert not rung(3, 1.5).positions["101"].turns_away
    assert not rung(3, 0.1, 26).positions["101"].turns_away


def test_the_queue_tells_it_too_and_a_lifted_phone_ends_it() -> None:
    leg = "e112-1768352400.90"
    floor, _ = play(
        facts.PhoneCalled(BUDI, after(40), "101", leg),
        facts.PhoneUnanswered(BUDI, after(40.1), "101"),
        facts.LegEnded(leg, after(40.2), 17),
        floor=rung(1, 0.1),
    )
    assert floor.positions["101"].refusals == 2
    floor, _ = play(facts.CallAnswered(BUDI, after(50), "101", leg), floor=floor)
    assert not floor.positions["101"].turns_away
    floor, _ = play(PositionSeen("101", after(60), "UNREACHABLE"), floor=rung(2, 0.1))
    assert not floor.positions["101"].turns_away
