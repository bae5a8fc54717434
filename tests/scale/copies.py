"""Each made row ten times in PostgreSQL, in the order of time: what Python makes in minutes becomes millions.

In:  seeds: tables beside the real ones, filled. Out: the real tables, full.
Never: two copies with the same key, number or spans; rows on the disk in another order than that of their time.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import Table

COPIES = 10
SLICE = timedelta(days=15)
ORDERED_BY = {
    "tickets": "created_at",
    "calls": "arrived_at",
    "ticket_calls": "linked_at",
    "attempts": "dialled_at",
    "forwards": "asked_at",
    "notes": "created_at",
}
MOVED = "{} + k * interval '73.7 s'"
"""Copies come some minutes apart."""
WAITED = MOVED + " + (hashtext({call} || k) & 1023) * interval '1 ms'"
"""What follows the answer is up to a second later."""
SPOKEN = WAITED + " + (hashtext(k || {call}) & 8191) * interval '1 ms'"
TURNED = "translate({}, '0123456789', substr('01234567890123456789', k + 1, 10))"
A_NUMBER = TURNED.format("substr(e164, 5)")
CALL, TICKET = "{} || '.' || k", "{} * 10 + k"


def _told(text: str, column: str, call: str = "id") -> str:
    return text.format(column, call=call)


CHANGED: dict[str, dict[str, str]] = {
    "calls": {
        "id": CALL.format("id"), "revision": "revision * 10 + k", "number": f"'+628' || {A_NUMBER}",
        "e164": f"'+628' || {A_NUMBER}", "shown": f"'08' || {A_NUMBER}",
        "digits_backwards": TURNED.format("reverse(substr(e164, 5))") + " || '826'",
        **{name: _told(MOVED, name) for name in ("arrived_at", "queued_at", "rang_at", "heard_at")},
        **{name: _told(WAITED, name) for name in ("answered_at", "forwarded_at")},
        "ended_at": _told(SPOKEN, "ended_at"),
    },
    "tickets": {
        "id": TICKET.format("id"), "serial": "serial * 10 + k",
        "number": "to_char(day, 'YYMMDD') || '-' || lpad((serial * 10 + k)::text, 4, '0')",
        "created_at": MOVED.format("created_at"), "wrapped_up_at": MOVED.format("wrapped_up_at") + " + interval '9 s'",
    },
    "ticket_calls": {
        "call": CALL.format("call"), "ticket": TICKET.format("ticket"), "linked_at": MOVED.format("linked_at"),
    },
    "attempts": {
        "leg": CALL.format("leg"), "call": CALL.format("call"), "dialled_at": _told(WAITED, "dialled_at", "call"),
        **{name: _told(SPOKEN, name, "call") for name in ("answered_at", "accepted_at", "ended_at")},
    },
    "forwards": {
        "id": CALL.format("id"), "call": CALL.format("call"), "ticket": TICKET.format("ticket"),
        "asked_at": _told(WAITED, "asked_at", "call"),
        **{name: _told(SPOKEN, name, "call") for name in ("accepted_at", "on_scene_at")},
    },
    "notes": {
        "key": CALL.format("key"), "ticket": TICKET.format("ticket"), "created_at": MOVED.format("created_at"),
        "changed_at": MOVED.format("changed_at"),
    },
}  # fmt: skip


def seed(name: str) -> str:
    """The table beside it."""
    return f"seed_{name}"


async def make_seeds(address: str, tables: Mapping[str, Table]) -> None:
    """Empty ones."""
    connection = await asyncpg.connect(address)
    for name in tables:
        await connection.execute(f"CREATE UNLOGGED TABLE {seed(name)} (LIKE {name})")
    await connection.close()


async def write(address: str, tables: Mapping[str, Table]) -> None:
    """All of the real tables, the calls beside the others."""
    others = [name for name in tables if name != "calls"]
    await asyncio.gather(_write(address, tables, ["calls"]), _write(address, tables, others))
    connection = await asyncpg.connect(address)
    for name in tables:
        await connection.execute(f"DROP TABLE {seed(name)}")
    await connection.close()


async def _write(address: str, tables: Mapping[str, Table], names: list[str]) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute("SET session_replication_role = replica")  # a key may come before what it names
    for name in names:
        at, columns = ORDERED_BY[name], [column.name for column in tables[name].columns]
        await connection.execute(f"CREATE INDEX ON {seed(name)} ({at})")
        found: Any = await connection.fetchrow(f"SELECT min({at}), max({at}) FROM {seed(name)}")
        values = ", ".join(CHANGED[name].get(column, f'"{column}"') for column in columns)
        named = ", ".join(f'"{column}"' for column in columns)
        since = found[0]
        while since is not None and since <= found[1]:
            await connection.execute(
                f"INSERT INTO {name} ({named}) SELECT {values} FROM {seed(name)}, generate_series(0, {COPIES - 1}) k"
                f" WHERE {at} >= $1 AND {at} < $2 ORDER BY {MOVED.format(at)}",
                since,
                since + SLICE,
            )
            since += SLICE
    await connection.close()
