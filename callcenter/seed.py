"""The first book of agencies and categories: what the settings say, into the empty tables.

In:  the settings and their file. Out: entries, those that are `off` resting; roads as they are written, so that a trunk
that is set later is used by the lines that wait for it.
Never: read again once the database has a book: from then on the pages rule.
"""

from typing import Any, TypeVar

from callcenter.core.agency import Agency, Category
from callcenter.core.book import Book, Kept
from callcenter.settings import Settings
from callcenter.settings_reader import build, joined, load, usual

T = TypeVar("T", bound=Agency | Category)


def first_book(settings: Settings) -> Book:
    """Everything that the defaults and settings.toml name."""
    file = settings.settings_file
    written = load(file) if file.exists() else {}
    return Book(
        tuple(_entries(Agency, "agencies", written, str(file))),
        tuple(_entries(Category, "categories", written, str(file))),
    )


def _entries(kind: type[T], key: str, written: dict[str, Any], where: str) -> list[Kept[T]]:
    found = []
    for table in joined(usual()[key], written.get(key, []), f"{where}: {key}"):
        one = build(kind, {name: table[name] for name in table if name != "off"}, f"{where}: {key}")
        found.append(Kept(one, active=not table.get("off")))
    return found
