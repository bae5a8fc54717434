"""A day of calls, made of one recorded quarter of a minute: shifted copies of it, one into the next.

In:  tests/recordings/heard-and-kept: what Asterisk said of nine calls, and what it wrote down of them meanwhile.
Out: as many calls as wanted: facts in order, legs that are up at a moment, rows and entries of Asterisk's two journals.
Never: the whole day in memory: a copy is made when it is looked at.
"""

import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from callcenter.asterisk.inbox import at, read
from callcenter.asterisk.records import Row
from callcenter.asterisk.wire import Fields, text
from callcenter.core.call import room_number
from callcenter.core.facts import Fact
from tests.asterisk.test_gap_stories import HOUSE, database, messages, moment_of, rows

STEP = timedelta(seconds=7)
"""From one copy to the next: each is twice as long, so that there is never a moment without calls."""
ID = re.compile(r"e112-(\d{10})\.(\d+)")
CALLS = 9


@dataclass(frozen=True, slots=True)
class Heard:
    """One message, read."""

    at: datetime
    fact: Fact | None
    born: Fields | None = None  # a Newchannel
    died: str = ""  # the leg of a Hangup


def ids() -> list[str]:
    return sorted({text(each, "Uniqueid") for each in messages() if ID.fullmatch(text(each, "Uniqueid"))})


class Shift:
    """What stands in copy number n."""

    def __init__(self, number: int) -> None:
        self.by, self.number = STEP * number, number
        self.rooms = {room_number(id_): room_number(self._text(id_)) for id_ in ids()}

    def _text(self, value: str) -> str:
        seconds = int(self.by.total_seconds())
        return ID.sub(lambda m: f"e112-{int(m[1]) + seconds}.{int(m[2]) + 1000 * self.number}", value)

    def text(self, value: str) -> str:
        room = self.rooms.get(value.split(",")[0])
        return self._text(value) if room is None else room + value[len(value.split(",")[0]) :]

    def fields(self, f: Fields) -> Fields:
        found = Fields({key: self.text(value) if isinstance(value, str) else value for key, value in f.items()})
        found["Timestamp"] = f"{float(text(f, 'Timestamp')) + self.by.total_seconds():.6f}"
        return found


@lru_cache(maxsize=60)
def heard_in(number: int) -> list[Heard]:
    shift, found = Shift(number), []
    for message in messages():
        if not text(message, "Timestamp"):
            continue
        f = shift.fields(message)
        moment = at(f, moment_of("0"))
        born = f if text(f, "Event") == "Newchannel" else None
        died = text(f, "Uniqueid") if text(f, "Event") == "Hangup" else ""
        found.append(Heard(moment, read(HOUSE, f, moment), born, died))
    return found


@lru_cache(maxsize=60)
def rows_in(number: int) -> list[Row]:
    """Of a copy the numbers of the rows say nothing, the moments do."""
    shift = Shift(number)
    return [
        each._replace(
            at=each.at + shift.by,
            exten=shift.text(each.exten),
            data=shift.text(each.data),
            leg=shift.text(each.leg),
            linked=shift.text(each.linked),
            extra=shift.text(each.extra),
        )
        for each in rows()
    ]


@lru_cache(maxsize=60)
def entries_in(number: int) -> list[tuple[datetime, Fields]]:
    shift, found = Shift(number), []
    for moment, f in database():
        first, bar, rest = text(f, "Val").partition("|")
        later = f"{float(first) + shift.by.total_seconds():.3f}"
        found.append((moment + shift.by, Fields(Key=shift._text(text(f, "Key")), Val=later + bar + shift.text(rest))))
    return found


class Day:
    """All copies."""

    def __init__(self, calls: int) -> None:
        self.copies = -(-calls // CALLS)
        self.first, self.last = rows()[0].at, max(rows()[-1].at, at(messages()[-1], moment_of("0")))

    def around(self, since: datetime, until: datetime) -> Iterable[int]:
        """Copies of which something happens then."""
        low = (since - self.last) // STEP
        high = (until - self.first) // STEP + 1
        return range(max(low, 0), min(high, self.copies - 1) + 1)

    def heard(self) -> Iterator[Heard]:
        """Every message of the day, in order."""
        waiting: list[tuple[datetime, int, int]] = []
        for number in range(self.copies):
            start = heard_in(number)[0].at
            while waiting and waiting[0][0] < start:
                yield self._next(waiting)
            heapq.heappush(waiting, (start, number, 0))
        while waiting:
            yield self._next(waiting)

    @staticmethod
    def _next(waiting: list[tuple[datetime, int, int]]) -> Heard:
        _, number, place = waiting[0]
        copy = heard_in(number)
        if place + 1 < len(copy):
            heapq.heapreplace(waiting, (copy[place + 1].at, number, place + 1))
        else:
            heapq.heappop(waiting)
        return copy[place]

    def rows(self, since: datetime, until: datetime) -> list[Row]:
        found = [row for number in self.around(since, until) for row in rows_in(number) if since <= row.at <= until]
        return sorted(found, key=lambda row: row.at)

    def entries(self, since: datetime, until: datetime) -> list[Fields]:
        """AstDB as it is at `until`, but for calls that ended long ago: those were taken out."""
        around = self.around(since, until)
        return [entry for number in around for moment, entry in entries_in(number) if moment <= until]
