"""Asterisk's own records in volumes: an old one is closed before Asterisk starts, copies are made for other machines.

In:  the file; the moment; a folder. Out: the closed volume beside the new one (`records.older` finds it); copies.
Never: a write to a file that Asterisk has open: SQLite itself is asked whether anybody has, and a volume is closed only
right before Asterisk starts. A closed volume is a plain file that nobody writes any more.
"""

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callcenter.asterisk.records import STAMP, moment, older

log = logging.getLogger(__name__)

LASTS = timedelta(days=30)
MOST_BYTES = 1 << 30
"""A volume is closed at Asterisk's next start once it is so old, or so large."""

BUSY_S = 0.3  # the phones wait for it
VOLUME_CLOSED = "Asterisk's records until now are kept in %s; a new volume begins"
NOT_CLOSED = "the volume of Asterisk's records %s stays in use: %s"


def begins(file: Path) -> datetime | None:
    """The moment of its first row; None: there is none. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_S)) as db:
        first = db.execute("SELECT eventtime FROM cel ORDER BY AcctId LIMIT 1").fetchone()
    return moment(first[0]) if first else None


def due(file: Path, now: datetime) -> bool:
    """It is old or large enough to be closed. Raises sqlite3.Error, OSError, ValueError."""
    if not file.exists():
        return False
    first = begins(file)
    return first is not None and (now - first > LASTS or file.stat().st_size > MOST_BYTES)


def close_volume(file: Path, now: datetime) -> Path | None:
    """Right before Asterisk starts: where the old volume is now; None when it is not due, or in use. Never raises: a
    file of records must not keep the phones from ringing."""
    try:
        if not due(file, now):
            return None
        target = file.with_name(f"{file.stem}-{now.astimezone(UTC):{STAMP}}{file.suffix}")
        with closing(sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)) as db:
            (mode,) = db.execute("PRAGMA journal_mode=DELETE").fetchone()  # refused while anybody has the file open
        if mode != "delete":
            raise sqlite3.OperationalError(f"its mode is still {mode}")
        file.rename(target)
    except (sqlite3.Error, OSError, ValueError) as wrong:
        log.warning(NOT_CLOSED, file, wrong)
        return None
    log.warning(VOLUME_CLOSED, target)
    return target


def copy_volumes(file: Path, folder: Path) -> list[Path]:
    """What another machine needs to read them: each closed volume once, the open one as it is now; each whole, or not
    at all. Raises sqlite3.Error, OSError."""
    made = []
    for _, path in older(file):
        if not (folder / path.name).exists():
            made.append(_put(path, folder / path.name))
    if file.exists():
        made.append(_put(file, folder / file.name))
    return made


def _put(source: Path, target: Path) -> Path:
    """One moment of it; Asterisk is not held up."""
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as db,
        closing(sqlite3.connect(new)) as copy,
    ):
        db.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # readable from a share on which nothing can be locked
    return new.replace(target)
