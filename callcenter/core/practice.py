"""Practice: a call of the system's own that rings one position, with a caller's voice and an agency that comes.

In:  what was dialled, the floor, a wish. Out: whose practice a call is; None or Refused; which practice must end now.
Never: in the way of a true caller: as soon as one is there, every practice call ends. Never a figure, a true agency, a
colleague: it has the tests' flag and ticket series, and whatever it dials is the practice agency.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.core.call import Call, Stage
from callcenter.core.desk_wishes import Practise, Release
from callcenter.core.errors import Refused
from callcenter.core.floor import Floor
from callcenter.core.kind import Kind
from callcenter.core.position import Phone
from callcenter.core.ticket import CallClass

DIALLED = re.compile(r"112\*(?P<position>\d{2,6})\*(?P<scenario>\d)")
"""What Asterisk dials to itself (practice.conf): whose phone is to ring, which story is told."""

CUT = 42
"""The cause with which a practice call ends because a true one came."""

CALLER_FIRST = "A true caller is there: practise later."
NOT_FREE = "Your phone is not free, or not signed in: no practice call can ring there."
NO_STORY = "There is no such practice call."
ONLY_YOU = "In a practice call nobody else is rung."


@dataclass(frozen=True, slots=True)
class Story:
    """One practice call, and what a good answer to it is. The voice's words stand in sounds/make-prompts."""

    code: str  # a digit: its key in the list
    call_class: str
    category: str = ""
    agency: str = ""


STORIES: Mapping[str, Story] = {
    story.code: story
    for story in (
        Story("1", CallClass.EMERGENCY, "FIRE", "damkar"),
        Story("2", CallClass.EMERGENCY, "TRAFFIC_ACC", "psc119"),
        Story("3", CallClass.PRANK),
    )
}


def practice_of(call: Call) -> str:
    """The position whose practice this is; empty: it is none."""
    found = DIALLED.fullmatch(call.dialled) if call.test else None
    return found["position"] if found else ""


def story_of(dialled: str) -> Story | None:
    found = DIALLED.fullmatch(dialled)
    return STORIES.get(found["scenario"]) if found else None


def allow(floor: Floor, wish: Practise) -> Refused | None:
    """None when her phone may ring for it."""
    if wish.story not in STORIES:
        return Refused(NO_STORY)
    if _true_callers(floor):
        return Refused(CALLER_FIRST)
    seat = floor.positions.get(wish.position)
    busy = seat is None or seat.phone is not Phone.IDLE or floor.at_position(wish.position) is not None
    return Refused(NOT_FREE) if busy or _practices(floor, wish.position) else None


def to_end(floor: Floor) -> list[Release]:
    """Practice calls that are in the way of somebody."""
    return [Release(call.id, call.id, CUT) for call in _practices(floor)] if _true_callers(floor) else []


def _true_callers(floor: Floor) -> bool:
    early = (Stage.ARRIVED, Stage.WAITING, Stage.ALONE)
    return any(c.stage in early and not c.test and c.kind is Kind.ARRIVAL for c in floor.calls.values())


def _practices(floor: Floor, position: str = "") -> list[Call]:
    mine = [(call, practice_of(call)) for call in floor.calls.values() if call.test and call.live]
    return [call for call, whose in mine if whose and position in ("", whose)]
