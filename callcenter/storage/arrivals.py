"""What the figures are counted from, read from the tables.

In:  a reading connection, a span. Out: every arrival of it with what became of it.
Never: a test call; a wide column (the calls' whole state) that no figure needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Table, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.callback import Ended
from callcenter.core.kind import Kind
from callcenter.core.kpi import Arrival, Forwarded, Owed, Try
from callcenter.storage.forwards import Source
from callcenter.storage.tables import attempts, calls, forwards, ticket_calls, tickets
from callcenter.storage.tables_callers import callback_tries, callbacks
from callcenter.storage.tables_log import call_log

OF_CALL = ("arrived_at", "outcome", "queued_at", "answered_at", "forwarded_at", "ended_at", "person")
OF_TICKET = ("call_class", "category", "priority", "kecamatan", "kelurahan", "wrapped_up_at", "on_scene_at")
CALL_TAKER = Source.CALL_TAKER.value


def arrived(since: datetime, until: datetime) -> tuple[Any, ...]:
    """The conditions of an arrival in that span."""
    ours = calls.c.kind == Kind.ARRIVAL  # calls that we made are none
    return (calls.c.arrived_at >= since, calls.c.arrived_at < until, calls.c.test.is_(False), ours)


def _not_first() -> Any:
    """Another call of the same ticket came before this one."""
    other, link = calls.alias("other"), ticket_calls.alias("link")
    arrival = other.c.kind == Kind.ARRIVAL
    earlier = or_(
        other.c.arrived_at < calls.c.arrived_at, and_(other.c.arrived_at == calls.c.arrived_at, other.c.id < calls.c.id)
    )
    return (
        exists()
        .where(link.c.ticket == ticket_calls.c.ticket, other.c.id == link.c.call, arrival, earlier)
        .correlate(calls, ticket_calls)
    )


def _calls(since: datetime, until: datetime) -> Select[Any]:
    return (
        select(
            calls.c.id,
            ticket_calls.c.ticket,
            *(calls.c[name] for name in OF_CALL),
            *(tickets.c[name] for name in OF_TICKET),
        )
        .add_columns(_not_first().label("not_first"))
        .join_from(calls, ticket_calls, ticket_calls.c.call == calls.c.id, isouter=True)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket, isouter=True)
        .where(*arrived(since, until))
    )


Given = tuple[str, Row[Any]]  # the arrival that it is counted with
MOST_NAMED = 5000
TRIED = tuple(attempts.c[name] for name in ("agency", "turn", "dialled_at", "answered_at", "named_at"))
GIVEN = tuple(
    forwards.c[name]
    for name in ("agency", "turn", "asked_at", "accepted_at", "on_scene_at", "accepted_source", "on_scene_source")
)


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read; `made` turns it into arrivals, in a thread where it is much."""

    calls: Sequence[Row[Any]]
    attempts: Sequence[Given]
    forwards: Sequence[Given]
    callbacks: Sequence[Row[Any]]


async def read_arrivals(connection: AsyncConnection, since: datetime, until: datetime) -> Rows:
    """All of one span. Each step begins with what the step before found: no planner is left to guess."""
    found = (await connection.execute(_calls(since, until))).all()
    first = {row.ticket: row.id for row in found if row.ticket is not None and not row.not_first}
    made = await _made(connection, list(first))
    these = arrived(since, until)
    tried = await _given(connection, TRIED, attempts, these, made, first)
    given = await _given(connection, GIVEN, forwards, these, made, first)
    for some in _some(list(first)):
        messages = select(forwards.c.ticket, *GIVEN).where(forwards.c.ticket.in_(some), forwards.c.call.is_(None))
        given += [(first[row.ticket], row) for row in await connection.execute(messages)]
    given.sort(key=lambda pair: (pair[1].asked_at is None, pair[1].asked_at, pair[0], pair[1].agency, pair[1].turn))
    return Rows(found, tried, given, (await connection.execute(_owed(since, until))).all())


async def _made(connection: AsyncConnection, tickets_: list[int]) -> dict[str, int]:
    """Calls that we made ourselves on these tickets: what was tried for one goes with its ticket's first arrival."""
    log = call_log.c
    found: dict[str, int] = {}
    for some in _some(tickets_):
        wanted = select(log.call, log.ticket).where(log.ticket.in_(some), log.kind != Kind.ARRIVAL.value)
        found |= {row.call: row.ticket for row in await connection.execute(wanted)}
    return found


async def _given(
    connection: AsyncConnection,
    columns: Sequence[Any],
    table: Table,
    these: tuple[Any, ...],
    made: dict[str, int],
    first: dict[int, str],
) -> list[Given]:
    """Rows of a table that hang on these arrivals, or on calls that we made."""
    own = select(table.c.call, *columns).join_from(calls, table, calls.c.id == table.c.call).where(*these)
    found = [(row.call, row) for row in await connection.execute(own.where(table.c.agency != ""))]
    for some in _some(list(made)):
        wanted = select(table.c.call, *columns).where(table.c.call.in_(some), table.c.agency != "")
        found += [(first[made[row.call]], row) for row in await connection.execute(wanted)]
    return found


def _some(ids: Sequence[Any]) -> list[Sequence[Any]]:
    """As many as one question may name."""
    return [ids[n : n + MOST_NAMED] for n in range(0, len(ids), MOST_NAMED)]


def _owed(since: datetime, until: datetime) -> Select[Any]:
    """Callbacks owed since then; one that turned out not to be owed is none."""
    tried = (
        select(func.min(callback_tries.c.asked_at))
        .where(callback_tries.c.callback == callbacks.c.id)
        .correlate(callbacks)
        .scalar_subquery()
    )
    return select(callbacks.c.owed_since, callbacks.c.why, tried.label("first_try_at")).where(
        callbacks.c.owed_since >= since, callbacks.c.owed_since < until, callbacks.c.why != Ended.NOT_OWED.value
    )


def made(rows: Rows) -> tuple[list[Arrival], list[Owed]]:
    """Arrivals and callbacks from their rows."""
    tried: dict[str, list[Row[Any]]] = {}
    for call, row in rows.attempts:
        tried.setdefault(call, []).append(row)
    given: dict[str, list[Row[Any]]] = {}
    for call, row in rows.forwards:
        given.setdefault(call, []).append(row)
    owed = [
        Owed(row.owed_since, row.first_try_at, row.why == Ended.REACHED, row.why == Ended.CALLED_AGAIN)
        for row in rows.callbacks
    ]
    return [_arrival(row, tried.get(row.id, ()), given.get(row.id, ())) for row in rows.calls], owed


def _arrival(row: Row[Any], tried: Sequence[Row[Any]], given: Sequence[Row[Any]]) -> Arrival:
    return Arrival(
        arrived_at=row.arrived_at,
        outcome=row.outcome,
        queued_at=row.queued_at,
        answered_at=row.answered_at,
        forwarded_at=row.forwarded_at,
        ended_at=row.ended_at,
        wrapped_up_at=None if row.not_first else row.wrapped_up_at,
        call_class=row.call_class or "",
        category=row.category or "",
        priority=row.priority,
        kecamatan=row.kecamatan or "",
        kelurahan=row.kelurahan or "",
        person=row.person,
        tries=tuple(Try(one.agency, one.dialled_at, one.answered_at) for one in tried),
        forwards=_forwarded(given, tried, None if row.not_first else row.on_scene_at),
    )


def _forwarded(
    given: Sequence[Row[Any]], tried: Sequence[Row[Any]], on_scene_at: datetime | None
) -> tuple[Forwarded, ...]:
    """On the scene as the agency said it; where none did, what the call taker wrote goes to who accepted first."""
    found = [_one(each, tried) for each in given]
    taken = [(each.accepted_at, n) for n, each in enumerate(found) if each.accepted_at is not None]
    if taken and on_scene_at is not None and not any(each.on_scene_at for each in found):
        first = min(taken)[1]
        found[first] = replace(found[first], on_scene_at=on_scene_at, on_scene_by=CALL_TAKER)
    return tuple(found)


def _one(given: Row[Any], tried: Iterable[Row[Any]]) -> Forwarded:
    at, by = given.accepted_at, given.accepted_source
    named = [one.named_at for one in tried if (one.agency, one.turn) == (given.agency, given.turn) and one.named_at]
    if at is None and named:
        at, by = min(named), CALL_TAKER
    return Forwarded(given.agency, given.asked_at, at, given.on_scene_at, by, given.on_scene_source)
