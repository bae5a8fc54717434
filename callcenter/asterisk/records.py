"""Asterisk's own timeline of every call (CEL, kept in SQLite beside Asterisk), read after a gap.

In:  the file, and from which moment on. Out: its rows, and those of older volumes beside it, oldest first; `recall.py`
says what they mean.
Never: a write, a lock that Asterisk could feel, a long transaction, an exception. Where the file is missing, locked or
damaged, or Asterisk lives on another machine, the rows are empty, `trouble` says why, and the other journal
(AstDB, over AMI) stands alone.

The place to begin is found by its moment and not by a number kept from last time: after Asterisk's file was made anew
its numbers begin at 1, and a number of ours would make us deaf without anybody noticing.
"""

import asyncio
import logging
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from callcenter.core.errors import CallCenterError

log = logging.getLogger(__name__)

DEADLINE_S = 10.0
BUSY_S = 0.5
BATCH = 5_000
MOST_ROWS = 200_000
"""Some 11,000 calls, more than the worst day. Older ones are not looked at, and the log says so."""

KINDS = (
    "CHAN_START",
    "APP_START",
    "APP_END",
    "ANSWER",
    "BRIDGE_ENTER",
    "BRIDGE_EXIT",
    "HANGUP",
    "BLINDTRANSFER",
    "USER_DEFINED",
)
"""What `recall.py` understands; a good third of the rows says nothing new."""

MARGIN = timedelta(seconds=60)
"""Rows are written in the order of the events but for some milliseconds, and clocks are set."""

COLUMNS = (
    "AcctId, eventtype, eventtime, cidnum, context, exten, channame, appname, appdata, uniqueid, linkedid, eventextra"
)

NO_FILE = (
    "Asterisk's records are not at {file}: calls that nobody heard are rebuilt from Asterisk's own database alone, "
    "which loses the last 1.5 s when Asterisk dies. Normal where Asterisk runs on another machine."
)
UNREADABLE = "Asterisk's records in {file} cannot be read ({why}): Asterisk's own database stands alone."
TOO_MANY = "Asterisk's records hold more than %d rows since %s: only the newest are read."


BORN = re.compile(r"(?!back-)(?:[^-]*-)?(\d{10})\.\d+")
"""An id that Asterisk made: the second of the leg's birth since 1970, then a count. Ids of ours have more dashes, and
the second in them is that of the call; only a call that we make has one dash, and the second of our own clock."""

QUARTER_S = 900
"""No zone is off by less."""


STAMP = "%Y%m%dT%H%M%SZ"
"""In the name of a closed volume: when it was closed (`volumes.py`)."""


class RecordsSilent(CallCenterError):
    """The file says nothing: why, in a sentence."""


class Row(NamedTuple):
    """One event of a leg, as cel_sqlite3_custom.conf writes it."""

    id: int
    kind: str
    at: datetime
    number: str
    context: str
    exten: str
    channel: str
    app: str
    data: str
    leg: str
    linked: str
    extra: str  # JSON, or nothing


class Remembers(Protocol):
    """Where rows come from."""

    @property
    def trouble(self) -> CallCenterError | None: ...

    async def read(self, since: datetime | None) -> list[Row]: ...


class Records:
    """The file. `trouble` is None while it can be read."""

    def __init__(self, file: Path, *, deadline: float = DEADLINE_S) -> None:
        self._file, self._deadline = file, deadline
        self.trouble: CallCenterError | None = None

    async def read(self, since: datetime | None) -> list[Row]:
        """All rows since a minute before that moment; None: as far back as is read at all. Empty where it is silent."""
        try:
            rows = await asyncio.to_thread(_read_all, self._file, since, time.monotonic() + self._deadline)
        except FileNotFoundError:
            self._silent(RecordsSilent(NO_FILE, file=self._file))
        except (sqlite3.Error, OSError, ValueError) as wrong:
            self._silent(RecordsSilent(UNREADABLE, file=self._file, why=wrong))
        else:
            self.trouble = None
            return rows
        return []

    def _silent(self, why: RecordsSilent) -> None:
        if str(why) != str(self.trouble):
            log.warning("%s", why)
        self.trouble = why


def older(file: Path) -> list[tuple[datetime, Path]]:
    """The closed volumes, the oldest first, each with the moment at which it was closed."""
    found = []
    for path in file.parent.glob(f"{file.stem}-*{file.suffix}"):
        try:
            closed = datetime.strptime(path.stem.removeprefix(f"{file.stem}-"), STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue  # somebody else's file
        found.append((closed, path))
    return sorted(found)


def volumes(file: Path, since: datetime | None) -> list[Path]:
    """The volumes that hold what happened since then, the oldest first; the last one is still written. None: all."""
    return [*(path for closed, path in older(file) if since is None or closed >= since - MARGIN), file]


def _read_all(file: Path, since: datetime | None, until: float) -> list[Row]:
    rows = [row for path in volumes(file, since)[:-1] for row in _read(path, since, until)]
    return [*rows, *_read(file, since, until)][-MOST_ROWS:]


def _read(file: Path, since: datetime | None, until: float) -> list[Row]:
    """In a thread. The deadline is kept by SQLite itself, so no thread is left behind."""
    if not file.is_file():
        raise FileNotFoundError(file)
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_S)) as db:
        db.execute("PRAGMA query_only = ON")
        db.set_progress_handler(lambda: time.monotonic() > until, 20_000)
        off = _off(db)
        return [
            each._replace(at=each.at + off) for each in _rows(db, _first(db, None if since is None else since - off))
        ]


def _off(db: sqlite3.Connection) -> timedelta:
    """What the file's clock is off by: the newest leg that Asterisk named itself tells."""
    newest = db.execute(
        "SELECT eventtime, uniqueid FROM cel WHERE eventtype = 'CHAN_START' AND uniqueid NOT LIKE '%-%-%'"
        " AND uniqueid NOT LIKE 'back-%'"
        " ORDER BY AcctId DESC LIMIT 1"
    ).fetchone()
    return off_by(moment(newest[0]), str(newest[1])) if newest else timedelta()


def off_by(written: datetime, leg: str) -> timedelta:
    """What must be added to a moment that stands beside a leg's birth. Asterisk prints local time, without its zone;
    where TZ and /etc/localtime differ, its %s is off by hours as well. The leg's id is right."""
    born = BORN.fullmatch(leg)
    seconds = int(born[1]) - written.timestamp() if born else 0.0
    return timedelta(seconds=round(seconds / QUARTER_S) * QUARTER_S)


def _first(db: sqlite3.Connection, since: datetime | None) -> int:
    """The number of the row to begin with."""
    first, highest = first_since(db, since), db.execute("SELECT max(AcctId) FROM cel").fetchone()[0] or 0
    if highest - first >= MOST_ROWS:
        log.warning(TOO_MANY, MOST_ROWS, since)
    return max(first, int(highest) + 1 - MOST_ROWS)


def first_since(db: sqlite3.Connection, since: datetime | None) -> int:
    """The number of the first row at or after a minute before that moment; found by halving: there is no index."""
    lowest, highest = db.execute("SELECT min(AcctId), max(AcctId) FROM cel").fetchone()
    if highest is None:
        return 0
    low, high = int(lowest), int(highest) + 1
    while since is not None and low < high:
        middle = (low + high) // 2
        number, text = db.execute(
            "SELECT AcctId, eventtime FROM cel WHERE AcctId >= ? ORDER BY AcctId LIMIT 1", (middle,)
        ).fetchone()
        if moment(text) < since - MARGIN:
            low = int(number) + 1
        else:
            high = middle
    return low


def _rows(db: sqlite3.Connection, first: int) -> Iterator[Row]:
    """In short transactions, so that Asterisk's WAL file can be folded back meanwhile."""
    last = first - 1
    wanted = ", ".join(f"'{kind}'" for kind in KINDS)
    some = f"SELECT {COLUMNS} FROM cel WHERE AcctId > ? AND eventtype IN ({wanted}) ORDER BY AcctId LIMIT {BATCH}"  # noqa: S608
    while True:
        batch = db.execute(some, (last,)).fetchall()
        for raw in batch:
            last = int(raw[0])
            try:
                yield row(raw)
            except (ValueError, OverflowError, TypeError) as wrong:
                log.warning("row %s of Asterisk's records cannot be read: %s", raw[0], wrong)
        if len(batch) < BATCH:
            return


def row(raw: tuple[object, ...]) -> Row:
    """One row of the file. Raises ValueError where its moment cannot be read."""
    number, kind, at, *rest = raw
    texts = ["" if value is None else str(value) for value in rest]
    return Row(int(str(number)), str(kind), moment(at), *texts)


def moment(text: object) -> datetime:
    """cel.conf's moment: seconds since 1970, or Asterisk's local time where it has a dateformat (`off_by` tells)."""
    words = str(text)
    try:
        return datetime.fromtimestamp(float(words), UTC)
    except ValueError:
        return datetime.fromisoformat(words).replace(tzinfo=UTC)
