"""A town in which everything happens that a call row can hold: random calls, tickets, tries, straight into the tables.

In:  a seed. Out: rows that were inserted, to be counted a second time by other means.
Never: the program's own way of counting.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.attempt import Result
from callcenter.core.call import Outcome
from callcenter.core.ticket import CallClass
from callcenter.storage import Database
from callcenter.storage.tables import attempts, calls, forwards, ticket_calls, tickets
from callcenter.storage.tables_callers import callback_tries, callbacks
from tests.storage.cast import NOON, ZONE

Row = dict[str, Any]
SPANS = (0, 0.000001, 0.1, 0.100001, 4.999999, 5, 10, 10.000001, 15, 15.000001, 20, 60, 60.1, 900, 900.05)


@dataclass
class Town:
    """What was written, by table."""

    calls: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    forwards: list[Row] = field(default_factory=list)
    callbacks: list[Row] = field(default_factory=list)
    tries: list[Row] = field(default_factory=list)


def town(seed: int, many: int, days: int = 12) -> Town:
    """So many calls in so many days before noon of the fixed cast."""
    chance, made = random.Random(seed), Town()
    for n in range(many):
        at = NOON - timedelta(seconds=chance.uniform(0, days * 86_400))
        call = _call(chance, f"e112-{n:05}.1", at)
        ticket = chance.choice(made.tickets[-20:]) if made.tickets and chance.random() < 0.2 else _ticket(chance, n, at)
        if ticket not in made.tickets[-20:]:
            made.tickets.append(ticket)
        made.calls.append(call)
        made.links.append({"call": call["id"], "ticket": ticket["id"], "linked_at": at, "linked_by": "telephone"})
        made.attempts += [_attempt(chance, call, k) for k in range(chance.choice((0, 0, 1, 2, 3)))]
        made.forwards += [_forward(chance, call, ticket["id"], k) for k in range(chance.choice((0, 0, 1, 2)))]
        if chance.random() < 0.2:
            _callback(chance, made, n, call)
    return made


def _span(chance: random.Random) -> timedelta:
    odd = chance.random() < 0.3
    return timedelta(seconds=chance.choice(SPANS) if odd else chance.lognormvariate(2.5, 1.3))


def _maybe(chance: random.Random, at: datetime | None, likely: float = 0.8) -> datetime | None:
    if at is None or chance.random() > likely:
        return None
    return at + _span(chance) * (-1 if chance.random() < 0.01 else 1)


def _call(chance: random.Random, id_: str, at: datetime) -> Row:
    queued = _maybe(chance, at, 0.95)
    answered = _maybe(chance, queued or at, 0.6)
    return {
        "id": id_, "revision": 1, "stage": "ENDED", "heard_at": at, "state": {}, "arrived_at": at, "number": None,
        "outcome": str(chance.choice(list(Outcome))), "test": chance.random() < 0.05, "queued_at": queued,
        "answered_at": answered, "forwarded_at": _maybe(chance, answered, 0.5), "ended_at": _maybe(chance, answered),
        "person": chance.choice(("", "siti", "rina", "dewi")) if answered else "",
    }  # fmt: skip


def _ticket(chance: random.Random, n: int, at: datetime) -> Row:
    return {
        "id": n + 1, "number": f"T{n:06}", "day": at.astimezone(ZONE).date(), "serial": n, "created_at": at,
        "call_class": str(chance.choice(("", *CallClass))), "category": chance.choice(("", "FIRE", "TREE", "MEDICAL")),
        "priority": chance.choice((None, 1, 2, 3)),
        "kecamatan": chance.choice(("", "Kejaksan", " kejaksan", "Harjamukti")),
        "kelurahan": chance.choice(("", "Kesenden", "Kebonbaru")),
        "wrapped_up_at": _maybe(chance, at + _span(chance) * 4), "on_scene_at": _maybe(chance, at + _span(chance) * 20),
    }  # fmt: skip


def _attempt(chance: random.Random, call: Row, k: int) -> Row:
    dialled = _maybe(chance, call["arrived_at"] + _span(chance))
    answered = _maybe(chance, dialled, 0.7)
    return {
        "leg": f"fwd-{k}-{call['id']}", "call": call["id"], "revision": 1, "result": str(chance.choice(list(Result))),
        "agency": chance.choice(("", "damkar", "damkar", "psc119")), "line": 1, "turn": k + 1, "dialled_at": dialled,
        "answered_at": answered, "accepted_at": _maybe(chance, answered, 0.5),
        "accepted_by": chance.choice(("key", "desk")), "named_at": _maybe(chance, answered, 0.2),
    }  # fmt: skip


def _forward(chance: random.Random, call: Row, ticket: int, k: int) -> Row:
    asked = _maybe(chance, call["arrived_at"] + _span(chance), 0.9)
    accepted = _maybe(chance, asked, 0.6)
    return {
        "id": f"f-{k}-{call['id']}", "call": call["id"] if chance.random() < 0.8 else None, "ticket": ticket,
        "agency": chance.choice(("damkar", "damkar", "psc119")), "turn": k + 1, "mode": "WARM", "status": "TRYING",
        "asked_at": asked,
        "accepted_at": accepted, "accepted_source": chance.choice(("phone", "call_taker")) if accepted else "",
        "on_scene_at": _maybe(chance, accepted and accepted + _span(chance) * 20, 0.4), "on_scene_source": "agency",
    }  # fmt: skip


def _callback(chance: random.Random, made: Town, n: int, call: Row) -> None:
    since = call["arrived_at"] + _span(chance)
    why = chance.choice(("REACHED", "NO_CONTACT", "CALLED_AGAIN", "NOT_OWED"))
    made.callbacks.append({
        "id": n + 1, "e164": f"+62812{n:07}", "state": "DONE", "reason": "ABANDONED", "owed_since": since,
        "last_call_at": since, "closed_at": since, "why": why,
    })  # fmt: skip
    made.tries += [
        {"leg": f"cb-{n}-{k}", "callback": n + 1, "result": "REACHED", "asked_at": since + _span(chance)}
        for k in range(chance.choice((0, 1, 2)))
    ]


async def written(database: Database, made: Town) -> None:
    """All of it, as the program writes it: through the one writer."""

    async def unit(connection: AsyncConnection) -> None:
        for table, rows in (
            (calls, made.calls), (tickets, made.tickets), (ticket_calls, made.links), (attempts, made.attempts),
            (forwards, made.forwards), (callbacks, made.callbacks), (callback_tries, made.tries),
        ):  # fmt: skip
            if rows:
                await connection.execute(insert(table), rows)

    await database.write(unit, deadline=60)
