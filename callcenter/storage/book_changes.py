"""One change of the book, in one transaction: versions compared, rules asked, rows and audit written.

In:  a connection, an edit (the old book to a new one), the versions that the page had seen.
Out: the new book. Unfit, Conflict or Refused, and then nothing was changed.
Never: an entry overwritten that somebody else changed meanwhile; a change without its line in the audit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import Book, Kept, Roads, in_steps
from callcenter.core.book_rules import Fault, faults
from callcenter.core.errors import BadInput, Conflict, Refused
from callcenter.storage import book_rows as rows
from callcenter.storage.audit import add as audit
from callcenter.storage.tables import attempts, forwards, tickets
from callcenter.storage.tables_agencies import book_revision
from callcenter.storage.tables_people import users

Edit = Callable[[Book], Book]

CHANGED = "{who} changed {code} meanwhile. Nothing was overwritten: look at what stands there now."
USED = "{code} stands in the history and cannot be taken away. Take it out of service instead."
PEOPLE = "People belong to {code}. Close their accounts or give them another agency first."
LEADS = "{code} stands in these categories: {names}. Take it out there first."
ESCALATES = "{code} is the escalation of {names}. Change that first."


class Unfit(BadInput):
    """What would break dialling. `faults` says which field of which entry."""

    def __init__(self, found: list[Fault]) -> None:
        self.faults = found
        super().__init__(found[0].why.sentence, **found[0].why.values)


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry before and after; None: not there."""

    kind: str  # agency, category
    code: str
    old: Kept[Any] | None
    new: Kept[Any] | None


async def fill(connection: AsyncConnection, first: Book, now: datetime) -> Book:
    """The first book into empty tables. Another program that was first wins."""
    if await rows.read_revision(connection) is not None:
        return await rows.read_book(connection)
    agencies = tuple(replace(one, what=_stepped(one.what)) for one in first.agencies)
    await _write(connection, Book(), replace(first, agencies=agencies, revision=1), by="settings", now=now)
    count = {"agencies": len(first.agencies), "categories": len(first.categories)}
    await audit(connection, by="settings", action="agencies.first", at=now, details=count)
    return await rows.read_book(connection)


async def apply_edit(
    connection: AsyncConnection, edit: Edit, roads: Roads, *, by: str, seen: Mapping[str, int], now: datetime
) -> Book:
    """The edit, checked, written, audited."""
    await connection.execute(select(book_revision).with_for_update())  # one after the other, also on PostgreSQL
    old = await rows.read_book(connection)
    _nobody_else(old, seen)
    wanted = edit(old)
    wanted = replace(wanted, agencies=tuple(replace(one, what=_stepped(one.what)) for one in wanted.agencies))
    changes = list(differences(old, wanted))
    if not changes and _order(old) == _order(wanted):
        return old
    found = faults(wanted, _touched(changes, "agency"), _touched(changes, "category"), roads)
    if found:
        raise Unfit(found)
    for change in changes:
        if change.new is None:
            await _may_go(connection, change, wanted)
    await _write(connection, old, replace(wanted, revision=old.revision + 1), by=by, now=now)
    for change in changes:
        await _told(connection, change, by, now)
    return await rows.read_book(connection)


def differences(old: Book, new: Book) -> Iterator[Difference]:
    """What the edit changes, besides the order."""
    for kind, before, after in (
        ("agency", old.agencies, new.agencies),
        ("category", old.categories, new.categories),
    ):
        was: dict[str, Kept[Any]] = {one.code: one for one in before}
        now: dict[str, Kept[Any]] = {one.code: one for one in after}
        for code in dict.fromkeys([*was, *now]):
            a, b = was.get(code), now.get(code)
            if a is None or b is None or (a.what, a.active) != (b.what, b.active):
                yield Difference(kind, code, a, b)


def _nobody_else(book: Book, seen: Mapping[str, int]) -> None:
    for code, version in seen.items():
        entry = book.agency(code) or book.category(code)
        if (entry.version if entry else 0) != version:
            raise Conflict(CHANGED, code=code, who=entry.changed_by if entry else "?")


def _touched(changes: list[Difference], kind: str) -> set[str]:
    return {change.code for change in changes if change.kind == kind and change.new is not None}


def _order(book: Book) -> tuple[list[str], list[str]]:
    return [one.code for one in book.agencies], [one.code for one in book.categories]


def _stepped(agency: Agency) -> Agency:
    """Lines in the order in which they ring. Steps that cannot be are left for the rules to name."""
    return replace(agency, lines=in_steps(agency.lines)) if all(0 <= x.order <= 99 for x in agency.lines) else agency


async def _may_go(connection: AsyncConnection, change: Difference, wanted: Book) -> None:
    """Only what nobody ever used is taken away."""
    if change.kind == "category":
        used = await connection.execute(select(tickets.c.id).where(tickets.c.category == change.code).limit(1))
        if used.first() is not None:
            raise Refused(USED, code=change.code)
        return
    for table in (attempts, forwards):
        used = await connection.execute(select(table.c.agency).where(table.c.agency == change.code).limit(1))
        if used.first() is not None:
            raise Refused(USED, code=change.code)
    users_of = await connection.execute(select(users.c.name).where(users.c.agency == change.code).limit(1))
    if users_of.first() is not None:
        raise Refused(PEOPLE, code=change.code)
    leads = [one.what.name_id for one in wanted.categories if change.code in one.what.agencies]
    if leads:
        raise Refused(LEADS, code=change.code, names=", ".join(leads))
    needs = [one.what.name_id for one in wanted.agencies if one.what.escalation == change.code]
    if needs:
        raise Refused(ESCALATES, code=change.code, names=", ".join(needs))


async def _write(connection: AsyncConnection, old: Book, new: Book, *, by: str, now: datetime) -> None:
    """Agencies before the categories that name them; what goes, last."""
    for place, entry in enumerate(new.agencies):
        before = old.agency(entry.code)
        if before is None or (before.what, before.active) != (entry.what, entry.active):
            newer = replace(entry, version=(before.version if before else 0) + 1)
            await rows.write_agency(connection, place, newer, by=by, now=now)
        elif old.agencies.index(before) != place:
            await rows.move_agency(connection, entry.code, place)
    for place, kept in enumerate(new.categories):
        was = old.category(kept.code)
        if was is None or (was.what, was.active) != (kept.what, kept.active):
            after = replace(kept, version=(was.version if was else 0) + 1)
            await rows.write_category(connection, place, after, by=by, now=now)
        elif old.categories.index(was) != place:
            await rows.move_category(connection, kept.code, place)
    await rows.remove_categories(connection, [one.code for one in old.categories if not new.category(one.code)])
    await rows.remove_agencies(connection, [one.code for one in old.agencies if not new.agency(one.code)])
    await rows.write_revision(connection, new.revision)


async def _told(connection: AsyncConnection, change: Difference, by: str, now: datetime) -> None:
    what = "add" if change.old is None else "remove" if change.new is None else "change"
    await audit(
        connection,
        by=by,
        action=f"{change.kind}.{what}",
        target=change.code,
        details=old_and_new(change.old, change.new),
        at=now,
    )


def old_and_new(old: Kept[Any] | None, new: Kept[Any] | None) -> dict[str, list[str]]:
    """Every field that differs, as words: before, after."""
    kind = type((new or old).what)  # type: ignore[union-attr]
    found = {}
    for name in (*(field.name for field in fields(kind)), "active"):
        before, after = _words(old, name), _words(new, name)
        if before != after:
            found[name] = [before, after]
    return found


def _words(entry: Kept[Agency] | Kept[Category] | None, name: str) -> str:
    if entry is None:
        return ""
    value: Any = entry.active if name == "active" else getattr(entry.what, name)
    if name == "lines":
        return "; ".join(line_words(line) for line in value)
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def line_words(line: Line) -> str:
    """One line of a chain, for people."""
    hours = f", {line.hours}" if line.hours else ""
    return f"{line.order}: {line.number} {line.road} {line.ring_s} s ({line.show}){hours}"
