"""Whom this room can call, and what its incidents are about: one immutable picture, replaced as a whole on a change.

In:  agencies and categories in the order of the screens, also those that are out of service.
Out: those in service by their codes; names of all, so that an old ticket still says whom it went to.
Never: edited. Who needs it asks `catalogue()` for the newest one and keeps it no longer than one piece of work.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from callcenter.core.agency import Agency, Category


@dataclass(frozen=True, slots=True)
class Catalogue:
    """In service, by code, in order."""

    agencies: Mapping[str, Agency] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    resting_agencies: Mapping[str, Agency] = field(default_factory=dict)  # out of service: a name for old tickets
    resting_categories: Mapping[str, Category] = field(default_factory=dict)

    @property
    def all_agencies(self) -> list[str]:
        """Codes, also of those out of service: what an old ticket may name."""
        return [*self.agencies, *self.resting_agencies]

    @property
    def all_categories(self) -> list[str]:
        """The same of categories."""
        return [*self.categories, *self.resting_categories]

    def agency_name(self, code: str, language: str) -> str:
        """The name, also of one that is out of service; the code where nobody knows it any more."""
        found = self.agencies.get(code) or self.resting_agencies.get(code)
        return found.name(language) if found else code

    def category_name(self, code: str, language: str) -> str:
        """The same for a category."""
        found = self.categories.get(code) or self.resting_categories.get(code)
        return found.name(language) if found else code


Newest = Callable[[], Catalogue]
"""Gives the catalogue of this moment."""


def catalogue_of(agencies: Iterable[Agency] = (), categories: Iterable[Category] = ()) -> Catalogue:
    """A catalogue in which everything is in service."""
    return Catalogue({one.code: one for one in agencies}, {one.code: one for one in categories})


def always(agencies: Iterable[Agency] = (), categories: Iterable[Category] = ()) -> Newest:
    """A catalogue that never changes: for programs without a database."""
    fixed = catalogue_of(agencies, categories)
    return lambda: fixed
