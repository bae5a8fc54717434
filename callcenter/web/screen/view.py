"""What stands where on the call taker's screen: pure choices, no HTML.

In:  a floor, a position, the settings' agencies and categories. Out: lists in the order of the screen.
Never: a clock. Running seconds are the page's own work.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from callcenter.core.agency import Agency, Category
from callcenter.core.attempt import Attempt
from callcenter.core.call import Call, Stage
from callcenter.core.floor import Floor
from callcenter.core.forward import last_share
from callcenter.core.share import Share
from callcenter.storage import Ticket
from callcenter.web.live import Viewer
from callcenter.web.place import read_place

AGENCY_KEYS = "QWERADFG"


@dataclass(frozen=True)
class Offer:
    """One agency as a button with what became of it on this call."""

    agency: Agency
    key: str  # the letter that presses it; empty beyond the eighth
    proposed: bool  # by the category
    attempts: tuple[Attempt, ...]  # every line that was dialled, ever
    in_room: bool
    share: Share | None = None  # the newest forward
    passed_to: tuple[str, ...] = ()  # agencies that are tried since nobody here was reached

    @property
    def tries(self) -> tuple[Attempt, ...]:
        """The lines of the newest forward."""
        return tuple(a for a in self.attempts if self.share is not None and self.share.owns(a))

    @property
    def earlier(self) -> tuple[Attempt, ...]:
        """Those of forwards before it, and transfers by a phone's own keys."""
        return tuple(a for a in self.attempts if a not in self.tries)

    @property
    def busy(self) -> bool:
        """Being called, or in the conversation: a second order would ring it twice."""
        return self.in_room or (self.share is not None and (self.share.trying or any(a.live for a in self.tries)))

    @property
    def knocking(self) -> tuple[Attempt, ...]:
        """Somebody lifted there and has not pressed 1."""
        return tuple(a for a in self.tries if a.live and a.answered_at is not None and a.accepted_at is None)

    @property
    def now(self) -> str:
        """What a button's answer is compared with: it differs as soon as something happened."""
        return f"{len(self.attempts)} {self.share.key} {self.share.status}" if self.share else str(len(self.attempts))


def ringing_at(floor: Floor, position: str) -> list[Call]:
    """Callers whose call rings at this position's phone, the longest wait first."""
    return [c for c in floor.waiting() if position and any(ring.position == position for ring in c.rings)]


def alone(floor: Floor) -> list[Call]:
    """Callers with whom nobody speaks though somebody did."""
    return [call for call in floor.calls.values() if call.stage is Stage.ALONE]


def others(floor: Floor) -> list[Call]:
    """Live calls beyond the queue, the oldest first."""
    live = (c for c in floor.calls.values() if c.live and c.stage is not Stage.WAITING)
    return sorted(live, key=lambda call: (call.arrived_at, call.id))


def my_call(floor: Floor, viewer: Viewer) -> Call | None:
    return floor.at_position(viewer.position) if viewer.position else None


@dataclass(frozen=True)
class Spot:
    """Where the caller is, as far as numbers tell. `unread` is what the network sent and nobody could read."""

    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None
    source: str = ""
    unread: str = ""


def spot(call: Call | None, ticket: Ticket | None) -> Spot:
    """The ticket's point; the one that came with the call while the ticket has none yet."""
    if ticket is not None and ticket.latitude is not None:
        return Spot(ticket.latitude, ticket.longitude, ticket.radius_m, ticket.location_source)
    if call is None or not call.location:
        return Spot()
    sent = read_place(call.location)
    return Spot(sent.latitude, sent.longitude, sent.radius, "SIP") if sent else Spot(unread=call.location)


def offers(call: Call | None, agencies: Sequence[Agency], category: Category | None) -> list[Offer]:
    """Every agency that has a line: those of the category first, each in the settings' order.

    Attempts never change the order: a key keeps its agency while the phone rings.
    """
    wanted = category.agencies if category else ()
    by_code = {agency.code: agency for agency in agencies}
    first = [by_code[code] for code in wanted if code in by_code]
    rest = [agency for agency in agencies if agency.code not in wanted and agency.lines]
    found = []
    for place, agency in enumerate((*first, *rest)):
        attempts = tuple(a for a in call.attempts if a.agency == agency.code) if call else ()
        in_room = call is not None and any(a.leg in call.in_room for a in attempts)
        key = AGENCY_KEYS[place] if place < len(AGENCY_KEYS) else ""
        share = last_share(call, agency.code) if call else None
        passed = [s.agency for s in call.forwards if share and s.escalated_from == share.key] if call else []
        found.append(Offer(agency, key, agency.code in wanted, attempts, in_room, share, tuple(passed)))
    return found
