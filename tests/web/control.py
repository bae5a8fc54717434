"""What a telephone tells when she holds, asks a colleague, or asks a silent caller: for pages and browsers.

In:  a house, a call. Out: facts, as Asterisk would tell them. Never: a wish.
"""

from callcenter.core import desk_facts, facts
from tests.web.house import House

ROOM = "room"


def holds(here: House, call: str, position: str = "101") -> None:
    """He waits, she is in the room."""
    here.board.hear(facts.RoomJoined(f"{position}-{call}", here.clock(), ROOM), desk_facts.CallHeld(call, here.clock()))


def takes_back(here: House, call: str) -> None:
    here.board.hear(facts.RoomJoined(call, here.clock(), ROOM))


def colleague_rings(here: House, call: str, position: str = "102", *, passing: bool = False) -> str:
    leg = f"desk-{position}-1-{call}"
    here.board.hear(
        desk_facts.ColleagueAsked(call, here.clock(), leg, position, "siti", passing),
        desk_facts.DeskPhoneCalled(call, here.clock(), leg, position),
        facts.LegRinging(leg, here.clock()),
    )
    return leg


def is_asked(here: House, call: str, *steps: str) -> None:
    """The voice asks him."""
    for step in steps:
        here.board.hear(desk_facts.SilentStep(call, here.clock(), step, f"voice-1-{call}"))


def presses(here: House, call: str, *keys: str) -> None:
    for key in keys:
        here.board.hear(desk_facts.KeyPressed(call, here.clock(), key))
