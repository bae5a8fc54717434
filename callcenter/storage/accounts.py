"""Accounts: people's names and roles, and tokens for programs.

In:  names, roles, hashes. Out: rows, each change with its line in the audit.
Never: a password or a token in the clear; an account deleted: its name stands in the history, so it is disabled.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, NotFound, Refused
from callcenter.storage import throttle
from callcenter.storage.audit import add as audit
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables_people import sessions, sign_ins, tokens, users

AGENCY = re.compile(r"[a-z][a-z0-9_]{0,30}\Z")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
BAD_NAME = "A name has small letters, digits, dots, dashes and underscores, 64 at most: {name} does not."
EXISTS = "There is a {kind} with the name {name} already."
NOBODY = "There is no {kind} with the name {name}."
NO_ROLE = "{role} is no role. Roles: {roles}."
NO_AGENCY = "Say which agency this person belongs to: with --agency CODE, or on the page."
BAD_AGENCY = "{agency} is no agency's code."
NOT_OF_ONE = "{name} is not of an agency: the role is another one."
LAST_ADMIN = "This is the last administrator. Make another one first."


class Role(StrEnum):
    """Who may do what: the domain's section 6. What a role grants is held by the web's table."""

    CALL_TAKER = "call_taker"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    AGENCY = "agency"
    ADMIN = "admin"
    AUDITOR = "auditor"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class User:
    """One person."""

    name: str
    display: str
    role: Role
    disabled: bool
    created_at: datetime
    agency: str = ""
    must_change: bool = False
    second: bool = False  # has an authenticator


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to be added; `kept` is the password's hash, `once`: it was told by somebody else."""

    name: str
    display: str
    role: Role
    kept: str
    agency: str = ""
    once: bool = False


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One program that may ask the API."""

    name: str
    role: Role
    created_by: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def read_name(name: str) -> str:
    """The name as it is kept: small letters. BadInput."""
    found = name.strip().lower()
    if not NAME.match(found):
        raise BadInput(BAD_NAME, name=name[:64])
    return found


def read_role(role: Role | str) -> Role:
    """The role of that name. BadInput lists them."""
    try:
        return Role(role)
    except ValueError:
        raise BadInput(NO_ROLE, role=str(role)[:40], roles=", ".join(Role)) from None


def read_agency(agency: str, role: Role) -> str:
    """The agency's code for who is of one; nothing for all others. BadInput."""
    found = agency.strip().lower()
    if role is not Role.AGENCY:
        return ""
    if not found:
        raise BadInput(NO_AGENCY)
    if not AGENCY.match(found):
        raise BadInput(BAD_AGENCY, agency=agency[:40])
    return found


def user(row: Row[tuple[object, ...]]) -> User:
    """The person of this row."""
    own = (row.name, row.display, Role(row.role), row.disabled, row.created_at, row.agency)
    return User(*own, row.must_change, bool(row.second_secret))


async def add_user(connection: AsyncConnection, new: NewUser, *, by: str, now: datetime) -> None:
    """A new person. Refused when the name is there."""
    name, role = new.name, new.role
    row: dict[str, object] = {"name": name, "display": clean(new.display).strip()[:100] or name, "role": role.value}
    row |= {"password_hash": new.kept, "agency": new.agency, "must_change": new.once}
    made = await connection.execute(
        insert(connection, users)
        .values(**row, created_at=now, password_at=now)
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(users.c.name)
    )
    if made.first() is None:
        raise Refused(EXISTS, kind="person", name=name)
    details = {"role": role.value} | ({"agency": new.agency} if new.agency else {})
    await audit(connection, by=by, action="user.add", target=name, details=details, at=now)


async def set_agency(connection: AsyncConnection, name: str, agency: str, *, by: str, now: datetime) -> None:
    """Another agency: every session of this person ends, so that no open page shows the former one's."""
    found = (await connection.execute(select(users).where(users.c.name == name))).first()
    if found is not None and found.role != Role.AGENCY.value:
        raise Refused(NOT_OF_ONE, name=name)
    await _one(connection, update(users).where(users.c.name == name).values(agency=agency), name)
    change = {"agency": [found.agency if found is not None else "", agency]}
    await end_sessions(connection, name, by, now)
    await audit(connection, by=by, action="user.agency", target=name, details=change, at=now)


async def set_password(
    connection: AsyncConnection, name: str, kept: str, *, by: str, now: datetime, once: bool = False, but: str = ""
) -> None:
    """Another password: every session of this person ends (but that one). `once`: good for one sign-in, in which she
    chooses her own."""
    values = {"password_hash": kept, "password_at": now, "must_change": once}
    await _one(connection, update(users).where(users.c.name == name).values(**values), name)
    await end_sessions(connection, name, by, now, but=but)
    await throttle.end(connection, name)
    await audit(connection, by=by, action="user.password", target=name, details={"once": once} if once else {}, at=now)


async def set_role(connection: AsyncConnection, name: str, role: Role, agency: str, *, by: str, now: datetime) -> None:
    """Another role: every session of this person ends, so that no open page keeps the former one's. The last
    administrator stays one."""
    found = (await connection.execute(select(users).where(users.c.name == name))).first()
    if found is not None and found.role == Role.ADMIN.value and role is not Role.ADMIN:
        await _another_admin(connection, name)
    values = {"role": role.value, "agency": agency}
    await _one(connection, update(users).where(users.c.name == name).values(**values), name)
    await end_sessions(connection, name, by, now)
    change = {"role": [found.role if found is not None else "", role.value]}
    await audit(connection, by=by, action="user.role", target=name, details=change, at=now)


async def set_display(connection: AsyncConnection, name: str, display: str, *, by: str, now: datetime) -> None:
    """How others see the name."""
    old = (await connection.execute(select(users.c.display).where(users.c.name == name))).scalar_one_or_none()
    new = clean(display).strip()[:100] or name
    await _one(connection, update(users).where(users.c.name == name).values(display=new), name)
    await audit(connection, by=by, action="user.display", target=name, details={"display": [old, new]}, at=now)


async def enable(connection: AsyncConnection, name: str, kept: str, *, by: str, now: datetime) -> None:
    """A closed account opens again, with a new one-time password."""
    await _one(connection, update(users).where(users.c.name == name).values(disabled=False), name)
    told = {"disabled": [True, False]}
    await audit(connection, by=by, action="user.enable", target=name, details=told, at=now)
    await set_password(connection, name, kept, by=by, now=now, once=True)


async def disable(connection: AsyncConnection, name: str, *, by: str, now: datetime) -> None:
    """This person cannot sign in any more, and is signed out. The last administrator stays."""
    is_admin = await connection.execute(select(users.c.role).where(users.c.name == name))
    if is_admin.scalar_one_or_none() == Role.ADMIN.value:
        await _another_admin(connection, name)
    await _one(connection, update(users).where(users.c.name == name).values(disabled=True), name)
    await end_sessions(connection, name, by, now)
    told = {"disabled": [False, True]}
    await audit(connection, by=by, action="user.disable", target=name, details=told, at=now)


async def end_sessions(connection: AsyncConnection, name: str, by: str, now: datetime, *, but: str = "") -> None:
    """Sign this person out everywhere, but in that session."""
    over = {"ended_at": now, "ended_by": by}
    for table, which in ((sessions, sessions.c.id), (sign_ins, sign_ins.c.session)):
        open_ = table.c.person == name, table.c.ended_at.is_(None), which != but
        await connection.execute(update(table).where(*open_).values(**over))


async def add_token(connection: AsyncConnection, name: str, role: Role, digest: str, *, by: str, now: datetime) -> None:
    """A new token. Refused when the name was ever used: the audit must stay readable."""
    made = await connection.execute(
        insert(connection, tokens)
        .values(name=name, role=role.value, digest=digest, created_by=by, created_at=now)
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(tokens.c.name)
    )
    if made.first() is None:
        raise Refused(EXISTS, kind="token", name=name)
    await audit(connection, by=by, action="token.create", target=name, details={"role": role.value}, at=now)


async def revoke_token(connection: AsyncConnection, name: str, *, by: str, now: datetime) -> None:
    """This token opens nothing any more. NotFound."""
    revoked = await connection.execute(
        update(tokens)
        .where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by)
        .returning(tokens.c.name)
    )
    if revoked.first() is None:
        raise NotFound(NOBODY, kind="token", name=name)
    await audit(connection, by=by, action="token.revoke", target=name, at=now)


async def _another_admin(connection: AsyncConnection, name: str) -> None:
    others = users.c.role == Role.ADMIN.value, users.c.disabled.is_(False), users.c.name != name
    if not (await connection.execute(select(func.count()).select_from(users).where(*others))).scalar_one():
        raise Refused(LAST_ADMIN)


async def _one(connection: AsyncConnection, statement: Update, name: str) -> None:
    changed = await connection.execute(statement.returning(users.c.name))
    if changed.first() is None:
        raise NotFound(NOBODY, kind="person", name=name)
