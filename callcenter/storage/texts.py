"""Texts that the city edits: one row each, replaced only by somebody who had seen it as it is.

In:  a table with text, version, changed_by and changed_at, the row's key, the new text, the version that was seen.
Out: the old text, or a Conflict to return. Never: another person's newer text overwritten.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import Conflict
from callcenter.storage.sql import insert


async def replace_text(
    connection: AsyncConnection,
    table: Table,
    row: Mapping[str, str],
    text: str,
    *,
    version: int,
    by: str,
    now: datetime,
    clash: str,
) -> str | Conflict | None:
    """What stood there; None: nothing did. Conflict says `clash`: somebody was first, and nothing was stored."""
    here = [table.c[name] == value for name, value in row.items()]
    known = (await connection.execute(select(table).where(*here).with_for_update())).first()
    if (known.version if known else 0) != version:
        return Conflict(clash, who=known.changed_by if known else "")
    new = {"text": text, "version": version + 1, "changed_by": by, "changed_at": now}
    statement = insert(connection, table).values(**row, **new)
    await connection.execute(statement.on_conflict_do_update(index_elements=list(row), set_=new))
    return str(known.text) if known else None
