"""The audit as it is read: a list for people, all of it for the check.

In:  a filter, a place in the list. Out: rows as they are stored, newest first for people, oldest first for the check.
Never: a change.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from callcenter.core.seal import Row
from callcenter.storage.database import Database
from callcenter.storage.lookups import row_number
from callcenter.storage.pages import AuditPage
from callcenter.storage.records import record
from callcenter.storage.tables_people import audit, audit_head, audit_named

MOST = 200
AT_ONCE = 2000


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
        query = select(audit).where(*_conditions(wanted or AuditFilter())).order_by(audit.c.id.desc()).limit(most)
        if after:
            query = query.where(audit.c.id < row_number(after))
        async with self._database.read() as connection:
            found = [record(Row, row) for row in await connection.execute(query)]
        return AuditPage(found, str(found[-1].id) if len(found) == most else "")

    async def head(self) -> tuple[int, str] | None:
        """How many rows there are, and the newest one's digest; None before the first."""
        async with self._database.read() as connection:
            head = (await connection.execute(select(audit_head))).first()
        return (head.size, head.digest) if head else None

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


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        found.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(audit.c.at < wanted.until)
    if wanted.by:
        found.append(audit.c.by == wanted.by)
    if wanted.action:
        found.append(audit.c.action.startswith(wanted.action, autoescape=True))
    if wanted.target:
        named = select(audit_named.c.audit).where(audit_named.c.name.startswith(wanted.target, autoescape=True))
        found.append(or_(audit.c.target.startswith(wanted.target, autoescape=True), audit.c.id.in_(named)))
    return found
