"""What an agency must hear, in the order in which it is read out: the relay card, as text. Pure.

In:  what is known of the incident. Out: lines of text, and which of the four that matter are missing.
Never: a word that nobody said; a name or a story where the category is protected.
"""

from dataclasses import dataclass
from typing import Protocol

HEAD = "112 {city}: {category}"
TICKET = "Ticket {number}"
PRIORITY = "Ticket {number} · priority {priority}"
PLACE = "Place: {place}"
POINT = "Coordinates: {point}"
CALLER = "Call back: {number}"
NATURE = "What happens: {nature}"
VICTIMS = "Victims: {count}"
HAZARDS = "Hazards: {hazards}"
TEST = "TEST, no emergency: {city}"
UNKNOWN_KIND = "emergency, kind not set"
UNKNOWN_PLACE = "not known yet"

LONGEST_NATURE = 600


class Say(Protocol):
    """A language."""

    def __call__(self, sentence: str, /, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Relay:
    """Location, callback number, nature, safety (NENA-STA-020), and what names the incident."""

    city: str
    number: str
    category: str = ""  # its name, in the language of the text
    priority: int | None = None
    place: str = ""
    landmark: str = ""
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius_m: float | None = None
    callback: str = ""
    caller_name: str = ""
    nature: str = ""
    victims: int | None = None
    hazards: str = ""
    protected: bool = False
    test: bool = False

    @property
    def where(self) -> str:
        """The place in one line."""
        return ", ".join(filter(None, (self.place, self.landmark, self.area)))

    @property
    def point(self) -> str:
        """The coordinates; empty when they are not known."""
        if self.latitude is None or self.longitude is None:
            return ""
        found = f"{self.latitude:.5f}, {self.longitude:.5f}"
        return found if self.radius_m is None else f"{found} (± {self.radius_m:.0f} m)"


def missing(relay: Relay) -> tuple[str, ...]:
    """Which of the four are not known: place, callback, nature, safety. They block nothing."""
    known = {
        "place": bool(relay.where or relay.point),
        "callback": bool(relay.callback),
        "nature": bool(relay.category or relay.nature),
        "safety": bool(relay.hazards) or relay.victims is not None,
    }
    return tuple(name for name, there in known.items() if not there)


def text(relay: Relay, say: Say) -> str:
    """The card as a message: what is not known is left out, but the place, which is said to be unknown."""
    return "\n".join(line for line in _lines(relay, say) if line)


def _lines(relay: Relay, say: Say) -> list[str]:
    called = "" if relay.protected else relay.caller_name
    number = f"{relay.callback} ({called})" if relay.callback and called else relay.callback
    nature = "" if relay.protected else " ".join(relay.nature.split())[:LONGEST_NATURE]
    return [
        say(TEST, city=relay.city) if relay.test else "",
        say(HEAD, city=relay.city, category=relay.category or say(UNKNOWN_KIND)),
        say(PRIORITY, number=relay.number, priority=relay.priority)
        if relay.priority
        else say(TICKET, number=relay.number),
        say(PLACE, place=relay.where or say(UNKNOWN_PLACE)),
        say(POINT, point=relay.point) if relay.point else "",
        say(CALLER, number=number) if number else "",
        say(NATURE, nature=nature) if nature else "",
        say(VICTIMS, count=relay.victims) if relay.victims is not None else "",
        say(HAZARDS, hazards=relay.hazards) if relay.hazards else "",
    ]
