"""Asterisk's own records of long ago: they go when their time is over, and not before each call in them is kept here.

In:  the closed volumes (`asterisk/volumes.py` closes them before Asterisk starts), the database, the settings.
Out: an old volume removed; a notice that names one which must stay. `copy`: the volumes for another machine.
Never: the file that Asterisk writes; a volume with an arrival that is no call with one ticket in the database.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callcenter.account import MARGIN, house
from callcenter.again import again
from callcenter.asterisk.arrivals import Arrivals
from callcenter.asterisk.records import older
from callcenter.asterisk.volumes import copy_volumes
from callcenter.core.account import account
from callcenter.core.errors import BadInput
from callcenter.settings import Settings
from callcenter.storage import Database
from callcenter.storage.books import kept

log = logging.getLogger(__name__)

EVERY_S = 6 * 3600.0
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MUST_STAY = (
    "Asterisk's records in {file} are old enough to go, but {count} arrivals in them are no call with a ticket here, "
    "the first: {call}. They stay. See the page Proof on the day of that call."
)
NOT_COPIED = "Asterisk's records cannot be copied to {folder} ({why})."


class OldRecords:
    """Looks now and then."""

    def __init__(self, settings: Settings, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._stay: list[str] = []

    def notices(self) -> list[str]:
        """For /healthz and the page Proof."""
        return list(self._stay)

    async def run(self) -> None:
        """Until cancelled."""
        await again(self.look, EVERY_S, "Asterisk's old records stay for now")

    async def look(self) -> None:
        """Once. CallCenterError, OSError: then nothing more is removed."""
        stay = []
        lasts = timedelta(days=self._settings.records_days)
        for closed_at, path in older(self._settings.cel_file):
            if self._clock() - closed_at > lasts:
                why = await self._why_not(path, closed_at)
                stay += [why] if why else []
                if not why:
                    path.unlink()
                    log.warning("Asterisk's records until %s were kept for %d days: removed", closed_at, lasts.days)
        self._stay = stay

    async def _why_not(self, path: Path, closed_at: datetime) -> str | None:
        volume = Arrivals(path, house(self._settings))
        heard = await asyncio.to_thread(volume.read, LONG_AGO)
        since = min((each.at for each in heard), default=closed_at)
        rows = await kept(self._database, since - MARGIN, closed_at + MARGIN)
        names = {each.call for each in heard}
        found = account(
            heard,
            [row for row in rows if row.call in names],
            since=since - MARGIN,
            until=closed_at + MARGIN,
            now=self._clock(),
            records_begin=None,
        )
        missing = found.alarming
        return MUST_STAY.format(file=path, count=len(missing), call=missing[0].call) if missing else None


def copy(settings: Settings, folder: Path) -> list[str]:
    """`./run records FOLDER`: for a service on another machine, whose `records_folder` that is. BadInput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [f"written: {path}" for path in copy_volumes(settings.cel_file, folder)]
    except (sqlite3.Error, OSError) as wrong:
        raise BadInput(NOT_COPIED, folder=folder, why=wrong) from wrong
