"""Help: one key rings the supervisor, or who is on call, into the conversation; several in order until one is there.

In:  a floor and one fact; a call. Out: the next floor; what is due, as wishes; how it stands, as a code for the screen.
Never: two of them rung at once; one rung after somebody came, or after she stopped it.

Each of them is a `Helper`, a leg beside the call like a colleague's: leaving, passing and hanging up hold for them too.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from callcenter.core.agency import OverflowLine
from callcenter.core.call import Call
from callcenter.core.desk_facts import HelpAsked, HelpStopped
from callcenter.core.desk_wishes import CallHelp, HelpNext, Release, StopHelp
from callcenter.core.errors import Refused
from callcenter.core.floor import Floor, Step, put
from callcenter.core.helper import Help, Helper

NOBODY = (
    "Nobody is set who could be called for help: no supervisor sits at a free position, and the settings "
    "(help_lines) name none."
)
GOES_ON = "Help is being called already."
NOT_CALLED = "Help is not being called."


class Standing(StrEnum):
    """How it stands with a call for help."""

    RINGING = "RINGING"
    NEXT = "NEXT"  # one did not come, the next one is about to ring
    THERE = "THERE"
    LEFT = "LEFT"
    STOPPED = "STOPPED"
    FAILED = "FAILED"


def rung(call: Call) -> list[Helper]:
    """Who was rung for the newest call for help, in order."""
    return [h for h in call.helpers if call.help is not None and h.help and h.help_turn == call.help.turn]


def standing(call: Call) -> Standing | None:
    """None: nobody asked for help."""
    if call.help is None:
        return None
    tried = rung(call)
    if any(h.joined_at for h in tried):
        return Standing.THERE if any(h.joined_at and h.live for h in tried) else Standing.LEFT
    if call.help.stopped_at is not None:
        return Standing.STOPPED
    if any(h.live for h in tried):
        return Standing.RINGING
    return Standing.NEXT if len(tried) < len(call.help.lines) and call.live else Standing.FAILED


def line_of(call: Call, place: int) -> OverflowLine:
    """Its place begins with 1."""
    assert call.help is not None
    return call.help.lines[place - 1]


def number_of(line: OverflowLine) -> str:
    """What the id of its leg calls it: digits alone, as a position is."""
    return "".join(c for c in line.number if c.isdigit())


def leg_for(call: Call, line: OverflowLine) -> str:
    """The same floor gives the same id: Asterisk takes it once, so nobody is rung twice for one wish."""
    number = number_of(line)
    turn = 1 + sum(helper.position == number for helper in call.helpers)
    return f"desk-{number}-{turn}-{call.id}"


def allow(call: Call, wish: CallHelp | StopHelp) -> Refused | None:
    """Of a call that is hers. None: it may be sent."""
    now = standing(call)
    if isinstance(wish, StopHelp):
        return None if now in (Standing.RINGING, Standing.NEXT) else Refused(NOT_CALLED)
    if not wish.lines:
        return Refused(NOBODY)
    return Refused(GOES_ON) if now in (Standing.RINGING, Standing.NEXT) else None


def due(call: Call) -> list[HelpNext | Release]:
    """The next one is rung where the one before did not come; who still rings is let go where she is gone."""
    if call.help is None or not call.live:
        return []
    tried = rung(call)
    if not call.position:
        return [Release(call.id, h.leg) for h in tried if h.live and h.joined_at is None]
    if standing(call) is Standing.NEXT and tried:
        return [HelpNext(call.id, call.help.turn, len(tried) + 1)]
    return []


def asked(floor: Floor, fact: HelpAsked) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or not call.live:
        return floor, ()
    turn = call.help.turn + 1 if call.help else 1
    return put(floor, replace(call, help=Help(fact.at, fact.by, fact.lines, turn)))


def stopped(floor: Floor, fact: HelpStopped) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or call.help is None or call.help.stopped_at is not None:
        return floor, ()
    return put(floor, replace(call, help=replace(call.help, stopped_at=fact.at)))


HANDLERS: dict[type[Any], Callable[[Floor, Any], Step]] = {HelpAsked: asked, HelpStopped: stopped}
