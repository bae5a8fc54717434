"""Tickets as the telephone makes and moves them: one for each call, numbered by the day, followed up by what happened.

In:  rows of calls just written, what was there before. Out: tickets, their numbers, their status.
Never: a second ticket for a call (the primary key of ticket_calls says so too); a status taken back.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert as plain_insert
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.kind import Kind
from callcenter.core.ticket import TicketStatus, ticket_day, ticket_number
from callcenter.storage.changes import TELEPHONE
from callcenter.storage.rows import Row
from callcenter.storage.sql import insert
from callcenter.storage.tables import calls, counters, ticket_calls, ticket_changes, tickets

FORWARDED_FROM = (TicketStatus.NEW, TicketStatus.VERIFIED, TicketStatus.REOPENED)
ACCEPTED_FROM = (*FORWARDED_FROM, TicketStatus.FORWARDED)


@dataclass(frozen=True, slots=True)
class Known:
    """A call that has a row, and its ticket."""

    revision: int
    ticket: int
    number: str
    test: bool  # the ticket's series
    forwarded: bool
    accepted: bool


async def known(connection: AsyncConnection, ids: list[str]) -> dict[str, Known]:
    """Those of these calls that are there already."""
    found = await connection.execute(
        select(calls.c.id, calls.c.revision, calls.c.forwarded_at, calls.c.accepted_at)
        .add_columns(tickets.c.id.label("ticket"), tickets.c.number.label("ticket_number"), tickets.c.test)
        .join_from(calls, ticket_calls, ticket_calls.c.call == calls.c.id)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket)
        .where(calls.c.id.in_(ids))
    )
    return {
        r.id: Known(
            r.revision, r.ticket, r.ticket_number, r.test, r.forwarded_at is not None, r.accepted_at is not None
        )
        for r in found
    }


async def give(
    connection: AsyncConnection, rows: list[Row], before: dict[str, Known], zone: ZoneInfo, now: datetime
) -> dict[str, str]:
    """A ticket for every call that has none; another number for a call found out to be a test. Call -> number."""
    given: dict[str, str] = {}
    for row in rows:
        there = before.get(row["id"])
        if there is None and row["kind"] != Kind.ARRIVAL:
            given |= await _hang_on(connection, row, now)
        elif there is None:
            given[row["id"]] = await _new(connection, row, zone, now)
        elif there is not None and row["test"] and not there.test and await _alone(connection, there.ticket):
            given[row["id"]] = await _renumber(connection, row, there, zone)
    return given


async def _new(connection: AsyncConnection, row: Row, zone: ZoneInfo, now: datetime) -> str:
    number, day, serial = await next_number(connection, row, zone)
    made = await connection.execute(
        plain_insert(tickets)
        .values(number=number, day=day, serial=serial, test=row["test"], created_at=now)
        .returning(tickets.c.id)
    )
    link = {"call": row["id"], "ticket": made.scalar_one(), "linked_at": now, "linked_by": TELEPHONE}
    await connection.execute(plain_insert(ticket_calls), [link])
    return number


async def _hang_on(connection: AsyncConnection, row: Row, now: datetime) -> dict[str, str]:
    """A call that we make has the ticket of the call that it is about, and never a new one."""
    found = await connection.execute(
        select(tickets.c.id, tickets.c.number)
        .join(ticket_calls, ticket_calls.c.ticket == tickets.c.id)
        .where(ticket_calls.c.call == row["about"])
    )
    ticket = found.first()
    if ticket is None:
        return {}
    link = {"call": row["id"], "ticket": ticket.id, "linked_at": now, "linked_by": row["by"] or TELEPHONE}
    await connection.execute(plain_insert(ticket_calls), [link])
    return {row["id"]: ticket.number}


async def next_number(connection: AsyncConnection, row: Row, zone: ZoneInfo) -> tuple[str, date, int]:
    """The next number of the day on which this call arrived, in its series."""
    day = ticket_day(row["arrived_at"], zone)
    statement = insert(connection, counters).values(day=day, test=int(row["test"]), last=1)
    counted = await connection.execute(
        statement.on_conflict_do_update(index_elements=["day", "test"], set_={"last": counters.c.last + 1}).returning(
            counters.c.last
        )
    )
    serial: int = counted.scalar_one()
    return ticket_number(day, serial, test=row["test"]), day, serial


async def _alone(connection: AsyncConnection, ticket: int) -> bool:
    """No real call shares the ticket."""
    found = await connection.execute(
        select(calls.c.id)
        .join(ticket_calls, ticket_calls.c.call == calls.c.id)
        .where(ticket_calls.c.ticket == ticket, calls.c.test.is_(False))
        .limit(1)
    )
    return found.first() is None


async def _renumber(connection: AsyncConnection, row: Row, there: Known, zone: ZoneInfo) -> str:
    number, day, serial = await next_number(connection, row, zone)
    await _change(
        connection, there.ticket, row["heard_at"], "number", there.number, number, day=day, serial=serial, test=True
    )
    return number


async def follow(connection: AsyncConnection, rows: list[Row], before: dict[str, Known]) -> None:
    """The first forward and the first acceptance of a call move its ticket on; nothing here moves one back."""
    ids = [row["id"] for row in rows if row["forwarded_at"] or row["accepted_at"]]
    if not ids:
        return
    now = await known(connection, ids)
    for row in rows:
        there, was = now.get(row["id"]), before.get(row["id"])
        if there is None:
            continue
        if there.accepted and not (was and was.accepted):
            await _move(connection, there.ticket, row["accepted_at"], TicketStatus.ACCEPTED, ACCEPTED_FROM)
        elif there.forwarded and not (was and was.forwarded):
            await _move(connection, there.ticket, row["forwarded_at"], TicketStatus.FORWARDED, FORWARDED_FROM)


async def _move(
    connection: AsyncConnection, ticket: int, at: datetime, to: TicketStatus, origins: tuple[TicketStatus, ...]
) -> None:
    found = await connection.execute(select(tickets.c.status).where(tickets.c.id == ticket))
    status = found.scalar_one()
    if status in origins:
        await _change(connection, ticket, at, "status", status, to.value)


async def _change(
    connection: AsyncConnection, ticket: int, at: datetime, field: str, old: str, new: str, **more: object
) -> None:
    values = {field: new, "version": tickets.c.version + 1, **more}
    changed = await connection.execute(
        update(tickets).where(tickets.c.id == ticket).values(values).returning(tickets.c.version)
    )
    row = {"ticket": ticket, "at": at, "by": TELEPHONE, "field": field, "old": old, "new": new}
    await connection.execute(plain_insert(ticket_changes), [{**row, "version": changed.scalar_one()}])
