"""What the database itself keeps beside the tables, in the same transaction as the text it is made from: triggers.

In:  a connection, after the migrations. Out: every trigger as this page says, and what it keeps, made anew where it was
missing or older.
Never: a road past it: whoever writes calls or tickets, by whatever code, has it kept; a step when nothing changed, so
that a start does not wait for a backup that reads.

A trigger carries a digest of its own text in its name: a new version of it is another trigger. A schema change that
copies a table (SQLite) loses its triggers; the next start finds that too.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

Statements = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trigger:
    """`when`: AFTER INSERT ON calls. `sqlite` and `postgresql`: what it does, in the database's own words."""

    name: str
    when: str
    sqlite: str
    postgresql: str

    def body(self, dialect: str) -> str:
        return self.sqlite if dialect == "sqlite" else self.postgresql

    def full_name(self, dialect: str) -> str:
        """With the digest of what it does."""
        told = hashlib.sha256(f"{self.when}\n{self.body(dialect)}".encode()).hexdigest()[:8]
        return f"kept_{self.name}_{told}"

    def made(self, dialect: str) -> Statements:
        """The statements that make it."""
        name, body = self.full_name(dialect), self.body(dialect)
        if dialect == "sqlite":
            return (f"CREATE TRIGGER {name} {self.when} BEGIN {body}; END",)
        does = f"BEGIN {body}; RETURN NULL; END"
        function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${does}$$"
        return function, f"CREATE TRIGGER {name} {self.when} FOR EACH ROW EXECUTE FUNCTION {name}()"


@dataclass(frozen=True, slots=True)
class Kept:
    """Something kept by triggers. `anew`: the statements that make it again from nothing."""

    triggers: tuple[Trigger, ...]
    anew: tuple[tuple[str, str], ...]  # for SQLite, for PostgreSQL


HOURS = ("substr({}, 1, 13)", "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')")
MARK = (
    "INSERT INTO figure_marks (hour, changes) SELECT {hour}, 1 {which} "
    "ON CONFLICT (hour) DO UPDATE SET changes = figure_marks.changes + 1"
)
OF_TICKET = "c.id IN (SELECT l.call FROM ticket_calls l WHERE l.ticket = {})"
COUNTED = "call_class, category, priority, kecamatan, kelurahan, wrapped_up_at, on_scene_at"


def _hours(moment: str, which: str) -> tuple[str, str]:
    """The hour of that moment is to be counted again: for SQLite, for PostgreSQL."""
    sqlite, postgresql = (MARK.format(hour=hour.format(moment), which=which) for hour in HOURS)
    return sqlite, postgresql


def _mark(name: str, when: str, *marked: tuple[str, str]) -> Trigger:
    return Trigger(f"marks_{name}", when, *("; ".join(each) for each in zip(*marked, strict=True)))


def _of_calls(which: str) -> tuple[str, str]:
    sqlite, postgresql = (hour.format("c.arrived_at") for hour in HOURS)
    where = f"FROM calls c WHERE {which} GROUP BY 1"
    return MARK.format(hour=sqlite, which=where), MARK.format(hour=postgresql, which=where)


NEW_HOUR, OLD_HOUR = _hours("new.arrived_at", "WHERE true"), _hours("old.arrived_at", "WHERE true")
NEW_OWED, OLD_OWED = _hours("new.owed_since", "WHERE true"), _hours("old.owed_since", "WHERE true")
OF_TRY = "FROM callbacks b WHERE b.id = new.callback"
NEW_CALL, NEW_TICKET, OLD_TICKET = "c.id = new.call", OF_TICKET.format("new.ticket"), OF_TICKET.format("old.ticket")
MARKS = Kept(
    (
        _mark("call_new", "AFTER INSERT ON calls", NEW_HOUR),
        _mark("call_changed", "AFTER UPDATE ON calls", NEW_HOUR, OLD_HOUR),
        _mark("call_gone", "AFTER DELETE ON calls", OLD_HOUR),
        _mark("ticket", f"AFTER UPDATE OF {COUNTED} ON tickets", _of_calls(OF_TICKET.format("new.id"))),
        _mark("link_new", "AFTER INSERT ON ticket_calls", _of_calls(NEW_TICKET)),
        _mark("link_changed", "AFTER UPDATE ON ticket_calls", _of_calls(NEW_TICKET), _of_calls(OLD_TICKET)),
        _mark("link_gone", "AFTER DELETE ON ticket_calls", _of_calls(OLD_TICKET), _of_calls("c.id = old.call")),
        _mark("attempt_new", "AFTER INSERT ON attempts", _of_calls(NEW_CALL)),
        _mark("attempt_changed", "AFTER UPDATE ON attempts", _of_calls(NEW_CALL)),
        _mark("forward_new", "AFTER INSERT ON forwards", _of_calls(NEW_CALL), _of_calls(NEW_TICKET)),
        _mark("forward_changed", "AFTER UPDATE ON forwards", _of_calls(NEW_CALL), _of_calls(NEW_TICKET)),
        _mark("owed_new", "AFTER INSERT ON callbacks", NEW_OWED),
        _mark("owed_changed", "AFTER UPDATE ON callbacks", NEW_OWED, OLD_OWED),
        _mark("try_new", "AFTER INSERT ON callback_tries", _hours("b.owed_since", OF_TRY)),
    ),
    (_of_calls("true"), _hours("b.owed_since", "FROM callbacks b WHERE true GROUP BY 1")),
)

EVERYTHING = (MARKS,)


def derive(connection: Connection) -> None:
    """Make what is missing, take away what is of another version."""
    dialect = connection.dialect.name
    there = _there(connection, dialect)
    wanted = {trigger.full_name(dialect) for kept in EVERYTHING for trigger in kept.triggers}
    for name, table in there.items():
        if name not in wanted:
            _drop(connection, dialect, name, table)
    for kept in EVERYTHING:
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
    return (sqlite if dialect == "sqlite" else postgresql for sqlite, postgresql in kept.anew)


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
