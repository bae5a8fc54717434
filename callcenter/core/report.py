"""The report of a month, or of any days: what came, what it was about, what became of it, as plain values. Pure.

In:  a tally of the days, incidents counted by category and place, figures of earlier years as they were handed in.
Out: one document of JSON values, which every form of the report prints; what differs between two of them.
Never: incidents printed as calls; a sum that is not checked; display text (rows of the ministry and of the city are
data, codes are codes).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from callcenter.core.catalogue import Catalogue
from callcenter.core.kpi import CLASS_PARTS, adds_up, parts, spreads
from callcenter.core.tally import Tally
from callcenter.core.ticket import CallClass

Json = dict[str, Any]

FORM = 1
"""Of the document; grows when a reader of old ones would stumble."""
NO_ROW = ""
"""The row of incidents that nobody gave a category."""
MINISTRY_ROWS = ("normal", "ghost", "prank", "informasi")


@dataclass(frozen=True, slots=True)
class Incidents:
    """So many tickets of class 1, 2 or 3, of this category, in this place."""

    category: str
    kecamatan: str
    kelurahan: str
    count: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """A figure of former years: it was handed in, not counted here."""

    first: date
    last: date
    row: str
    count: int


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made of."""

    city: str
    first: date
    last: date
    total: Tally
    agencies: Mapping[str, Tally]
    incidents: Sequence[Incidents]
    earlier: Sequence[Earlier]
    left_out: Sequence[Earlier]  # handed in for days that only partly lie in the period
    ministry: Mapping[str, str]  # class -> row
    missing: int | None = None  # calls in Asterisk's own records without a row here; None: not compared


def document(made_of: Material, catalogue: Catalogue) -> Json:
    """The whole report."""
    total = made_of.total
    return {
        "form": FORM,
        "city": made_of.city,
        "first": made_of.first.isoformat(),
        "last": made_of.last.isoformat(),
        "arrivals": total.of("arrivals"),
        "classes": {code: total.of(f"class.{code}") for code in CLASS_PARTS},
        "adds_up": adds_up(total),
        "ministry": _ministry(total, made_of.ministry),
        "outcomes": {name[8:]: many for name, many in sorted(total.counts.items()) if name.startswith("outcome.")},
        "incidents": _incidents(made_of, catalogue),
        "earlier": [[str(each.first), str(each.last), each.row, each.count] for each in made_of.earlier],
        "left_out": [[str(each.first), str(each.last), each.row, each.count] for each in made_of.left_out],
        "categories": _by(made_of.incidents, "category"),
        "kecamatan": _by(made_of.incidents, "kecamatan"),
        "kelurahan": _by(made_of.incidents, "kelurahan"),
        **_figures(total),
        "agencies": {agency: _figures(tally) for agency, tally in sorted(made_of.agencies.items())},
        "missing": made_of.missing,
    }


def rows_of(catalogue: Catalogue) -> list[str]:
    """The rows that the city's categories fall into, in their order."""
    known = (*catalogue.categories.values(), *catalogue.resting_categories.values())
    return list(dict.fromkeys(category.report_row for category in known if category.report_row))


def _incidents(made_of: Material, catalogue: Catalogue) -> Json:
    """Rows with what was counted here and what was handed in; their sum is incidents, not calls."""
    row = {c.code: c.report_row for c in (*catalogue.categories.values(), *catalogue.resting_categories.values())}
    own: dict[str, int] = {}
    for each in made_of.incidents:
        found = row.get(each.category, "")
        own[found] = own.get(found, 0) + each.count
    handed: dict[str, int] = {}
    for figure in made_of.earlier:
        handed[figure.row] = handed.get(figure.row, 0) + figure.count
    names = dict.fromkeys((*rows_of(catalogue), *sorted(handed), *sorted(own)))
    rows = [[name, own.get(name, 0), handed.get(name, 0)] for name in names if name or own.get(NO_ROW)]
    return {"rows": rows, "own": sum(own.values()), "earlier": sum(handed.values())}


def _ministry(total: Tally, table: Mapping[str, str]) -> Json:
    """The ten classes folded; a class that the table does not name is not hidden."""
    found = dict.fromkeys(MINISTRY_ROWS, 0)
    for each in CallClass:
        name = table.get(each, "")
        found[name] = found.get(name, 0) + total.of(f"class.{each}")
    return found


def _by(incidents: Iterable[Incidents], name: str) -> Json:
    found: dict[str, int] = {}
    for each in incidents:
        key = getattr(each, name)
        found[key] = found.get(key, 0) + each.count
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _figures(tally: Tally) -> Json:
    return {
        "shares": {code: [part.numerator, part.denominator] for code, part in parts(tally).items()},
        "spans": {
            code: [s.count, s.of, s.mean, s.median, s.p90, s.p95, s.longest, s.slowest]
            for code, s in spreads(tally).items()
        },
    }


def canonical(body: Json) -> str:
    """The document as the one text that its digest is made of."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of that text."""
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two documents differ: the path, the old value, the new one; None: it is not there."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key), new.get(key), f"{path}/{key}" if path else str(key))
    elif _rows(old) and _rows(new):
        yield from differences(_named(old), _named(new), path)
    elif old != new:
        yield path, old, new


def _rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, list) and row for row in value)


def _named(rows: list[list[Any]]) -> Json:
    """Rows by their words, so that a row that is new does not shift all others."""
    return {
        " ".join(str(cell) for cell in row if isinstance(cell, str)): [
            cell for cell in row if not isinstance(cell, str)
        ]
        for row in rows
    }
