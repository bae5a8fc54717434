"""The data folder is older than its database: somebody emptied or removed it while nothing ran.

In:  what the folder keeps beside the database (the audit's ends, the newest backup, recordings), and the database.
Out: one sentence while the database is not the one of before; `./run setup --anew`: a person says that it is meant.
Never: a call refused for it; a word about a new folder; a file deleted.

No mark is written for this: the audit's first end must be a row of this database, or be younger than it.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from callcenter.again import again
from callcenter.audit import HEADS, read_heads
from callcenter.core.alarms import EMPTIED
from callcenter.core.errors import BadInput
from callcenter.core.seal import Head
from callcenter.settings import Settings
from callcenter.storage import Database, Trail, audited
from callcenter.watch import LAST_BACKUP

EVERY_S = 10.0
KEY = "emptied"
ANEW = "database.anew"
NEW_ADMIN = "A new administrator was made: name and password are in {file}, which only its owner can read."
WHOLE = "The database is the one that this folder has always had: there is nothing to confirm."
MEANT = "Noted in the audit: this folder begins anew with an empty database. The alarm ends within a minute."
KEPT = "What was written down of the former audit is kept in {file}."
ZONES = timedelta(days=1)
"""A folder of recordings is a day of UTC, and begins before its first call."""


class Emptied:
    """Looks for as long as the service lives: the database may be away at the start, and a person may say yes."""

    def __init__(self, settings: Settings, database: Database, *, alarm: Callable[[str, str | None], None]) -> None:
        self._settings, self._database, self._alarm = settings, database, alarm
        self._sure = False

    async def run(self) -> None:
        """Until cancelled."""
        await again(self.look, EVERY_S, "whether the database is the one of before is not known yet")

    async def look(self) -> None:
        """Once; nothing any more as soon as it is the right one."""
        if not self._sure:
            told = await missing(self._settings, self._database)
            self._alarm(KEY, told)
            self._sure = told is None


async def missing(settings: Settings, database: Database) -> str | None:
    """The sentence; None while all is well. StoreDown."""
    since = await _in_use_since(settings, database)
    return EMPTIED.format(since=f"{since.astimezone(settings.zone):%Y-%m-%d}") if since else None


async def at_start(settings: Settings) -> str | None:
    """The same, before the service lives. StoreDown."""
    async with Database(settings.database_url).running() as database:
        return await missing(settings, database)


async def begin_anew(settings: Settings, clock: Callable[[], datetime]) -> list[str]:
    """A person at the machine says that the empty database is meant: it stands in the new audit, the old ends aside."""
    heads = settings.home / HEADS
    async with Database(settings.database_url).running() as database:
        await database.check()
        since = await _in_use_since(settings, database)
        if since is None:
            return [WHOLE]
        now = clock()
        await audited(database, by="command line", action=ANEW, at=now, details={"since": since.isoformat()})
    if not heads.exists():
        return [MEANT]
    aside = heads.with_name(f"{heads.stem}.before-{now:%Y%m%d-%H%M%S}.jsonl")
    heads.rename(aside)
    return [MEANT, KEPT.format(file=aside)]


async def _in_use_since(settings: Settings, database: Database) -> datetime | None:
    """Since when there was something that this database has not got. None: it has, or it is meant so."""
    head, others = await asyncio.to_thread(_traces, settings)
    oldest = head.at if head else min(others, default=None)
    if oldest is None:
        return None
    trail = Trail(database)
    begins = await trail.begins()
    if begins is not None and (begins <= oldest or (head and await trail.has(head.digest)) or await trail.did(ANEW)):
        return None
    return oldest


def _traces(settings: Settings) -> tuple[Head | None, list[datetime]]:
    """The audit's first end; where there is none, other things that only a folder in use has."""
    try:
        head = next(read_heads(settings.home / HEADS), None)
    except BadInput:  # `./run audit verify` tells that
        head = None
    return head, [] if head else list(_others(settings))


def _others(settings: Settings) -> Iterator[datetime]:
    try:
        told = json.loads((settings.home / LAST_BACKUP).read_text("utf-8"))
        yield datetime.fromisoformat(told["at"]).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    for day in sorted(settings.recordings.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]"))[:1]:
        try:
            year, month, date = day.parts[-3:]
            yield datetime(int(year), int(month), int(date), tzinfo=UTC) + ZONES
        except ValueError:
            pass
