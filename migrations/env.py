"""Alembic's entry: the program hands over its connection; by hand the URL comes with `-x url=...`.

In:  a connection, or a URL. Out: the migrations run, in one transaction, on either database.
Never: a database guessed: without a URL nothing happens.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection

from callcenter.storage import (
    tables,
    tables_agencies,
    tables_callers,
    tables_complaints,
    tables_figures,
    tables_people,
    tables_responders,
)
from callcenter.storage.columns import metadata
from callcenter.storage.engine import open_engine, read_url

for each in (
    tables.calls,
    tables_people.users,
    tables_callers.callbacks,
    tables_figures.figure_cells,
    tables_responders.messages,
    tables_agencies.agencies,
    tables_complaints.lapor_files,
):
    assert each.metadata is metadata


def run(connection: Connection) -> None:
    """Run what is missing. SQLite changes tables by copying them (batch)."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def by_hand() -> None:
    """From the command line."""
    url = context.get_x_argument(as_dictionary=True).get("url")
    if not url:
        raise SystemExit("Say which database: alembic -x url=sqlite:////path/to/callcenter.db ...")
    engine = open_engine(read_url(url), writes=True, size=1)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(by_hand())
