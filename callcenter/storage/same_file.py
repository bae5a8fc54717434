"""SQLite's file is where it was. SQLite itself goes on writing into a file that was deleted, and says that all is well.

In:  the file's path, and the connection that writes. Out: what somebody took away, put back out of that connection.
Never: a commit acknowledged that nobody can find again; a file with something in it written over.

A file that is gone, or emptied, is put back where it was. One that is another now (somebody laid a backup in its place)
is used from now on, and what the old one held is kept beside it.
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import StoreDown
from callcenter.on_disk import sync_folder
from callcenter.storage import trouble

log = logging.getLogger(__name__)

KEPT = "{path}.before-{moment:%Y%m%d-%H%M%S}"
MOST_KEPT = 3
"""Nobody replaces it so often: it is the disk that names one file anew, and copies would fill it."""
Name = tuple[int, int]


class SameFile:
    """One file. For the one task that writes."""

    def __init__(self, path: Path | None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`path` None: the database is no file."""
        self._path, self._clock = path, clock
        self._main: Name | None = None  # as the connection opened it
        self._wal: Name | None = None
        self._kept = 0

    def written(self) -> None:
        """The connection has just committed: its files are there."""
        if self._path is not None and self._main is None:
            self._main, self._wal = _name(self._path), _name(_beside(self._path, "-wal"))

    def forget(self) -> None:
        """The connection is closed."""
        self._main = self._wal = None

    def lost(self) -> bool:
        """What the connection writes is not what stands in the folder."""
        if self._path is None or self._main is None:
            return False
        return _name(self._path) != self._main or _name(_beside(self._path, "-wal")) != self._wal

    async def save(self, connection: AsyncConnection) -> bool:
        """Put back what the connection holds, which must be closed afterwards. False: it is kept beside another file,
        which has not got it. Raises StoreDown: nothing else may happen."""
        assert self._path is not None
        raw = (await connection.get_raw_connection()).driver_connection
        assert isinstance(raw, aiosqlite.Connection)
        try:
            return await self._save(raw, self._path)
        except (OSError, sqlite3.Error) as error:
            raise StoreDown(trouble.TAKEN_AWAY, place=str(self._path), why=trouble.reason(error)) from error

    async def _save(self, raw: aiosqlite.Connection, path: Path) -> bool:
        if _name(path) == self._main:  # only the newest commits, which wait beside it
            done = await (await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")).fetchone()
            if done is None or done[0]:
                raise OSError("the -wal file is gone, and somebody reads")
            log.error("%s-wal was taken away: what it held stands in %s", path, path)
            return True
        empty = _is_empty(path)
        self._kept += not empty
        if self._kept > MOST_KEPT:
            log.error("the disk under %s does not name its files the same way: it is no longer looked at", path)
            self._path = None
            return True
        target = _beside(path, ".coming-back") if empty else Path(KEPT.format(path=path, moment=self._clock()))
        target.unlink(missing_ok=True)
        with closing(sqlite3.connect(target, check_same_thread=False)) as copy:
            await raw.backup(copy)
        await asyncio.to_thread(_settle, target, path if empty else target)
        how, where = ("taken away", path) if empty else ("replaced", target)
        log.error("%s was %s while the program ran: what it held is in %s", path, how, where)
        return empty


def _settle(copy: Path, place: Path) -> None:
    """Safe on the disk, at that place."""
    copy.chmod(0o600)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    if copy != place:
        for rest in ("-wal", "-shm"):  # of the file that is gone
            _beside(place, rest).unlink(missing_ok=True)
        copy.replace(place)
    sync_folder(place.parent)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _is_empty(path: Path) -> bool:
    """There is no such file, or nothing in it."""
    return not path.exists() or path.stat().st_size == 0


def _name(path: Path) -> Name | None:
    """What tells this file from another one of the same name. None: there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
