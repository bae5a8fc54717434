"""The audit: who looked at, took out, or changed what.

In:  a name, an action, its target. Out: one row, in the same transaction as what it tells of.
Never: a row changed or taken away. Each carries the digest of the one before (`core/seal.py`): `./run audit verify`.

Actions: calls.view, call.view, ticket.view, audit.view, call.recording, call.help, calls.export, ticket.class,
user.*, token.*, aside.release, sign_in, sign_out, sign_in.refused, sign_in.half, sign_in.code_refused,
session.*, second.* (authenticators), lock.end; of quality (quality.*): draw, form, begin, finish, change, throw_away,
view, read, coach, seen, export; history.seal (what people typed); database.anew (an empty one is meant).
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.seal import FIRST, digest
from callcenter.storage.database import Database
from callcenter.storage.sql import clean
from callcenter.storage.tables_people import audit, audit_head, audit_named

NAMED = re.compile(r"\d{6}-(?:\d{4,6}|T\d{3,6})|[A-Za-z][A-Za-z0-9_]{0,40}-\d{1,12}\.\d{1,12}")
MOST_NAMED = 200
ONE_AFTER_ANOTHER = text("SELECT pg_advisory_xact_lock(112112)")
"""On PostgreSQL the command line may write beside the service: the second waits until the first is committed."""


def names_in(details: Any) -> Iterator[str]:
    """Tickets and calls that stand in these details."""
    if isinstance(details, str) and NAMED.fullmatch(details):
        yield details
    for each in details.values() if isinstance(details, dict) else details if isinstance(details, list) else ():
        yield from names_in(each)


async def add(
    connection: AsyncConnection,
    *,
    by: str,
    action: str,
    at: datetime,
    target: str = "",
    details: Mapping[str, Any] | None = None,
    address: str = "",
) -> None:
    """Write one row, inside the transaction of this connection."""
    if connection.dialect.name == "postgresql":
        await connection.execute(ONE_AFTER_ANOTHER)
    head = (await connection.execute(select(audit_head))).first()
    count, previous = (head.size, head.digest) if head else (0, FIRST)
    said = {"by": clean(by)[:200], "action": action, "target": clean(target)[:300], "address": clean(address)[:100]}
    kept = json.loads(json.dumps(dict(details or {}), default=str))  # as it will be read back
    new = digest(previous, at=at, details=kept, **said)
    row = {**said, "at": at, "details": kept, "previous": previous, "digest": new}
    id_ = (await connection.execute(insert(audit).values(**row).returning(audit.c.id))).scalar_one()
    named = sorted(set(islice(names_in(kept), MOST_NAMED)) - {said["target"]})
    if named:
        await connection.execute(insert(audit_named), [{"name": name, "audit": id_} for name in named])
    if head is None:
        await connection.execute(insert(audit_head), [{"id": 1, "size": 1, "digest": new}])
    else:
        await connection.execute(update(audit_head).values(size=count + 1, digest=new))


async def audited(
    database: Database,
    *,
    by: str,
    action: str,
    at: datetime,
    target: str = "",
    details: Mapping[str, Any] | None = None,
    address: str = "",
) -> None:
    """Write one row and wait for its commit: before what it tells of is handed out."""
    await database.write(
        lambda connection: add(connection, by=by, action=action, at=at, target=target, details=details, address=address)
    )
