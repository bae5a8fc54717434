"""Forwards into rows: what the telephone tells of them, beside what people and agencies add.

In:  calls as they are now, with their tickets. Out: rows of `forwards`, and records of them.
Never: an agency's own answer (accepted, en route, on scene, handled) taken back by the telephone.

Whose forward it is: one with a call belongs to the ticket of that call, wherever the call was linked since; `ticket` is
where it was made, and the only tie of a message without a call.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Call
from callcenter.core.share import Share, Status
from callcenter.storage.records import ForwardLine, record
from callcenter.storage.rows import Row, known
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables import forwards, ticket_calls, tickets

ANSWERED = tuple(status.value for status in (Status.ACCEPTED, Status.EN_ROUTE, Status.ON_SCENE, Status.HANDLED))
"""The agency said something: the telephone takes none of it back."""


class Source(StrEnum):
    """Through what an answer of an agency came."""

    PHONE = "phone"  # a key on the agency's telephone
    CALL_TAKER = "call_taker"  # typed by a call taker, or she let the agency in
    AGENCY = "agency"  # the agency's own page, or its signed link


SOURCES = {"key": Source.PHONE, "desk": Source.CALL_TAKER, "word": Source.AGENCY}


def forward_id(call: str, share: Share) -> str:
    """The row's name."""
    return clean(f"{share.key}-{call}")


def forward_row(share: Share, call: str, ticket: int, revision: int) -> Row:
    """One row of `forwards`, as far as the telephone knows it."""
    accepted = share.accepted_at is not None
    return {
        "id": forward_id(call, share),
        "ticket": ticket,
        "call": clean(call),
        "revision": revision,
        "agency": clean(share.agency),
        "turn": share.turn,
        "mode": share.mode.value,
        "status": share.status.value,
        "asked_at": known(share.asked_at),
        "by": clean(share.by),
        "escalated_from": clean(f"{share.escalated_from}-{call}") if share.escalated_from else "",
        "ended_at": known(share.ended_at),
        "stopped_by": clean(share.stopped_by),
        "accepted_at": known(share.accepted_at),
        "accepted_by": clean(share.by) if share.accepted_by == "desk" else "",
        "accepted_source": SOURCES.get(share.accepted_by, Source.PHONE).value if accepted else "",
    }


async def store(connection: AsyncConnection, newer: Iterable[tuple[Call, int]]) -> None:
    """The forwards of these calls, each with its call's revision. Their tickets are there already."""
    mine = [(call, revision) for call, revision in newer if call.forwards]
    if not mine:
        return
    wanted = select(ticket_calls).where(ticket_calls.c.call.in_([clean(call.id) for call, _ in mine]))
    ticket = {row.call: row.ticket for row in await connection.execute(wanted)}
    rows = [
        forward_row(share, call.id, ticket[clean(call.id)], revision)
        for call, revision in mine
        for share in call.forwards
    ]
    statement = insert(connection, forwards)
    changing = {name: statement.excluded[name] for name in rows[0] if name not in ("id", "ticket", "call")}
    changing |= _kept(statement.excluded)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_=changing, where=forwards.c.revision < statement.excluded["revision"]
        ),
        rows,
    )


def _kept(new: Any) -> dict[str, Any]:
    """What the agency said by itself stays."""
    said = or_(*(forwards.c.status == status for status in ANSWERED))  # "in" cannot be used for several rows at once
    first = forwards.c.accepted_at.is_not(None)
    return {
        "status": case((said, forwards.c.status), else_=new["status"]),
        "ended_at": case((said, forwards.c.ended_at), else_=new["ended_at"]),
        "accepted_at": func.coalesce(forwards.c.accepted_at, new["accepted_at"]),
        "accepted_by": case((first, forwards.c.accepted_by), else_=new["accepted_by"]),
        "accepted_source": case((first, forwards.c.accepted_source), else_=new["accepted_source"]),
    }


async def forwards_of(
    connection: AsyncConnection, *, calls: Iterable[str] = (), ticket: int | None = None
) -> list[ForwardLine]:
    """The forwards of these calls, and the messages of that ticket, in the order in which they were asked for."""
    belongs: list[ColumnElement[bool]] = [forwards.c.call.in_(list(calls))]
    if ticket is not None:
        belongs.append(and_(forwards.c.call.is_(None), forwards.c.ticket == ticket))
    wanted = (
        select(forwards, tickets.c.number.label("ticket_number"))
        .join(tickets, tickets.c.id == forwards.c.ticket)
        .where(or_(*belongs))
        .order_by(forwards.c.asked_at, forwards.c.id)
    )
    return [record(ForwardLine, row) for row in await connection.execute(wanted)]
