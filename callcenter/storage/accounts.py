"""Accounts: people's names and roles, and tokens for programs.

In:  names, roles, hashes. Out: rows, each change with its line in the audit.
Never: a password or a token in the clear; an account deleted: its name stands in the history, so it is disabled.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, NotFound, Refused
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


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to be added; `kept` is the password's hash."""

    name: str
    display: str
    role: Role
    kept: str
    agency: str = ""


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


async def add_user(connection: AsyncConnection, new: NewUser, *, by: str, now: datetime) -> None:
    """A new person. Refused when the name is there."""
    name, role = new.name, new.role
    row = {"name": name, "display": clean(new.display).strip()[:100] or name, "role": role.value}
    row |= {"password_hash": new.kept, "agency": new.agency}
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
    role = await connection.execute(select(users.c.role).where(users.c.name == name))
    if role.scalar_one_or_none() not in (None, Role.AGENCY.value):
        raise Refused(NOT_OF_ONE, name=name)
    await _one(connection, update(users).where(users.c.name == name).values(agency=agency), name)
    await end_sessions(connection, name, by, now)
    await audit(connection, by=by, action="user.agency", target=name, details={"agency": agency}, at=now)


async def set_password(connection: AsyncConnection, name: str, kept: str, *, by: str, now: datetime) -> None:
    """Another password: every session of this person ends."""
    await _one(connection, update(users).where(users.c.name == name).values(password_hash=kept, password_at=now), name)
    await end_sessions(connection, name, by, now)
    await audit(connection, by=by, action="user.password", target=name, at=now)


async def disable(connection: AsyncConnection, name: str, *, by: str, now: datetime) -> None:
    """This person cannot sign in any more, and is signed out. The last administrator stays."""
    others = await connection.execute(
        select(func.count())
        .select_from(users)
        .where(users.c.role == Role.ADMIN.value, users.c.disabled.is_(False), users.c.name != name)
    )
    is_admin = await connection.execute(select(users.c.role).where(users.c.name == name))
    if is_admin.scalar_one_or_none() == Role.ADMIN.value and not others.scalar_one():
        raise Refused(LAST_ADMIN)
    await _one(connection, update(users).where(users.c.name == name).values(disabled=True), name)
    await end_sessions(connection, name, by, now)
    await audit(connection, by=by, action="user.disable", target=name, at=now)


async def end_sessions(connection: AsyncConnection, name: str, by: str, now: datetime) -> None:
    """Sign this person out everywhere."""
    await connection.execute(
        update(sessions).where(sessions.c.person == name, sessions.c.ended_at.is_(None)).values(ended_at=now)
    )
    await connection.execute(
        update(sign_ins)
        .where(sign_ins.c.person == name, sign_ins.c.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
    )


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


async def _one(connection: AsyncConnection, statement: Update, name: str) -> None:
    changed = await connection.execute(statement.returning(users.c.name))
    if changed.first() is None:
        raise NotFound(NOBODY, kind="person", name=name)
