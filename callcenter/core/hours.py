"""When a line is staffed, in words that a city writes: "08:00-16:00", "mon-fri 07:30-15:30, sat 08:00-12:00".

In:  the words, and a moment on the city's own clock.
Out: whether somebody is there.
Never: a guess. Words that cannot be read raise ValueError; nothing written is always.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"(?:([a-z]{3})(?:-([a-z]{3}))?\s+)?(\d\d):(\d\d)-(\d\d):(\d\d)")
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """One part: on these days from then until then. Until before from: until the next morning."""

    days: frozenset[int]
    since: time
    until: time

    def has(self, at: datetime) -> bool:
        """That moment lies in it. 24:00 is written 00:00; the same twice is the whole day."""
        now, today, yesterday = at.time(), at.weekday() in self.days, (at - A_DAY).weekday() in self.days
        if self.since < self.until:
            return today and self.since <= now < self.until
        return (today and now >= self.since) or (yesterday and now < self.until)


@lru_cache(maxsize=512)
def spans(text: str) -> tuple[Span, ...]:
    """The parts of the words. ValueError."""
    return tuple(_span(part.strip()) for part in text.lower().split(",")) if text.strip() else ()


def _span(part: str) -> Span:
    found = SPAN.fullmatch(part)
    if found is None:
        raise ValueError(part)
    first, last, *clock = found.groups()
    hour, minute, until_hour, until_minute = (int(number) for number in clock)
    return Span(_days(first, last), time(hour, minute), time(until_hour % 24, until_minute))


def _days(first: str | None, last: str | None) -> frozenset[int]:
    if first is None:
        return frozenset(range(7))
    begin, end = DAYS.index(first), DAYS.index(last or first)  # ValueError: no such day
    return frozenset((begin + n) % 7 for n in range((end - begin) % 7 + 1))


def staffed(text: str, at: datetime) -> bool:
    """Somebody is there at that moment of the city's clock. Words that cannot be read keep no line shut."""
    try:
        return not text.strip() or any(span.has(at) for span in spans(text))
    except ValueError:
        return True
