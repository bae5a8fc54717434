"""Years of rows into a migrated database, past the program, as fast as the database takes them.

In:  a database's URL, rows. Out: a full database; what is kept by triggers is made again by the program's own start.
Never: a row that is different from what the program would have read back.
"""

import asyncio
import json
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url

from callcenter.storage import migrate
from callcenter.storage.derived import _drop, _there
from callcenter.storage.engine import open_engine, read_url
from tests.scale.years import TABLES, Years


async def fill(url: str, many: int, seed: int = 112) -> None:
    """So many calls. Takes a minute for 500,000 of them on SQLite."""
    await _without_triggers(url)
    if make_url(url).get_backend_name() == "sqlite":
        await asyncio.to_thread(_into_sqlite, Path(str(make_url(url).database)), Years(seed, many))
    else:
        await _into_postgresql(url, Years(seed, many))
    await migrate(url)


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


async def _into_postgresql(url: str, years: Years) -> None:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(address)
    await connection.set_type_codec("json", encoder=str, decoder=json.loads, schema="pg_catalog")
    for block in years.blocks():
        for name, rows in block.items():
            columns = [column.name for column in TABLES[name].columns]
            records = [[row.get(column) for column in columns] for row in rows]
            await connection.copy_records_to_table(name, records=records, columns=columns)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
