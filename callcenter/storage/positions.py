"""Who sits where: a position is claimed by one row that the database allows only once.

In:  a session and a position. Out: the claim, or who has it since when.
Never: read first and write then; a position kept by a session that has ended.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import Conflict
from callcenter.storage.sql import insert
from callcenter.storage.tables_people import sessions, sign_ins, users

TAKEN = "Position {position} is taken by {who} since {since}."


@dataclass(frozen=True, slots=True)
class AtPosition:
    """Somebody at a desk."""

    person: str
    display: str
    since: datetime
    role: str = ""


async def claim(
    connection: AsyncConnection, *, person: str, session: str, position: str, idle_before: datetime, now: datetime
) -> Conflict | None:
    """Sit down there and leave any other desk. Conflict (to be returned or raised): somebody else sits there."""
    await leave(connection, session=session, by=person, now=now, but=position)
    await _clear_ended(connection, position, idle_before, now)
    row = {"person": person, "session": session, "position": position, "started_at": now}
    made = await connection.execute(
        insert(connection, sign_ins)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["position"], index_where=text("ended_at IS NULL"))
        .returning(sign_ins.c.id)
    )
    if made.first() is not None:
        return None
    holder = await _holder(connection, position)
    if holder is None or holder[1] == session:
        return None
    there, held_by = holder
    if there.person == person:  # she sits there, in another browser: the desk moves with her
        await connection.execute(
            update(sign_ins)
            .where(sign_ins.c.position == position, sign_ins.c.ended_at.is_(None), sign_ins.c.session == held_by)
            .values(session=session)
        )
        return None
    return Conflict(TAKEN, position=position, who=there.display or there.person, since=there.since)


async def leave(connection: AsyncConnection, *, session: str, by: str, now: datetime, but: str = "") -> None:
    """This session sits nowhere any more (but there)."""
    await connection.execute(
        update(sign_ins)
        .where(sign_ins.c.session == session, sign_ins.c.ended_at.is_(None), sign_ins.c.position != but)
        .values(ended_at=now, ended_by=by)
    )


async def everybody(connection: AsyncConnection, idle_before: datetime, now: datetime) -> dict[str, AtPosition]:
    """Position -> who sits there now."""
    found = await connection.execute(
        select(sign_ins.c.position, sign_ins.c.person, users.c.display, sign_ins.c.started_at, users.c.role)
        .join_from(sign_ins, users, users.c.name == sign_ins.c.person)
        .join(sessions, sessions.c.id == sign_ins.c.session)
        .where(sign_ins.c.ended_at.is_(None), sessions.c.ended_at.is_(None))
        .where(sessions.c.expires_at > now, sessions.c.seen_at > idle_before)
    )
    return {row.position: AtPosition(row.person, row.display, row.started_at, row.role) for row in found}


async def _clear_ended(connection: AsyncConnection, position: str, idle_before: datetime, now: datetime) -> None:
    over = (
        exists()
        .where(sessions.c.id == sign_ins.c.session)
        .where(or_(sessions.c.ended_at.is_not(None), sessions.c.expires_at <= now, sessions.c.seen_at <= idle_before))
    )
    await connection.execute(
        update(sign_ins)
        .where(sign_ins.c.position == position, sign_ins.c.ended_at.is_(None), over)
        .values(ended_at=now, ended_by="expired")
    )


async def _holder(connection: AsyncConnection, position: str) -> tuple[AtPosition, str] | None:
    found = await connection.execute(
        select(sign_ins.c.person, users.c.display, sign_ins.c.started_at, sign_ins.c.session)
        .join_from(sign_ins, users, users.c.name == sign_ins.c.person)
        .where(sign_ins.c.position == position, sign_ins.c.ended_at.is_(None))
    )
    row = found.first()
    return None if row is None else (AtPosition(row.person, row.display, row.started_at), row.session)
