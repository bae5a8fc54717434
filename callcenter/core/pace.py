"""How long an agency may take: the clock that runs from the request until somebody is on scene, or it is handled. Pure.

In:  when the agency was asked, what the category allows, the city's zone and holidays.
Out: the two moments at which it turns amber and red; how it stands now.
Never: a clock of its own; a deadline moved by an acceptance: for the citizen the wait began with the request.

P1 and P2 count minutes until somebody is on scene. P3 counts working days (Monday to Friday, no holidays) until it is
handled: a working day is its whole 24 hours, so that "by the day after tomorrow, same hour" is what people expect.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ROUTINE = 3  # priority
AMBER_AT = 2 / 3  # of the limit
FARTHEST_DAYS = 3660  # a calendar without any working day must not hang anybody


class Pace(StrEnum):
    """How it stands."""

    NONE = "NONE"  # no limit
    CALM = "CALM"
    AMBER = "AMBER"
    RED = "RED"
    MET = "MET"


WORST = (Pace.RED, Pace.AMBER, Pace.CALM, Pace.MET, Pace.NONE)
"""Of several agencies on one ticket the first one counts."""


@dataclass(frozen=True, slots=True)
class Due:
    """The two moments."""

    amber_at: datetime
    red_at: datetime


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of an agency's share. `over`: taken back, or the ticket is closed."""

    asked_at: datetime | None
    on_scene_at: datetime | None = None
    handled_at: datetime | None = None
    over: bool = False


def due(
    asked_at: datetime,
    priority: int | None,
    *,
    minutes: int,
    days: int,
    zone: ZoneInfo,
    holidays: Collection[date] = (),
) -> Due | None:
    """None: no limit. A ticket whose priority nobody has set yet counts as urgent."""
    if priority != ROUTINE:
        limit = timedelta(minutes=minutes)
        return Due(asked_at + limit * AMBER_AT, asked_at + limit) if minutes else None
    if not days:
        return None
    limit = timedelta(days=days)
    return Due(worked(asked_at, limit * AMBER_AT, zone, holidays), worked(asked_at, limit, zone, holidays))


def pace(limits: Due | None, priority: int | None, answers: Answers, now: datetime) -> Pace:
    """Who came in time, or late, has come: the clock stands."""
    came = answers.handled_at or (answers.on_scene_at if priority != ROUTINE else None)
    if came is not None:
        return Pace.MET
    if limits is None or answers.over or answers.asked_at is None:
        return Pace.NONE
    if now >= limits.red_at:
        return Pace.RED
    return Pace.AMBER if now >= limits.amber_at else Pace.CALM


def works(day: date, holidays: Collection[date]) -> bool:
    """Monday to Friday, and no holiday."""
    return day.weekday() < 5 and day not in holidays


def worked(since: datetime, span: timedelta, zone: ZoneInfo, holidays: Collection[date]) -> datetime:
    """The moment at which that much time of working days has passed."""
    at, left = since.astimezone(UTC), span
    for _ in range(FARTHEST_DAYS):
        day = at.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        if works(day, holidays):
            if at + left <= midnight:
                return at + left
            left -= midnight - at
        at = midnight
    return at
