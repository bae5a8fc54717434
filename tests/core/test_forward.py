"""What people may wish."""

from dataclasses import replace

import pytest

from callcenter.core import facts
from callcenter.core.agency import Agency, Line
from callcenter.core.forward import allow
from callcenter.core.wishes import Admit, CancelForward, Forward, HangUp, Leave, Wish
from tests.core.test_floor import ANSWERED, AYU, BUDI, DAMKAR, FORWARDED, after, play

FIRE = Agency("damkar", "113", "Pemadam Kebakaran", "Fire brigade", (Line("113", "trunk:op"), Line("114", "trunk:op")))
AGENCIES = {"damkar": FIRE, "bpbd": Agency("bpbd", "117", "BPBD", "Disaster agency")}
FORWARD = Forward(BUDI, "damkar", "101", "ayu")


def refusal(wish: Wish, *told: facts.Fact) -> str:
    floor, _ = play(*told)
    return str(allow(floor, wish, AGENCIES, now=after(0)) or "")


def test_the_call_taker_who_speaks_may_forward() -> None:
    assert refusal(FORWARD, *ANSWERED) == ""


def test_nobody_else_may() -> None:
    assert refusal(replace(FORWARD, position="102"), *ANSWERED) == "Position 101 is speaking with this caller."
    assert refusal(FORWARD, *ANSWERED[:2]) == "You are not speaking with this caller."
    assert refusal(FORWARD, *ANSWERED, facts.LegEnded(BUDI, after(9))) == "This call has ended."


def test_an_agency_is_never_called_twice_at_once() -> None:
    assert refusal(FORWARD, *ANSWERED, *FORWARDED[:3]) == "Pemadam Kebakaran is already being called by ayu."
    assert refusal(FORWARD, *ANSWERED, *FORWARDED) == "Pemadam Kebakaran is already being called by ayu."
    busy = (*ANSWERED, *FORWARDED[:4], facts.LegEnded(DAMKAR, after(12), 17))
    assert refusal(FORWARD, *busy) == "Pemadam Kebakaran is already being called by ayu."  # its next line follows
    assert refusal(FORWARD, *busy, facts.ForwardStopped(BUDI, after(13), "damkar", 1, "UNREACHED")) == ""


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


@pytest.mark.parametrize("wish", [HangUp(BUDI, "101", "ayu"), CancelForward(BUDI, "damkar", "101", "ayu")])
def test_hanging_up_and_cancelling_are_always_allowed_to_her(wish: Wish) -> None:
    assert refusal(wish, *ANSWERED, *FORWARDED[:4]) == ""


def test_what_no_line_and_no_setting_allows_is_refused_in_words() -> None:
    closed = replace(FIRE, lines=(replace(FIRE.lines[0], hours="02:00-03:00"),))
    floor, _ = play(*ANSWERED)
    words = str(allow(floor, FORWARD, {"damkar": closed}, now=after(0)))
    assert words == "No line of Pemadam Kebakaran is staffed at this hour."
    assert refusal(replace(FORWARD, mode="BLIND"), *ANSWERED) == "The settings do not allow this way to forward."
    assert allow(floor, replace(FORWARD, mode="BLIND"), AGENCIES, now=after(0), modes=["BLIND"]) is None


def test_she_who_left_may_still_take_back_what_she_began() -> None:
    second = facts.ForwardAsked(BUDI, after(20), "bpbd", 1, "ayu")
    left = facts.LegEnded(AYU, after(30), 16)
    cancel = CancelForward(BUDI, "bpbd", "101", "ayu")
    assert refusal(cancel, *ANSWERED, *FORWARDED, second, left) == ""
    assert refusal(replace(cancel, by="dewi"), *ANSWERED, *FORWARDED, second, left) != ""


def test_while_she_relays_after_the_caller_hung_up_she_may_forward_further() -> None:
    gone = facts.LegEnded(BUDI, after(12), 16)
    floor, _ = play(*ANSWERED, *FORWARDED[:5], gone)
    assert floor.calls[BUDI].relay
    assert allow(floor, FORWARD, AGENCIES, now=after(13)) is not None  # still being called
    assert allow(floor, replace(FORWARD, agency="bpbd"), {"bpbd": replace(FIRE, code="bpbd")}, now=after(13)) is None
