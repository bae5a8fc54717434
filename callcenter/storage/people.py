"""People: signing in, sessions, positions, accounts, tokens.

In:  names, passwords, cookies, addresses. Out: sessions and accounts; refusals in words.
Never: a hint whether a name exists; a secret kept as it is; a password checked in the event loop.
"""

import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Row, Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, Conflict, NotFound, Refused
from callcenter.storage import accounts, positions, throttle
from callcenter.storage.accounts import ApiToken, Role, User, read_name, read_role
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.passwords import GUESSED, Passwords, digest, guessed, invent, secret
from callcenter.storage.positions import AtPosition
from callcenter.storage.sessions import AT_MOST, HALF, IDLE, Session, SignedIn, find, owed, start
from callcenter.storage.sql import clean
from callcenter.storage.tables_people import sessions, tokens, users

TOUCH = timedelta(minutes=1)
ONCE_LASTS = timedelta(hours=72)
FIRST_ADMIN = "admin"
WRONG = "The name or the password is wrong."
TOO_OLD = "This one-time password was told more than three days ago. Ask an administrator for a new one."
WRONG_OLD = "The former password is wrong."
SAME = "Choose another password than the one that you were told."
NO_SESSION = "You are not signed in any more. Sign in again; what you typed is still on this page."


class People:
    """Accounts and who is signed in."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        passwords: Passwords | None = None,
        required: Collection[str] = (),
    ) -> None:
        """`required`: roles that get in with an authenticator only."""
        self._database, self._clock = database, clock
        self._passwords, self._required = passwords or Passwords(), frozenset(required)

    async def sign_in(
        self, name: str, password: str, *, position: str = "", address: str, agent: str = "", browser: str = ""
    ) -> SignedIn:
        """Refused: wrong, disabled (in the same words), or too many tries. Conflict: the position is taken.
        `browser`: the mark that an earlier sign-in of this person left there."""
        name, now = clean(name).strip().lower()[:64], self._clock()
        await self._database.write(lambda c: throttle.begin(c, throttle.keys(name, address, browser), now))
        async with self._database.read() as connection:
            found = await connection.execute(select(users).where(users.c.name == name))
            user = found.first()
        usable = user is not None and not user.disabled
        fits = await self._passwords.fits(password, user.password_hash if user is not None and usable else None)
        if user is None or not fits:
            said = {"browser": agent[:300]}
            await self._database.write(
                lambda c: audit(c, by=name, action="sign_in.refused", at=now, details=said, address=address)
            )
            raise Refused(WRONG)
        if user.must_change and now - user.password_at > ONCE_LASTS:
            raise Refused(TOO_OLD)
        await self._database.write(lambda c: throttle.succeeded(c, name, address, browser))
        token, csrf, half = secret(), secrets.token_urlsafe(16), bool(user.second_secret)
        row = {"id": digest(token), "person": name, "csrf": csrf, "created_at": now, "seen_at": now, "half": half}
        row |= {"expires_at": now + (HALF if half else AT_MOST), "address": address[:100], "agent": agent[:300]}
        row |= {"wanted": position if half else ""}
        await self._database.write(lambda c: start(c, row, position))
        session = await self.session(token)
        if session is None:  # ended by an administrator in this very moment
            raise Refused(NO_SESSION)
        return SignedIn(token, session)

    async def session(self, token: str) -> Session | None:
        """Who has this cookie; None when it is unknown, over, or the person's account is disabled."""
        now = self._clock()
        async with self._database.read() as connection:
            row = await find(connection, digest(token), now)
        if row is None:
            return None
        if now - row.seen_at >= TOUCH:
            seen = update(sessions).where(sessions.c.id == row.id).values(seen_at=now)
            await self._database.write(lambda c: _run(c, seen))
        role, position = Role(row.role), row.position or ""
        owes = owed(row, half=row.half, required=self._required)
        return Session(
            row.id, row.person, row.display, role, position, row.csrf, row.created_at, row.expires_at, row.agency, owes
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
        once: bool = False,
    ) -> str:
        """A new person. The password: the given one, or an invented one, told here and never again; `once`: she
        chooses her own at the first sign-in."""
        name, chosen, now = read_name(name), read_role(role), self._clock()
        whose = accounts.read_agency(agency, chosen)
        password = password or invent()
        kept = await self._passwords.hash(password)
        user = accounts.NewUser(name, display, chosen, kept, whose, once)
        await self._database.write(lambda c: accounts.add_user(c, user, by=by, now=now))
        return password

    async def set_agency(self, name: str, agency: str, *, by: str = "") -> None:
        """Whose forwards this person sees. NotFound; Refused where the role is another one."""
        name, whose, now = read_name(name), accounts.read_agency(agency, Role.AGENCY), self._clock()
        await self._database.write(lambda c: accounts.set_agency(c, name, whose, by=by, now=now))

    async def change_password(self, name: str, password: str = "", *, by: str = "", once: bool = False) -> str:
        """Another password, given or invented; every session of this person ends. NotFound."""
        name, now = read_name(name), self._clock()
        password = password or invent()
        kept = await self._passwords.hash(password)
        await self._database.write(lambda c: accounts.set_password(c, name, kept, by=by, now=now, once=once))
        return password

    async def choose_password(self, session: Session, old: str, new: str) -> None:
        """Her own word instead of the former one; she is signed out everywhere else. Refused: the old one is wrong."""
        name, now = session.person, self._clock()
        await self._database.write(lambda c: throttle.begin(c, {f"code:{name}": throttle.BY_CODE}, now))
        async with self._database.read() as connection:
            kept = await connection.execute(select(users.c.password_hash).where(users.c.name == name))
            before = kept.scalar_one_or_none()
        if not await self._passwords.fits(old, before):
            raise Refused(WRONG_OLD)
        if await self._passwords.fits(new, before):
            raise BadInput(SAME)
        if guessed(new, name):
            raise BadInput(GUESSED)
        chosen = await self._passwords.hash(new)
        await self._database.write(lambda c: accounts.set_password(c, name, chosen, by=name, now=now, but=session.id))

    async def set_role(self, name: str, role: str, agency: str = "", *, by: str = "") -> None:
        """What this person may do. NotFound; Refused for the last administrator."""
        name, chosen, now = read_name(name), read_role(role), self._clock()
        whose = accounts.read_agency(agency, chosen)
        await self._database.write(lambda c: accounts.set_role(c, name, chosen, whose, by=by, now=now))

    async def set_display(self, name: str, display: str, *, by: str = "") -> None:
        """How others see this person's name. NotFound."""
        name, now = read_name(name), self._clock()
        await self._database.write(lambda c: accounts.set_display(c, name, display, by=by, now=now))

    async def enable(self, name: str, *, by: str = "") -> str:
        """A closed account opens again; its one-time password, told here. NotFound."""
        name, now, password = read_name(name), self._clock(), invent()
        kept = await self._passwords.hash(password)
        await self._database.write(lambda c: accounts.enable(c, name, kept, by=by, now=now))
        return password

    async def disable(self, name: str, *, by: str = "") -> None:
        """This person cannot sign in any more. NotFound; Refused for the last administrator."""
        name, now = read_name(name), self._clock()
        await self._database.write(lambda c: accounts.disable(c, name, by=by, now=now))

    async def users(self) -> list[User]:
        """Everybody, by name."""
        async with self._database.read() as connection:
            found = await connection.execute(select(users).order_by(users.c.name))
            return [accounts.user(row) for row in found]

    async def user(self, name: str) -> User:
        """One person. NotFound."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(users).where(users.c.name == name))).first()
        if row is None:
            raise NotFound(accounts.NOBODY, kind="person", name=name[:64])
        return accounts.user(row)

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


async def _run(connection: AsyncConnection, statement: Update) -> None:
    await connection.execute(statement)


def _token(row: Row[tuple[object, ...]]) -> ApiToken:
    return ApiToken(row.name, Role(row.role), row.created_by, row.created_at, row.used_at, row.revoked_at)
