"""The rooms of the house, for the bar at the top: what a role may open, the most used first.

In:  a role, the address that is open. Out: links; the first few stand in the bar, the others behind one word.
Never: a link that does not open.
"""

from dataclasses import dataclass

from callcenter.web.access import may
from callcenter.web.i18n import N_

IN_THE_BAR = 3


@dataclass(frozen=True, slots=True)
class Room:
    """One page of the bar. `also`: addresses that belong to it. `unless`: who may open that one goes through it."""

    route: str
    path: str
    name: str
    also: tuple[str, ...] = ()
    unless: str = ""

    def holds(self, here: str) -> bool:
        """This address is in that room."""
        if self.path == "/":
            return here.split("?")[0] == "/"
        return here.startswith((self.path, *self.also))


ROOMS = (
    Room("screen", "/", N_("Screen")),
    Room("wall", "/wall", N_("Wallboard")),
    Room("calls", "/calls", N_("Call log"), ("/tickets",)),
    Room("callbacks", "/callbacks", N_("Callbacks")),
    Room("complaints", "/complaints", N_("Complaints")),
    Room("agency", "/agency", N_("Requests")),
    Room("figures", "/figures", N_("Figures"), ("/reports",)),
    Room("quality", "/quality", N_("Quality")),
    Room("quality.mine", "/quality/mine", N_("My quality"), unless="quality"),
    Room("quality.form", "/quality/form", N_("Score sheet"), unless="quality"),
    Room("shift", "/shift", N_("Shift")),
    Room("cards", "/cards", N_("Cards")),
    Room("phrases", "/phrases", N_("Phrases")),
    Room("flags", "/flags", N_("Flags")),
    Room("proof", "/proof", N_("Proof")),
    Room("agencies", "/agencies", N_("Agencies"), ("/categories",)),
    Room("places", "/places", N_("Places")),
    Room("audit", "/audit", N_("Audit")),
    Room("people", "/people", N_("People"), ("/person",)),
    Room("data", "/data", N_("A person's data")),
    Room("sign_ins", "/sign-ins", N_("Sign-ins")),
    Room("me", "/me", N_("My account")),
)


def rooms(role: str, here: str) -> tuple[list[Room], list[Room]]:
    """Those in the bar, with the open one among them, and the others."""
    mine = [room for room in ROOMS if may(role, room.route) and not may(role, room.unless)]
    if len(mine) <= IN_THE_BAR + 1:
        return mine, []
    bar, others = mine[:IN_THE_BAR], mine[IN_THE_BAR:]
    opened = next((room for room in others if room.holds(here)), None)
    if opened is not None:
        others = [bar[-1], *(room for room in others if room is not opened)]
        bar = [*bar[:-1], opened]
    return bar, others


def room_of(path: str) -> str:
    """The address of the room to which a form of it is sent: its page can be opened, the form's own address cannot."""
    return max((room.path for room in ROOMS if room.holds(path)), key=len, default="/")
