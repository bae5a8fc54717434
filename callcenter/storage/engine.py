"""How a database is opened: SQLite so that a commit survives a power cut, PostgreSQL with deadlines.

In:  the database's URL from the settings. Out: engines, and the name of the place for sentences.
Never: a query of ours; a password in a sentence.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from callcenter.core.errors import BadInput

BUSY_S = 5.0
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def sqlite_url(path: Path) -> str:
    """The URL of a database in that file."""
    return URL.create("sqlite+aiosqlite", database=str(path)).render_as_string(hide_password=False)


def read_url(text: str) -> URL:
    """The URL with the driver that we use. BadInput for what is neither SQLite nor PostgreSQL."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadInput(
            "The database's address (database_url) cannot be read. Example: {example}", example=EXAMPLE
        ) from error
    driver = DRIVERS.get(url.get_backend_name())
    if driver is None or (driver.startswith("sqlite") and not url.database):
        raise BadInput(
            "The database's address must name a SQLite file or a PostgreSQL server. Example: {example}", example=EXAMPLE
        )
    return url.set(drivername=driver)


EXAMPLE = "postgresql://callcenter:password@127.0.0.1:5432/callcenter"


def place(url: URL) -> str:
    """Where the database is, for people."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return f"{url.host or 'localhost'}:{url.port or 5432}/{url.database or ''}"


ANSWER_S = 10.0
"""PostgreSQL has so long for one statement: a server that hangs is noticed."""


def open_engine(url: URL, *, writes: bool, size: int, answer_s: float | None = ANSWER_S) -> AsyncEngine:
    """An engine; `writes` begins each transaction as a writer, else nothing can be changed through it. `answer_s` None:
    one statement may take as long as years of rows take."""
    more: dict[str, Any] = {
        "poolclass": AsyncAdaptedQueuePool,
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": 5.0,
    }
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, connect_args={"timeout": BUSY_S}, **more)
        _prepare_sqlite(engine, writes)
        return engine
    options = {"application_name": "callcenter", "default_transaction_read_only": "off" if writes else "on"}
    options["jit"] = "off"  # to compile a list's query takes ten times as long as to answer it
    return create_async_engine(
        url, connect_args={"timeout": 3.0, "command_timeout": answer_s, "server_settings": options}, **more
    )


def _prepare_sqlite(engine: AsyncEngine, writes: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves: the driver would begin them too late
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(BUSY_S * 1000)}")
        cursor.execute("PRAGMA foreign_keys=ON")
        if writes:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")  # NORMAL lost acknowledged tickets in power cuts
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
