"""How the database itself keeps what stands beside the tables, in the transaction of what it is made from: triggers.

In:  a connection, after the migrations. Out: every trigger of `kept.py`; what it keeps, made anew where it was missing
or older.
Never: a road past it: whoever writes calls or tickets, by whatever code, has it kept; a step when nothing changed, so
that a start does not wait for a backup that reads.

A trigger carries a digest of its own text in its name: a new version of it is another trigger. A schema change that
copies a table (SQLite) loses its triggers; the next start finds that too.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

Statements = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trigger:
    """`when`: AFTER INSERT ON calls. `sqlite` and `postgresql`: what it does, in the database's own words.
    `changed`: only when one of these columns has another value than before."""

    name: str
    when: str
    sqlite: str
    postgresql: str
    changed: tuple[str, ...] = ()

    def body(self, dialect: str) -> str:
        return self.sqlite if dialect == "sqlite" else self.postgresql

    def full_name(self, dialect: str) -> str:
        """With the digest of what it does."""
        told = hashlib.sha256(f"{self.when}\n{self.changed}\n{self.body(dialect)}".encode()).hexdigest()[:8]
        return f"kept_{self.name}_{told}"

    def made(self, dialect: str) -> Statements:
        """The statements that make it."""
        name, body = self.full_name(dialect), self.body(dialect)
        differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
        any_of = " OR ".join(f"old.{column} {differs} new.{column}" for column in self.changed)
        only = f"WHEN ({any_of})" if any_of else ""
        if dialect == "sqlite":
            return (f"CREATE TRIGGER {name} {self.when} {only} BEGIN {body}; END",)
        does = f"BEGIN {body}; RETURN NULL; END"
        function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${does}$$"
        return function, f"CREATE TRIGGER {name} {self.when} FOR EACH ROW {only} EXECUTE FUNCTION {name}()"


@dataclass(frozen=True, slots=True)
class Kept:
    """Something kept by triggers. `anew`: the statements that make it again from nothing."""

    triggers: tuple[Trigger, ...]
    anew: tuple[tuple[str, str], ...]  # for SQLite, for PostgreSQL; an empty one is left out


def derive(connection: Connection, everything: Sequence[Kept]) -> None:
    """Make what is missing, take away what is of another version."""
    dialect = connection.dialect.name
    there = _there(connection, dialect)
    wanted = {trigger.full_name(dialect) for kept in everything for trigger in kept.triggers}
    for name, table in there.items():
        if name not in wanted:
            _drop(connection, dialect, name, table)
    for kept in everything:
        missing = [trigger for trigger in kept.triggers if trigger.full_name(dialect) not in there]
        for statement in (line for trigger in missing for line in trigger.made(dialect)):
            connection.exec_driver_sql(statement)
        for statement in _anew(kept, dialect) if missing else ():
            connection.exec_driver_sql(statement)


async def anew(connection: AsyncConnection, kept: Kept) -> None:
    """Make again what these triggers keep."""
    for statement in _anew(kept, connection.dialect.name):
        await connection.exec_driver_sql(statement)


def _anew(kept: Kept, dialect: str) -> Iterator[str]:
    wanted = (sqlite if dialect == "sqlite" else postgresql for sqlite, postgresql in kept.anew)
    return (statement for statement in wanted if statement)


def _there(connection: Connection, dialect: str) -> dict[str, str]:
    """Our triggers in this database -> the table that each stands on."""
    asked = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'kept!_%' ESCAPE '!'"
        if dialect == "sqlite"
        else "SELECT t.tgname, k.relname FROM pg_trigger t JOIN pg_class k ON k.oid = t.tgrelid"
        " JOIN pg_namespace n ON n.oid = k.relnamespace AND n.nspname = current_schema()"
        " WHERE NOT t.tgisinternal AND t.tgname LIKE 'kept!_%' ESCAPE '!'"
    )
    return {row[0]: row[1] for row in connection.exec_driver_sql(asked)}


def _drop(connection: Connection, dialect: str, name: str, table: str) -> None:
    on = "" if dialect == "sqlite" else f" ON {table}"
    connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
    if dialect != "sqlite":
        connection.exec_driver_sql(f"DROP FUNCTION {name}()")
