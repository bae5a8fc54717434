"""The questions that several pages ask, inside one reading connection.

In:  a connection, ids. Out: records; NotFound in words.
Never: one query for each line of a list.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, NotFound
from callcenter.core.kind import Kind
from callcenter.storage.changes import NO_TICKET
from callcenter.storage.records import AttemptLine, CallLine, Past, Ticket, record
from callcenter.storage.tables import attempts, calls, ticket_calls, tickets
from callcenter.storage.wanted import lines

NO_CALL = "There is no call {call}."
BAD_PAGE = "This page of the list does not exist. Begin at the first."


def row_number(text: str) -> int:
    """The row after which a page begins. BadInput."""
    if not text.isdecimal() or len(text) > 18:
        raise BadInput(BAD_PAGE)
    return int(text)


def moment_and_id(text: str) -> tuple[datetime, str]:
    """The moment and the id after which a page begins. BadInput."""
    at, _, id_ = text.partition(" ")
    try:
        beyond = datetime.fromisoformat(at)
    except ValueError:
        raise BadInput(BAD_PAGE) from None
    if beyond.tzinfo is None or "\0" in id_:
        raise BadInput(BAD_PAGE)
    return beyond, id_


async def call_lines(connection: AsyncConnection, query: Select[Any]) -> list[CallLine]:
    """The lines of this query, each with the agencies that were tried, in that order."""
    found = [record(CallLine, row) for row in await connection.execute(query)]
    tried = await connection.execute(
        select(attempts.c.call, attempts.c.agency)
        .where(attempts.c.call.in_([line.id for line in found]), attempts.c.agency != "")
        .order_by(attempts.c.dialled_at, attempts.c.leg)
    )
    agencies: dict[str, dict[str, None]] = {}
    for row in tried:
        agencies.setdefault(row.call, {})[row.agency] = None
    return [replace(line, agencies=tuple(agencies.get(line.id, ()))) for line in found]


async def one_line(connection: AsyncConnection, call_id: str) -> CallLine:
    """The line of this call. NotFound."""
    found = await call_lines(connection, lines().where(calls.c.id == call_id))
    if not found:
        raise NotFound(NO_CALL, call=call_id)
    return found[0]


async def one_ticket(connection: AsyncConnection, condition: ColumnElement[bool], asked: str) -> Ticket:
    """The ticket of which this is true. NotFound."""
    found = (await connection.execute(select(tickets).where(condition))).first()
    if found is None:
        raise NotFound(NO_TICKET, number=asked)
    return record(Ticket, found)


async def attempts_of(connection: AsyncConnection, call_ids: Iterable[str]) -> list[AttemptLine]:
    """Every try to reach an agency, in the order they were dialled."""
    wanted = select(attempts).where(attempts.c.call.in_(list(call_ids))).order_by(attempts.c.dialled_at, attempts.c.leg)
    return [record(AttemptLine, row) for row in await connection.execute(wanted)]


async def earlier(connection: AsyncConnection, e164: str | None, before: datetime, limit: int) -> list[CallLine]:
    """Calls from this number until then; none for a number that names nobody."""
    if e164 is None:
        return []
    same = (calls.c.e164 == e164, calls.c.arrived_at <= before, calls.c.test.is_(False), calls.c.kind == Kind.ARRIVAL)
    return await call_lines(connection, lines().where(*same).limit(limit))


async def past(connection: AsyncConnection, e164: str | None, before: datetime) -> list[Past]:
    """What this number's calls were until then, the most frequent class first."""
    if e164 is None:
        return []
    count = func.count(calls.c.id).label("count")
    wanted = (
        select(tickets.c.call_class, count, func.max(calls.c.arrived_at).label("last_at"))
        .join_from(calls, ticket_calls, ticket_calls.c.call == calls.c.id)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket)
        .where(calls.c.e164 == e164, calls.c.arrived_at < before, calls.c.test.is_(False), tickets.c.call_class != "")
        .where(calls.c.kind == Kind.ARRIVAL)
        .group_by(tickets.c.call_class)
        .order_by(count.desc(), tickets.c.call_class)
    )
    return [record(Past, row) for row in await connection.execute(wanted)]
