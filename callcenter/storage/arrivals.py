"""What the figures are counted from, read from the tables.

In:  a reading connection, a span. Out: every arrival of it with what became of it.
Never: a test call; a wide column (the calls' whole state) that no figure needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.callback import Ended
from callcenter.core.kind import Kind
from callcenter.core.kpi import Arrival, Forwarded, Owed, Try
from callcenter.storage.forwards import Source
from callcenter.storage.tables import attempts, calls, forwards, ticket_calls, tickets
from callcenter.storage.tables_callers import callback_tries, callbacks

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
        select(calls.c.id, *(calls.c[name] for name in OF_CALL), *(tickets.c[name] for name in OF_TICKET))
        .add_columns(_not_first().label("not_first"))
        .join_from(calls, ticket_calls, ticket_calls.c.call == calls.c.id, isouter=True)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket, isouter=True)
        .where(*arrived(since, until))
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read; `made` turns it into arrivals, in a thread where it is much."""

    calls: Sequence[Row[Any]]
    attempts: Sequence[Row[Any]]
    forwards: Sequence[Row[Any]]
    callbacks: Sequence[Row[Any]]


async def read_arrivals(connection: AsyncConnection, since: datetime, until: datetime) -> Rows:
    """All of one span."""
    return Rows(
        (await connection.execute(_calls(since, until))).all(),
        (await connection.execute(_attempts(since, until))).all(),
        (await connection.execute(_forwards(since, until))).all(),
        (await connection.execute(_owed(since, until))).all(),
    )


def _attempts(since: datetime, until: datetime) -> CompoundSelect[Any]:
    """Tries for these calls; one for a call that we made goes with its ticket's first arrival."""
    wanted = [attempts.c[name] for name in ("agency", "turn", "dialled_at", "answered_at", "named_at")]
    columns = (calls.c.id.label("of_call"), *wanted)
    made, its = calls.alias("made"), ticket_calls.alias("its")
    own = select(*columns).join_from(attempts, calls, calls.c.id == attempts.c.call)
    of_ticket = (
        select(*columns)
        .join_from(attempts, made, and_(made.c.id == attempts.c.call, made.c.kind != Kind.ARRIVAL.value))
        .join(its, its.c.call == made.c.id)
        .join(ticket_calls, ticket_calls.c.ticket == its.c.ticket)
        .join(calls, calls.c.id == ticket_calls.c.call)
        .where(~_not_first())
    )
    these = (*arrived(since, until), attempts.c.agency != "")
    return union_all(own.where(*these), of_ticket.where(*these))


def _forwards(since: datetime, until: datetime) -> CompoundSelect[Any]:
    """Forwards of these calls; one without a call (a message), or of one that we made, goes with its ticket's first."""
    names = ("agency", "turn", "asked_at", "accepted_at", "on_scene_at", "accepted_source", "on_scene_source")
    columns = (calls.c.id.label("of_call"), *(forwards.c[name] for name in names))
    made = calls.alias("made")
    own = select(*columns).join_from(forwards, calls, calls.c.id == forwards.c.call)
    of_ticket = (
        select(*columns)
        .join_from(forwards, made, made.c.id == forwards.c.call, isouter=True)
        .join(ticket_calls, ticket_calls.c.ticket == forwards.c.ticket)
        .join(calls, calls.c.id == ticket_calls.c.call)
        .where(or_(forwards.c.call.is_(None), made.c.kind != Kind.ARRIVAL.value), ~_not_first())
    )
    these = arrived(since, until)
    return union_all(own.where(*these), of_ticket.where(*these)).order_by("asked_at", "of_call", "agency", "turn")


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
    for row in rows.attempts:
        tried.setdefault(row.of_call, []).append(row)
    given: dict[str, list[Row[Any]]] = {}
    for row in rows.forwards:
        given.setdefault(row.of_call, []).append(row)
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
