"""Places, telephone numbers and tickets that a text speaks of. Pure.

In:  hostile text, the city's places, the region of the settings. Out: where in the text, and what it is.
Never: a change of the text; two mentions over the same letters; an opinion whether such a ticket exists.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

from callcenter.core.gazetteer import Gazetteer

LONGEST, MOST = 6000, 60
TICKET = re.compile(r"(?<![\w-])\d{6}-(?:T\d{3}|\d{4})(?![\w-])")
ENOUGH_DIGITS = re.compile(r"(?:\d\D{0,3}){7}")


class Kind(StrEnum):
    """What is spoken of."""

    TICKET = "TICKET"
    NUMBER = "NUMBER"
    PLACE = "PLACE"


@dataclass(frozen=True, slots=True)
class Mention:
    """Letters `start` to `end` of the text. `value`: the ticket's number, the number as E.164, the place's id.
    `name`: the place's, as the city's list has it."""

    start: int
    end: int
    kind: Kind
    value: str
    name: str = ""


@lru_cache(maxsize=1024)
def find(text: str, places: Gazetteer, region: str = "ID") -> tuple[Mention, ...]:
    """All of them in the order of the text. Tickets before numbers before places, where letters could be two."""
    text = text[:LONGEST]
    found: list[Mention] = []
    for mention in (*_tickets(text), *_numbers(text, region), *_places(text, places)):
        if all(mention.end <= other.start or mention.start >= other.end for other in found):
            found.append(mention)
        if len(found) == MOST:
            break
    return tuple(sorted(found, key=lambda mention: mention.start))


def _tickets(text: str) -> Iterator[Mention]:
    for each in TICKET.finditer(text):
        yield Mention(each.start(), each.end(), Kind.TICKET, each.group())


def _numbers(text: str, region: str) -> Iterator[Mention]:
    if not ENOUGH_DIGITS.search(text):
        return
    for each in PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=MOST):
        yield Mention(each.start, each.end, Kind.NUMBER, format_number(each.number, PhoneNumberFormat.E164))


def _places(text: str, places: Gazetteer) -> Iterator[Mention]:
    for start, end, place in places.named_in(text):
        yield Mention(start, end, Kind.PLACE, str(place.id), place.name)
