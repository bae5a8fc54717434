"""The schema: made and brought up to date by Alembic, from the program itself.

In:  the database's URL. Out: tables as `tables.py` says.
Never: a step down; a database of a newer program touched.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from callcenter.core.errors import BadInput
from callcenter.storage.derived import derive
from callcenter.storage.engine import open_engine, place, read_url
from callcenter.storage.kept import EVERYTHING
from callcenter.storage.trouble import away

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
LOCK = 1120112  # PostgreSQL: two programs that start at once migrate one after the other


def config() -> Config:
    """Alembic's settings, with paths that do not depend on where the program was started."""
    found = Config(ROOT / "alembic.ini")
    found.set_main_option("script_location", str(ROOT / "migrations"))
    return found


async def migrate(url: str) -> None:
    """Bring the schema up to date, in one transaction. BadInput: newer than the program. StoreDown: not now."""
    address = read_url(url)
    engine = open_engine(address, writes=True, size=1)
    try:
        async with engine.begin() as connection:
            if address.get_backend_name() == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            await connection.run_sync(_upgrade, place(address))
            await connection.run_sync(derive, EVERYTHING)
    except Exception as error:
        trouble = away(error, place(address))
        if trouble is not None:
            raise trouble from error
        raise
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, where: str) -> None:
    found, known = revisions(connection)
    if found == known:
        return
    _refuse_newer(found, known, where)
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")


def check(connection: Connection, where: str) -> None:
    """BadInput unless the schema is the one that this program needs."""
    found, known = revisions(connection)
    _refuse_newer(found, known, where)
    if found != known:
        raise BadInput(NOT_MADE, place=where, found=found or "empty", known=known)


def revisions(connection: Connection) -> tuple[str, str]:
    """The schema's revision (empty: no tables), and the newest one known here."""
    found = MigrationContext.configure(connection).get_current_revision()
    return found or "", ScriptDirectory.from_config(config()).get_current_head() or ""


def _refuse_newer(found: str, known: str, where: str) -> None:
    if found and not knows(found):
        raise BadInput(NEWER, place=where, found=found, known=known)


def knows(revision: str) -> bool:
    """This program has that step, and so the way from it to its own schema."""
    return revision in {step.revision for step in ScriptDirectory.from_config(config()).walk_revisions()}
