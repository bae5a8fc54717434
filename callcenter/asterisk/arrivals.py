"""Every arrival that Asterisk wrote down by itself, for the daily account: cheap, again and again.

In:  Asterisk's timeline (CEL), which nobody but Asterisk writes, and what is a 112 entry. Out: arrivals since a moment,
also of volumes that were closed meanwhile.
Never: a write, a lock that Asterisk could feel, more rows than are new since the last look.
"""

import sqlite3
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from callcenter.asterisk.inbox import ENTRIES, House
from callcenter.asterisk.records import (
    BATCH,
    BUSY_S,
    DEADLINE_S,
    NO_FILE,
    UNREADABLE,
    RecordsSilent,
    first_since,
    moment,
    older,
    volumes,
)
from callcenter.core.account import Arrival

CONTEXTS = ", ".join(f"'{context}'" for context in sorted(ENTRIES))
NEW = (
    "SELECT AcctId, eventtime, cidnum, context, exten, coalesce(channame, ''), uniqueid FROM cel"  # noqa: S608
    f" WHERE AcctId > ? AND eventtype = 'CHAN_START' AND uniqueid = linkedid AND context IN ({CONTEXTS})"
    f" ORDER BY AcctId LIMIT {BATCH}"
)


class Arrivals:
    """Remembers what it has read. For one thread at a time."""

    def __init__(self, file: Path, house: House) -> None:
        self._file, self._house = file, house
        self._last = 0  # row up to which all is read
        self._first: tuple[int, str] | None = None  # the file's first row: another one is another file
        self._since: datetime | None = None
        self._found: list[Arrival] = []
        self._closed: dict[Path, Arrivals] = {}  # older volumes
        self._own_begin: datetime | None = None
        self.begin: datetime | None = None
        """Not later than the first row of all volumes; None: there is none."""

    def read(self, since: datetime) -> list[Arrival]:
        """All arrivals since then; one that was written twice is here twice. RecordsSilent when there is no telling."""
        closed = self._older(since)
        earlier = [arrival for volume in closed for arrival in volume.read(since)]
        if not self._file.is_file():
            raise RecordsSilent(NO_FILE, file=self._file)
        until = time.monotonic() + DEADLINE_S
        try:
            with closing(sqlite3.connect(f"{self._file.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_S)) as db:
                db.execute("PRAGMA query_only = ON")
                db.set_progress_handler(lambda: time.monotonic() > until, 20_000)
                self._begin(db, since)
                self._go_on(db)
        except (sqlite3.Error, OSError, ValueError) as wrong:
            self._first = None  # what was read may be half: begin anew next time
            raise RecordsSilent(UNREADABLE, file=self._file, why=wrong) from wrong
        self._found, self._since = [arrival for arrival in self._found if arrival.at >= since], since
        begins = [volume.begin for volume in closed] + [at for at, _ in older(self._file)[:1]] + [self._own_begin]
        self.begin = min((begin for begin in begins if begin), default=None)
        return [*earlier, *self._found]

    def _older(self, since: datetime) -> list["Arrivals"]:
        """The closed volumes that reach into that time; none of them has older ones of its own beside it."""
        self._closed = {path: self._closed.get(path, Arrivals(path, self._house)) for _, path in older(self._file)}
        return [self._closed[path] for path in volumes(self._file, since)[:-1]]

    def _begin(self, db: sqlite3.Connection, since: datetime) -> None:
        first = db.execute("SELECT AcctId, eventtime FROM cel ORDER BY AcctId LIMIT 1").fetchone()
        if first is None or first != self._first or self._since is None or since < self._since:
            self._first, self._found = first, []
            self._last = first_since(db, since) - 1
            self._own_begin = moment(first[1]) if first else None

    def _go_on(self, db: sqlite3.Connection) -> None:
        end = db.execute("SELECT max(AcctId) FROM cel").fetchone()[0] or 0
        while batch := db.execute(NEW, (self._last,)).fetchall():
            for number, at, caller, context, exten, channel, leg in batch:
                self._last = int(number)
                if self._house.is_entry(context, exten, channel):
                    self._found.append(Arrival(str(leg), moment(at), str(caller or "")))
        self._last = max(self._last, end)
