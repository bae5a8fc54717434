"""The second factor: setting up an authenticator, its codes at the sign-in, recovery codes, taking it off.

In:  a person, a session, what was typed. Out: secrets shown once; refusals in words; each step in the audit.
Never: a secret or a recovery code kept as it is; a code that opens twice; unlimited guesses.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import Conflict, NotFound, Refused
from callcenter.storage import positions, throttle
from callcenter.storage.accounts import NOBODY, end_sessions
from callcenter.storage.audit import add as audit
from callcenter.storage.codes import Vault, address, new_recovery_codes, new_secret, shown, step_of
from callcenter.storage.database import Clock, Database
from callcenter.storage.passwords import digest
from callcenter.storage.sessions import AT_MOST, IDLE
from callcenter.storage.tables_people import recovery_codes, sessions, users

WRONG_CODE = "This code is not the one that the phone shows now. Look at its clock, wait for the next code, type that."
USED = "This code was used already. Wait for the next one."
OVER = "This sign-in took too long. Sign in again."
HAS_ONE = "There is an authenticator already. Take it off first."
HAS_NONE = "There is no authenticator."


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page shows to set up a phone; `sealed` comes back with the first code."""

    sealed: str
    typed: str  # for a phone without a camera
    address: str  # for the QR code


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's second factor."""

    since: datetime | None  # None: none
    codes_left: int


class Second:
    """Authenticators of people."""

    def __init__(self, database: Database, *, secret: str, clock: Clock) -> None:
        self._database, self._clock, self._vault = database, clock, Vault(secret)

    async def standing(self, person: str) -> Standing:
        """Since when, and how many recovery codes are unused."""
        left = select(func.count()).where(recovery_codes.c.person == person, recovery_codes.c.used_at.is_(None))
        async with self._database.read() as connection:
            row = (await connection.execute(select(users).where(users.c.name == person))).first()
            codes = (await connection.execute(left)).scalar_one()
        on = row is not None and bool(row.second_secret)
        return Standing(row.second_at if row is not None and on else None, codes if on else 0)

    def offer(self, person: str, issuer: str, sealed: str = "") -> Offer:
        """A new secret, or the one that was shown a moment ago. Refused when that one is not ours."""
        secret = self._vault.open(sealed) if sealed else new_secret()
        return Offer(sealed or self._vault.close(secret), shown(secret), address(secret, person=person, issuer=issuer))

    async def begin(self, person: str, sealed: str, code: str, *, keep: str, address: str = "") -> list[str]:
        """The phone shows the right code: it counts from now on. The recovery codes, told once. Other sessions end."""
        now, secret = self._clock(), self._vault.open(sealed)
        await self._slow(person, now)
        step = step_of(secret, code, now)
        if step is None:
            raise Refused(WRONG_CODE)
        told = new_recovery_codes()
        digests = [self._vault.digest(person, each) for each in told]
        kept = {"second_secret": self._vault.close(secret), "second_at": now, "second_step": step}

        async def unit(connection: AsyncConnection) -> None:
            mine = users.c.name == person, users.c.second_secret == ""
            changed = await connection.execute(update(users).where(*mine).values(**kept).returning(users.c.name))
            if changed.first() is None:
                raise Refused(HAS_ONE)
            await _put_codes(connection, person, digests, now)
            await throttle.forget(connection, _key(person))
            await end_sessions(connection, person, person, now, but=keep)
            await audit(connection, by=person, action="second.begin", target=person, at=now, address=address)

        await self._database.write(unit)
        return told

    async def renew_codes(self, person: str, code: str, *, address: str = "") -> list[str]:
        """Ten new recovery codes; the former ones open nothing any more."""
        now = self._clock()
        await self._fits(person, code, now)
        told = new_recovery_codes()
        digests = [self._vault.digest(person, each) for each in told]

        async def unit(connection: AsyncConnection) -> None:
            await _put_codes(connection, person, digests, now)
            await audit(connection, by=person, action="second.codes", target=person, at=now, address=address)

        await self._database.write(unit)
        return told

    async def complete(self, session: str, person: str, code: str, *, token: str, address: str = "") -> None:
        """The other half of a sign-in: a code of the phone, or a recovery code. Refused: wrong, used, too often.
        Conflict: she is in, but the position that she chose is taken. `token`: a new
        one, for whoever typed the code: a cookie that somebody left in this browser before opens nothing."""
        now = self._clock()
        try:
            used = await self._fits(person, code, now)
        except Refused as refused:
            if refused.sentence in (WRONG_CODE, USED):
                await self._note(person, "sign_in.code_refused", now, address)
            raise

        async def unit(connection: AsyncConnection) -> Conflict | None:
            here = sessions.c.id == session, sessions.c.half.is_(True), sessions.c.ended_at.is_(None)
            whole = {"half": False, "expires_at": now + AT_MOST, "seen_at": now}
            whole |= {"id": digest(token), "csrf": secrets.token_urlsafe(16)}
            done = await connection.execute(
                update(sessions).where(*here, sessions.c.expires_at > now).values(**whole).returning(sessions.c.wanted)
            )
            row = done.first()
            if row is None:
                raise Refused(OVER)
            said = {"by": "recovery code" if used else "authenticator"} | (
                {"position": row.wanted} if row.wanted else {}
            )
            await audit(connection, by=person, action="sign_in", at=now, details=said, address=address)
            if not row.wanted:
                return None
            sits = {"person": person, "session": digest(token), "position": row.wanted}
            return await positions.claim(connection, **sits, idle_before=now - IDLE, now=now)

        await self._database.write(unit)

    async def take_off(self, person: str, *, by: str, code: str = "", address: str = "") -> None:
        """No authenticator any more: with a code by herself, without one by an administrator. Sessions end then."""
        now = self._clock()
        if by == person:
            await self._fits(person, code, now)

        async def unit(connection: AsyncConnection) -> None:
            await off(connection, person, by=by, now=now, address=address)

        await self._database.write(unit)

    async def _fits(self, person: str, code: str, now: datetime) -> bool:
        """Uses up the code. True: it was a recovery code. Refused."""
        await self._slow(person, now)
        async with self._database.read() as connection:
            kept = await connection.execute(select(users.c.second_secret).where(users.c.name == person))
            sealed = kept.scalar_one_or_none()
        if not sealed:
            raise Refused(HAS_NONE)
        step = step_of(self._vault.open(sealed), code, now)
        recovery = self._vault.digest(person, code)

        async def unit(connection: AsyncConnection) -> bool:
            if step is not None:
                fresh = users.c.name == person, users.c.second_step < step
                used = await connection.execute(
                    update(users).where(*fresh).values(second_step=step).returning(users.c.name)
                )
                if used.first() is None:
                    raise Refused(USED)
            else:
                mine = recovery_codes.c.person == person, recovery_codes.c.digest == recovery
                used = await connection.execute(
                    update(recovery_codes)
                    .where(*mine, recovery_codes.c.used_at.is_(None))
                    .values(used_at=now)
                    .returning(recovery_codes.c.person)
                )
                if used.first() is None:
                    raise Refused(WRONG_CODE)
            await throttle.forget(connection, _key(person))
            return step is None

        return await self._database.write(unit)

    async def _slow(self, person: str, now: datetime) -> None:
        """Each try is counted before it is made."""
        await self._database.write(lambda c: throttle.begin(c, {_key(person): throttle.BY_CODE}, now))

    async def _note(self, person: str, action: str, now: datetime, address: str) -> None:
        await self._database.write(lambda c: audit(c, by=person, action=action, at=now, address=address))


async def off(connection: AsyncConnection, person: str, *, by: str, now: datetime, address: str = "") -> None:
    """Take it off, with the codes. NotFound; Refused when there is none. Whoever took it off: sessions end."""
    found = (await connection.execute(select(users.c.second_secret).where(users.c.name == person))).first()
    if found is None:
        raise NotFound(NOBODY, kind="person", name=person)
    if not found.second_secret:
        raise Refused(HAS_NONE)
    gone = {"second_secret": "", "second_at": None, "second_step": 0}
    await connection.execute(update(users).where(users.c.name == person).values(**gone))
    await connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person))
    if by != person:
        await end_sessions(connection, person, by, now)
    await audit(connection, by=by, action="second.off", target=person, at=now, address=address)


async def _put_codes(connection: AsyncConnection, person: str, digests: list[str], now: datetime) -> None:
    await connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person))
    rows = [{"person": person, "digest": each, "made_at": now} for each in digests]
    await connection.execute(insert(recovery_codes), rows)


def _key(person: str) -> str:
    return f"code:{person}"
