"""The command line's questions to the storage: people and tokens.

In:  the database's URL, names. Out: text to print; a secret is always its last word.
Never: a running service needed: another program's commits wait their turn like any other.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select

from callcenter.core.errors import BadInput
from callcenter.storage.accounts import Role, User
from callcenter.storage.database import Clock, Database
from callcenter.storage.migrate import migrate
from callcenter.storage.people import People
from callcenter.storage.second import off
from callcenter.storage.sessions import SignIns
from callcenter.storage.tables_agencies import agencies

NO_SUCH_AGENCY = "There is no agency {agency}. There are: {known}."


@asynccontextmanager
async def _people(url: str, clock: Clock) -> AsyncIterator[People]:
    await migrate(url)
    async with Database(url).running() as database:
        yield People(database, clock=clock)


async def _must_be_one(url: str, agency: str) -> None:
    """An agency that nobody knows would show its people nothing. The book is empty before the first start."""
    async with Database(url).running() as database, database.read() as connection:
        known = [str(code) for code in (await connection.execute(select(agencies.c.code))).scalars()]
    if known and agency not in known:
        raise BadInput(NO_SUCH_AGENCY, agency=agency[:40], known=", ".join(sorted(known)))


async def user_add(
    url: str,
    name: str,
    *,
    clock: Clock,
    display: str = "",
    role: str = "call_taker",
    password: str = "",
    agency: str = "",
    once: bool = False,
) -> str:
    """Add a person; the password is told when it was invented. `once`: she chooses her own at the first sign-in."""
    async with _people(url, clock) as people:
        if role == Role.AGENCY and agency.strip():
            await _must_be_one(url, agency.strip().lower())
        told = await people.add_user(
            name, display=display, role=role, password=password, agency=agency, by="command line", once=once
        )
    return f"{name} can sign in now." if password else f"{name} can sign in now. Password: {told}"


async def user_list(url: str, *, clock: Clock) -> str:
    """Everybody with their roles."""
    async with _people(url, clock) as people:
        rows = [_user(each) for each in await people.users()]
    return "\n".join(rows)


def _user(user: User) -> str:
    role = f"{user.role} of {user.agency}" if user.agency else user.role
    marks = (" (authenticator)" if user.second else "") + (" (disabled)" if user.disabled else "")
    return f"{user.name}\t{role}\t{user.display}{marks}"


async def user_password(url: str, name: str, *, clock: Clock, password: str = "") -> str:
    """A one-time password, or the given one; the person is signed out everywhere, and no wait runs any more."""
    async with _people(url, clock) as people:
        told = await people.change_password(name, password, by="command line", once=not password)
        closed = any(each.disabled for each in await people.users() if each.name == name.strip().lower())
    said = f"The password of {name} is changed." if password else f"The new password of {name}: {told}"
    return (
        f"{said}\nThis account is disabled, and the password does not open it: ./run user enable {name}"
        if closed
        else said
    )


async def user_second_off(url: str, name: str, *, clock: Clock) -> str:
    """For somebody who lost the phone and the recovery codes."""
    await migrate(url)
    async with Database(url).running() as database:
        await database.write(lambda c: off(c, name, by="command line", now=clock()))
    return f"{name} signs in with the password alone now, and is signed out everywhere."


async def user_unlock(url: str, name: str, *, clock: Clock) -> str:
    """Let this person try again at once. NotFound: a name that nobody has, and for which nobody waits."""
    await migrate(url)
    async with Database(url).running() as database:
        ins = SignIns(database, clock)
        if name not in {lock.name for lock in await ins.locks()}:
            await People(database, clock=clock).user(name)
        await ins.end_lock(name=name, by="command line")
    return f"{name} can try again at once."


async def user_disable(url: str, name: str, *, clock: Clock) -> str:
    """Keep a person out."""
    async with _people(url, clock) as people:
        await people.disable(name, by="command line")
    return f"{name} cannot sign in any more."


async def user_enable(url: str, name: str, *, clock: Clock) -> str:
    """Let a person in again."""
    async with _people(url, clock) as people:
        told = await people.enable(name, by="command line")
    return f"{name} can sign in again. One-time password: {told}"


async def token_create(url: str, name: str, *, clock: Clock, role: str = "auditor") -> str:
    """A token for a program: the last word."""
    async with _people(url, clock) as people:
        made = await people.create_token(name, role=role, by="command line")
    return f"Token {name} ({role}), told only now: {made}"


async def token_list(url: str, *, clock: Clock) -> str:
    """All tokens, without what they open with."""
    async with _people(url, clock) as people:
        found = await people.tokens()
    return "\n".join(f"{t.name}\t{t.role}\t{'revoked' if t.revoked_at else 'valid'}" for t in found)


async def token_revoke(url: str, name: str, *, clock: Clock) -> str:
    """Make a token worthless."""
    async with _people(url, clock) as people:
        await people.revoke_token(name, by="command line")
    return f"Token {name} opens nothing any more."


async def first_admin(url: str, *, clock: Clock) -> str | None:
    """The password of the first administrator, at the first start only."""
    async with _people(url, clock) as people:
        return await people.first_admin()
