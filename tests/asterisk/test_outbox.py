"""A wish becomes orders for Asterisk, and nothing else can."""

from dataclasses import replace

from callcenter.asterisk.outbox import dial, leg_for, orders
from callcenter.asterisk.wire import question
from callcenter.core.agency import Agency, Line
from callcenter.core.call import room_number
from callcenter.core.chain import Dial
from callcenter.core.facts import RoomJoined
from callcenter.core.share import Share
from callcenter.core.wishes import Admit, CancelForward, Forward, HangUp, Leave
from tests.core.test_floor import ANSWERED, AYU, BUDI, DAMKAR, FORWARDED, after, play

FIRE = Agency("damkar", "113", "Pemadam Kebakaran", "Fire brigade", (Line("113", "trunk:op", 15, "0231112"),))
FIRST = Dial(Share("damkar", 1), 1)
CALL = play(*ANSWERED)[0].calls[BUDI]
TRIED = play(*ANSWERED, *FORWARDED[:4])[0].calls[BUDI]
IN_ROOM = play(*ANSWERED, RoomJoined(BUDI, after(9), "r"), RoomJoined(AYU, after(9), "r"))[0].calls[BUDI]


def test_a_forward_moves_both_into_the_room() -> None:
    (move,) = orders(Forward(BUDI, "damkar", "101", "ayu"), CALL)
    assert move.action == "Redirect"
    assert (move.headers["Channel"], move.headers["ExtraChannel"]) == (BUDI, AYU)
    assert (move.headers["Context"], move.headers["ExtraContext"]) == ("room-caller", "room-staff")


def test_an_agencys_line_is_dialled_and_told_who_calls_and_for_what() -> None:
    order = dial(FIRST, IN_ROOM, replace(FIRE, languages=("en", "id")), "FIRE")
    assert order.action == "Originate"
    assert order.headers["ChannelId"] == DAMKAR
    assert (order.headers["Exten"], order.headers["Timeout"]) == (room_number(BUDI), "15000")
    assert order.headers["CallerID"] == "0231112"
    assert order.headers["Variable"] == ["AGENCY=damkar", f"ROOM_CALL={BUDI}", "CATEGORY_PROMPT=FIRE", "VOICE=en"]


def test_who_is_in_the_room_already_stays_there() -> None:
    (order,) = orders(Forward(BUDI, "damkar", "101", "ayu"), IN_ROOM)
    assert (order.action, order.headers["Value"]) == ("Setvar", "forward")  # whatever the room was made for


def test_the_same_floor_gives_the_same_leg_so_that_asterisk_takes_it_once() -> None:
    assert leg_for(CALL, FIRST) == leg_for(IN_ROOM, FIRST) == DAMKAR


def test_legs_are_addressed_by_their_ids() -> None:
    assert orders(HangUp(BUDI, "101", "ayu"), CALL)[0].headers["Channel"] == BUDI
    assert orders(Leave(BUDI, "101", "ayu"), CALL)[0].headers["Channel"] == AYU
    assert [each.headers["Channel"] for each in orders(CancelForward(BUDI, "damkar", "101", "ayu"), TRIED)] == [DAMKAR]
    admit = orders(Admit(BUDI, DAMKAR, "101", "ayu"), CALL)[0].headers
    assert (admit["Channel"], admit["Context"]) == (DAMKAR, "room-agency-admitted")


def test_every_order_passes_the_check_of_the_wire() -> None:
    for order in (*orders(Forward(BUDI, "damkar", "101", "ayu"), CALL), dial(FIRST, CALL, FIRE, "FIRE")):
        assert question(order.action, "id-1", order.headers).endswith(b"\r\n\r\n")


def test_hanging_up_for_everybody_leaves_nobody_in_the_room() -> None:
    legs = [order.headers["Channel"] for order in orders(HangUp(BUDI, "101", "ayu"), TRIED)]
    assert legs == [BUDI, DAMKAR, AYU]
