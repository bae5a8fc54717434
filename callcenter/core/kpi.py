"""The figures of the room (domain, section 7), from one arrival at a time. Pure.

In:  arrivals with what became of them, callbacks that were owed. Out: tallies by hour, person, agency, category, place;
from a tally every share with numerator and denominator, and every span of time with its spread.
Never: a test call or a callback (who hands them in leaves those out); a moment that nobody saw taken for zero.

What belongs to a ticket and not to one call (wrap-up, t10) is counted with the ticket's first call alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callcenter.core.call import Outcome
from callcenter.core.tally import TENTHS, Part, Spread, Tally, tenths
from callcenter.core.ticket import CallClass

RULES = 2
"""Grows when a figure changes its meaning: then all days are counted again."""

LEVELS = (10, 15, 20)
PROCESSED_S, RESPONSE_S = 60, 15 * 60
"""Seconds within which a span is counted; another one needs other `RULES`."""
URGENT, ROUTINE = (1, 2), 3
"""Priorities whose response is measured in minutes, and the one that counts working days."""

ALL, HOUR, PERSON, AGENCY, CATEGORY = "all", "hour", "person", "agency", "category"
KECAMATAN, KELURAHAN = "kecamatan", "kelurahan"
DIMENSIONS = (ALL, HOUR, PERSON, AGENCY, CATEGORY, KECAMATAN, KELURAHAN)

LONGEST_KEY = 100

IN_PROGRESS, NOT_ANSWERED, UNCLASSED = "in_progress", "not_answered", "not_classified"
CLASS_PARTS = (*(str(each) for each in CallClass), NOT_ANSWERED, UNCLASSED, IN_PROGRESS)
"""Each arrival stands in exactly one of these: together they are the arrivals."""


@dataclass(frozen=True, slots=True)
class Try:
    """One line of an agency, dialled once."""

    agency: str
    dialled_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Forwarded:
    """One agency's share of one ticket, with its moments and through what each came."""

    agency: str
    asked_at: datetime | None = None
    accepted_at: datetime | None = None
    on_scene_at: datetime | None = None
    accepted_by: str = ""  # phone, call_taker, agency
    on_scene_by: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One call to 112 with what matters of its ticket."""

    arrived_at: datetime
    outcome: str
    queued_at: datetime | None = None
    answered_at: datetime | None = None
    forwarded_at: datetime | None = None
    ended_at: datetime | None = None
    wrapped_up_at: datetime | None = None  # None too where this is not the ticket's first call
    call_class: str = ""
    category: str = ""
    priority: int | None = None
    kecamatan: str = ""
    kelurahan: str = ""
    person: str = ""
    tries: tuple[Try, ...] = ()
    forwards: tuple[Forwarded, ...] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """A caller to whom a callback is owed."""

    since: datetime
    first_try_at: datetime | None = None
    reached: bool = False
    called_again: bool = False  # and was answered: nobody had to call him


def part_of(arrival: Arrival) -> str:
    """Where the arrival stands in the sum of the classes: a class counts for a call that a call taker answered."""
    if arrival.outcome == Outcome.IN_PROGRESS:
        return IN_PROGRESS
    if arrival.outcome != Outcome.ANSWERED:
        return NOT_ANSWERED
    return arrival.call_class or UNCLASSED


def tally_of(arrival: Arrival) -> Tally:
    """What one arrival adds to every figure but those of agencies."""
    found = Tally()
    found.count("arrivals")
    found.count(f"outcome.{arrival.outcome}")
    found.count(f"class.{part_of(arrival)}")
    if arrival.queued_at is not None:
        found.count("queued")
    if arrival.answered_at is not None:
        found.count("answered")
        found.span("answer", tenths(arrival.arrived_at, arrival.answered_at), LEVELS)
        found.span("queue", tenths(arrival.queued_at, arrival.answered_at), LEVELS)
        _handled(found, arrival)
        if arrival.call_class == CallClass.EMERGENCY:
            found.count("emergencies")
            found.span("processing", tenths(arrival.answered_at, arrival.forwarded_at), (PROCESSED_S,))
    return found


def _handled(found: Tally, arrival: Arrival) -> None:
    talk = tenths(arrival.answered_at, arrival.ended_at)
    found.span("talk", talk)
    if talk is None or arrival.ended_at is None or arrival.wrapped_up_at is None:
        return
    after = tenths(arrival.ended_at, max(arrival.wrapped_up_at, arrival.ended_at))  # done while he still spoke: 0
    assert after is not None
    found.span("wrap_up", after)
    found.span("handling", talk + after)


def tallies_of_agencies(arrival: Arrival, zone: ZoneInfo) -> Iterator[tuple[str, Tally]]:
    """What it adds to the figures of each agency that was asked."""
    for one in arrival.tries:
        found = Tally()
        found.count("tries")
        if one.answered_at is not None:
            found.count("tries_answered")
            found.span("try_answer", tenths(one.dialled_at, one.answered_at))
        yield one.agency, found
    for each in arrival.forwards:
        yield each.agency, _forwarded(each, arrival, zone)


def _forwarded(each: Forwarded, arrival: Arrival, zone: ZoneInfo) -> Tally:
    found = Tally()
    found.count("forwards")
    if each.accepted_at is None:
        return found
    found.count("accepted")
    found.count(f"accepted_by.{each.accepted_by or 'unknown'}")
    found.span("acceptance", tenths(each.asked_at, each.accepted_at))
    urgent, routine = arrival.priority in URGENT, arrival.priority == ROUTINE
    if urgent or routine:
        found.count("accepted_urgent" if urgent else "accepted_routine")
    if each.on_scene_at is None:
        return found
    found.count("on_scene")
    found.count(f"on_scene_by.{each.on_scene_by or 'unknown'}")
    if urgent:
        found.span("response", tenths(each.accepted_at, each.on_scene_at), (RESPONSE_S,))
        found.span("citizen", tenths(arrival.arrived_at, each.on_scene_at), (RESPONSE_S,))
    elif routine:
        found.span("working_days", working_days(arrival.arrived_at, each.on_scene_at, zone))
    return found


def working_days(first: datetime, last: datetime, zone: ZoneInfo) -> int | None:
    """Mondays to Fridays that began after the first moment and until the last one, as tenths of `Tally`."""
    if last < first:
        return None
    day, until = first.astimezone(zone).date(), last.astimezone(zone).date()
    weeks, rest = divmod((until - day).days, 7)
    return (weeks * 5 + sum((day + timedelta(days=n)).weekday() < 5 for n in range(1, rest + 1))) * TENTHS


def tally_of_owed(owed: Owed) -> Tally:
    """What one callback adds."""
    found = Tally()
    found.count("owed")
    if owed.first_try_at is not None:
        found.count("called_back")
        found.span("callback", tenths(owed.since, owed.first_try_at))
    if owed.reached:
        found.count("reached")
    if owed.called_again:
        found.count("called_again")
    return found


Cell = tuple[str, str]  # dimension and key


def tallied(arrivals: Iterable[Arrival], owed: Iterable[Owed], zone: ZoneInfo) -> dict[Cell, Tally]:
    """All of it, in every dimension. A key that is empty: not known."""
    cells: dict[Cell, Tally] = {}
    for arrival in arrivals:
        own = tally_of(arrival)
        hour = f"{arrival.arrived_at.astimezone(zone):%H}"
        of_agencies = list(tallies_of_agencies(arrival, zone))
        for _, found in of_agencies:
            own.add(found)
        for cell in (
            (ALL, ""),
            (HOUR, hour),
            (PERSON, arrival.person),
            (CATEGORY, arrival.category),
            (KECAMATAN, tidy(arrival.kecamatan)),
            (KELURAHAN, tidy(arrival.kelurahan)),
        ):
            cells.setdefault(cell, Tally()).add(own)
        for agency, found in of_agencies:
            cells.setdefault((AGENCY, agency), Tally()).add(found)
    for each in owed:
        found = tally_of_owed(each)
        for cell in ((ALL, ""), (HOUR, f"{each.since.astimezone(zone):%H}")):
            cells.setdefault(cell, Tally()).add(found)
    return cells


def tidy(place: str) -> str:
    """A place as typed, so that "kejaksan" and " Kejaksan" are one; no longer than a key is kept."""
    return " ".join(place.split()).title()[:LONGEST_KEY]


def parts(tally: Tally) -> dict[str, Part]:
    """Every share, by its code, with both its parts."""
    arrivals, answered, owed = tally.of("arrivals"), tally.of("answered"), tally.of("owed")
    queue = answered + tally.of("outcome.ABANDONED", "outcome.NO_AGENT", "outcome.OVERFLOWED")
    found = {f"level_{s}": Part(tally.within("answer", s), arrivals) for s in LEVELS}
    found |= {f"queue_level_{s}": Part(tally.within("queue", s), queue) for s in LEVELS}
    return found | {
        "abandoned": Part(tally.of("outcome.ABANDONED", "outcome.ABANDONED_SHORT"), tally.of("queued")),
        "processing_60": Part(tally.within("processing", PROCESSED_S), tally.known("processing")),
        "try_answer": Part(tally.of("tries_answered"), tally.of("tries")),
        "acceptance": Part(tally.of("accepted"), tally.of("forwards")),
        "response_15": Part(tally.within("response", RESPONSE_S), tally.known("response")),
        "citizen_15": Part(tally.within("citizen", RESPONSE_S), tally.known("citizen")),
        "on_scene_known": Part(tally.of("on_scene"), tally.of("accepted")),
        "called_back": Part(tally.of("called_back"), owed),
        "reached": Part(tally.of("reached"), owed),
        "called_again": Part(tally.of("called_again"), owed),
        "nuisance": Part(tally.of(f"class.{CallClass.PRANK}"), answered),
        "classified": Part(tally.of(*(f"class.{each}" for each in CallClass)), tally.of("outcome.ANSWERED")),
    }


SPREADS = {
    "answer": "answered",
    "queue": "answered",
    "talk": "answered",
    "wrap_up": "answered",
    "handling": "answered",
    "processing": "emergencies",
    "try_answer": "tries",
    "acceptance": "forwards",
    "response": "accepted_urgent",
    "citizen": "accepted_urgent",
    "working_days": "accepted_routine",
    "callback": "owed",
}
"""Each span, and of how many it could be known."""


def spread(tally: Tally, name: str) -> Spread:
    """One span of time, in seconds; `working_days` in days."""
    return tally.spread(name, tally.of(SPREADS[name]))


def spreads(tally: Tally) -> dict[str, Spread]:
    """Every span of time."""
    return {name: spread(tally, name) for name in SPREADS}


def adds_up(tally: Tally) -> bool:
    """The classes, what was not answered, not classified and in progress are the arrivals, no more and no less."""
    return tally.of(*(f"class.{each}" for each in CLASS_PARTS)) == tally.of("arrivals")
