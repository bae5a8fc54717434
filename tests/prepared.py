"""A room as the first start leaves it, its database made once for all tests of the run.

In:  settings of an empty home, with SQLite. Out: what `setup.prepare` makes; the database is a copy.
Never: in place of `prepare` where that is what a test is about.
"""

from callcenter.settings import Settings
from callcenter.setup import prepare

_database: list[bytes] = []
"""Tables and the first administrator: making them, and hashing the password, takes most of the time."""


async def prepared(settings: Settings) -> None:
    """Nobody is shown a password: the administrator is there already."""
    file = settings.home / "callcenter.db"
    if _database:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_bytes(_database[0])
    await prepare(settings)
    if not _database:
        _database.append(file.read_bytes())
