"""The rules of people's wishes: what is allowed on this floor, and which line of an agency comes next.

In:  the floor, a wish, the agencies.
Out: None when it may be sent to Asterisk, otherwise Refused with a sentence that is true.
Never: a change. Two people who press the same button are told apart here and by the leg's id, which exists only once.
"""

from collections.abc import Mapping

from callcenter.core import control
from callcenter.core.agency import Agency, Line
from callcenter.core.call import Call, Stage
from callcenter.core.desk_wishes import DeskWish
from callcenter.core.errors import Refused
from callcenter.core.floor import Floor
from callcenter.core.wishes import Admit, CancelForward, Forward, HangUp, Leave, Wish


def allow(floor: Floor, wish: Wish, agencies: Mapping[str, Agency]) -> Refused | None:
    """None when the wish fits what is going on now; otherwise why not."""
    if isinstance(wish, DeskWish):
        return control.allow(floor, wish)
    call = floor.calls.get(wish.call)
    if call is None or not call.live:
        return Refused("This call has ended.")
    if call.position != wish.position:
        if call.position:
            return Refused("Position {position} is speaking with this caller.", position=call.position)
        return Refused("You are not speaking with this caller.")
    match wish:
        case Forward():
            return _forward(call, agencies.get(wish.agency))
        case Admit() | CancelForward():
            return _attempt(call, wish)
        case Leave():
            somebody = call.agency_in_room() or call.helper_here() is not None
            if call.stage is not Stage.TALKING or not somebody:
                return Refused("No agency is in the conversation yet: leaving would leave the caller alone.")
        case HangUp():
            pass
    return None


def _forward(call: Call, agency: Agency | None) -> Refused | None:
    if agency is None:
        return Refused("There is no such agency.")
    if not agency.lines:
        return Refused("No line is set for {agency}. Use the phone.", agency=agency.name_id)
    if call.stage is not Stage.TALKING:
        return Refused("You are not speaking with this caller.")
    if any(a.agency == agency.code and (a.open or a.leg in call.in_room) and a.live for a in call.attempts):
        return Refused("{agency} is already being called.", agency=agency.name_id)
    return None


def _attempt(call: Call, wish: Admit | CancelForward) -> Refused | None:
    attempt = call.attempt(wish.leg)
    if attempt is None or not attempt.live:
        return Refused("That line is no longer being called.")
    if isinstance(wish, Admit):
        if attempt.answered_at is None:
            return Refused("Nobody has answered there yet.")
        if attempt.leg in call.in_room:
            return Refused("They are already in the conversation.")
    return None


def next_line(call: Call, agency: Agency) -> tuple[Line, int, int]:
    """The line to dial now, its place in the chain (from 1), and the turn (from 1): round and round the chain."""
    tried = sum(attempt.agency == agency.code for attempt in call.attempts)
    turn, place = divmod(tried, len(agency.lines))
    return agency.lines[place], place + 1, turn + 1
