"""Wishes about one's own call, and calls that we make, to orders for Asterisk. Pure.

In:  a wish that `control.allow` let pass, the call as it stands, which road calls go out by.
Out: AMI actions, in order: each must be taken before the next is sent.
Never: a target that is not in control.conf; a leg addressed by anything but its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from callcenter.asterisk.conf import dial_string
from callcenter.asterisk.fallback import PRACTICE_AGENCY
from callcenter.asterisk.order import Order, hang_up, redirect
from callcenter.asterisk.wire import variables
from callcenter.core import help
from callcenter.core.agency import Line, OverflowLine
from callcenter.core.call import Call, room_number
from callcenter.core.control import leg_for
from callcenter.core.desk_wishes import (
    AskSilent,
    BackToQueue,
    CallHelp,
    Consult,
    DeskWish,
    DialCallee,
    Dismiss,
    HelpNext,
    Hold,
    Release,
    SendKeys,
    StopHelp,
    Unhold,
)
from callcenter.core.errors import Refused
from callcenter.core.kind import Kind

TALK, HOLD, AGAIN, CALLED = "room-talk", "room-hold", "room-again", "room-called"
STAFF, CALLER, COLLEAGUE, DESK, VOICE = "room-staff", "room-caller", "room-colleague", "room-desk", "room-voice"
HELP = "room-help"
ORDERED = 31
NO_ROAD = "No trunk is set over which we can call out."


@dataclass(frozen=True, slots=True)
class Road:
    """How calls that we make leave the house."""

    road: str = ""  # trunk:NAME, sip:HOST:PORT; empty: there is none
    show: str = "112"
    ring_s: int = 40
    desk_ring_s: int = 25


def orders(wish: DeskWish, call: Call, out: Road) -> list[Order]:
    """What Asterisk must do for this wish."""
    room = room_number(call.id)
    match wish:
        case Hold():
            return [_both(call, room, HOLD)]
        case Unhold():
            return [redirect(call.id, CALLER, room)]
        case Consult():
            return [*into_talk(call, room), ring(call, wish.colleague, leg_for(call, wish.colleague), out)]
        case CallHelp():
            return [*into_talk(call, room), _ring_help(call, wish.lines[0])]
        case HelpNext():
            return [_ring_help(call, help.line_of(call, wish.place))]
        case StopHelp():
            return [hang_up(h.leg) for h in help.rung(call) if h.live and h.joined_at is None]
        case Dismiss():
            return [hang_up(wish.leg)]
        case BackToQueue():
            staff = [call.leg, *(h.leg for h in call.helpers if h.live)]  # outside the room her leg ends with his going
            return [
                redirect(call.id, AGAIN, room),
                *(hang_up(leg) for leg in dict.fromkeys(staff) if leg in call.in_room),
            ]
        case AskSilent():
            turn = call.silent.turn + 1 if call.silent else 1
            return [*into_talk(call, room), _voice(call, "ask", f"voice-{turn}-{call.id}", {})]
        case SendKeys():
            return [_voice(call, "keys", "", {"KEYS": wish.keys})]
        case DialCallee():
            return [_callee(call, out)]
        case Release():
            return [hang_up(wish.leg, wish.cause)]
        case _:
            raise TypeError(wish)  # CallBack and Relay begin with her phone: `begin`


def begin(call: Call, out: Road) -> list[Order]:
    """Her own phone first, for a call that we make."""
    if call.kind is Kind.CALLBACK and not out.road:
        raise Refused(NO_ROAD)
    told = {"DESK_KIND": call.kind.value, "DESK_NUMBER": quote(call.number or "", safe="+")}
    told |= {"DESK_ABOUT": quote(call.about), "DESK_BY": quote(call.by)}
    return [ring(call, call.position, call.leg, out, DESK, told)]


def into_talk(call: Call, room: str) -> list[Order]:
    """Both into the room, once, where she ends the call by hanging up as in any other one."""
    if call.kind is Kind.RELAY or call.leg in call.in_room:
        return []
    return [_both(call, room, TALK)]


def _both(call: Call, room: str, context: str) -> Order:
    """The caller there; she into the room, where she is not in it yet: in one action, so that neither is left alone."""
    order = redirect(call.id, context, room)
    if call.leg in call.in_room:
        return order
    hers = {"ExtraChannel": call.leg, "ExtraContext": STAFF, "ExtraExten": room, "ExtraPriority": "1"}
    return Order("Redirect", {**order.headers, **hers})


def ring(
    call: Call, position: str, leg: str, out: Road, context: str = COLLEAGUE, told: Mapping[str, str] | None = None
) -> Order:
    """Ring that position's phone; who lifts comes into this context."""
    return Order(
        "Originate",
        {
            "Channel": dial_string(Line(position, "position")),
            "Context": context,
            "Exten": room_number(call.id),
            "Priority": "1",
            "Timeout": str(out.desk_ring_s * 1000),
            "CallerID": call.number if context == DESK and call.number else call.position or out.show,
            "ChannelId": leg,
            "Async": "true",
            "Variable": variables({"ROOM_CALL": call.id, **(told or {})}),
        },
    )


def _ring_help(call: Call, line: OverflowLine) -> Order:
    """A position's phone comes in as it is lifted; outside somebody must press 1, so that no voice box does."""
    inside = (line.road == "position" or not line.press_1) and not call.test
    return Order(
        "Originate",
        {
            "Channel": PRACTICE_AGENCY if call.test else dial_string(line),
            "Context": COLLEAGUE if inside else HELP,
            "Exten": room_number(call.id),
            "Priority": "1",
            "Timeout": str(line.ring_s * 1000),
            "CallerID": call.position if line.road == "position" else line.show,
            "ChannelId": help.leg_for(call, line),
            "Async": "true",
            "Variable": variables({"ROOM_CALL": call.id}),
        },
    )


def _callee(call: Call, out: Road) -> Order:
    return Order(
        "Originate",
        {
            "Channel": dial_string(Line(call.number or "", out.road)),
            "Context": CALLED,
            "Exten": room_number(call.id),
            "Priority": "1",
            "Timeout": str(out.ring_s * 1000),
            "CallerID": out.show,
            "ChannelId": call.id,
            "Async": "true",
            "Variable": variables({"DESK_NUMBER": call.number or "", "DESK_RECORDING": call.recording[:-4]}),
        },
    )


def _voice(call: Call, what: str, leg: str, values: Mapping[str, str]) -> Order:
    """Something that is heard in the room and hears nobody: `what` is a context of control.conf."""
    room = room_number(call.id)
    own = {"ChannelId": leg, "OtherChannelId": f"{leg};2"} if leg else {}
    return Order(
        "Originate",
        {
            "Channel": f"Local/{room}@{what}/n",
            "Context": VOICE,
            "Exten": room,
            "Priority": "1",
            "Timeout": "5000",
            "Async": "true",
            "Variable": variables({"ROOM_CALL": call.id, "VOICE_LEG": leg or "none", **values}),
            **own,
        },
    )
