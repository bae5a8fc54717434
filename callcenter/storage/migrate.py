"""The schema: made and brought up to date by Alembic, from the program itself.

In:  the database's URL. Out: tables as `tables.py` says.
Never: a step down; a database of a newer program touched, unless that one said that we may (`readers`).

The way back: a migration that only adds leaves `readers` alone, and the program before it goes on with the new schema.
One that takes away or changes what is there writes its own revision into it; then the backup is the way back.
"""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Integer, String, Table, inspect, select, text

from callcenter.core.errors import BadInput
from callcenter.storage.columns import metadata
from callcenter.storage.derived import derive
from callcenter.storage.engine import open_engine, place, read_url
from callcenter.storage.kept import EVERYTHING
from callcenter.storage.trouble import away

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
NEWER = (
    "The database at {place} was written by a newer version of this program "
    "(its schema is {found}, this program knows {known}). "
    "Start the newer version, or restore the backup made before the upgrade."
)
NOT_MADE = (
    "The database at {place} is not up to date (its schema is {found}, this program needs {known}). "
    "Start the program with ./run."
)
OLDER = "The database at %s was brought to %s by a newer version, which lets this one (%s) use it."

readers = Table(
    "schema_readers", metadata, Column("id", Integer, primary_key=True), Column("revision", String(32), nullable=False)
)
"""One row: the oldest revision whose program may use this schema as it is."""

LOCK = 1120112  # PostgreSQL: two programs that start at once migrate one after the other


def config() -> Config:
    """Alembic's settings, with paths that do not depend on where the program was started."""
    found = Config(ROOT / "alembic.ini")
    found.set_main_option("script_location", str(ROOT / "migrations"))
    return found


async def migrate(url: str) -> None:
    """Bring the schema up to date, in one transaction. BadInput: newer than the program. StoreDown: not now."""
    address = read_url(url)
    engine = open_engine(address, writes=True, size=1, answer_s=None)
    try:
        async with engine.begin() as connection:
            if address.get_backend_name() == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            if await connection.run_sync(_upgrade, place(address)):
                await connection.run_sync(derive, EVERYTHING)
    except Exception as error:
        trouble = away(error, place(address))
        if trouble is not None:
            raise trouble from error
        raise
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, where: str) -> bool:
    """False: a newer program's schema, which is left as it is."""
    found, known = revisions(connection)
    if found == known:
        return True
    if _newer(connection, found, known, where):
        log.warning(OLDER, where, found, known)
        return False
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
    return True


def check(connection: Connection, where: str) -> None:
    """BadInput unless the schema is the one that this program needs."""
    found, known = revisions(connection)
    if not _newer(connection, found, known, where) and found != known:
        raise BadInput(NOT_MADE, place=where, found=found or "empty", known=known)


def revisions(connection: Connection) -> tuple[str, str]:
    """The schema's revision (empty: no tables), and the newest one known here."""
    found = MigrationContext.configure(connection).get_current_revision()
    return found or "", ScriptDirectory.from_config(config()).get_current_head() or ""


def _newer(connection: Connection, found: str, known: str, where: str) -> bool:
    """A newer program's schema that we may use. BadInput: we may not."""
    if not found or knows(found):
        return False
    there = inspect(connection).has_table(readers.name)
    oldest = connection.execute(select(readers.c.revision)).scalar() if there else None
    if oldest is None or not knows(oldest):
        raise BadInput(NEWER, place=where, found=found, known=known)
    return True


def knows(revision: str) -> bool:
    """This program has that step, and so the way from it to its own schema."""
    return revision in {step.revision for step in ScriptDirectory.from_config(config()).walk_revisions()}
