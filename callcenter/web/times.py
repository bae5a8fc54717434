"""Moments and spans as people of the city read them.

In:  aware moments in UTC, the city's zone, a language. Out: text.
Never: a zero for a moment that is not known; that reads n/a.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.localedata import exists

from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.core.tongue import FIRST, family

NOT_KNOWN = "n/a"


@dataclass(frozen=True)
class CityTime:
    """The city's wall clock in one language."""

    zone: ZoneInfo
    language: str

    @property
    def locale(self) -> str:
        """Whose names of months and days these are."""
        return locale_of(self.language)

    @property
    def sign(self) -> str:
        """What stands between hours and minutes: people here write 07.13, also in the languages of Java."""
        return ":" if self.language == "en" else "."

    def moment(self, at: datetime | None) -> str:
        """22 Nov 2026 07.13.07"""
        if unknown(at):
            return NOT_KNOWN
        local = at.astimezone(self.zone)  # type: ignore[union-attr]  # unknown() covers None
        return f"{self.on(local)} {self.clock(at)}"

    def clock(self, at: datetime | None) -> str:
        """07.13.07"""
        if unknown(at):
            return NOT_KNOWN
        return format_time(at.astimezone(self.zone), f"HH{self.sign}mm{self.sign}ss", locale=self.locale)  # type: ignore[union-attr]

    def soon(self, at: datetime) -> str:
        """07.13, or 24 Nov 07.13: `at` is never far. For deadlines, which lie today or on a day to come."""
        return f"{self.short_day(at)} {self.clock(at)[:5]}"

    def day(self, at: datetime | date) -> str:
        """Minggu, 22 November 2026"""
        local = at.astimezone(self.zone) if isinstance(at, datetime) else at
        return format_date(local, "EEEE, d MMMM y", locale=self.locale)

    def short_day(self, at: datetime) -> str:
        """22 Nov"""
        return format_date(at.astimezone(self.zone), "d MMM", locale=self.locale)

    def on(self, day: date) -> str:
        """22 Nov 2026"""
        return format_date(day, "d MMM y", locale=self.locale)

    def short_date(self, day: date) -> str:
        """22 Nov, of a day that is no moment."""
        return format_date(day, "d MMM", locale=self.locale)

    def long_date(self, day: date) -> str:
        """22 November 2026"""
        return format_date(day, "d MMMM y", locale=self.locale)

    def month(self, day: date) -> str:
        """November 2026"""
        return format_date(day, "LLLL y", locale=self.locale)

    def zone_name(self, at: datetime) -> str:
        """WIB"""
        return at.astimezone(self.zone).tzname() or self.zone.key

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """The first moment of that day in the city, and the first of the next, both in UTC."""
        first = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        after = day + timedelta(days=1)
        return first.astimezone(UTC), datetime(after.year, after.month, after.day, tzinfo=self.zone).astimezone(UTC)


@cache
def locale_of(language: str) -> str:
    """What Babel knows of that language, else Indonesian: jv for jv-x-cirebon."""
    return family(language) if exists(family(language)) else FIRST


def unknown(at: datetime | None) -> bool:
    """There is no such moment, or nobody saw it."""
    return at is None or at == UNKNOWN_MOMENT


def span(seconds: float | None) -> str:
    """1:05, 1:02:07; n/a where it is not known."""
    if seconds is None:
        return NOT_KNOWN
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def between(first: datetime | None, last: datetime | None) -> float | None:
    """Seconds from the one to the other; None where one of them is not known."""
    if first is None or last is None or unknown(first) or unknown(last):
        return None
    return (last - first).total_seconds()


def epoch_ms(at: datetime | None) -> int | None:
    """Milliseconds since 1970, for the page's own clocks."""
    return None if at is None or unknown(at) else round(at.timestamp() * 1000)
