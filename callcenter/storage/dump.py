"""A copy of the database while calls run, and the way back.

In:  the database's URL, a folder. Out: one file that holds one moment of it; what it holds, counted.
Never: a lock that the service feels; a database overwritten (what is there goes aside); a password on a command line.
"""

import asyncio
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput
from callcenter.core.seal import Head, written
from callcenter.storage.database import Database
from callcenter.storage.engine import open_engine, place, read_url, sqlite_url
from callcenter.storage.migrate import revisions
from callcenter.storage.tables import calls, tickets
from callcenter.storage.tables_people import audit_head

SEALED = "0005"  # since this migration the audit has seals
SQLITE, POSTGRESQL = "callcenter.db", "callcenter.pgdump"
COPY_S = 6 * 3600.0
NO_PROGRAM = "The program {program} is missing. Install PostgreSQL's client programs (postgresql-client)."
FAILED = "{program} failed: {why}"
DAMAGED = "The copy of the database is damaged ({why})."
IN_USE = "The database at {place} is in use by {count} other connections of this program. Stop it there first."


@dataclass(frozen=True, slots=True)
class Counted:
    """What a database holds."""

    schema: str
    calls: int
    tickets: int
    newest: datetime | None  # arrival of the newest call
    seal: str = ""  # of the audit's newest row, for `./run audit verify --against`


def file_name(url: str) -> str:
    """The copy's name; it tells the kind of database."""
    return SQLITE if _is_sqlite(read_url(url)) else POSTGRESQL


def copy_sqlite(source: Path, file: Path, *, wal: bool = False) -> None:
    """One moment of a SQLite file in WAL mode; whoever writes in it is not held up. Raises sqlite3.Error."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as db,
        closing(sqlite3.connect(file)) as copy,
    ):
        db.backup(copy)
        if wal:  # the copy of a file does not keep its mode
            copy.execute("PRAGMA journal_mode=WAL")


def check_sqlite(file: Path) -> None:
    """BadInput when the file is no whole SQLite database."""
    try:
        with closing(sqlite3.connect(file)) as db:
            (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as wrong:
        raise BadInput(DAMAGED, why=wrong) from wrong
    if said != "ok":
        raise BadInput(DAMAGED, why=said)


async def dump(url: str, folder: Path) -> Counted:
    """One moment of the database as a file in that folder. StoreDown, or BadInput in words."""
    address = read_url(url)
    if _is_sqlite(address):
        file = folder / SQLITE
        try:
            await asyncio.to_thread(copy_sqlite, Path(place(address)), file)
        except sqlite3.Error as wrong:
            raise BadInput(FAILED, program="The copy of the database", why=wrong) from wrong
        await asyncio.to_thread(check_sqlite, file)
        return await counted(sqlite_url(file))
    database = Database(url)
    try:
        async with database.read(deadline=COPY_S) as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            snapshot = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
            found = await _count(connection)  # in the very moment that pg_dump copies
            options = ("--format=custom", "--schema=public", "--no-owner", "--no-privileges")
            await _program("pg_dump", address, *options, f"--snapshot={snapshot}", f"--file={folder / POSTGRESQL}")
            return found
    finally:
        await database.close()


async def counted(url: str) -> Counted:
    """What is in that database. StoreDown."""
    database = Database(url)
    try:
        async with database.read(deadline=60) as connection:
            return await _count(connection)
    finally:
        await database.close()


async def _count(connection: AsyncConnection) -> Counted:
    schema, _ = await connection.run_sync(revisions)
    if not schema:
        return Counted("", 0, 0, None)
    many = (await connection.execute(select(func.count(), func.max(calls.c.arrived_at)).select_from(calls))).one()
    paper = (await connection.execute(select(func.count()).select_from(tickets))).scalar_one()
    sealed = schema >= SEALED  # an older one is copied before it is migrated
    end = (await connection.execute(select(audit_head.c.size, audit_head.c.digest))).first() if sealed else None
    return Counted(schema, many[0], paper, many[1], written(Head(None, end.size, end.digest)) if end else "")


async def load(url: str, file: Path, stamp: str) -> str:
    """The copy becomes the database; what was there is kept. Returns where, or "" when nothing was there."""
    address = read_url(url)
    if _is_sqlite(address):
        return _load_sqlite(Path(place(address)), file, stamp)
    engine = open_engine(address, writes=True, size=1)
    aside = f"before_restore_{stamp.lower()}"
    try:
        async with engine.begin() as connection:
            kept = await _put_schema_aside(connection, aside, place(address))
        try:
            options = ("--no-owner", "--no-privileges", "--schema=public", "--single-transaction", "--exit-on-error")
            await _program("pg_restore", address, *options, str(file))
        except BadInput:
            async with engine.begin() as connection:
                await _put_schema_back(connection, aside if kept else "")
            raise
    except SQLAlchemyError as wrong:
        raise BadInput(FAILED, program="Restoring", why=str(wrong).splitlines()[0]) from wrong
    finally:
        await engine.dispose()
    return f"schema {aside} of {place(address)}" if kept else ""


def _load_sqlite(target: Path, file: Path, stamp: str) -> str:
    kept = ""
    for ending in ("", "-wal", "-shm"):
        old = target.with_name(target.name + ending)
        if old.exists():
            old.rename(old.with_name(f"{target.name}.before-restore-{stamp}{ending}"))
            kept = f"{target}.before-restore-{stamp}"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.rename(target)
    return kept


async def _put_schema_aside(connection: AsyncConnection, aside: str, where: str) -> bool:
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'callcenter' AND pid <> pg_backend_pid()"
    )
    count = (await connection.execute(others)).scalar_one()
    if count:
        raise BadInput(IN_USE, place=where, count=count)
    there = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    if not (await connection.execute(there)).scalar_one():
        return False
    await connection.execute(text(f'ALTER SCHEMA public RENAME TO "{aside}"'))
    await connection.execute(text("CREATE SCHEMA public"))
    return True


async def _put_schema_back(connection: AsyncConnection, aside: str) -> None:
    if aside:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text(f'ALTER SCHEMA "{aside}" RENAME TO public'))


async def _program(program: str, address: URL, *options: str) -> None:
    """One of PostgreSQL's own programs; its last words when it fails."""
    plain = address.set(drivername="postgresql", password=None).render_as_string()
    words: Sequence[str] = (program, f"--dbname={plain}", "--no-password", *options)
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    try:
        process = await asyncio.create_subprocess_exec(
            *words, env={**os.environ, **secret}, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
    except FileNotFoundError as wrong:
        raise BadInput(NO_PROGRAM, program=program) from wrong
    _, said = await process.communicate()
    if process.returncode:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        raise BadInput(FAILED, program=program, why=lines[0] if lines else f"code {process.returncode}")


def _is_sqlite(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"


def stamp_now() -> str:
    """A moment for the names of what is put aside."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
