"""Which time a page of figures is about.

In:  an address line, hostile; the present moment; the city's zone and the hours at which its shifts begin.
Out: a span from one moment to another, with the spans before and after it.
Never: a period longer than figures are kept for; a clock of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callcenter.core.errors import BadInput

TODAY, SHIFT, DAY, WEEK, MONTH, YEAR, FREE = "today", "shift", "day", "week", "month", "year", "free"
KINDS = (TODAY, SHIFT, DAY, WEEK, MONTH, YEAR, FREE)
LONGEST = timedelta(days=3700)
A_DAY = timedelta(days=1)
NOT_A_DAY = "{name} is not a day: write 2026-01-31."
NO_SUCH = "There is no {name} {value}."
BACKWARDS = "The end of the time lies before its beginning."
TOO_LONG = "That is too long a time: ten years at most."


@dataclass(frozen=True, slots=True)
class Period:
    """`since` to `until`, not included. `first` and `last` are its days in the city; a shift has hours too."""

    kind: str
    since: datetime
    until: datetime
    first: date
    last: date
    shift: str = ""  # 07-14
    before: str = ""  # the address of the period before, and of the next one; empty: there is none
    after: str = ""


def read_period(query: Mapping[str, str], now: datetime, zone: ZoneInfo, shifts: Sequence[str]) -> Period:
    """The period that these parameters ask for; today where they ask for none. BadInput."""
    kind = query.get("period", "") or TODAY
    if kind not in KINDS:
        raise BadInput(NO_SUCH, name="period", value=kind[:40])
    today = now.astimezone(zone).date()
    if kind == FREE:
        return _free(query, today, zone)
    if kind == SHIFT:
        return _shift(query, now, zone, shifts)
    return _whole(kind, _date("day", query) or today, today, zone)


def shift_names(shifts: Sequence[str]) -> tuple[str, ...]:
    """07-14, 14-21, 21-07: from each beginning to the next."""
    begun = sorted(shifts)
    return tuple(f"{begin}-{end}" for begin, end in zip(begun, (*begun[1:], *begun[:1]), strict=True))


def shift_of(hour: str, shifts: Sequence[str]) -> str:
    """The shift that an hour of the day belongs to; empty where a city has none."""
    begun = [begin for begin in shifts if begin <= hour]
    begin = max(begun, default=max(shifts, default=""))
    return next((name for name in shift_names(shifts) if name.startswith(f"{begin}-")), "") if begin else ""


def _whole(kind: str, day: date, today: date, zone: ZoneInfo) -> Period:
    first, last = _days(kind, day)
    same = DAY if kind == TODAY else kind
    return Period(
        kind=DAY if kind == TODAY and day != today else kind,
        since=_midnight(first, zone),
        until=_midnight(last + A_DAY, zone),
        first=first,
        last=last,
        before=f"period={same}&day={first - A_DAY}",
        after=f"period={same}&day={last + A_DAY}" if last < today else "",
    )


def _days(kind: str, day: date) -> tuple[date, date]:
    if kind == WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if kind == MONTH:
        return day.replace(day=1), month_end(day)
    if kind == YEAR:
        return day.replace(month=1, day=1), day.replace(month=12, day=31)
    return day, day


def month_end(day: date) -> date:
    """The last day of that month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - A_DAY


def _free(query: Mapping[str, str], today: date, zone: ZoneInfo) -> Period:
    first = _date("from", query) or today
    last = _date("to", query) or max(first, today)
    if last < first:
        raise BadInput(BACKWARDS)
    if last - first > LONGEST:
        raise BadInput(TOO_LONG)
    return Period(FREE, _midnight(first, zone), _midnight(last + A_DAY, zone), first, last)


def _shift(query: Mapping[str, str], now: datetime, zone: ZoneInfo, shifts: Sequence[str]) -> Period:
    """The running shift, or one of a day: the night's belongs to the day on which it begins."""
    names = shift_names(shifts)
    if not names:
        raise BadInput(NO_SUCH, name="shift", value="")
    local = now.astimezone(zone)
    name, day = query.get("shift", "") or shift_of(f"{local:%H}", shifts), _date("day", query)
    if name not in names:
        raise BadInput(NO_SUCH, name="shift", value=name[:40])
    begin, end = (int(hour) for hour in name.split("-"))
    if day is None:
        day = local.date() - (A_DAY if end <= begin and local.hour < end else timedelta())
    since, until = _at(day, begin, zone), _at(day + (A_DAY if end <= begin else timedelta()), end, zone)
    place = names.index(name)
    before, after = names[place - 1], names[(place + 1) % len(names)]
    return Period(
        kind=SHIFT,
        since=since,
        until=until,
        first=day,
        last=day,
        shift=name,
        before=f"period=shift&shift={before}&day={day - (A_DAY if place == 0 else timedelta())}",
        after=f"period=shift&shift={after}&day={day + (A_DAY if place == len(names) - 1 else timedelta())}"
        if until <= now
        else "",
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _at(day, 0, zone)


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def _date(name: str, query: Mapping[str, str]) -> date | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        raise BadInput(NOT_A_DAY, name=name) from None
    if not date(1990, 1, 1) <= found <= date(2200, 1, 1):
        raise BadInput(NOT_A_DAY, name=name)
    return found


PERIOD_NAMES = ("period", "day", "from", "to", "shift", "by")
"""Every parameter of a page of figures."""
