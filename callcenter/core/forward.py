"""The rules of people's wishes: what is allowed on this floor.

In:  the floor, a wish, the agencies, the ways to forward that the settings allow, the moment on the city's clock.
Out: None when it may be sent to Asterisk, otherwise Refused with a sentence that is true.
Never: a change. Two people who press the same button are told apart here and by the leg's id, which exists only once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from callcenter.core import control, listening
from callcenter.core.agency import Agency
from callcenter.core.call import Call, Stage
from callcenter.core.chain import open_lines
from callcenter.core.desk_wishes import DeskWish
from callcenter.core.errors import Refused
from callcenter.core.floor import Floor
from callcenter.core.listen_wishes import ListenWish
from callcenter.core.share import Mode, Share
from callcenter.core.wishes import Admit, CancelForward, Forward, HangUp, Leave, Wish

USUAL = (Mode.WARM, Mode.CONFERENCE)
"""Without a word in the settings. RELAY comes by itself when the caller hangs up, MESSAGE calls nobody."""


def allow(
    floor: Floor,
    wish: Wish,
    agencies: Mapping[str, Agency],
    *,
    now: datetime,
    modes: Collection[str] = USUAL,
) -> Refused | None:
    """None when the wish fits what is going on now; otherwise why not."""
    if isinstance(wish, DeskWish):
        return control.allow(floor, wish)
    if isinstance(wish, ListenWish):
        return listening.allow(floor, wish)
    call = floor.calls.get(wish.call)
    if call is None or not (call.live or call.relay):
        return Refused("This call has ended.")
    if call.position != wish.position and not _hers(call, wish):
        if call.position:
            return Refused("Position {position} is speaking with this caller.", position=call.position)
        return Refused("You are not speaking with this caller.")
    match wish:
        case Forward():
            return _forward(call, wish, agencies.get(wish.agency), now, modes)
        case Admit():
            return _admit(call, wish)
        case CancelForward():
            if not (share := last_share(call, wish.agency)) or not (share.trying or legs_of(call, share)):
                return Refused("That agency is no longer being called.")
        case Leave():
            if call.held_since:
                return Refused(control.HELD)
            somebody = call.agency_in_room() or call.helper_here() is not None
            if call.stage is not Stage.TALKING or not somebody:
                return Refused("No agency is in the conversation yet: leaving would leave the caller alone.")
        case HangUp():
            pass
    return None


def last_share(call: Call, agency: str) -> Share | None:
    """The agency's newest forward on this call."""
    return next((share for share in reversed(call.forwards) if share.agency == agency), None)


def legs_of(call: Call, share: Share) -> list[str]:
    """Its legs that are up, or about to be."""
    return [attempt.leg for attempt in call.attempts if share.owns(attempt) and attempt.live]


def _hers(call: Call, wish: Wish) -> bool:
    """She left caller and agency to each other while another agency was tried: that one she may still take back."""
    if not isinstance(wish, CancelForward):
        return False
    share = last_share(call, wish.agency)
    return share is not None and share.trying and share.by == wish.by


def _forward(call: Call, wish: Forward, agency: Agency | None, now: datetime, modes: Collection[str]) -> Refused | None:
    if agency is None:
        return Refused("There is no such agency.")
    if not agency.lines:
        return Refused("No line is set for {agency}. Use the phone.", agency=agency.name_id)
    if not open_lines(agency, now) and not agency.escalation:
        return Refused("No line of {agency} is staffed at this hour.", agency=agency.name_id)
    if wish.mode not in modes or (agency.modes and wish.mode not in agency.modes):
        return Refused("The settings do not allow this way to forward.")
    if call.stage is not Stage.TALKING and not call.relay:
        return Refused("You are not speaking with this caller.")
    share = last_share(call, agency.code)
    if share is not None and (share.trying or legs_of(call, share)):
        if share.by:
            return Refused("{agency} is already being called by {who}.", agency=agency.name_id, who=share.by)
        return Refused("{agency} is already being called.", agency=agency.name_id)
    return None


def _admit(call: Call, wish: Admit) -> Refused | None:
    attempt = call.attempt(wish.leg)
    if attempt is None or not attempt.live:
        return Refused("That line is no longer being called.")
    if attempt.answered_at is None:
        return Refused("Nobody has answered there yet.")
    if attempt.leg in call.in_room:
        return Refused("They are already in the conversation.")
    return None
