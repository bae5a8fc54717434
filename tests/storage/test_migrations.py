"""Migrations: from nothing to what `tables.py` says, on both databases, once, and never over a newer program's."""

import asyncio
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from callcenter.core.errors import BadInput
from callcenter.storage import AttemptLine, CallLine, Database, Note, Ticket, migrate, sqlite_url
from callcenter.storage import migrate as migrate_function
from callcenter.storage.columns import metadata
from callcenter.storage.migrate import config
from callcenter.storage.tables import attempts, notes, tickets
from callcenter.storage.wanted import lines

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


async def test_the_migrated_schema_is_that_of_the_tables(url: str) -> None:
    def compare(connection: Connection) -> list[Any]:
        opts = {"compare_type": True, "include_name": lambda name, *_: "ticket_search" not in (name or "")}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, metadata))

    async with Database(url).running() as database, database.read() as connection:
        assert await connection.run_sync(compare) == []
        there = await connection.run_sync(
            lambda c: {n for n in inspect(c).get_table_names() if "ticket_search" not in n}
        )
    assert there == {*metadata.tables, "alembic_version"}


async def test_names_of_constraints_are_the_same_on_both(url: str) -> None:
    def names(connection: Connection) -> set[str]:
        found = inspect(connection)
        return {str(key["name"]) for table in metadata.tables for key in found.get_foreign_keys(table)} | {
            str(index["name"]) for table in metadata.tables for index in found.get_indexes(table)
        }

    async with Database(url).running() as database, database.read() as connection:
        there = await connection.run_sync(names)
    assert {index.name for table in metadata.tables.values() for index in table.indexes} <= there
    assert "fk_ticket_calls_call" in there


async def test_migrating_again_changes_nothing(url: str) -> None:
    await asyncio.gather(migrate(url), migrate(url))
    async with Database(url).running() as database:
        await database.check()


async def test_a_database_of_a_newer_program_is_left_alone_and_said(url: str) -> None:
    async with Database(url).running() as database:

        async def newer(connection: Any) -> None:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            await connection.execute(text("UPDATE schema_readers SET revision = '9998'"))

        await database.write(newer)
        with pytest.raises(BadInput, match="written by a newer version of this program"):
            await database.check()
    with pytest.raises(BadInput, match="its schema is 9999"):
        await migrate(url)


async def test_a_newer_schema_that_was_only_added_to_is_used_and_left_as_it_is(url: str) -> None:
    async with Database(url).running() as database:

        async def newer(connection: Any) -> None:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            await connection.execute(text("ALTER TABLE tickets ADD COLUMN mood TEXT"))

        await database.write(newer)
        await migrate(url)
        await database.check()
        assert (await database.health()).ok
        async with database.read() as connection:
            assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar() == "9999"
            await connection.execute(text("SELECT mood FROM tickets"))


async def test_what_a_migration_adds_may_be_left_out_by_the_program_before_it(tmp_path: Path) -> None:
    """Else it would have to write its own revision into schema_readers: then there is no way back but the backup."""
    url = sqlite_url(tmp_path / "callcenter.db")
    await migrate(url)
    async with Database(url).running() as database, database.read() as connection:
        oldest = str((await connection.execute(text("SELECT revision FROM schema_readers"))).scalar())
        now = await connection.run_sync(_columns)
    before = await asyncio.to_thread(_columns_at, tmp_path / "before.db", oldest)
    wrong = [f"{table}.{name} is gone" for table in before for name in set(before[table]) - set(now.get(table, {}))]
    for table in before:
        for name in set(now[table]) - set(before[table]):
            column = now[table][name]
            if not column["nullable"] and column["default"] is None:
                wrong.append(f"{table}.{name} must be given")
    assert wrong == []


def _columns(connection: Connection) -> dict[str, dict[str, Any]]:
    found = inspect(connection)
    return {table: {c["name"]: c for c in found.get_columns(table)} for table in found.get_table_names()}


def _columns_at(file: Path, revision: str) -> dict[str, dict[str, Any]]:
    settings = config()
    with create_engine(f"sqlite:///{file}").begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        return _columns(connection)


async def test_a_database_without_tables_is_said(tmp_path: Path) -> None:
    async with Database(sqlite_url(tmp_path / "empty.db")).running() as database:
        health = await database.health()
        assert not health.ok
        assert "lacks tables" in str(health.trouble)
        with pytest.raises(BadInput, match="is not up to date"):
            await database.check()


async def test_sqlite_keeps_what_it_acknowledged_through_a_power_cut(tmp_path: Path) -> None:
    """WAL with FULL: NORMAL lost up to 428 acknowledged tickets when power was cut."""
    url = sqlite_url(tmp_path / "callcenter.db")
    await migrate_function(url)
    async with Database(url).running() as database:

        async def pragmas(connection: Any) -> list[Any]:
            asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            return [(await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in asked]

        assert await database.write(pragmas) == ["wal", 2, 1, 5000]


async def test_a_reader_can_change_nothing(url: str) -> None:
    async with Database(url).running() as database:
        with pytest.raises(Exception, match=r"read.?only"):
            async with database.read() as connection:
                await connection.execute(text("DELETE FROM calls"))


async def test_a_healthy_database_says_how_long_a_write_took(url: str) -> None:
    async with Database(url).running() as database:
        await database.measure_sync()
        health = await database.health()
        assert health.ok
        assert health.write_ms is not None
        assert (health.sync_ms is not None) == url.startswith("sqlite")


def test_migrations_are_numbered_and_named_as_sentences() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(re.fullmatch(r"\d{4}(_[a-z]+){3,}\.py", name) for name in names)


def test_records_have_the_columns_of_their_tables() -> None:
    for cls, columns in (
        (Ticket, tickets.c.keys()),
        (Note, notes.c.keys()),
        (CallLine, [*(column.name for column in lines().selected_columns), "agencies"]),
    ):
        assert {f.name for f in fields(cls)} == set(columns)
    assert {f.name for f in fields(AttemptLine)} == set(attempts.c.keys()) - {"revision"}
