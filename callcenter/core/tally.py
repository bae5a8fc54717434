"""Counts that can be added up: of calls, and of spans of time. Pure.

In:  what happened, one by one, or other tallies. Out: shares with both their parts, and how spans are spread.
Never: a rounding that helps (a span is counted in whole tenths of a second, upwards, so that 15.01 s is not within
15 s); a figure without its denominator; a zero for what is not known (None reads n/a).

Days are tallied once and added up to months and years; since all of it is whole numbers, that is exact. A year of a
busy room has millions of spans, of which a page shows a few: a span of a kept tally stays packed until it is asked for.
"""

import sys
import zlib
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any

TENTHS = 10
MICROSECONDS_OF_A_TENTH = 100_000


def tenths(first: datetime | None, last: datetime | None) -> int | None:
    """The span in tenths of a second, rounded up. None: a moment is not known, or they stand the wrong way round."""
    if first is None or last is None or last < first:
        return None
    span = last - first
    micro = (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
    return -(-micro // MICROSECONDS_OF_A_TENTH)


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None where there was nothing."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long it took, in seconds: `count` known of `of`. A percentile is the time that so many were within (nearest
    rank: always one that really was)."""

    count: int
    of: int
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    p95: float | None = None
    longest: float | None = None
    slowest: float | None = None  # mean of the slowest tenth


@dataclass(slots=True)
class Tally:
    """Counts by name, and for each kind of span how many took so many tenths."""

    counts: dict[str, int] = field(default_factory=dict)
    spans: dict[str, dict[int, int]] = field(default_factory=dict)
    packed: dict[str, list[str]] = field(default_factory=dict)
    """Spans that nobody has asked for yet; they belong to those of the same name."""

    def count(self, name: str, many: int = 1) -> None:
        """So many more of these."""
        self.counts[name] = self.counts.get(name, 0) + many

    def span(self, name: str, took: int | None, limits: Iterable[int] = ()) -> None:
        """One more that took so long; nothing where that is not known. `limits`: seconds within which it is counted."""
        if took is None:
            return
        seen = self.spans.setdefault(name, {})
        seen[took] = seen.get(took, 0) + 1
        self.count(f"known.{name}")
        self.count(f"sum.{name}", took)
        for limit in limits:
            if took <= limit * TENTHS:
                self.count(f"within.{name}.{limit}")

    def add(self, other: "Tally") -> None:
        """All of the other one too."""
        counts = self.counts
        for name, many in other.counts.items():
            counts[name] = counts.get(name, 0) + many
        for name, theirs in other.spans.items():
            _add(self.spans.setdefault(name, {}), theirs.keys(), theirs.values())
        for name, texts in other.packed.items():
            self.packed.setdefault(name, []).extend(texts)

    def add_plain(self, plain: Mapping[str, Any]) -> None:
        """The same of one that was kept as `plain`."""
        counts = self.counts
        for name, many in plain["counts"].items():
            counts[name] = counts.get(name, 0) + many
        for name, text in plain["spans"].items():
            self.packed.setdefault(name, []).append(text)

    def of(self, *names: str) -> int:
        """How many of these, together."""
        return sum(self.counts.get(name, 0) for name in names)

    def known(self, name: str) -> int:
        """Of how many that span is known."""
        return self.of(f"known.{name}")

    def within(self, name: str, seconds: int) -> int:
        """How many took at most so long; one of the limits that they were counted with."""
        return self.of(f"within.{name}.{seconds}")

    def spread(self, name: str, of: int) -> Spread:
        """How that span is spread; `of`: how many there could have been."""
        seen = self._seen(name)
        if not seen:
            return Spread(0, of)
        took = sorted(seen)
        many = list(map(seen.__getitem__, took))
        until = list(accumulate(many))
        count = until[-1]
        slow = -(-count // 10)

        def rank(percent: int) -> float:
            return took[bisect_left(until, -(-count * percent // 100))] / TENTHS

        return Spread(
            count,
            of,
            mean=self.of(f"sum.{name}") / (count * TENTHS),
            median=rank(50),
            p90=rank(90),
            p95=rank(95),
            longest=took[-1] / TENTHS,
            slowest=_sum_of_last(took, many, slow) / (slow * TENTHS),
        )

    def unpack(self) -> None:
        """All spans, now."""
        for name in list(self.packed):
            self._seen(name)

    def mean(self, name: str) -> float | None:
        """The mean of that span in seconds, without unpacking it."""
        known = self.known(name)
        return self.of(f"sum.{name}") / (known * TENTHS) if known else None

    def plain(self) -> dict[str, Any]:
        """As JSON values, the same text for the same tally."""
        spans = {name: pack(self._seen(name)) for name in sorted({*self.spans, *self.packed})}
        return {"counts": dict(sorted(self.counts.items())), "spans": spans}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Tally":
        """Back from there."""
        found = cls()
        found.add_plain(plain)
        return found

    def _seen(self, name: str) -> dict[int, int]:
        for text in self.packed.pop(name, ()):
            _add(self.spans.setdefault(name, {}), *unpack(text))
        return self.spans.get(name, {})


def together(tallies: Iterable[Tally]) -> Tally:
    """One tally of all of them."""
    found = Tally()
    for each in tallies:
        found.add(each)
    return found


def pack(seen: Mapping[int, int]) -> str:
    """How many took so many tenths, as a short text: the gaps from one span to the next, then how many of each."""
    took = sorted(seen)
    numbers = array("Q", [last - first for first, last in zip((0, *took), took, strict=False)])
    numbers.extend(seen[each] for each in took)
    return b64encode(zlib.compress(_little(numbers).tobytes(), 6)).decode()


def unpack(text: str) -> tuple[Iterable[int], Iterable[int]]:
    """The spans, the shortest first, and how many there are of each."""
    numbers = array("Q")
    numbers.frombytes(zlib.decompress(b64decode(text)))
    numbers, half = _little(numbers), len(numbers) // 2
    return accumulate(numbers[:half]), numbers[half:]


def _little(numbers: "array[int]") -> "array[int]":
    """A backup may be read on another kind of machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _add(seen: dict[int, int], took: Iterable[int], many: Iterable[int]) -> None:
    if not seen:
        seen.update(zip(took, many, strict=True))
        return
    get = seen.get
    for each, more in zip(took, many, strict=True):
        seen[each] = get(each, 0) + more


def _sum_of_last(took: list[int], many: list[int], most: int) -> int:
    """The tenths of the slowest ones together."""
    found = 0
    for each, n in zip(reversed(took), reversed(many), strict=True):
        taken = min(n, most)
        found += each * taken
        most -= taken
        if not most:
            break
    return found
