"""Scenes of a night, played once on the telephone, for pictures and stories alike.

In:  a house. Out: the same room every time.
Never: a real person's number.
"""

from datetime import timedelta

from callcenter.core import facts
from tests.web.house import House

BUDI = "+6281234567890"


async def earlier_nights(here: House) -> None:
    """Some calls of before, so that the log is not empty."""
    told = [
        ("e112-1790000001.1", BUDI, "ANSWERED", 4000),
        ("e112-1790000002.2", "0231201001", "ANSWERED", 3000),
        ("e112-1790000003.3", "anonymous", "ABANDONED", 2500),
        ("e112-1790000004.4", "+6285700001111", "ANSWERED", 1900),
    ]
    for call, number, what, ago in told:
        here.telephone.dials(call, number, before_s=ago)
        at = here.clock() - timedelta(seconds=ago - 6)
        if what == "ANSWERED":
            here.board.hear(facts.PhoneCalled(call, at - timedelta(seconds=4), "101", f"101-{call}"))
            here.board.hear(facts.CallAnswered(call, at, "101", f"101-{call}"))
            here.board.hear(facts.LegEnded(call, at + timedelta(seconds=74), 16))
        else:
            here.board.hear(facts.CallAbandoned(call, at, 6), facts.LegEnded(call, at, 16))
    await here.stored()
    await here.until(lambda: len(here.board.tickets) >= 4)
    numbers = here.board.tickets
    first, second = numbers["e112-1790000001.1"], numbers["e112-1790000002.2"]
    ticket = await here.tickets.set_class(first, "EMERGENCY", version=1, by="siti")
    await here.tickets.set_category(first, "FIRE", version=ticket.version, by="siti")
    await here.tickets.set_fields(first, {"place": "Jl. Siliwangi 12, Kejaksan"}, version=ticket.version, by="siti")
    await here.tickets.set_class(second, "PRANK", version=1, by="rina")


def rings(here: House) -> str:
    """Budi dials; three phones ring; somebody with a withheld number waits behind him."""
    call = here.telephone.dials("e112-1790010000.7", BUDI, name="Budi", before_s=7)
    here.telephone.rings(call, "101", "102", "103")
    here.telephone.dials("e112-1790010003.9", "anonymous", before_s=3)
    return call


def picked_up(here: House, call: str, position: str = "101") -> None:
    here.telephone.answers(call, position, "102", "103")


def fire_brigade_joins(here: House, call: str) -> None:
    """113 rings, lifts, presses 1."""
    leg = here.telephone.is_called(call, "damkar")
    here.telephone.lifts(leg)
    here.telephone.accepts(call, leg)
