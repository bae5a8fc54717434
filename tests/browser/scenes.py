"""Scenes of a night, played once on the telephone, for pictures and stories alike.

In:  a house. Out: the same room every time.
Never: a real person's number.
"""

from datetime import timedelta

from callcenter.core import facts
from callcenter.core.floor import Gap
from tests.web.house import House

BUDI = "+6281234567890"
PIDF = 'shape="Circle",crs="2d",pos="-6.7320 108.5523",radius="50"'

EARLIER = (
    ("e112-1790000001.1", BUDI, "ANSWERED", 4000),
    ("e112-1790000002.2", "0231201001", "ANSWERED", 3000),
    ("e112-1790000003.3", "anonymous", "ABANDONED", 2500),
    ("e112-1790000004.4", "+6285700001111", "ANSWERED", 1900),
)


async def earlier_nights(here: House) -> None:
    """Some calls of before, so that the log is not empty."""
    for call, number, what, ago in EARLIER:
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


LONG_NIGHT = (
    # number, minutes ago, seconds to answer (0: hung up), seconds of talk, class, category, place, agency, position
    ("+6281322014477", 216, 4, 141, "EMERGENCY", "TRAFFIC_ACC", "Jl. Dr. Cipto, depan CSB Mall", "polres", 101),
    ("anonymous", 201, 6, 12, "GHOST", "", "", "", 102),
    ("+6285224009113", 187, 5, 96, "NON_EMERGENCY", "UTILITY", "PJU padam, Jl. Kesambi RT 03 RW 05", "", 101),
    ("0231201001", 171, 3, 22, "PRANK", "", "", "", 102),
    ("+6281910006622", 150, 7, 188, "EMERGENCY", "MEDICAL", "Gg. Kenanga 4, Drajat, Kesambi", "psc119", 101),
    ("+6289660017788", 132, 0, 9, "", "", "", "", 0),
    ("+6287729002450", 120, 4, 61, "INFO", "", "", "", 102),
    ("+6281222093345", 104, 8, 133, "EMERGENCY", "TREE", "Jl. Pemuda, depan Stadion Bima", "bpbd", 101),
    (BUDI, 95, 5, 74, "NON_EMERGENCY", "POWER_OUTAGE", "Jl. Siliwangi 12, Kejaksan", "", 101),
    ("+6285798006100", 71, 4, 15, "PRANK", "", "", "", 101),
    ("0231483920", 58, 6, 120, "EMERGENCY", "ANIMAL", "Perum Griya Sunyaragi Permai B7", "damkar", 102),
    ("+6281564007891", 33, 5, 19, "MISDIAL", "", "", "", 101),
    ("+6282118003377", 21, 3, 87, "EMERGENCY", "CRIME", "Pasar Kanoman, pintu timur", "polres", 101),
)  # fmt: skip


async def a_long_night(here: House) -> None:
    """Thirteen calls of all kinds, as the log of a night shows them."""
    for place, (number, ago, wait, talk, _class, _category, _where, agency, seat) in enumerate(LONG_NIGHT):
        call = f"e112-17900020{place:02}.{place}"
        here.telephone.dials(call, number, before_s=ago * 60)
        at = here.clock() - timedelta(minutes=ago) + timedelta(seconds=wait)
        if not wait:
            gone = at + timedelta(seconds=talk)
            here.board.hear(facts.CallAbandoned(call, gone, talk), facts.LegEnded(call, gone, 16))
            continue
        here.board.hear(facts.PhoneCalled(call, at - timedelta(seconds=2), str(seat), f"{seat}-{call}"))
        here.board.hear(facts.CallAnswered(call, at, str(seat), f"{seat}-{call}"))
        if agency:
            leg, then = f"fwd-{agency}-1-1-{call}", at + timedelta(seconds=28)
            here.board.hear(facts.AttemptQueued(call, then, leg, agency, 1, 1, "113", "siti"))
            here.board.hear(facts.AttemptDialled(call, then, leg, agency, 1, 1))
            here.board.hear(facts.LegRinging(leg, then), facts.LegAnswered(leg, then + timedelta(seconds=6)))
            here.board.hear(facts.AttemptAccepted(leg, then + timedelta(seconds=9), "key"))
            here.board.hear(facts.LegEnded(leg, at + timedelta(seconds=talk + 40), 16))
        here.board.hear(facts.LegEnded(call, at + timedelta(seconds=talk), 16))
    await here.stored()
    await here.until(lambda: len(here.board.tickets) >= len(LONG_NIGHT))
    for place, (_, _, _, _, class_, category, where, _, _) in enumerate(LONG_NIGHT):
        number = here.board.tickets[f"e112-17900020{place:02}.{place}"]
        if class_:
            ticket = await here.tickets.set_class(number, class_, version=1, by="siti")
        if category:
            ticket = await here.tickets.set_category(number, category, version=ticket.version, by="siti")
            await here.tickets.set_fields(number, {"place": where}, version=ticket.version, by="siti")


def rings(here: House, location: str = "") -> str:
    """Budi dials; three phones ring; somebody with a withheld number waits behind him."""
    call = here.telephone.dials("e112-1790010000.7", BUDI, name="Budi", before_s=7, location=location)
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


def nobody_listened(here: House, ago_s: float = 900, lasted_s: float = 132) -> Gap:
    """The service was dead for two minutes; two calls were found again, one was cut."""
    since = here.clock() - timedelta(seconds=ago_s)
    gap = Gap(since, since + timedelta(seconds=lasted_s), found=2, unknown=0, cut=1)
    here.board.gap(gap)
    return gap
