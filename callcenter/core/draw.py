"""Which calls of a month are reviewed: a draw by lot that anybody can repeat.

In:  the answered calls of a month, each with who took it; a seed. Out: the calls that were drawn, in
the order of the lot.
Never: chance of its own: the lot of a call is the SHA-256 of seed and call id, so the same data give the same draw.

The share, and at least one call for each call taker, are those of APCO/NENA ANS 1.107.1 (2 % of all calls, everybody).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

SHARE_PERCENT = 2


class Why(StrEnum):
    """What a call was drawn for."""

    PERSON = "PERSON"  # the first lot of this call taker: everybody is reviewed
    SHARE = "SHARE"  # the next lot of all, until the share is full


@dataclass(frozen=True, slots=True)
class Taken:
    """One answered call, and who took it."""

    call: str
    person: str


@dataclass(frozen=True, slots=True)
class Lot:
    """A call that was drawn."""

    call: str
    person: str
    why: Why


def seed_of(month: date) -> str:
    """Derived from the month, so that nobody can draw until it suits; nobody can choose a call's id either."""
    return hashlib.sha256(f"112 quality {month:%Y-%m}".encode()).hexdigest()


def lot_of(seed: str, call: str) -> str:
    """The smaller, the sooner drawn."""
    return hashlib.sha256(f"{seed} {call}".encode()).hexdigest()


def wanted(population: int, people: int) -> int:
    """How many are drawn: the share, rounded up, and nobody left out."""
    return max(-(-population * SHARE_PERCENT // 100), people)


def draw(population: Iterable[Taken], seed: str) -> list[Lot]:
    """One call for each call taker, then the next lots until the share is full."""
    ordered = sorted(set(population), key=lambda each: (lot_of(seed, each.call), each.call))
    first: dict[str, str] = {}
    for each in ordered:
        first.setdefault(each.person, each.call)
    left = wanted(len(ordered), len(first)) - len(first)
    drawn = []
    for each in ordered:
        if first[each.person] == each.call:
            drawn.append(Lot(each.call, each.person, Why.PERSON))
        elif left > 0:
            drawn.append(Lot(each.call, each.person, Why.SHARE))
            left -= 1
    return drawn


def written(population: Iterable[Taken]) -> str:
    """The population as one text: a line for each call, sorted. What an auditor recomputes from."""
    return "".join(f"{each.call} {each.person}\n" for each in sorted(population, key=lambda each: each.call))


def read(text: str) -> Sequence[Taken]:
    """The population that this text is."""
    return [Taken(*line.split(" ", 1)) for line in text.splitlines()]


def digest(text: str) -> str:
    """Of the population as it was written."""
    return hashlib.sha256(text.encode()).hexdigest()
