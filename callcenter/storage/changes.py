"""Changing a ticket so that nobody overwrites anybody, and the old value stays.

In:  a ticket's row locked by the one writer, new values, the version that the page had seen.
Out: the new row; one line of history for each field, set or refused.
Never: a field set over another person's newer text.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import Conflict, NotFound
from callcenter.storage.records import Ticket, record
from callcenter.storage.tables import ticket_changes, tickets

TELEPHONE = "telephone"
NO_TICKET = "There is no ticket {number}."
OTHER_FIRST = "{who} changed this field meanwhile to: {theirs}. Your text is kept in the ticket's history: {mine}"


async def find(connection: AsyncConnection, number: str) -> Ticket:
    """The ticket as it is now; on PostgreSQL nobody else changes it before the commit. NotFound."""
    found = await connection.execute(select(tickets).where(tickets.c.number == number).with_for_update())
    row = found.first()
    if row is None:
        raise NotFound(NO_TICKET, number=number)
    return record(Ticket, row)


async def change(
    connection: AsyncConnection,
    ticket: Ticket,
    values: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    beside: Mapping[str, Any] | None = None,
    told: Mapping[str, tuple[str, str]] | None = None,
    reason: str = "",
) -> Ticket:
    """Set these fields, each with a line of history.

    `beside`: moments and names that go with them, without a line. `told`: lines about what is kept in another table.
    """
    new = {field: value for field, value in values.items() if getattr(ticket, field) != value}
    lines = {field: (text(getattr(ticket, field)), text(value)) for field, value in new.items()} | dict(told or {})
    if not lines and not beside:
        return ticket
    version = ticket.version + 1
    changed = await connection.execute(
        update(tickets)
        .where(tickets.c.id == ticket.id, tickets.c.version == ticket.version)
        .values({**(beside or {}), **new, "version": version})
        .returning(tickets)
    )
    if lines:
        same = {"ticket": ticket.id, "at": now, "by": by, "reason": reason, "version": version, "refused": False}
        rows = [{**same, "field": field, "old": old, "new": now_} for field, (old, now_) in lines.items()]
        await connection.execute(insert(ticket_changes), rows)
    return record(Ticket, changed.one())


async def conflict(
    connection: AsyncConnection, ticket: Ticket, values: Mapping[str, Any], seen: int, *, by: str, now: datetime
) -> Conflict | None:
    """Somebody else set one of these fields after the page saw it, to something else: both texts are kept.

    Returned, not raised, by the unit: so its line of history is committed.
    """
    for field, value in values.items():
        current = getattr(ticket, field)
        if current == value:
            continue
        other = await _newest_other(connection, ticket, field, seen, by)
        if other is None:
            continue
        kept = {"ticket": ticket.id, "at": now, "by": by, "field": field, "old": text(current), "new": text(value)}
        await connection.execute(insert(ticket_changes), [{**kept, "refused": True, "version": ticket.version}])
        return Conflict(
            OTHER_FIRST, field=field, mine=text(value), theirs=text(current), who=other, version=ticket.version
        )
    return None


async def _newest_other(connection: AsyncConnection, ticket: Ticket, field: str, seen: int, by: str) -> str | None:
    """Who set this field last, if that was somebody else and after the page saw it. The telephone is nobody."""
    found = await connection.execute(
        select(ticket_changes.c.by, ticket_changes.c.version)
        .where(ticket_changes.c.ticket == ticket.id, ticket_changes.c.field == field)
        .where(ticket_changes.c.refused.is_(False), ticket_changes.c.by != TELEPHONE)
        .order_by(ticket_changes.c.id.desc())
        .limit(1)
    )
    last = found.first()
    return last.by if last is not None and last.version > seen and last.by != by else None


def text(value: Any) -> str:
    """A value as the history keeps it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
