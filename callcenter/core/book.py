"""The book of agencies and categories as the administrator edits it: also what rests, with versions.

In:  entries. Out: the catalogue that the room works with: entries in service, lines whose roads exist.
Never: a rule about what may stand in it (`book_rules.py`), a database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.catalogue import Catalogue

T = TypeVar("T", bound=Agency | Category)


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """One entry. `version` grows with every change, so that nobody overwrites anybody."""

    what: T
    active: bool = True
    version: int = 1
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.what.code


@dataclass(frozen=True, slots=True)
class Book:
    """All entries, in the order of the screens. `revision` grows with every change of anything."""

    agencies: tuple[Kept[Agency], ...] = ()
    categories: tuple[Kept[Category], ...] = ()
    revision: int = 0

    def agency(self, code: str) -> Kept[Agency] | None:
        return next((one for one in self.agencies if one.code == code), None)

    def category(self, code: str) -> Kept[Category] | None:
        return next((one for one in self.categories if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Roads:
    """What the settings and Asterisk's configuration offer a line, and which numbers are this room's own."""

    trunks: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()  # HOST:PORT
    positions: tuple[str, ...] = ()
    own: tuple[str, ...] = ("112",)

    def choices(self) -> list[str]:
        """Every road, as it is written in a line."""
        named = [f"trunk:{name}" for name in self.trunks] + [f"sip:{where}" for where in self.gateways]
        return ["trunk", *named, *(["position"] if self.positions else [])]

    def has(self, line: Line) -> bool:
        """The line can be dialled as things are."""
        kind, _, where = line.road.partition(":")
        if kind == "position":
            return line.number in self.positions
        if kind == "sip":
            return where in self.gateways
        return kind == "trunk" and (where in self.trunks if where else bool(self.trunks))

    def spelt_out(self, line: Line) -> Line:
        """ "trunk" is the first one of this moment."""
        return replace(line, road=f"trunk:{self.trunks[0]}") if line.road == "trunk" else line


def in_steps(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines in the order in which they ring, their steps counted from 1. A step 0 is the place in the list."""
    placed = [replace(line, order=line.order or place) for place, line in enumerate(lines, 1)]
    steps = {order: step for step, order in enumerate(sorted({line.order for line in placed}), 1)}
    return tuple(replace(line, order=steps[line.order]) for line in sorted(placed, key=lambda line: line.order))


def picture(book: Book, roads: Roads) -> Catalogue:
    """What the room works with."""
    working = {one.code for one in book.agencies if one.active}
    agencies = [(one.active, _reachable(one.what, roads, working)) for one in book.agencies]
    categories = [(one.active, _offered(one.what, working)) for one in book.categories]
    return Catalogue(
        {one.code: one for active, one in agencies if active},
        {one.code: one for active, one in categories if active},
        {one.code: one for active, one in agencies if not active},
        {one.code: one for active, one in categories if not active},
    )


def _reachable(agency: Agency, roads: Roads, working: set[str]) -> Agency:
    lines = tuple(roads.spelt_out(line) for line in agency.lines if roads.has(line))
    return replace(agency, lines=lines, escalation=agency.escalation if agency.escalation in working else "")


def _offered(category: Category, working: set[str]) -> Category:
    return replace(category, agencies=tuple(code for code in category.agencies if code in working))


def put(entries: Sequence[Kept[T]], new: Kept[T]) -> tuple[Kept[T], ...]:
    """The entries with this one in place of the one of its code, or behind the others."""
    if any(one.code == new.code for one in entries):
        return tuple(new if one.code == new.code else one for one in entries)
    return (*entries, new)
