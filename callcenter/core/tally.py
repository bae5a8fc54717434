"""Counts that can be added up: of calls, and of spans of time. Pure.

In:  what happened, one by one, or other tallies. Out: shares with both their parts, and how spans are spread.
Never: a rounding that helps (a span is counted in whole tenths of a second, upwards, so that 15.01 s is not within
15 s); a figure without its denominator; a zero for what is not known (None reads n/a).

Days are tallied once and added up to months and years; since all of it is whole numbers, that is exact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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

    def count(self, name: str, many: int = 1) -> None:
        """So many more of these."""
        self.counts[name] = self.counts.get(name, 0) + many

    def span(self, name: str, took: int | None) -> None:
        """One more that took so long; nothing where that is not known."""
        if took is not None:
            seen = self.spans.setdefault(name, {})
            seen[took] = seen.get(took, 0) + 1

    def add(self, other: "Tally") -> None:
        """All of the other one too."""
        counts = self.counts
        for name, many in other.counts.items():
            counts[name] = counts.get(name, 0) + many
        for name, theirs in other.spans.items():
            mine = self.spans.setdefault(name, {})
            for took, many in theirs.items():
                mine[took] = mine.get(took, 0) + many

    def add_plain(self, plain: Mapping[str, Any]) -> None:
        """The same of one that was kept as `plain`: a year has thousands of them."""
        counts = self.counts
        for name, many in plain["counts"].items():
            counts[name] = counts.get(name, 0) + many
        for name, flat in plain["spans"].items():
            mine = self.spans.setdefault(name, {})
            for took, many in zip(flat[::2], flat[1::2], strict=True):
                mine[took] = mine.get(took, 0) + many

    def of(self, *names: str) -> int:
        """How many of these, together."""
        return sum(self.counts.get(name, 0) for name in names)

    def known(self, name: str) -> int:
        """Of how many that span is known."""
        return sum(self.spans.get(name, {}).values())

    def within(self, name: str, seconds: int) -> int:
        """How many took at most so long."""
        return sum(many for took, many in self.spans.get(name, {}).items() if took <= seconds * TENTHS)

    def spread(self, name: str, of: int) -> Spread:
        """How that span is spread; `of`: how many there could have been."""
        seen = sorted(self.spans.get(name, {}).items())
        count = sum(many for _, many in seen)
        if not count:
            return Spread(0, of)
        slow = -(-count // 10)
        return Spread(
            count,
            of,
            mean=sum(took * many for took, many in seen) / (count * TENTHS),
            median=_rank(seen, -(-count * 50 // 100)),
            p90=_rank(seen, -(-count * 90 // 100)),
            p95=_rank(seen, -(-count * 95 // 100)),
            longest=seen[-1][0] / TENTHS,
            slowest=_sum_of_last(seen, slow) / (slow * TENTHS),
        )

    def plain(self) -> dict[str, Any]:
        """As JSON values, the same text for the same tally."""
        spans = {name: [n for pair in sorted(seen.items()) for n in pair] for name, seen in sorted(self.spans.items())}
        return {"counts": dict(sorted(self.counts.items())), "spans": spans}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Tally":
        """Back from there."""
        found = cls()
        found.add_plain(plain)
        return found


def together(tallies: Iterable[Tally]) -> Tally:
    """One tally of all of them."""
    found = Tally()
    for each in tallies:
        found.add(each)
    return found


def _rank(seen: list[tuple[int, int]], rank: int) -> float:
    """The span of the call with that place in the row, the quickest first."""
    for took, many in seen:
        rank -= many
        if rank <= 0:
            return took / TENTHS
    raise AssertionError("a rank beyond the last")


def _sum_of_last(seen: list[tuple[int, int]], most: int) -> int:
    """The tenths of the slowest ones together."""
    found = 0
    for took, many in reversed(seen):
        taken = min(many, most)
        found += took * taken
        most -= taken
        if not most:
            break
    return found
