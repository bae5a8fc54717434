"""The audit: who looked at, took out, or changed what.

In:  a name, an action, its target. Out: one row, in the same transaction as what it tells of.
Never: a row changed or taken away.

Actions: call.recording, calls.export, ticket.class, user.*, token.*, position.free, sign_in, sign_out, sign_in.refused.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.storage.database import Database
from callcenter.storage.sql import clean
from callcenter.storage.tables_people import audit


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
    row = {"at": at, "by": clean(by)[:200], "action": action, "target": clean(target)[:300], "address": address[:100]}
    await connection.execute(insert(audit), [{**row, "details": dict(details or {})}])


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
