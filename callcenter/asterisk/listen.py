"""A supervisor's wishes about somebody else's call, to orders for Asterisk. Pure.

In:  a wish that `listening.allow` let pass, the call as it stands. Out: AMI actions, in order.
Never: a target that is not in listen.conf; the parties moved for somebody who only listens or whispers. Who is heard by
all comes into the room of the call, as every change of party does: so the recording has her, too.
"""

from urllib.parse import quote

from callcenter.asterisk.control import Road, into_talk, ring
from callcenter.asterisk.order import Order, hang_up, redirect
from callcenter.asterisk.own import MODES
from callcenter.core.call import Call, room_number
from callcenter.core.listen_wishes import Listen, ListenWish, StopListening
from callcenter.core.listener import Mode
from callcenter.core.listening import at, leg_of

CONTEXTS = {mode: context for context, mode in MODES.items()} | {Mode.TAKE: "ear-join"}


def orders(wish: ListenWish, call: Call, out: Road) -> list[Order]:
    """What Asterisk must do for this wish."""
    mine = at(call, wish.position)
    if isinstance(wish, StopListening):
        return [hang_up(mine.leg)] if mine else []
    room, context = room_number(call.id), CONTEXTS[wish.mode]
    both = into_talk(call, room) if context == CONTEXTS[Mode.JOIN] else []
    if mine is None:
        told = {"EAR_ON": call.leg, "EAR_BY": quote(wish.by)}
        return [*both, ring(call, wish.position, leg_of(call, wish.position), out, context, told)]
    if wish.mode is Mode.TAKE and mine.leg in call.in_room:
        return [hang_up(call.leg)]  # she is there: the call is hers as soon as the call taker is gone
    return [*both, *_turned(wish, call, mine.leg, context, room)]


def _turned(wish: Listen, call: Call, leg: str, context: str, room: str) -> list[Order]:
    """Her leg goes on there. Whose mouth and ear she shares may have changed since it was rung."""
    on = Order("Setvar", {"Channel": leg, "Variable": "EAR_ON", "Value": call.leg})
    return [redirect(leg, context, room)] if wish.mode in (Mode.JOIN, Mode.TAKE) else [on, redirect(leg, context, room)]
