"""The city's places by name: what is found while somebody types. Pure.

In:  places (name, kind, where), the first letters of words in any order. Out: the best few, the nearest one.
Never: a request, a guess at coordinates: a place without a point is found by its name all the same.

Words are compared without case, accents and punctuation; "jl", "jln" and "jalan" are one word, as people write them.
Where nothing begins so, words that differ by one letter are taken: callers spell, call takers hear.
"""

import bisect
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from callcenter.core.where import Point, metres

SAME = {
    "jl": "jalan", "jln": "jalan", "gg": "gang", "kel": "kelurahan", "kec": "kecamatan", "psr": "pasar",
    "rs": "rumahsakit", "rsud": "rumahsakit", "sd": "sekolah", "smp": "sekolah", "sma": "sekolah", "smk": "sekolah",
    "perum": "perumahan", "komp": "komplek", "kompleks": "komplek", "st": "stasiun", "term": "terminal",
    "mesjid": "masjid",
}  # fmt: skip
"""Short and long forms of one word. Numbers and single letters stay as they are."""

GENERAL = frozenset({*SAME.values(), "alun", "balai", "gereja", "kantor", "mall", "pos", "puskesmas", "taman"})
MOST_WORDS = 8

KINDS = ("kecamatan", "kelurahan", "landmark", "street", "building", "other")
"""What a place is; the larger first where names are the same."""

FUZZY_FROM = 4
"""Shorter words are too alike."""

NAMED_FROM = 5
"""A name in running text has at least so many letters."""


@dataclass(frozen=True, slots=True)
class Place:
    """One name on the city's list."""

    id: int
    name: str
    kind: str = "other"
    kelurahan: str = ""
    kecamatan: str = ""
    also: str = ""  # other names, old names, what people say
    point: Point | None = None


def _plain(text: str) -> tuple[str, ...]:
    kept = unicodedata.normalize("NFKD", text.casefold())
    return tuple(re.findall(r"[a-z0-9]+", "".join(c for c in kept if not unicodedata.combining(c))))


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    return tuple(SAME.get(word, word) for word in _plain(text))


class Gazetteer:
    """All places, ready to be searched. Built once for each change of the list; some 50,000 places are fine."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places: Sequence[Place] = tuple(places)
        names = [f"{place.name} {place.also}" for place in self.places]
        self._words = [frozenset((*_plain(name), *words(name))) for name in names]
        index: dict[str, list[int]] = {}
        for number, known in enumerate(self._words):
            for word in known:
                index.setdefault(word, []).append(number)
        self._sorted = sorted(index)
        self._index = index
        self._names = _by_first_word(self.places)

    def named_in(self, text: str) -> Iterator[tuple[int, int, Place]]:
        """Places whose whole name stands in this text, the longest first where one begins another; from, to, place."""
        found = [(each.start(), each.end(), words(each.group())) for each in re.finditer(r"[^\W_]+", text)]
        said = [(start, end, known[0]) for start, end, known in found if len(known) == 1]
        at = 0
        while at < len(said):
            here = [word for _, _, word in said[at : at + MOST_WORDS]]
            for name, place in self._names.get(here[0], ()):
                if tuple(here[: len(name)]) == name:
                    yield said[at][0], said[at + len(name) - 1][1], place
                    at += len(name) - 1
                    break
            at += 1

    @property
    def middle(self) -> Point:
        """The middle of all that has a point: short Plus Codes are near it. Null Island for a list without any."""
        points = [place.point for place in self.places if place.point]
        many = max(1, len(points))
        return Point(sum(p.latitude for p in points) / many, sum(p.longitude for p in points) / many)

    def find(self, text: str, *, limit: int = 8) -> list[Place]:
        """Places that have all these words, each at least its first letters; the closest names first."""
        asked = _plain(text)
        if not asked or len(asked) > 12:
            return []
        found = self._all(asked, fuzzy=False) or self._all(asked, fuzzy=True)
        return [self.places[number] for number in sorted(found, key=lambda n: self._rank(n, asked))[:limit]]

    def _all(self, asked: Sequence[str], *, fuzzy: bool) -> set[int]:
        found: set[int] | None = None
        for word in asked:
            fits = self._beginning(word) + (self._beginning(SAME[word]) if word in SAME else [])
            if fuzzy and not fits and len(word) >= FUZZY_FROM:
                fits = [known for known in self._sorted if _one_letter_off(word, known[: len(word) + 1])]
            numbers = {number for known in fits for number in self._index[known]}
            found = numbers if found is None else found & numbers
            if not found:
                return set()
        return found or set()

    def _beginning(self, word: str) -> list[str]:
        first = bisect.bisect_left(self._sorted, word)
        last = bisect.bisect_left(self._sorted, word + "\uffff")
        return self._sorted[first:last]

    def _rank(self, number: int, asked: Sequence[str]) -> tuple[int, int, int, int, str]:
        place, known = self.places[number], self._words[number]
        name, asked = words(place.name), words(" ".join(asked))
        kind = KINDS.index(place.kind) if place.kind in KINDS else len(KINDS)
        whole = sum(word in known for word in asked)
        return (-int(name == tuple(asked)), -int(name[:1] == tuple(asked)[:1]), -whole, kind, place.name)

    def nearest(self, point: Point, kind: str, *, within_m: float = 5_000) -> Place | None:
        """The place of that kind whose point is nearest; None when none is near. Its middle, not its border."""
        near = [(metres(point, place.point), place) for place in self.places if place.kind == kind and place.point]
        distance, place = min(near, key=lambda each: each[0], default=(within_m, None))
        return place if distance < within_m else None


def _by_first_word(places: Iterable[Place]) -> dict[str, list[tuple[tuple[str, ...], Place]]]:
    """First word -> whole names that begin with it, the longest first. A kind of place alone is no name."""
    found: dict[str, list[tuple[tuple[str, ...], Place]]] = {}
    for place in places:
        for name in (words(place.name), words(place.also)):
            if name and len(name) <= MOST_WORDS and sum(map(len, name)) >= NAMED_FROM and not set(name) <= GENERAL:
                found.setdefault(name[0], []).append((name, place))
    for names in found.values():
        names.sort(key=lambda each: -len(each[0]))
    return found


def _one_letter_off(one: str, other: str) -> bool:
    """One letter added, left out, changed, or two beside each other swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return swapped or one[at + 1 :] in (other[at + 1 :], other[at:]) or one[at:] == other[at + 1 :]
