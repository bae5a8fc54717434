"""Are these two reports of one incident? Pure.

In:  what is known of two tickets: numbers, place, moment, category, words. Out: how alike they are, and why, in words.
Never: a decision: a person links or merges. Two places that are known to be far apart are never alike, but for the
caller's own number.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

NEAR_M, FAR_M = 500.0, 2000.0
SOON, DAY = timedelta(minutes=30), timedelta(hours=24)
ENOUGH = 35
MOST_SHOWN = 3
EARTH_M = 6_371_000.0

SAME_NUMBER = "the same number called"
DISTANCE = "{metres} m away"
SAME_KELURAHAN = "the same kelurahan: {name}"
SAME_WORDS = "the same words: {words}"
SAME_CATEGORY = "the same category"
MINUTES = "{minutes} min ago"

WORD = re.compile(r"[^\W\d_]{3,}|\d{2,4}")
EVERYWHERE = frozenset(
    """
    jalan jln gang blok nomor depan dekat belakang samping kiri kanan kota kelurahan kecamatan desa rumah ada yang dan
    dari untuk dengan pada tidak belum sudah sedang orang warga pelapor bapak ibu the and near street house road
    selatan utara timur barat kec kel
    """.split()  # noqa: SIM905 - one word a line would be a long page
)
"""Words that say nothing of where or what."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of one ticket, or of a caller who is just ringing."""

    ticket: str  # its number; empty: not known yet
    at: datetime
    numbers: AbstractSet[str] = frozenset()  # E.164 of its callers
    category: str = ""
    latitude: float | None = None
    longitude: float | None = None
    kelurahan: str = ""
    words: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence with its values."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike, and why."""

    ticket: str
    score: int
    reasons: tuple[Reason, ...]


def words_of(*texts: str) -> frozenset[str]:
    """The words that may tell an incident from others."""
    found = (word for text in texts for word in WORD.findall(text.casefold()))
    return frozenset(word for word in found if word not in EVERYWHERE)


def metres(a: Report, b: Report) -> float | None:
    """As the crow flies; None where one of the places is not known."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.longitude - a.longitude) / 2
    inner = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, inner)))


def suggestions(mine: Report, others: Sequence[Report], now: datetime) -> tuple[Likeness, ...]:
    """The reports that may be the same incident, the likeliest first."""
    rare = _rare(mine.words, others)
    found = [likeness(mine, other, now, rare) for other in others if other.ticket != mine.ticket]
    alike = [each for each in found if each is not None and each.score >= ENOUGH]
    return tuple(sorted(alike, key=lambda each: (-each.score, each.ticket))[:MOST_SHOWN])


def _rare(words: AbstractSet[str], others: Sequence[Report]) -> frozenset[str]:
    """Those that few of the open reports have."""
    most = max(3, len(others) // 5)
    return frozenset(word for word in words if sum(word in other.words for other in others) <= most)


def likeness(mine: Report, other: Report, now: datetime, rare: AbstractSet[str]) -> Likeness | None:
    """None: nothing speaks for it, or something against it."""
    apart, far = abs(mine.at - other.at), metres(mine, other)
    same_number = bool(mine.numbers & other.numbers) and apart <= DAY
    if not same_number and (apart > SOON or (far is not None and far > FAR_M)):
        return None
    points: list[tuple[int, Reason]] = []
    if same_number:
        points.append((60, Reason(SAME_NUMBER)))
    if far is not None and far <= NEAR_M:
        points.append((45 - round(far / 25), Reason(DISTANCE, {"metres": int(round(far, -1 if far >= 100 else 0))})))
    if mine.kelurahan and mine.kelurahan.casefold() == other.kelurahan.casefold():
        points.append((15, Reason(SAME_KELURAHAN, {"name": other.kelurahan})))
    shared = sorted(rare & other.words)
    if shared:
        points.append((min(36, 12 * len(shared)), Reason(SAME_WORDS, {"words": ", ".join(shared[:4])})))
    if not points:
        return None
    if mine.category and other.category:
        same = mine.category == other.category
        points.append((20 if same else -15, Reason(SAME_CATEGORY if same else "")))
    minutes = Reason(MINUTES, {"minutes": max(0, round((now - other.at).total_seconds() / 60))})
    score = sum(worth for worth, _ in points) + (10 if apart <= SOON else 0)
    return Likeness(other.ticket, score, (*_said(points), minutes))


def _said(points: Iterable[tuple[int, Reason]]) -> tuple[Reason, ...]:
    return tuple(reason for _, reason in points if reason.sentence)
