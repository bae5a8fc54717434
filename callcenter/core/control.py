"""The rules of what a call taker does with her call: hold, colleagues, the queue again, questions, calls that we make.

In:  the floor and a wish. Out: None when it may be sent to Asterisk, otherwise Refused with a sentence that is true.
Never: a change; a caller left alone by a wish; two people calling the same caller back.
"""

import re

from callcenter.core import help, practice, readiness
from callcenter.core.call import Call, Stage
from callcenter.core.desk_wishes import (
    AskSilent,
    BackToQueue,
    BeReady,
    CallBack,
    CallHelp,
    Consult,
    DeskWish,
    DialCallee,
    Dismiss,
    HelpNext,
    Hold,
    Practise,
    Relay,
    Release,
    SendKeys,
    StopHelp,
    TakePause,
    Unhold,
)
from callcenter.core.errors import Refused
from callcenter.core.floor import Floor
from callcenter.core.kind import Kind
from callcenter.core.position import Phone

KEYS = frozenset("0123456789*#ABCD")
MOST_KEYS = 32
NUMBER = re.compile(r"[+][1-9][0-9]{5,14}")
"""E.164, as `phone.read` makes it: nothing else is dialled out, whatever a page sends."""

ENDED = "This call has ended."
NOT_YOURS = "You are not speaking with this caller."
HELD = "The caller is on hold already."
NOT_HELD = "The caller is not on hold."
NOT_FREE = "Position {position} is not free."
NO_COLLEAGUE = "Choose another position than your own."
NOT_RUNG = "That phone is no longer being rung."
SUPERVISOR = "This is a supervisor: she leaves by herself."
AGENCY_HERE = "An agency is in the conversation: leave them together, or let it go first."
ASKED = "The caller is being asked already."
NO_KEYS = "Keys are the digits, * and #; {most} at most."
NOBODY_HERE = "Nobody is in the conversation who could hear the keys."
BUSY = "You are in a call already. End it first."
CALLING = "Position {position} is calling this number already."
NO_NUMBER = "This number cannot be called."
SILENT_FIRST = (
    "A silent caller is asked twice before the call is closed as silent: start the questions (Y), listen, "
    "then press 4 again."
)


def allow(floor: Floor, wish: DeskWish) -> Refused | None:
    """None when the wish fits what is going on now; otherwise why not."""
    if isinstance(wish, CallBack | Relay):
        return _new_call(floor, wish)
    if isinstance(wish, TakePause | BeReady):
        return readiness.allow(floor, wish)
    if isinstance(wish, Practise):
        return practice.allow(floor, wish)
    if isinstance(wish, Release):
        return None  # a leg without a part in anything: at worst it is gone
    call = floor.calls.get(wish.call)
    if call is None or not call.live:
        return Refused(ENDED)
    if isinstance(wish, HelpNext):
        return None if help.due(call) == [wish] else Refused(help.NOT_CALLED)
    if isinstance(wish, DialCallee):
        return None if call.stage is Stage.ARRIVED and call.dialled_at is None else Refused(CALLING, position="")
    if call.position != wish.position:
        if call.position:
            return Refused("Position {position} is speaking with this caller.", position=call.position)
        return Refused(NOT_YOURS)
    if call.stage is not Stage.TALKING:
        return Refused(NOT_YOURS)
    return _mine(floor, call, wish)


def _mine(
    floor: Floor,
    call: Call,
    wish: Hold | Unhold | Consult | Dismiss | BackToQueue | AskSilent | SendKeys | CallHelp | StopHelp,
) -> Refused | None:
    there_is_a_caller = call.kind is not Kind.RELAY
    match wish:
        case Hold():
            return Refused(HELD) if call.held_since else None if there_is_a_caller else Refused(NOT_YOURS)
        case Unhold():
            return None if call.held_since else Refused(NOT_HELD)
        case Consult():
            return _consult(floor, call, wish)
        case CallHelp() | StopHelp():
            return help.allow(call, wish)
        case Dismiss():
            helper = call.helper(wish.leg)
            if any(each.leg == wish.leg for each in call.listeners):
                return Refused(SUPERVISOR)
            return None if helper is not None and helper.live else Refused(NOT_RUNG)
        case BackToQueue():
            if call.agency_in_room():
                return Refused(AGENCY_HERE)
            return None if there_is_a_caller else Refused(NOT_YOURS)
        case AskSilent():
            if call.silent is not None and call.silent.running:
                return Refused(ASKED)
            if call.held_since:
                return Refused(HELD)
            return None if there_is_a_caller else Refused(NOT_YOURS)
        case SendKeys():
            if not wish.keys or len(wish.keys) > MOST_KEYS or not KEYS.issuperset(wish.keys):
                return Refused(NO_KEYS, most=MOST_KEYS)
            return None if len(call.in_room) > 1 else Refused(NOBODY_HERE)


def free(floor: Floor, position: str) -> bool:
    """A phone that can be rung there, and nobody rings it already."""
    seat = floor.positions.get(position)
    if seat is None or seat.phone is not Phone.IDLE or floor.at_position(position) is not None:
        return False
    return not any(h.position == position and h.live for c in floor.calls.values() for h in c.helpers)


def _consult(floor: Floor, call: Call, wish: Consult) -> Refused | None:
    if call.test:
        return Refused(practice.ONLY_YOU)
    if wish.colleague == wish.position:
        return Refused(NO_COLLEAGUE)
    return None if free(floor, wish.colleague) else Refused(NOT_FREE, position=wish.colleague[:20])


def _new_call(floor: Floor, wish: CallBack | Relay) -> Refused | None:
    for call in floor.calls.values():
        if not call.live:
            continue
        same = call.about == wish.about or (isinstance(wish, CallBack) and call.number == wish.number)
        if call.kind is not Kind.ARRIVAL and same:
            return Refused(CALLING, position=call.position or call.by)
        if call.position == wish.position:
            return Refused(BUSY)
    if isinstance(wish, CallBack) and not NUMBER.fullmatch(wish.number):
        return Refused(NO_NUMBER)
    seat = floor.positions.get(wish.position)
    if seat is None or not seat.reachable:
        return Refused("The phone of position {position} is not signed in.", position=wish.position[:20])
    return None


def may_be_ghost(call: Call | None) -> Refused | None:
    """GHOST needs the questions first, while the caller is still there; once he is gone it may be said."""
    if call is None or not call.live or call.stage is Stage.WAITING:
        return None
    return None if call.silent is not None and call.silent.done else Refused(SILENT_FIRST)


def leg_for(call: Call, position: str) -> str:
    """The id of the leg of that colleague's phone. The same floor gives the same id: Asterisk takes it once."""
    turn = 1 + sum(helper.position == position for helper in call.helpers)
    return f"desk-{position}-{turn}-{call.id}"
