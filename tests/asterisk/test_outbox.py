"""A wish becomes orders for Asterisk, and nothing else can."""

from callcenter.asterisk.outbox import orders
from callcenter.asterisk.wire import question
from callcenter.core.agency import Agency, Line
from callcenter.core.call import room_number
from callcenter.core.facts import RoomJoined
from callcenter.core.wishes import Admit, CancelForward, Forward, HangUp, Leave
from tests.core.test_floor import ANSWERED, AYU, BUDI, DAMKAR, after, play

FIRE = Agency("damkar", "113", "Pemadam Kebakaran", "Fire brigade", (Line("113", "trunk:op", 15, "0231112"),))
AGENCIES = {"damkar": FIRE}
CALL = play(*ANSWERED)[0].calls[BUDI]
IN_ROOM = play(*ANSWERED, RoomJoined(BUDI, after(9), "r"), RoomJoined(AYU, after(9), "r"))[0].calls[BUDI]


def test_a_forward_moves_both_into_the_room_and_dials_the_line() -> None:
    move, dial = orders(Forward(BUDI, "damkar", "101", "ayu"), CALL, AGENCIES)
    assert move.action == "Redirect"
    assert (move.headers["Channel"], move.headers["ExtraChannel"]) == (BUDI, AYU)
    assert (move.headers["Context"], move.headers["ExtraContext"]) == ("room-caller", "room-staff")
    assert dial.action == "Originate"
    assert dial.headers["ChannelId"] == DAMKAR
    assert (dial.headers["Exten"], dial.headers["Timeout"]) == (room_number(BUDI), "15000")
    assert dial.headers["CallerID"] == "0231112"


def test_who_is_in_the_room_already_stays_there() -> None:
    (dial,) = orders(Forward(BUDI, "damkar", "101", "ayu"), IN_ROOM, AGENCIES)
    assert dial.action == "Originate"


def test_the_same_floor_gives_the_same_leg_so_that_asterisk_takes_it_once() -> None:
    wish = Forward(BUDI, "damkar", "101", "ayu")
    assert orders(wish, CALL, AGENCIES) == orders(wish, CALL, AGENCIES)


def test_legs_are_addressed_by_their_ids() -> None:
    assert orders(HangUp(BUDI, "101", "ayu"), CALL, {})[0].headers["Channel"] == BUDI
    assert orders(Leave(BUDI, "101", "ayu"), CALL, {})[0].headers["Channel"] == AYU
    assert orders(CancelForward(BUDI, DAMKAR, "101", "ayu"), CALL, {})[0].headers["Channel"] == DAMKAR
    admit = orders(Admit(BUDI, DAMKAR, "101", "ayu"), CALL, {})[0].headers
    assert (admit["Channel"], admit["Context"]) == (DAMKAR, "room-agency-admitted")


def test_every_order_passes_the_check_of_the_wire() -> None:
    for order in orders(Forward(BUDI, "damkar", "101", "ayu"), CALL, AGENCIES):
        assert question(order.action, "id-1", order.headers).endswith(b"\r\n\r\n")
