"""The audit as it is read: a list for people, all of it for the check.

In:  a filter, a place in the list. Out: rows as they are stored, newest first for people, oldest first for the check.
Never: a change; a sort of everything: by any filter it is walked in the order of time, along the index of that filter.
What few rows name is looked up first, what many name is met soon on that walk.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.seal import Row
from callcenter.storage.database import Database
from callcenter.storage.lookups import row_number
from callcenter.storage.pages import AuditPage
from callcenter.storage.records import record
from callcenter.storage.tables_people import audit, audit_head, audit_named

MOST = 200
AT_ONCE = 2000
FEW = 50_000
"""So many rows that name something are put in order at once."""
LAST_SIGN = "\U0010ffff"
Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Every field narrows; an empty one does not."""

    since: datetime | None = None
    until: datetime | None = None  # not included
    by: str = ""
    action: str = ""  # as it begins: "ticket" finds ticket.class
    target: str = ""  # as it begins; also a call or a ticket that the details name


class Trail:
    """Reads the audit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lines(self, wanted: AuditFilter | None = None, *, after: str = "", limit: int = 100) -> AuditPage:
        """Who looked at, took out or changed what, newest first; `after` is the `next` of the page before."""
        most = max(1, min(limit, MOST))
        async with self._database.read() as connection:
            here = _narrow(wanted or AuditFilter()) + (await _beyond(connection, row_number(after)) if after else [])
            ids = list(
                (await connection.execute(await _page(connection, wanted or AuditFilter(), here, most))).scalars()
            )
            rows = await connection.execute(select(audit).where(audit.c.id.in_(ids)))
            found = sorted((record(Row, row) for row in rows), key=lambda row: ids.index(row.id))
        return AuditPage(found, str(found[-1].id) if len(found) == most else "")

    async def head(self) -> tuple[int, str] | None:
        """How many rows there are, and the newest one's digest; None before the first."""
        async with self._database.read() as connection:
            head = (await connection.execute(select(audit_head))).first()
        return (head.size, head.digest) if head else None

    async def begins(self) -> datetime | None:
        """The moment of the first row; None before it."""
        at: datetime | None = await self._first(select(audit.c.at).order_by(audit.c.id).limit(1))
        return at

    async def has(self, digest: str) -> bool:
        """A row with that digest is here. Reads all of them."""
        return await self._first(select(audit.c.id).where(audit.c.digest == digest).limit(1)) is not None

    async def did(self, action: str) -> bool:
        """That was done at least once."""
        return await self._first(select(audit.c.id).where(audit.c.action == action).limit(1)) is not None

    async def _first(self, query: Select[Any]) -> Any:
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalars().first()

    async def rows(self) -> AsyncIterator[Row]:
        """All rows, oldest first, some at a time."""
        last, found = 0, None
        while found is None or len(found) == AT_ONCE:
            query = select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(AT_ONCE)
            async with self._database.read() as connection:
                found = [record(Row, row) for row in await connection.execute(query)]
            for line in found:
                yield line
                last = line.id


def _narrow(wanted: AuditFilter) -> Conditions:
    found: Conditions = []
    if wanted.since is not None:
        found.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(audit.c.at < wanted.until)
    if wanted.by:
        found.append(audit.c.by == wanted.by)
    return found


async def _beyond(connection: AsyncConnection, last: int) -> Conditions:
    """Older than that row, which was the last of the page before."""
    at = (await connection.execute(select(audit.c.at).where(audit.c.id == last))).scalar_one_or_none()
    return [audit.c.at <= at, or_(audit.c.at < at, audit.c.id < last)] if at else [audit.c.id < last]


async def _page(connection: AsyncConnection, wanted: AuditFilter, here: Conditions, most: int) -> Select[Any]:
    """The rows' numbers, newest first."""
    actions = await _actions(connection, wanted.action) if wanted.action else []
    if wanted.target:
        here = [*here, audit.c.action.in_(actions)] if wanted.action else here
        return await _naming(connection, wanted.target, here, most)
    if not wanted.action:
        return _walk(here, most)
    return _newest([_walk([*here, audit.c.action == one], most) for one in actions or [wanted.action]], most)


async def _naming(connection: AsyncConnection, name: str, here: Conditions, most: int) -> Select[Any]:
    """Rows about it, and those that name it in their details."""
    own = begins(connection, audit.c.target, name)
    if await _few(connection, own):
        about = select(audit.c.id, audit.c.at).where(own, *here)
    else:  # by no index of names, but by that of the time: they are met soon
        about = _walk([begins(connection, audit.c.target.concat(""), name), *here], most)
    told = select(audit.c.id, audit.c.at).join_from(audit_named, audit, audit.c.id == audit_named.c.audit)
    return _newest([about, told.where(begins(connection, audit_named.c.name, name), *here)], most)


def _walk(where: Conditions, most: int) -> Select[Any]:
    wanted = select(audit.c.id, audit.c.at).where(*where)
    return wanted.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(most)


def _newest(some: list[Select[Any]], most: int) -> Select[Any]:
    """Of all of these, each row once."""
    each = union(*(select(one.subquery()) for one in some)).subquery()
    return select(each.c.id).order_by(each.c.at.desc(), each.c.id.desc()).limit(most)


async def _few(connection: AsyncConnection, own: ColumnElement[bool]) -> bool:
    """Counting stops as soon as there are many."""
    hits = select(audit.c.id).where(own).limit(FEW).subquery()
    return int((await connection.execute(select(func.count()).select_from(hits))).scalar_one()) < FEW


async def _actions(connection: AsyncConnection, beginning: str) -> list[str]:
    """Those that are there and begin so: a step in the index for each that there is, a hundred perhaps."""
    each = select(func.min(audit.c.action).label("action")).cte("actions", recursive=True)
    next_ = select(func.min(audit.c.action)).where(audit.c.action > each.c.action).scalar_subquery()
    each = each.union_all(select(next_).where(each.c.action.is_not(None)))
    there = (await connection.execute(select(each.c.action).where(each.c.action.is_not(None)))).scalars()
    return [action for action in there if action.startswith(beginning)]


def begins(connection: AsyncConnection, column: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    """By an index that knows letters as they are coded, whatever the order of the city's language."""
    least, most = ("~>=~", "~<~") if connection.dialect.name == "postgresql" else (">=", "<")
    return and_(
        column.op(least, is_comparison=True)(beginning), column.op(most, is_comparison=True)(beginning + LAST_SIGN)
    )
