"""Sessions: begun, found, listed, ended; and the history of sign-ins.

In:  a cookie's digest, a person. Out: who is signed in where; what was tried, from which address and browser.
Never: a session of an account that is closed; the cookie itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import NotFound
from callcenter.storage import positions, throttle
from callcenter.storage.accounts import Role, end_sessions
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.tables_people import audit as trail
from callcenter.storage.tables_people import sessions, sign_ins, users

IDLE = timedelta(hours=12)
AT_MOST = timedelta(hours=24)
"""A night's shift, the hand-over and the way home: nobody is signed out in the middle of it."""
HALF = timedelta(minutes=10)
"""Between the password and the authenticator's code."""
MOST = 200
NO_SUCH = "This session is over already."
CODE, PASSWORD, SECOND = "code", "password", "second"
"""What somebody who is signed in owes before anything opens: a code, an own password, an authenticator."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in."""

    id: str
    person: str
    display: str
    role: Role
    position: str  # empty: at no desk
    csrf: str
    created_at: datetime
    expires_at: datetime
    agency: str = ""  # whose, for the role agency
    owes: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session, and the only time that its token is told."""

    token: str
    session: Session


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One browser in which somebody is signed in."""

    id: str
    person: str
    display: str
    role: Role
    position: str
    created_at: datetime
    seen_at: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One line of the sign-in history. `action`: sign_in, sign_in.refused, sign_in.code_refused, sign_out ..."""

    at: datetime
    person: str
    action: str
    address: str
    agent: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """One time at a position."""

    person: str
    position: str
    since: datetime
    until: datetime | None
    ended_by: str


async def start(connection: AsyncConnection, row: dict[str, Any], position: str) -> None:
    """A new session, at that position. Conflict: it is taken. A half one sits down later."""
    name, now, half = str(row["person"]), row["created_at"], row["half"]
    await connection.execute(insert(sessions), [row])
    if position and not half:
        taken = await positions.claim(
            connection, person=name, session=str(row["id"]), position=position, idle_before=now - IDLE, now=now
        )
        if taken is not None:
            raise taken
    details = ({"position": position} if position and not half else {}) | {"browser": row["agent"]}
    action = "sign_in.half" if half else "sign_in"
    await audit(connection, by=name, action=action, at=now, details=details, address=row["address"])


async def find(connection: AsyncConnection, id_: str, now: datetime) -> Row[Any] | None:
    """The session of this id, with its person and its position; None when it is over."""
    here = (
        select(sign_ins.c.position)
        .where(sign_ins.c.session == sessions.c.id, sign_ins.c.ended_at.is_(None))
        .limit(1)
        .scalar_subquery()
    )
    person = (users.c.display, users.c.role, users.c.agency, users.c.must_change, users.c.second_secret)
    found = await connection.execute(
        select(sessions, *person, here.label("position"))
        .join(users, users.c.name == sessions.c.person)
        .where(sessions.c.id == id_, *_open(now))
    )
    return found.first()


def owed(row: Row[Any], *, half: bool, required: frozenset[str]) -> str:
    """What this person owes before anything opens."""
    if half:
        return CODE
    if row.must_change:
        return PASSWORD
    return SECOND if row.role in required and not row.second_secret else ""


class SignIns:
    """What people and administrators see of sessions and sign-ins."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def open(self, person: str = "") -> list[OpenSession]:
        """Who is signed in where now, the newest first; of one person, or of all."""
        here = (
            select(sign_ins.c.position)
            .where(sign_ins.c.session == sessions.c.id, sign_ins.c.ended_at.is_(None))
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(sessions, users.c.display, users.c.role, here.label("position"))
            .join(users, users.c.name == sessions.c.person)
            .where(*_open(self._clock()), sessions.c.half.is_(False))
            .order_by(sessions.c.created_at.desc())
            .limit(MOST)
        )
        if person:
            query = query.where(sessions.c.person == person)
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return [
                OpenSession(
                    r.id,
                    r.person,
                    r.display,
                    Role(r.role),
                    r.position or "",
                    r.created_at,
                    r.seen_at,
                    r.address,
                    r.agent,
                )
                for r in rows
            ]

    async def end(self, id_: str, *, by: str, person: str = "", address: str = "") -> None:
        """End one session; with `person`, only one of hers. NotFound."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            which = [sessions.c.id == id_, sessions.c.ended_at.is_(None)]
            which += [sessions.c.person == person] if person else []
            over = update(sessions).where(*which).values(ended_at=now, ended_by=by)
            of = (await connection.execute(over.returning(sessions.c.person))).scalar_one_or_none()
            if of is None:
                raise NotFound(NO_SUCH)
            await positions.leave(connection, session=id_, by=by, now=now)
            await audit(connection, by=by, action="session.end", target=of, at=now, address=address)

        await self._database.write(unit)

    async def end_others(self, session: Session, *, address: str = "") -> None:
        """Sign her out everywhere but here."""
        now, name = self._clock(), session.person

        async def unit(connection: AsyncConnection) -> None:
            await end_sessions(connection, name, name, now, but=session.id)
            await audit(connection, by=name, action="session.end_others", target=name, at=now, address=address)

        await self._database.write(unit)

    async def end_all(self, person: str, *, by: str, address: str = "") -> None:
        """Sign this person out everywhere."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            await end_sessions(connection, person, by, now)
            await audit(connection, by=by, action="session.end_all", target=person, at=now, address=address)

        await self._database.write(unit)

    async def history(self, person: str = "", *, limit: int = 50) -> list[Tried]:
        """What was tried, the newest first; of one name, or of all."""
        query = select(trail).where(trail.c.action.startswith("sign_", autoescape=True))
        if person:
            query = query.where(trail.c.by == person)
        query = query.order_by(trail.c.at.desc(), trail.c.id.desc()).limit(min(limit, MOST))
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return [
                Tried(r.at, r.by, r.action, r.address, str(r.details.get("browser", "")), dict(r.details)) for r in rows
            ]

    async def served(self, person: str, *, limit: int = 20) -> list[Served]:
        """When she sat where, the newest first."""
        mine = select(sign_ins).where(sign_ins.c.person == person).order_by(sign_ins.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            rows = await connection.execute(mine)
            return [Served(r.person, r.position, r.started_at, r.ended_at, r.ended_by) for r in rows]

    async def locks(self) -> list[throttle.Lock]:
        """The waits that run now."""
        async with self._database.read() as connection:
            return await throttle.locks(connection, self._clock())

    async def end_lock(self, *, name: str = "", address: str = "", by: str, at_address: str = "") -> None:
        """An administrator lets this name, or this address, try again at once."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            await throttle.end(connection, name, address)
            await audit(connection, by=by, action="lock.end", target=name or address, at=now, address=at_address)

        await self._database.write(unit)


def _open(now: datetime) -> tuple[Any, ...]:
    return (
        sessions.c.ended_at.is_(None),
        users.c.disabled.is_(False),
        sessions.c.expires_at > now,
        sessions.c.seen_at > now - IDLE,
    )
