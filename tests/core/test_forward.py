"""What people may wish, and which line of an agency comes next."""

from dataclasses import replace

import pytest

from callcenter.core import facts
from callcenter.core.agency import Agency, Line
from callcenter.core.forward import allow, next_line
from callcenter.core.wishes import Admit, CancelForward, Forward, HangUp, Leave, Wish
from tests.core.test_floor import ANSWERED, BUDI, DAMKAR, FORWARDED, after, play

FIRE = Agency("damkar", "113", "Pemadam Kebakaran", "Fire brigade", (Line("113", "trunk:op"), Line("114", "trunk:op")))
AGENCIES = {"damkar": FIRE, "bpbd": Agency("bpbd", "117", "BPBD", "Disaster agency")}
FORWARD = Forward(BUDI, "damkar", "101", "ayu")


def refusal(wish: Wish, *told: facts.Fact) -> str:
    floor, _ = play(*told)
    return str(allow(floor, wish, AGENCIES) or "")


def test_the_call_taker_who_speaks_may_forward() -> None:
    assert refusal(FORWARD, *ANSWERED) == ""


def test_nobody_else_may() -> None:
    assert refusal(replace(FORWARD, position="102"), *ANSWERED) == "Position 101 is speaking with this caller."
    assert refusal(FORWARD, *ANSWERED[:2]) == "You are not speaking with this caller."
    assert refusal(FORWARD, *ANSWERED, facts.LegEnded(BUDI, after(9))) == "This call has ended."


def test_an_agency_is_never_called_twice_at_once() -> None:
    assert refusal(FORWARD, *ANSWERED, *FORWARDED[:3]) == "Pemadam Kebakaran is already being called."
    assert refusal(FORWARD, *ANSWERED, *FORWARDED) == "Pemadam Kebakaran is already being called."
    assert refusal(FORWARD, *ANSWERED, *FORWARDED[:4], facts.LegEnded(DAMKAR, after(12), 17)) == ""


def test_an_agency_that_is_unknown_or_has_no_line_is_said_so() -> None:
    assert refusal(replace(FORWARD, agency="nobody"), *ANSWERED) == "There is no such agency."
    assert refusal(replace(FORWARD, agency="bpbd"), *ANSWERED) == "No line is set for BPBD. Use the phone."


def test_leaving_is_allowed_only_when_the_agency_is_in_the_conversation() -> None:
    leave = Leave(BUDI, "101", "ayu")
    assert refusal(leave, *ANSWERED, *FORWARDED[:6]).startswith("No agency is in the conversation yet")
    assert refusal(leave, *ANSWERED, *FORWARDED) == ""


def test_only_an_agency_that_answered_can_be_let_in() -> None:
    admit = Admit(BUDI, DAMKAR, "101", "ayu")
    assert refusal(admit, *ANSWERED, *FORWARDED[:5]) == "Nobody has answered there yet."
    assert refusal(admit, *ANSWERED, *FORWARDED[:6]) == ""
    assert refusal(admit, *ANSWERED, *FORWARDED) == "They are already in the conversation."
    assert refusal(admit, *ANSWERED) == "That line is no longer being called."


@pytest.mark.parametrize("wish", [HangUp(BUDI, "101", "ayu"), CancelForward(BUDI, DAMKAR, "101", "ayu")])
def test_hanging_up_and_cancelling_are_always_allowed_to_her(wish: Wish) -> None:
    assert refusal(wish, *ANSWERED, *FORWARDED[:4]) == ""


def test_the_next_line_goes_round_the_chain() -> None:
    floor, _ = play(*ANSWERED)
    call = floor.calls[BUDI]
    assert next_line(call, FIRE)[1:] == (1, 1)
    floor, _ = play(*ANSWERED, *FORWARDED[:4])
    assert next_line(floor.calls[BUDI], FIRE) == (FIRE.lines[1], 2, 1)
