"""What the figures are counted from, read from the tables.

In:  a reading connection, a span. Out: every arrival of it with what became of it.
Never: a test call; a wide column (the calls' whole state) that no figure needs.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.kind import Kind
from callcenter.core.kpi import Arrival, Share, Try
from callcenter.storage.tables import attempts, calls, ticket_calls, tickets

OF_CALL = ("arrived_at", "outcome", "queued_at", "answered_at", "forwarded_at", "ended_at", "person")
OF_TICKET = ("call_class", "category", "priority", "kecamatan", "kelurahan", "wrapped_up_at", "on_scene_at")
PHONE, CALL_TAKER = "phone", "call_taker"


def arrived(since: datetime, until: datetime) -> tuple[Any, ...]:
    """The conditions of an arrival in that span."""
    ours = calls.c.kind == Kind.ARRIVAL  # calls that we made are none
    return (calls.c.arrived_at >= since, calls.c.arrived_at < until, calls.c.test.is_(False), ours)


def _not_first() -> Any:
    """Another call of the same ticket came before this one."""
    other, link = calls.alias("other"), ticket_calls.alias("link")
    earlier = or_(
        other.c.arrived_at < calls.c.arrived_at, and_(other.c.arrived_at == calls.c.arrived_at, other.c.id < calls.c.id)
    )
    return (
        exists()
        .where(link.c.ticket == ticket_calls.c.ticket, other.c.id == link.c.call, earlier)
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


async def read_arrivals(
    connection: AsyncConnection, since: datetime, until: datetime
) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """The rows of calls and of attempts; `made` turns them into arrivals, in a thread where they are many."""
    found = (await connection.execute(_calls(since, until))).all()
    tried = select(attempts).join_from(attempts, calls, calls.c.id == attempts.c.call).where(*arrived(since, until))
    rows = (await connection.execute(tried.where(attempts.c.agency != ""))).all()
    return found, rows


def made(found: Iterable[Row[Any]], tried: Iterable[Row[Any]]) -> list[Arrival]:
    """Arrivals from their rows."""
    of_calls: dict[str, list[Row[Any]]] = {}
    for row in tried:
        of_calls.setdefault(row.call, []).append(row)
    return [_arrival(row, of_calls.get(row.id, ())) for row in found]


def _arrival(row: Row[Any], tried: Sequence[Row[Any]]) -> Arrival:
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
        shares=_shares(tried, None if row.not_first else row.on_scene_at),
    )


def _shares(tried: Sequence[Row[Any]], on_scene_at: datetime | None) -> tuple[Share, ...]:
    """One for each agency. Who was on the scene is not said of one agency: it is the first that accepted."""
    of_agencies: dict[str, list[Row[Any]]] = {}
    for one in tried:
        of_agencies.setdefault(one.agency, []).append(one)
    found = [_share(agency, own) for agency, own in of_agencies.items()]
    taken = sorted((share.accepted_at, share.agency) for share in found if share.accepted_at is not None)
    if not taken or on_scene_at is None:
        return tuple(found)
    first = taken[0][1]
    return tuple(
        Share(s.agency, s.asked_at, s.accepted_at, on_scene_at, s.accepted_by, CALL_TAKER) if s.agency == first else s
        for s in found
    )


def _share(agency: str, own: Iterable[Row[Any]]) -> Share:
    dialled, taken = [], []
    for one in own:
        if one.dialled_at is not None:
            dialled.append(one.dialled_at)
        if one.accepted_at is not None:
            taken.append((one.accepted_at, PHONE if one.accepted_by == "key" else CALL_TAKER))
        elif one.named_at is not None:
            taken.append((one.named_at, CALL_TAKER))
    at, by = min(taken, default=(None, ""))
    return Share(agency, min(dialled, default=None), at, accepted_by=by)
