"""The journal's other questions: what to put aside, who has dealt with it, and which calls were open.

In:  an entry that cannot be written; a person's word. Out: a row in quarantine; calls as they last were.
Never: an entry put aside twice, or out of sight; one thrown away.
"""

import hashlib
import json
import logging
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Call
from callcenter.core.codec import from_plain
from callcenter.core.errors import NotFound
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.entry import Heard
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables import calls, quarantine, ticket_calls, tickets

log = logging.getLogger(__name__)

NOT_ASIDE = "This record is not put aside any more: somebody has dealt with it."


async def put_aside(connection: AsyncConnection, heard: Heard, why: str, now: datetime) -> None:
    """Keep the entry where a person sees it, as it stood in the spool."""
    row = {
        "at": now,
        "kind": str(heard.fact.get("fact", "damaged")),
        "call": clean(str(heard.fact.get("call") or "")),
        "why": clean(why),
        "body": clean(heard.line.decode("utf-8", "backslashreplace")) if heard.line else json.dumps(heard.fact),
        "digest": hashlib.sha256(heard.line).hexdigest(),
    }
    await connection.execute(insert(connection, quarantine).on_conflict_do_nothing(index_elements=["digest"]), [row])


async def release(database: Database, number: int, *, by: str, why: str, now: datetime, address: str = "") -> None:
    """A person has dealt with it: it is out of the way, and stays readable. NotFound when somebody was faster."""

    async def unit(connection: AsyncConnection) -> None:
        waiting = update(quarantine).where(quarantine.c.id == number, quarantine.c.released_at.is_(None))
        done = await connection.execute(waiting.values(released_at=now).returning(quarantine.c.call))
        row = done.first()
        if row is None:
            raise NotFound(NOT_ASIDE)
        told = {"call": row.call, "why": clean(why)}
        await audit.add(
            connection, by=by, action="aside.release", at=now, target=str(number), details=told, address=address
        )

    await database.write(unit)


async def still_aside(database: Database) -> int:
    """How many wait for a person. StoreDown."""
    async with database.read() as connection:
        wanted = select(func.count()).select_from(quarantine).where(quarantine.c.released_at.is_(None))
        return int((await connection.execute(wanted)).scalar_one())


async def open_calls(connection: AsyncConnection) -> tuple[list[Call], dict[str, str]]:
    """The calls of which more may come, the oldest first, and the numbers of their tickets."""
    found = await connection.execute(
        select(calls.c.id, calls.c.state, tickets.c.number)
        .join_from(calls, ticket_calls, ticket_calls.c.call == calls.c.id)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket)
        .where(calls.c.done.is_(False))
        .order_by(calls.c.arrived_at, calls.c.id)
    )
    open_: list[Call] = []
    numbers: dict[str, str] = {}
    for row in found:
        try:
            open_.append(from_plain(Call, row.state))
            numbers[row.id] = row.number
        except (KeyError, TypeError, ValueError) as error:
            log.error("the state of call %s cannot be read, it is left to Asterisk's own records: %s", row.id, error)
    return open_, numbers
