"""Entries of the journal into rows: facts once each, calls and attempts as they are now, a ticket for every new call,
a callback for who hung up.

In:  entries in order, inside a transaction. Out: rows; which tickets were made, which calls are over for good.
Never: an older entry over a newer row; a second ticket for a call; a person's text touched.

Everything may be repeated: facts by their digest, rows by their revision, tickets by the call they belong to.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.attempt import BY_PHONE
from callcenter.core.by_phone import THIN
from callcenter.core.call import Call
from callcenter.core.codec import from_plain
from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.core.practice import practice_of
from callcenter.storage import forwards, listeners, numbering, owed, tries
from callcenter.storage.entry import Heard
from callcenter.storage.rows import ReadNumber, Row, attempt_row, call_row
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables import attempts, calls, facts
from callcenter.storage.tables_people import sign_ins

TYPED = frozenset({"accepted_name", "named_by", "named_at"})
KEPT = frozenset({"person"})


@dataclass(slots=True)
class Applied:
    """What the rest of the program wants to know after the commit."""

    tickets: dict[str, str] = field(default_factory=dict)  # call -> number of its new (or renumbered) ticket
    done: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Latest:
    """A call as the newest entry of this batch has it."""

    call: Call
    row: Row


async def apply(
    connection: AsyncConnection, batch: Sequence[Heard], zone: ZoneInfo, read: ReadNumber, now: datetime
) -> Applied:
    """Write these entries; `now` is when their tickets come to be (t4).

    Raises what the database raises; then nothing of them is written.
    """
    applied = Applied()
    await _facts(connection, batch)
    latest = _latest(batch, read)
    if not latest:
        return applied
    known = await numbering.known(connection, list(latest))
    newer = {id_: it for id_, it in latest.items() if id_ not in known or known[id_].revision < it.row["revision"]}
    if not newer:
        return applied
    await _calls(connection, [it.row for it in newer.values()])
    await _attempts(connection, newer)
    await _people(connection, [id_ for id_, it in newer.items() if it.call.answered_by])
    applied.tickets = await numbering.give(connection, [it.row for it in newer.values()], known, zone, now)
    await numbering.follow(connection, [it.row for it in newer.values()], known)
    true = [it for it in newer.values() if not practice_of(it.call)]  # no agency is told of a practice
    await forwards.store(connection, [(it.call, it.row["revision"]) for it in true])
    await listeners.follow(connection, [it.call for it in newer.values()])
    await owed.follow(connection, [it.row for it in newer.values()], now)
    await tries.follow(connection, [it.row for it in newer.values()], now)
    applied.done = [it.call.id for it in newer.values() if it.call.done]
    return applied


def _latest(batch: Sequence[Heard], read: ReadNumber) -> dict[str, Latest]:
    """Each call once, as it last was: what lay between is in the facts."""
    states = {plain["id"]: (heard, plain) for heard in batch for plain in heard.calls}
    found = {}
    for id_, (heard, plain) in states.items():
        call = from_plain(Call, plain)
        row = call_row(call, heard.revision, datetime.fromisoformat(heard.heard_at), plain, read)
        found[clean(id_)] = Latest(call, row)
    return found


async def _facts(connection: AsyncConnection, batch: Sequence[Heard]) -> None:
    rows = [_fact_row(heard) for heard in batch]
    await connection.execute(insert(connection, facts).on_conflict_do_nothing(index_elements=["digest"]), rows)


def _fact_row(heard: Heard) -> Row:
    body: dict[str, Any] = heard.fact
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    at = datetime.fromisoformat(body["at"]) if body.get("at") else UNKNOWN_MOMENT
    named = body.get("call") or (heard.calls[0]["id"] if len(heard.calls) == 1 else None)
    return {
        "digest": hashlib.sha256(text.encode("ascii")).hexdigest(),
        "kind": body["fact"],
        "call": clean(named) if named else None,
        "at": None if at == UNKNOWN_MOMENT else at,
        "heard_at": datetime.fromisoformat(heard.heard_at),
        "body": body,
    }


async def _calls(connection: AsyncConnection, rows: list[Row]) -> None:
    statement = insert(connection, calls)
    changing = {name: statement.excluded[name] for name in rows[0] if name != "id"}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_=changing, where=calls.c.revision < statement.excluded["revision"]
        ),
        rows,
    )


async def _attempts(connection: AsyncConnection, newer: dict[str, Latest]) -> None:
    rows = [attempt_row(a, it.call.id, it.row["revision"]) for it in newer.values() for a in it.call.attempts]
    if not rows:
        return
    named = [it.call.id for it in newer.values() if any(a.by == BY_PHONE for a in it.call.attempts)]
    if named:  # a transfer's stand-in, once the leg is known that was dialled for it
        kept = [row["leg"] for row in rows]
        thin = (attempts.c.call.in_(named), attempts.c.leg.startswith(THIN), attempts.c.leg.not_in(kept))
        await connection.execute(delete(attempts).where(*thin))
    statement = insert(connection, attempts)
    changing = {name: statement.excluded[name] for name in rows[0] if name != "leg"}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["leg"], set_=changing, where=attempts.c.revision < statement.excluded["revision"]
        ),
        rows,
    )


async def _people(connection: AsyncConnection, answered: list[str]) -> None:
    """Who sat at the position that answered, at that moment."""
    if not answered:
        return
    there = (
        select(sign_ins.c.person)
        .where(sign_ins.c.position == calls.c.answered_by, sign_ins.c.started_at <= calls.c.answered_at)
        .where(sign_ins.c.ended_at.is_(None) | (sign_ins.c.ended_at > calls.c.answered_at))
        .order_by(sign_ins.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = there.is_not(None)
    await connection.execute(
        update(calls).where(calls.c.id.in_(answered), calls.c.person == "", found).values(person=there)
    )
