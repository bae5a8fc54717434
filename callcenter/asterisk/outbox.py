"""A wish and the floor to orders for Asterisk. Pure.

In:  a wish that `forward.allow` let pass, the call as it stands, the agency's line.
Out: AMI actions, in order: each must be taken before the next is sent.
Never: a target that is not on the list below; a leg addressed by anything but its id (names restart with Asterisk).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.asterisk.conf import dial_string
from callcenter.asterisk.control import Road
from callcenter.asterisk.control import orders as desk_orders
from callcenter.asterisk.inbox import ORDERED
from callcenter.asterisk.order import Order
from callcenter.asterisk.wire import variables
from callcenter.core.agency import Agency, Line
from callcenter.core.call import Call, room_number
from callcenter.core.forward import next_line
from callcenter.core.wishes import Admit, CancelForward, Forward, HangUp, Leave, Wish

ROOM_CALLER, ROOM_STAFF, ROOM_AGENCY, ROOM_ADMITTED = "room-caller", "room-staff", "room-agency", "room-agency-admitted"

NO_ROAD = Road()


@dataclass(frozen=True, slots=True)
class Dialling:
    """What a Forward became: the leg that will exist, and whose it is."""

    leg: str
    line: Line
    place: int
    turn: int


def leg_for(call: Call, agency: Agency) -> Dialling:
    """The next attempt of this agency on this call. The same floor gives the same id: Asterisk takes it once."""
    line, place, turn = next_line(call, agency)
    return Dialling(f"fwd-{agency.code}-{place}-{turn}-{call.id}", line, place, turn)


def orders(wish: Wish, call: Call, agencies: Mapping[str, Agency], out: Road = NO_ROAD) -> list[Order]:
    """What Asterisk must do for this wish."""
    room = room_number(call.id)
    match wish:
        case Forward():
            dialling = leg_for(call, agencies[wish.agency])
            return [*_into_room(call, room), _dial(call, agencies[wish.agency], dialling, room)]
        case Admit():
            return [_redirect(wish.leg, ROOM_ADMITTED, room)]
        case CancelForward():
            return [Order("Hangup", {"Channel": wish.leg, "Cause": "16"})]
        case Leave():
            return [Order("Hangup", {"Channel": call.leg, "Cause": "16"})]
        case HangUp():
            return [Order("Hangup", {"Channel": call.id, "Cause": str(ORDERED)})]
    return desk_orders(wish, call, out)


def _into_room(call: Call, room: str) -> list[Order]:
    """Caller and call taker move together, once; both legs in one action, so that neither is left alone."""
    if call.id in call.in_room and call.leg in call.in_room:
        return []
    both = {"ExtraChannel": call.leg, "ExtraContext": ROOM_STAFF, "ExtraExten": room, "ExtraPriority": "1"}
    return [Order("Redirect", {**_redirect(call.id, ROOM_CALLER, room).headers, **both})]


def _redirect(leg: str, context: str, room: str) -> Order:
    return Order("Redirect", {"Channel": leg, "Context": context, "Exten": room, "Priority": "1"})


def _dial(call: Call, agency: Agency, dialling: Dialling, room: str) -> Order:
    line = dialling.line
    return Order(
        "Originate",
        {
            "Channel": dial_string(line),
            "Context": ROOM_AGENCY,
            "Exten": room,
            "Priority": "1",
            "Timeout": str(line.ring_s * 1000),
            "CallerID": line.show,
            "ChannelId": dialling.leg,
            "Async": "true",
            "Variable": variables({"AGENCY": agency.code, "ROOM_CALL": call.id}),
        },
    )
