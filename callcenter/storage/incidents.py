"""One incident, many callers: tickets linked, or merged into one, and taken apart again exactly as they were.

In:  two tickets, who says so. Out: both as they are after the commit; the calls that moved.
Never: a call without a ticket or with two; a merge that cannot be undone; a text lost.

Merged: the calls of the child belong to the parent; the child's row stays, closed as a duplicate, and takes nothing any
more. Undone: its calls, status and disposition are what they were. What was typed after the merge was typed on the
parent and stays there, and so do calls that were linked to it later and what agencies answered meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, Conflict, NotFound, Refused
from callcenter.core.ticket import CLOSED_STATES, Disposition, TicketStatus
from callcenter.storage import related
from callcenter.storage.audit import add as audit
from callcenter.storage.changes import change, find
from callcenter.storage.database import Clock, Database
from callcenter.storage.records import Ticket
from callcenter.storage.related import OpenReport, Related
from callcenter.storage.tables import ticket_calls, tickets
from callcenter.storage.tables_callers import ticket_links, ticket_merges

CHILD, RELATED_TO = "CHILD", "RELATED"
KINDS = (CHILD, "PARENT", RELATED_TO)
ITSELF = "A ticket cannot be tied to itself."
NO_KIND = "{text} is no way in which tickets belong together."
MERGED = "{number} is merged into {other} already."
INTO_MERGED = "{number} is itself merged into {other}: choose that one."
CLOSED = "{number} is closed. Open it again first, or link the two."
TESTS = "A test and a real ticket are not tied to each other."
NOT_MERGED = "{number} is not merged into another ticket."
FIRST = "{number} was merged into {other} since: undo that first."
NO_LINK = "These two tickets are not linked."
KEPT = ("status", "disposition", "closed_at", "closed_by")
TYPED = ("place", "landmark", "kelurahan", "kecamatan", "caller_name", "hazards", "summary", "category")


class Incidents:
    """Every method answers after the commit."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def related(self, number: str) -> Related:
        """Links and merges of this ticket. NotFound."""
        async with self._database.read() as connection:
            return await related.of(connection, number)

    async def open(self, since: datetime, limit: int = 200) -> list[OpenReport]:
        """Open tickets of that time, the newest first, with what tells whether they are the same."""
        async with self._database.read() as connection:
            return await related.open_reports(connection, since, limit)

    async def link(self, number: str, other: str, kind: str, *, by: str) -> None:
        """`number` is the CHILD or the PARENT of `other`, or RELATED to it. Said again it stays as it is."""
        if kind not in KINDS:
            raise BadInput(NO_KIND, text=kind[:20])
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            mine, theirs = await _both(connection, number, other)
            first, second = (theirs, mine) if kind == "PARENT" else (mine, theirs)
            if kind == RELATED_TO and first.id > second.id:
                first, second = second, first
            stored = RELATED_TO if kind == RELATED_TO else CHILD
            await _end_links(connection, first, second, by, now, but=stored)
            if await _linked(connection, first, second) is None:
                row = {"ticket": first.id, "other": second.id, "kind": stored, "at": now, "by": by, "ended_by": ""}
                await connection.execute(insert(ticket_links).values(row))
                await _tell(connection, first, f"link {stored}", "", second.number, by, now)
                details = {"other": second.number, "kind": stored}
                await audit(connection, by=by, action="ticket.link", target=first.number, details=details, at=now)

        await self._database.write(unit)

    async def unlink(self, number: str, other: str, *, by: str) -> None:
        """They do not belong together. NotFound where they are not linked."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            mine, theirs = await _both(connection, number, other)
            if not await _end_links(connection, mine, theirs, by, now):
                raise NotFound(NO_LINK)
            await _tell(connection, mine, "link", theirs.number, "", by, now)
            details = {"other": theirs.number}
            await audit(connection, by=by, action="ticket.unlink", target=mine.number, details=details, at=now)

        await self._database.write(unit)

    async def merge(self, child: str, parent: str, *, by: str) -> tuple[Ticket, list[str]]:
        """The parent as it is now, and the calls that moved to it. Refused and Conflict say why not."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> tuple[Ticket, list[str]]:
            old, into = await _both(connection, child, parent)
            await _may_merge(connection, old, into)
            before = await _before(connection, old)
            moved = [each["call"] for each in before["calls"]]
            row = {"child": old.id, "parent": into.id, "at": now, "by": by, "before": before, "undone_by": ""}
            await connection.execute(insert(ticket_merges).values(row))
            there = {"ticket": into.id, "linked_at": now, "linked_by": by}
            await connection.execute(update(ticket_calls).where(ticket_calls.c.ticket == old.id).values(there))
            closed = {"status": TicketStatus.CLOSED.value, "disposition": Disposition.DUPLICATE.value}
            beside = {"merged_into": into.id, "closed_at": old.closed_at or now, "closed_by": old.closed_by or by}
            told = {"merged into": ("", into.number)}
            await change(connection, old, closed, by=by, now=now, beside=beside, told=told)
            into = await _ahead(connection, into, old)
            told = {"merged with": ("", old.number), **_held_against(into, old)}
            into = await change(connection, into, {}, by=by, now=now, told=told)
            details = {"into": into.number, "calls": moved}
            await audit(connection, by=by, action="ticket.merge", target=old.number, details=details, at=now)
            return into, moved

        return await self._database.write(unit)

    async def undo(self, child: str, *, by: str) -> tuple[Ticket, list[str]]:
        """The child as it was, and the calls that came back to it."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> tuple[Ticket, list[str]]:
            old = await find(connection, child)
            merge = await related.merge_of(connection, old)
            if merge is None:
                raise Refused(NOT_MERGED, number=child)
            into = await related.by_id(connection, merge.parent)
            if into.merged_into is not None:
                other = await related.by_id(connection, into.merged_into)
                raise Refused(FIRST, number=into.number, other=other.number)
            done = {"undone_at": now, "undone_by": by}
            await connection.execute(update(ticket_merges).where(ticket_merges.c.id == merge.id).values(done))
            back = await _back(connection, merge.before, old.id, into.id)
            await change(connection, into, {}, by=by, now=now, told={"merged with": (old.number, "")})
            old = await _ahead(connection, old, into)
            values = {name: merge.before[name] for name in ("status", "disposition")}
            closed_at = merge.before["closed_at"]
            at = datetime.fromisoformat(closed_at) if closed_at else None
            beside = {"merged_into": None, "closed_at": at, "closed_by": merge.before["closed_by"]}
            told = {"merged into": (into.number, ""), **_held_against(old, into)}
            old = await change(connection, old, values, by=by, now=now, beside=beside, told=told)
            details = {"from": into.number, "calls": back}
            await audit(connection, by=by, action="ticket.unmerge", target=old.number, details=details, at=now)
            return old, back

        return await self._database.write(unit)


async def _both(connection: AsyncConnection, number: str, other: str) -> tuple[Ticket, Ticket]:
    """Locked always in the same order, so that two people at two tickets never wait for each other."""
    if number == other:
        raise Refused(ITSELF)
    found = {each: await find(connection, each) for each in sorted((number, other))}
    if found[number].test != found[other].test:
        raise Refused(TESTS)
    return found[number], found[other]


async def _may_merge(connection: AsyncConnection, old: Ticket, into: Ticket) -> None:
    if old.merged_into is not None:
        other = await related.by_id(connection, old.merged_into)
        raise Conflict(MERGED, number=old.number, other=other.number)
    if into.merged_into is not None:
        other = await related.by_id(connection, into.merged_into)
        raise Refused(INTO_MERGED, number=into.number, other=other.number)
    if into.status in CLOSED_STATES:
        raise Refused(CLOSED, number=into.number)


async def _before(connection: AsyncConnection, old: Ticket) -> dict[str, Any]:
    """All that an undo needs, as JSON values."""
    rows = await connection.execute(select(ticket_calls).where(ticket_calls.c.ticket == old.id))
    calls = [{"call": row.call, "at": row.linked_at.isoformat(), "by": row.linked_by} for row in rows]
    kept = {name: getattr(old, name) for name in KEPT}
    return {**kept, "closed_at": old.closed_at.isoformat() if old.closed_at else None, "calls": calls}


async def _back(connection: AsyncConnection, before: Mapping[str, Any], old: int, into: int) -> list[str]:
    """The calls that the merge moved and that are still there."""
    back = []
    for each in before["calls"]:
        where = (ticket_calls.c.call == each["call"], ticket_calls.c.ticket == into)
        values = {"ticket": old, "linked_at": datetime.fromisoformat(each["at"]), "linked_by": each["by"]}
        moved = await connection.execute(
            update(ticket_calls).where(*where).values(values).returning(ticket_calls.c.call)
        )
        back += list(moved.scalars())
    return back


async def _ahead(connection: AsyncConnection, ticket: Ticket, other: Ticket) -> Ticket:
    """Its version is beyond the other's: an open page that changes from the one to the other sees newer values."""
    if ticket.version >= other.version:
        return ticket
    await connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(version=other.version))
    return await find(connection, ticket.number)


def _held_against(ticket: Ticket, other: Ticket) -> dict[str, tuple[str, str]]:
    """Fields in which the two differ: whoever was typing into the other's is told, and overwrites nothing."""
    texts = {name: (str(getattr(ticket, name) or ""), str(getattr(other, name) or "")) for name in TYPED}
    return {name: (mine, mine) for name, (mine, theirs) in texts.items() if mine and mine != theirs}


def _pair(a: Ticket, b: Ticket) -> Any:
    here, there = ticket_links.c.ticket, ticket_links.c.other
    return ((here == a.id) & (there == b.id)) | ((here == b.id) & (there == a.id))


async def _linked(connection: AsyncConnection, first: Ticket, second: Ticket) -> int | None:
    mine = (ticket_links.c.ticket == first.id, ticket_links.c.other == second.id, ticket_links.c.ended_at.is_(None))
    return (await connection.execute(select(ticket_links.c.id).where(*mine))).scalar_one_or_none()


async def _end_links(
    connection: AsyncConnection, a: Ticket, b: Ticket, by: str, now: datetime, *, but: str = ""
) -> bool:
    """Their links end; one of kind `but` from the one to the other stays."""
    which = [_pair(a, b), ticket_links.c.ended_at.is_(None)]
    if but:
        which.append((ticket_links.c.kind != but) | (ticket_links.c.ticket != a.id))
    ended = await connection.execute(
        update(ticket_links).where(*which).values(ended_at=now, ended_by=by).returning(ticket_links.c.id)
    )
    return ended.first() is not None


async def _tell(
    connection: AsyncConnection, ticket: Ticket, field: str, old: str, new: str, by: str, now: datetime
) -> None:
    await change(connection, ticket, {}, by=by, now=now, told={field: (old, new)})
