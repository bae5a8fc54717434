"""What belongs to a ticket beside itself: its links, what was merged into it, and open reports that may be the same.

In:  a connection, tickets. Out: records; NotFound in words.
Never: a change; one query for each ticket of a list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import NotFound
from callcenter.core.ticket import CLOSED_STATES
from callcenter.storage.changes import NO_TICKET
from callcenter.storage.records import Ticket, record
from callcenter.storage.tables import attempts, calls, notes, ticket_calls, tickets
from callcenter.storage.tables_callers import ticket_links, ticket_merges

MOST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Link:
    """Another ticket, as seen from this one."""

    number: str
    kind: str  # PARENT: the other one is this one's parent; CHILD; RELATED
    status: str
    place: str
    category: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A ticket that is merged into this one."""

    number: str
    at: datetime
    by: str
    place: str


@dataclass(frozen=True, slots=True)
class Related:
    """All of it. `into`: the ticket that this one is merged into, or empty."""

    links: tuple[Link, ...] = ()
    merged: tuple[Merged, ...] = ()
    into: str = ""


@dataclass(frozen=True, slots=True)
class OpenReport:
    """An open ticket with its callers' numbers, its notes and the agencies that accepted."""

    ticket: Ticket
    numbers: frozenset[str]
    calls: tuple[str, ...]
    text: str
    accepted: tuple[str, ...]
    first_at: datetime  # its first call's arrival
    location: str = ""  # what the network sent with its first call
    related: Related = Related()


async def by_id(connection: AsyncConnection, id_: int) -> Ticket:
    """NotFound."""
    row = (await connection.execute(select(tickets).where(tickets.c.id == id_))).first()
    if row is None:
        raise NotFound(NO_TICKET, number=str(id_))
    return record(Ticket, row)


async def merge_of(connection: AsyncConnection, child: Ticket) -> Row[Any] | None:
    """The merge that holds this ticket now."""
    wanted = select(ticket_merges).where(ticket_merges.c.child == child.id, ticket_merges.c.undone_at.is_(None))
    return (await connection.execute(wanted)).first()


async def family(connection: AsyncConnection, id_: int) -> list[int]:
    """This ticket, and all that are merged into it, through however many steps."""
    found, fresh = [id_], [id_]
    while fresh:
        rows = await connection.execute(select(tickets.c.id).where(tickets.c.merged_into.in_(fresh)))
        fresh = [each for each in rows.scalars() if each not in found]
        found += fresh
    return found


async def were_one(connection: AsyncConnection, a: int, b: int) -> bool:
    """The two were merged with each other once, through however many steps, undone or not."""
    found, fresh = {a}, [a]
    while fresh and b not in found:
        pair = or_(ticket_merges.c.child.in_(fresh), ticket_merges.c.parent.in_(fresh))
        rows = await connection.execute(select(ticket_merges.c.child, ticket_merges.c.parent).where(pair))
        fresh = [each for row in rows for each in (row.child, row.parent) if each not in found]
        found |= set(fresh)
    return b in found


async def of(connection: AsyncConnection, number: str) -> Related:
    row = (await connection.execute(select(tickets.c.id).where(tickets.c.number == number))).first()
    if row is None:
        raise NotFound(NO_TICKET, number=number)
    return (await of_many(connection, [row.id])).get(row.id, Related())


async def of_many(connection: AsyncConnection, ids: list[int]) -> dict[int, Related]:
    """Ticket -> what belongs to it; those without anything are left out."""
    links = await _links(connection, ids)
    merged = await _merged(connection, ids)
    into = await _into(connection, ids)
    return {
        id_: Related(tuple(links.get(id_, ())), tuple(merged.get(id_, ())), into.get(id_, ""))
        for id_ in ids
        if id_ in links or id_ in merged or id_ in into
    }


async def _links(connection: AsyncConnection, ids: list[int]) -> dict[int, list[Link]]:
    found: dict[int, list[Link]] = {}
    for mine, theirs in ((ticket_links.c.ticket, ticket_links.c.other), (ticket_links.c.other, ticket_links.c.ticket)):
        wanted = (
            select(mine.label("mine"), ticket_links.c.kind, ticket_links.c.at, ticket_links.c.by)
            .add_columns(tickets.c.number, tickets.c.status, tickets.c.place, tickets.c.category)
            .join_from(ticket_links, tickets, tickets.c.id == theirs)
            .where(mine.in_(ids), ticket_links.c.ended_at.is_(None))
            .order_by(ticket_links.c.id)
        )
        for row in await connection.execute(wanted):
            child = row.kind == "CHILD"
            kind = row.kind if not child else "PARENT" if mine is ticket_links.c.ticket else "CHILD"
            link = Link(row.number, kind, row.status, row.place, row.category, row.at, row.by)
            found.setdefault(row.mine, []).append(link)
    return found


async def _merged(connection: AsyncConnection, ids: list[int]) -> dict[int, list[Merged]]:
    wanted = (
        select(ticket_merges.c.parent, ticket_merges.c.at, ticket_merges.c.by, tickets.c.number, tickets.c.place)
        .join_from(ticket_merges, tickets, tickets.c.id == ticket_merges.c.child)
        .where(ticket_merges.c.parent.in_(ids), ticket_merges.c.undone_at.is_(None))
        .order_by(ticket_merges.c.id)
    )
    found: dict[int, list[Merged]] = {}
    for row in await connection.execute(wanted):
        found.setdefault(row.parent, []).append(Merged(row.number, row.at, row.by, row.place))
    return found


async def _into(connection: AsyncConnection, ids: list[int]) -> dict[int, str]:
    other = tickets.alias("other")
    wanted = select(tickets.c.id, other.c.number).join_from(tickets, other, other.c.id == tickets.c.merged_into)
    return {row.id: row.number for row in await connection.execute(wanted.where(tickets.c.id.in_(ids)))}


async def open_reports(connection: AsyncConnection, since: datetime, limit: int) -> list[OpenReport]:
    open_ = tickets.c.status.not_in([state.value for state in CLOSED_STATES])
    wanted = select(tickets).where(open_, tickets.c.created_at >= since, tickets.c.test.is_(False))
    rows = await connection.execute(wanted.order_by(tickets.c.id.desc()).limit(limit))
    found = [record(Ticket, row) for row in rows]
    ids = [ticket.id for ticket in found]
    texts, ties, theirs = await _texts(connection, ids), await of_many(connection, ids), await _calls(connection, ids)
    accepted = await _accepted(connection, ids)
    reports = []
    for ticket in found:
        mine = theirs.get(ticket.id, [])
        reports.append(
            OpenReport(
                ticket,
                numbers=frozenset(row.e164 for row in mine if row.e164),
                calls=tuple(row.id for row in mine),
                text=texts.get(ticket.id, ""),
                accepted=tuple(accepted.get(ticket.id, {})),
                first_at=mine[0].arrived_at if mine else ticket.created_at,
                location=mine[0].location if mine else "",
                related=ties.get(ticket.id, Related()),
            )
        )
    return reports


async def _texts(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = select(notes.c.ticket, notes.c.text).where(notes.c.ticket.in_(list(ids))).order_by(notes.c.created_at)
    for row in await connection.execute(wanted):
        found[row.ticket] = f"{found.get(row.ticket, '')} {row.text}"[:MOST_NOTE]
    return found


async def _calls(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, list[Any]]:
    wanted = (
        select(ticket_calls.c.ticket, calls.c.id, calls.c.e164, calls.c.arrived_at, calls.c.location)
        .join_from(ticket_calls, calls, calls.c.id == ticket_calls.c.call)
        .where(ticket_calls.c.ticket.in_(list(ids)))
        .order_by(calls.c.arrived_at)
    )
    found: dict[int, list[Any]] = {}
    for row in await connection.execute(wanted):
        found.setdefault(row.ticket, []).append(row)
    return found


async def _accepted(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, dict[str, None]]:
    """Who said that they come, in that order."""
    wanted = (
        select(ticket_calls.c.ticket, attempts.c.agency)
        .join_from(attempts, ticket_calls, ticket_calls.c.call == attempts.c.call)
        .where(ticket_calls.c.ticket.in_(list(ids)), attempts.c.agency != "")
        .where(or_(attempts.c.accepted_at.is_not(None), attempts.c.named_at.is_not(None)))
        .order_by(attempts.c.dialled_at)
    )
    found: dict[int, dict[str, None]] = {}
    for row in await connection.execute(wanted):
        found.setdefault(row.ticket, {})[row.agency] = None
    return found
