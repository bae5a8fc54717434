"""The last good copy of the book, a small file in the home folder, for a start without the database.

In:  a book. Out: its text, and the book again; None where there is none, or none that can be read.
Never: what the program works with while the database answers.
"""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import Book, Kept

log = logging.getLogger(__name__)


def text(book: Book) -> str:
    """As JSON. Who changed what stays in the database."""
    entries = {
        "agencies": [asdict(one.what) | {"active": one.active} for one in book.agencies],
        "categories": [asdict(one.what) | {"active": one.active} for one in book.categories],
    }
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


def read(file: Path) -> Book | None:
    """The book of that file; its revision is that of none, so that the stored one is read when it can be."""
    try:
        found = json.loads(file.read_text("utf-8"))
        return Book(
            tuple(_agency(entry) for entry in found["agencies"]),
            tuple(_category(entry) for entry in found["categories"]),
            revision=-1,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        log.warning("the copy of the agencies in %s cannot be read: %s", file, wrong)
        return None


def _agency(entry: dict[str, Any]) -> Kept[Agency]:
    active = entry.pop("active")
    lines = tuple(Line(**line) for line in entry.pop("lines"))
    return Kept(Agency(**_tuples(entry), lines=lines), active)


def _category(entry: dict[str, Any]) -> Kept[Category]:
    active = entry.pop("active")
    return Kept(Category(**_tuples(entry)), active)


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
