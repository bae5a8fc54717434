"""Where else a number is spoken of: free texts all over the database, on other people's tickets too.

In:  a number. Out: which rows name it; the same rows without it.
Never: a search without a bound in time; a text of a ticket that must stay whole; more taken away than the number.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.phone import forms
from callcenter.storage.shift import shift_notes
from callcenter.storage.tables import (
    calls,
    note_revisions,
    notes,
    quarantine,
    ticket_changes,
    tickets,
)  # fmt: skip
from callcenter.storage.tables_callers import number_flags
from callcenter.storage.tables_log import saved_filters
from callcenter.storage.tables_people import data_requests, openings
from callcenter.storage.tables_quality import coaching_notes, reviews
from callcenter.storage.tables_recordings import legal_holds

ERASED = "[…]"
BETWEEN = r"[ .–/()-]{0,2}"
SIGNS = ("", "-", " ", ".", "/", "–")

TEXTS: Mapping[Table, tuple[str, ...]] = {
    notes: ("text",),
    note_revisions: ("text",),
    tickets: ("place", "landmark", "caller_name", "hazards", "summary"),
    ticket_changes: ("old", "new", "reason"),
    calls: ("name", "dialled"),
    number_flags: ("reason", "end_reason"),
    legal_holds: ("reason", "released_why"),
    openings: ("reason",),
    data_requests: ("reason",),
    shift_notes: ("text",),
    reviews: ("remark", "reply", "answers"),
    coaching_notes: ("text",),
    saved_filters: ("query",),
    quarantine: ("body",),
}
"""Texts that people typed or that were put aside; what is his own row is dealt with by whoever asks."""

Rows = Mapping[Table, list[dict[str, Any]]]


def pattern(e164: str, region: str) -> re.Pattern[str]:
    """The number in a text, in every way in which people write it."""
    ways = {form.removeprefix("+").removeprefix("00") for form in forms(e164, region)}
    spelled = "|".join(BETWEEN.join(way) for way in sorted(ways, key=len, reverse=True))
    return re.compile(rf"(?<!\d)\+?{BETWEEN}(?:{spelled})(?!\d)")


async def find(connection: AsyncConnection, e164: str, region: str) -> Rows:
    """Every row that names it."""
    spelled, found = pattern(e164, region), dict[Table, list[dict[str, Any]]]()
    for table, names in TEXTS.items():
        rows = await connection.execute(select(table).where(or_(*(_may(table.c[name], e164) for name in names))))
        every = [dict(row._mapping) for row in rows]
        found[table] = [row for row in every if any(spelled.search(str(row[name])) for name in names)]
    return found


def _may(column: ColumnElement[Any], e164: str) -> ColumnElement[bool]:
    """Its end stands there, whatever is between the digits."""
    end, text = e164[-4:], cast(column, String)
    return or_(*(text.contains(sign.join((end[:2], end[2:])), autoescape=True) for sign in SIGNS))


async def unsay(connection: AsyncConnection, rows: Rows, spelled: re.Pattern[str], stay: Iterable[int]) -> None:
    """The number alone goes, but from the tickets that stay whole. Before anything else changes these rows."""
    kept = frozenset(stay)
    numbers = frozenset((await connection.execute(_numbers(kept))).scalars()) if kept else frozenset[str]()
    keys = frozenset((await connection.execute(_keys(kept))).scalars()) if kept else frozenset[str]()
    for table, found in rows.items():
        own = "id" if table is tickets else "note" if table is note_revisions else "ticket"
        for row in found:
            if row.get(own) in (keys if own == "note" else kept) or row.get(own) in numbers:
                continue
            new = {name: without(row[name], spelled) for name in TEXTS[table]}
            here = [column == row[column.name] for column in table.primary_key.columns]
            await connection.execute(update(table).where(*here).values(**new))


def _numbers(kept: Iterable[int]) -> Any:
    return select(tickets.c.number).where(tickets.c.id.in_(kept))


def _keys(kept: Iterable[int]) -> Any:
    return select(notes.c.key).where(notes.c.ticket.in_(kept))


def without(value: Any, spelled: re.Pattern[str], mark: str = ERASED) -> Any:
    """A value without the number: nothing but it becomes the mark."""
    if isinstance(value, str):
        return mark if spelled.fullmatch(value) else spelled.sub(ERASED, value)
    if isinstance(value, dict):
        return {key: without(each, spelled, mark) for key, each in value.items()}
    return [without(each, spelled, mark) for each in value] if isinstance(value, list) else value
