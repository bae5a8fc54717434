"""People: signing in, sessions, positions, accounts, tokens.

In:  names, passwords, cookies, addresses. Out: sessions and accounts; refusals in words.
Never: a hint whether a name exists; a secret kept as it is; a password checked in the event loop.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Update, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import Conflict, Refused
from callcenter.storage import accounts, positions, throttle
from callcenter.storage.accounts import ApiToken, Role, User, read_name, read_role
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.passwords import Passwords, digest, invent, secret
from callcenter.storage.positions import AtPosition
from callcenter.storage.sql import clean
from callcenter.storage.tables_people import sessions, sign_ins, tokens, users

IDLE = timedelta(hours=12)
AT_MOST = timedelta(hours=24)
TOUCH = timedelta(minutes=1)
FIRST_ADMIN = "admin"
WRONG = "The name or the password is wrong."
NO_SESSION = "You are not signed in any more. Sign in again; what you typed is still on this page."


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


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session, and the only time that its token is told."""

    token: str
    session: Session


class People:
    """Accounts and who is signed in."""

    def __init__(self, database: Database, *, clock: Clock, passwords: Passwords | None = None) -> None:
        self._database, self._clock = database, clock
        self._passwords = passwords or Passwords()

    async def sign_in(self, name: str, password: str, *, position: str = "", address: str, agent: str = "") -> SignedIn:
        """Refused: wrong, disabled (in the same words), or too many tries. Conflict: the position is taken."""
        name, now = clean(name).strip().lower()[:64], self._clock()
        await self._database.write(lambda c: throttle.begin(c, throttle.keys(name, address), now))
        async with self._database.read() as connection:
            found = await connection.execute(select(users).where(users.c.name == name))
            user = found.first()
        usable = user is not None and not user.disabled
        fits = await self._passwords.fits(password, user.password_hash if user is not None and usable else None)
        if user is None or not fits:
            await self._database.write(lambda c: audit(c, by=name, action="sign_in.refused", at=now, address=address))
            raise Refused(WRONG)
        await self._database.write(lambda c: throttle.succeeded(c, name, address))
        token, csrf = secret(), secrets.token_urlsafe(16)
        row = {"id": digest(token), "person": name, "csrf": csrf, "created_at": now, "seen_at": now}
        row |= {"expires_at": now + AT_MOST, "address": address[:100], "agent": agent[:300]}
        await self._database.write(lambda c: _signed_in(c, row, name, position, address, now))
        whose = user.agency
        session = Session(digest(token), name, user.display, Role(user.role), position, csrf, now, now + AT_MOST, whose)
        return SignedIn(token, session)

    async def session(self, token: str) -> Session | None:
        """Who has this cookie; None when it is unknown, over, or the person's account is disabled."""
        now = self._clock()
        async with self._database.read() as connection:
            row = await _session(connection, digest(token), now)
        if row is None:
            return None
        if now - row.seen_at >= TOUCH:
            seen = update(sessions).where(sessions.c.id == row.id).values(seen_at=now)
            await self._database.write(lambda c: _run(c, seen))
        role, position = Role(row.role), row.position or ""
        return Session(
            row.id, row.person, row.display, role, position, row.csrf, row.created_at, row.expires_at, row.agency
        )

    async def sign_out(self, token: str) -> None:
        """End the session and leave the position. An unknown token is no error."""
        now, id_ = self._clock(), digest(token)

        async def unit(connection: AsyncConnection) -> None:
            ended = await connection.execute(
                update(sessions)
                .where(sessions.c.id == id_, sessions.c.ended_at.is_(None))
                .values(ended_at=now)
                .returning(sessions.c.person)
            )
            person = ended.scalar_one_or_none()
            if person is not None:
                await positions.leave(connection, session=id_, by=person, now=now)
                await audit(connection, by=person, action="sign_out", at=now)

        await self._database.write(unit)

    async def claim_position(self, token: str, position: str) -> Session:
        """Sit down at a desk; empty: get up. Conflict says who sits there since when."""
        now, session = self._clock(), await self.session(token)
        if session is None:
            raise Refused(NO_SESSION)
        holder = session

        async def unit(connection: AsyncConnection) -> Conflict | None:
            if position:
                return await positions.claim(
                    connection,
                    person=holder.person,
                    session=holder.id,
                    position=position,
                    idle_before=now - IDLE,
                    now=now,
                )
            await positions.leave(connection, session=holder.id, by=holder.person, now=now)
            return None

        await self._database.write(unit)
        return await self.session(token) or session

    async def free_position(self, position: str, *, by: str) -> None:
        """Somebody forgot to sign out there."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            person = await positions.free(connection, position, by, now)
            if person:
                await audit(connection, by=by, action="position.free", target=position, details={"of": person}, at=now)

        await self._database.write(unit)

    async def at_positions(self) -> dict[str, AtPosition]:
        """Who sits where."""
        now = self._clock()
        async with self._database.read() as connection:
            return await positions.everybody(connection, now - IDLE, now)

    async def add_user(
        self,
        name: str,
        password: str = "",
        *,
        display: str = "",
        role: Role | str = Role.CALL_TAKER,
        agency: str = "",
        by: str = "",
    ) -> str:
        """A new person. The password: the given one, or an invented one, told here and never again."""
        name, chosen, now = read_name(name), read_role(role), self._clock()
        whose = accounts.read_agency(agency, chosen)
        password = password or invent()
        kept = await self._passwords.hash(password)
        user = accounts.NewUser(name, display, chosen, kept, whose)
        await self._database.write(lambda c: accounts.add_user(c, user, by=by, now=now))
        return password

    async def set_agency(self, name: str, agency: str, *, by: str = "") -> None:
        """Whose forwards this person sees. NotFound; Refused where the role is another one."""
        name, whose, now = read_name(name), accounts.read_agency(agency, Role.AGENCY), self._clock()
        await self._database.write(lambda c: accounts.set_agency(c, name, whose, by=by, now=now))

    async def change_password(self, name: str, password: str = "", *, by: str = "") -> str:
        """Another password, given or invented; every session of this person ends. NotFound."""
        name, now = read_name(name), self._clock()
        password = password or invent()
        kept = await self._passwords.hash(password)
        await self._database.write(lambda c: accounts.set_password(c, name, kept, by=by, now=now))
        return password

    async def disable(self, name: str, *, by: str = "") -> None:
        """This person cannot sign in any more. NotFound; Refused for the last administrator."""
        name, now = read_name(name), self._clock()
        await self._database.write(lambda c: accounts.disable(c, name, by=by, now=now))

    async def users(self) -> list[User]:
        """Everybody, by name."""
        async with self._database.read() as connection:
            found = await connection.execute(select(users).order_by(users.c.name))
            return [User(r.name, r.display, Role(r.role), r.disabled, r.created_at, r.agency) for r in found]

    async def first_admin(self) -> str | None:
        """Where there is nobody yet: an administrator, and the password, told once. None where there are people."""
        async with self._database.read() as connection:
            there = (await connection.execute(select(func.count()).select_from(users))).scalar_one()
        return None if there else await self.add_user(FIRST_ADMIN, role=Role.ADMIN, by="setup")

    async def create_token(self, name: str, *, role: Role | str = Role.AUDITOR, by: str = "") -> str:
        """A token for a program: told once."""
        name, chosen, now, made = read_name(name), read_role(role), self._clock(), f"cc112_{secret()}"
        await self._database.write(lambda c: accounts.add_token(c, name, chosen, digest(made), by=by, now=now))
        return made

    async def revoke_token(self, name: str, *, by: str = "") -> None:
        """This token opens nothing any more. NotFound."""
        name, now = read_name(name), self._clock()
        await self._database.write(lambda c: accounts.revoke_token(c, name, by=by, now=now))

    async def tokens(self) -> list[ApiToken]:
        """All of them, by name."""
        async with self._database.read() as connection:
            return [_token(row) for row in await connection.execute(select(tokens).order_by(tokens.c.name))]

    async def token(self, given: str) -> ApiToken | None:
        """Which program has this token; None when it is unknown or revoked."""
        now = self._clock()
        wanted = select(tokens).where(tokens.c.digest == digest(given), tokens.c.revoked_at.is_(None))
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        if row is None:
            return None
        if row.used_at is None or now - row.used_at >= TOUCH:
            used = update(tokens).where(tokens.c.name == row.name).values(used_at=now)
            await self._database.write(lambda c: _run(c, used))
        return _token(row)


async def _signed_in(
    connection: AsyncConnection, row: dict[str, object], name: str, position: str, address: str, now: datetime
) -> None:
    await connection.execute(insert(sessions), [row])
    if position:
        taken = await positions.claim(
            connection, person=name, session=str(row["id"]), position=position, idle_before=now - IDLE, now=now
        )
        if taken is not None:
            raise taken
    details = {"position": position} if position else {}
    await audit(connection, by=name, action="sign_in", at=now, details=details, address=address)


async def _session(connection: AsyncConnection, id_: str, now: datetime) -> Row[tuple[object, ...]] | None:
    here = (
        select(sign_ins.c.position)
        .where(sign_ins.c.session == sessions.c.id, sign_ins.c.ended_at.is_(None))
        .limit(1)
        .scalar_subquery()
    )
    found = await connection.execute(
        select(sessions, users.c.display, users.c.role, users.c.agency, here.label("position"))
        .join(users, users.c.name == sessions.c.person)
        .where(sessions.c.id == id_, sessions.c.ended_at.is_(None), users.c.disabled.is_(False))
        .where(sessions.c.expires_at > now, sessions.c.seen_at > now - IDLE)
    )
    return found.first()


async def _run(connection: AsyncConnection, statement: Update) -> None:
    await connection.execute(statement)


def _token(row: Row[tuple[object, ...]]) -> ApiToken:
    return ApiToken(row.name, Role(row.role), row.created_by, row.created_at, row.used_at, row.revoked_at)
