"""Wishes and what a chain asks for, to orders for Asterisk. Pure.

In:  a wish that `forward.allow` let pass, or a step that `chain.due` named; the call as it stands, the agency.
Out: AMI actions, in order: each must be taken before the next is sent.
Never: a target that is not on the list below; a leg addressed by anything but its id (names restart with Asterisk).
"""

from callcenter.asterisk.conf import dial_string
from callcenter.asterisk.control import Road
from callcenter.asterisk.control import orders as desk_orders
from callcenter.asterisk.fallback import PRACTICE_AGENCY
from callcenter.asterisk.listen import orders as listen_orders
from callcenter.asterisk.order import Order, hang_up, redirect
from callcenter.asterisk.wire import variables
from callcenter.core.agency import Agency
from callcenter.core.attempt import ORDERED
from callcenter.core.call import Call, room_number
from callcenter.core.chain import Dial
from callcenter.core.forward import last_share, legs_of
from callcenter.core.kind import Kind
from callcenter.core.listen_wishes import ListenWish
from callcenter.core.wishes import Admit, CancelForward, Forward, HangUp, Leave, Wish

ROOM_CALLER, ROOM_STAFF, ROOM_AGENCY, ROOM_ADMITTED = "room-caller", "room-staff", "room-agency", "room-agency-admitted"

NO_ROAD = Road()


def leg_for(call: Call, dial: Dial) -> str:
    """The id of that attempt's leg. The same floor gives the same id, and Asterisk takes it once."""
    return f"fwd-{dial.share.agency}-{dial.place}-{dial.share.turn}-{call.id}"


def orders(wish: Wish, call: Call, out: Road = NO_ROAD) -> list[Order]:
    """What Asterisk must do for this wish at once. An agency's lines are dialled by its chain."""
    room = room_number(call.id)
    match wish:
        case Forward():
            return _into_room(call, room)
        case Admit():
            return [redirect(wish.leg, ROOM_ADMITTED, room)]
        case CancelForward():
            share = last_share(call, wish.agency)
            return [hang_up(leg, ORDERED) for leg in legs_of(call, share)] if share else []
        case Leave():
            return [hang_up(call.leg)]
        case HangUp():
            return _everybody(call)
    if isinstance(wish, ListenWish):
        return listen_orders(wish, call, out)
    return desk_orders(wish, call, out)


def dial(step: Dial, call: Call, agency: Agency, category: str) -> Order:
    """Dial that line; who lifts hears who calls, and for what, in the agency's language."""
    line = agency.lines[step.place - 1]
    told = {"AGENCY": agency.code, "ROOM_CALL": call.id, "CATEGORY_PROMPT": category}
    if agency.languages:
        told["VOICE"] = agency.languages[0]
    return Order(
        "Originate",
        {
            "Channel": PRACTICE_AGENCY if call.test else dial_string(line),
            "Context": ROOM_AGENCY,
            "Exten": room_number(call.id),
            "Priority": "1",
            "Timeout": str(line.ring_s * 1000),
            "CallerID": line.show,
            "ChannelId": leg_for(call, step),
            "Async": "true",
            "Variable": variables(told),
        },
    )


def _everybody(call: Call) -> list[Order]:
    """The caller's leg ends his call; who is in the room with him does not stay there in silence."""
    his = [call.id] if call.live and call.kind is not Kind.RELAY else []
    legs = [*his, *(attempt.leg for attempt in call.attempts if attempt.live)]
    hers = [hang_up(call.leg)] if call.leg in call.in_room else []
    return [*(hang_up(leg, ORDERED) for leg in legs), *hers]


def _into_room(call: Call, room: str) -> list[Order]:
    """Caller and call taker move together, once; both legs in one action, so that neither is left alone. A caller who
    waits by her order goes on waiting: she speaks with the agency first."""
    if call.leg in call.in_room and (call.id in call.in_room or call.held_since or not call.live):
        return [_for_agencies(call)] if call.live and call.kind is not Kind.RELAY else []
    if call.kind is Kind.RELAY or any(share.trying for share in call.forwards):
        return []  # on their way: she pressed for two agencies, one right after the other
    both = {"ExtraChannel": call.leg, "ExtraContext": ROOM_STAFF, "ExtraExten": room, "ExtraPriority": "1"}
    return [Order("Redirect", {**redirect(call.id, ROOM_CALLER, room).headers, **both})]


def _for_agencies(call: Call) -> Order:
    """The room was made for something else: whoever hangs up first there must not end it while agencies are tried."""
    return Order("Setvar", {"Channel": call.id, "Variable": "ROOM_FOR", "Value": "forward"})
