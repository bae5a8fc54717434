"""Years of rows into a migrated database, past the program, as fast as the database takes them.

In:  a database's URL, rows. Out: a full database; what is kept by triggers is made again by the program's own start.
Never: a row that is different from what the program would have read back.

PostgreSQL takes the years in parts, two at a time, without its indexes, which are made again afterwards: a row that
comes into ten indexes in no order costs ten times as much. Of many calls each is made once and written ten times by the
database, minutes apart, from another number, with other spans (`copies.py`).
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url

from callcenter.storage import migrate
from callcenter.storage.derived import _drop, _there
from callcenter.storage.engine import open_engine, read_url
from tests.scale import copies
from tests.scale.years import TABLES, Years

PARTS, AT_ONCE = 10, 2
DERIVED = ("call_log", "call_agencies", "ticket_words")


async def fill(url: str, many: int, seed: int = 112) -> None:
    """So many calls. Takes a minute for 500,000 of them on SQLite."""
    await _without_triggers(url)
    if make_url(url).get_backend_name() == "sqlite":
        await asyncio.to_thread(_into_sqlite, Path(str(make_url(url).database)), Years(seed, many))
        await migrate(url)
        return
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with _indexed_afterwards(address, DERIVED):
        async with _indexed_afterwards(address, tuple(TABLES)):
            await copies.make_seeds(address, TABLES)
            with ProcessPoolExecutor(AT_ONCE, get_context("spawn")) as workers:
                one = partial(_one_part, address, seed, many // copies.COPIES)
                loop = asyncio.get_running_loop()
                await asyncio.gather(*(loop.run_in_executor(workers, one, part) for part in range(PARTS)))
            await copies.write(address, TABLES)
        await migrate(url)
    connection = await asyncpg.connect(address)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def _without_triggers(url: str) -> None:
    """They would be asked for each row; all of it is made at once afterwards."""
    engine = open_engine(read_url(url), writes=True, size=1)

    def drop(connection: Any) -> None:
        for name, table in _there(connection, connection.dialect.name).items():
            _drop(connection, connection.dialect.name, name, table)

    async with engine.begin() as connection:
        await connection.run_sync(drop)
    await engine.dispose()


def _into_sqlite(path: Path, years: Years) -> None:
    db = sqlite3.connect(path)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000")
    for block in years.blocks():
        for name, rows in block.items():
            columns = [column.name for column in TABLES[name].columns]
            places = ", ".join("?" * len(columns))
            named = ", ".join(f'"{column}"' for column in columns)
            db.executemany(
                f"INSERT INTO {name} ({named}) VALUES ({places})",
                ([_plain(row.get(column)) for column in columns] for row in rows),
            )
        db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if hasattr(value, "isoformat") else value


@asynccontextmanager
async def _indexed_afterwards(address: str, tables: tuple[str, ...]) -> AsyncIterator[None]:
    """Without the indexes that are not a key, until the block is left."""
    connection = await asyncpg.connect(address)
    wanted = (
        "SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
        " JOIN pg_class t ON t.oid = x.indrelid WHERE t.relname = ANY($1) AND NOT x.indisunique"
    )
    found = await connection.fetch(wanted, list(tables))
    for name, _ in found:
        await connection.execute(f'DROP INDEX "{name}"')
    yield
    for _, made in found:
        await connection.execute(made)
    for name in tables:
        await connection.execute(f"ANALYZE {name}")
    await connection.close()


def _one_part(address: str, seed: int, many: int, part: int) -> None:
    """In a process of its own."""
    asyncio.run(_copied(address, Years(seed, many, part, PARTS)))


async def _copied(address: str, years: Years) -> None:
    connection = await asyncpg.connect(address)
    await connection.set_type_codec(
        "json", encoder=str.encode, decoder=json.loads, schema="pg_catalog", format="binary"
    )
    for block in years.blocks():
        for name, rows in block.items():
            columns = [column.name for column in TABLES[name].columns]
            records = [[row.get(column) for column in columns] for row in rows]
            await connection.copy_records_to_table(copies.seed(name), records=records, columns=columns)
    await connection.close()
