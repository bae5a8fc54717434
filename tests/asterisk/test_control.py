"""Hold, colleagues, questions, calls that we make: as orders for Asterisk, and as Asterisk tells of them."""

from datetime import UTC, datetime

import pytest

from callcenter.asterisk.control import Road, begin
from callcenter.asterisk.inbox import House, read
from callcenter.asterisk.outbox import orders
from callcenter.asterisk.wire import question
from callcenter.core import desk_facts
from callcenter.core.call import Call, Stage, room_number
from callcenter.core.desk_wishes import (
    AskSilent,
    BackToQueue,
    Consult,
    DeskWish,
    DialCallee,
    Hold,
    Release,
    SendKeys,
    Unhold,
)
from callcenter.core.errors import Refused
from callcenter.core.facts import RoomJoined
from callcenter.core.kind import Kind, made_id
from tests.core.test_floor import ANSWERED, AYU, BUDI, after, play

OUT = Road("trunk:main", "0231112")
CALL = play(*ANSWERED)[0].calls[BUDI]
IN_ROOM = play(*ANSWERED, RoomJoined(AYU, after(9), "r"), RoomJoined(BUDI, after(9), "r"))[0].calls[BUDI]
BACK = made_id(1768352500, 0)
MADE = Call(
    BACK,
    after(100),
    "+62812",
    kind=Kind.CALLBACK,
    about=BUDI,
    by="ayu, the first",
    position="101",
    leg=f"desk-101-1-{BACK}",
    recording=f"2026/01/14/{BACK}.wav",
)
AT = datetime(2026, 1, 14, 1, 0, tzinfo=UTC)


def heard(event: str, **fields: str) -> object:
    return read(House(), {"Event": event, "Timestamp": str(AT.timestamp()), **fields}, AT)


def test_hold_moves_her_too_only_while_she_is_not_in_the_room() -> None:
    (order,) = orders(Hold(BUDI, "101", "ayu"), CALL, OUT)
    assert (order.headers["Context"], order.headers["ExtraContext"]) == ("room-hold", "room-staff")
    (order,) = orders(Hold(BUDI, "101", "ayu"), IN_ROOM, OUT)
    assert (order.headers["Channel"], "ExtraChannel" in order.headers) == (BUDI, False)
    (order,) = orders(Unhold(BUDI, "101", "ayu"), IN_ROOM, OUT)
    assert order.headers["Context"] == "room-caller"


def test_a_colleague_is_rung_into_the_room_under_an_id_that_exists_once() -> None:
    wish = Consult(BUDI, "102", "101", "ayu")
    move, ring = orders(wish, CALL, OUT)
    assert (move.headers["Context"], ring.headers["Context"]) == ("room-talk", "room-colleague")
    assert (ring.headers["Channel"], ring.headers["ChannelId"]) == ("PJSIP/102", f"desk-102-1-{BUDI}")
    assert orders(wish, IN_ROOM, OUT) == [ring]
    asked = play(*ANSWERED, desk_facts.ColleagueAsked(BUDI, after(9), f"desk-102-1-{BUDI}", "102", "ayu"))[0]
    assert orders(wish, asked.calls[BUDI], OUT)[1].headers["ChannelId"] == f"desk-102-2-{BUDI}"


def test_back_to_the_queue_frees_him_before_her() -> None:
    him, her = orders(BackToQueue(BUDI, "101", "ayu"), IN_ROOM, OUT)
    assert (him.headers["Context"], her.action, her.headers["Channel"]) == ("room-again", "Hangup", AYU)


def test_a_call_that_we_make_begins_with_her_phone_and_goes_out_with_our_number() -> None:
    (hers,) = begin(MADE, OUT)
    assert (hers.headers["Channel"], hers.headers["Context"]) == ("PJSIP/101", "room-desk")
    assert "DESK_BY=ayu%2C%20the%20first" in hers.headers["Variable"]  # type: ignore[operator]
    (his,) = orders(DialCallee(BACK), MADE, OUT)
    assert (his.headers["Channel"], his.headers["ChannelId"]) == ("PJSIP/+62812@trunk-main", BACK)
    assert (his.headers["CallerID"], his.headers["Exten"]) == ("0231112", room_number(BACK))
    with pytest.raises(Refused):
        begin(MADE, Road())


@pytest.mark.parametrize(
    "wish",
    [
        AskSilent(BUDI, "101", "ayu"),
        SendKeys(BUDI, "1*#", "101", "ayu"),
        Release(BUDI, AYU),
        DialCallee(BACK),
        Consult(BUDI, "102", "101", "ayu"),
    ],
)
def test_every_order_passes_the_check_of_the_wire(wish: DeskWish) -> None:
    asked = orders(wish, MADE if isinstance(wish, DialCallee) else CALL, OUT)
    assert asked
    for order in asked:
        assert question(order.action, "id-1", order.headers).endswith(b"\r\n\r\n")


def test_legs_of_ours_say_whose_they_are() -> None:
    leg = f"desk-102-1-{BUDI}"
    assert heard("Newchannel", Uniqueid=leg, Context="from-phone") == desk_facts.DeskPhoneCalled(BUDI, AT, leg, "102")
    assert heard("Newchannel", Uniqueid=BACK, Context="from-operator") == desk_facts.CalleeDialled(BACK, AT)
    for voice in (f"voice-1-{BUDI}", f"voice-1-{BUDI};2"):
        assert heard("Newchannel", Uniqueid=voice, Context="ask") is None
    failed = heard("OriginateResponse", Response="Failure", ActionID=f"1-2/{leg}", Uniqueid="<unknown>")
    assert failed == desk_facts.LegRefused(leg, AT)


def test_the_dialplan_tells_of_hold_questions_and_calls_that_we_make() -> None:
    assert heard("UserEvent", UserEvent="Held", Call=BUDI) == desk_facts.CallHeld(BUDI, AT)
    step = heard("UserEvent", UserEvent="Silent", Call=BUDI, Leg="voice-1-x", Step="listen-1")
    assert step == desk_facts.SilentStep(BUDI, AT, "LISTEN_1", "voice-1-x")
    told = {"Kind": "CALLBACK", "Position": "101", "Leg": MADE.leg, "Number": "+62812", "About": BUDI, "By": "ayu%2C"}
    made = heard("UserEvent", UserEvent="DeskCall", Call=BACK, **told)
    assert made == desk_facts.DeskCallMade(BACK, AT, "CALLBACK", "101", MADE.leg, "+62812", BUDI, "ayu,")


def test_a_key_counts_where_it_was_pressed_not_where_it_was_sent_on() -> None:
    key = {"Uniqueid": BUDI, "Digit": "1"}
    assert heard("DTMFEnd", Direction="Received", **key) == desk_facts.KeyPressed(BUDI, AT, "1")
    assert heard("DTMFEnd", Direction="Sent", **key) is None


def test_a_stage_is_not_needed_to_let_a_leg_go() -> None:
    assert Call("", AT).stage is Stage.ARRIVED
    assert orders(Release(BACK, MADE.leg), Call("", AT), OUT)[0].headers["Channel"] == MADE.leg
