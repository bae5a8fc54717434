"""The clock of an agency's response: minutes for P1 and P2, working days for P3."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.pace import Answers, Due, Pace, due, pace, worked, works

ZONE = ZoneInfo("Asia/Jakarta")
FRIDAY = datetime(2026, 1, 16, 9, 0, tzinfo=UTC)  # 16.00 in Cirebon
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 365 * 86400).map(lambda seconds: YEAR + timedelta(seconds=seconds))
HOLIDAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 2, 1)), max_size=25)
SPANS = st.timedeltas(timedelta(0), timedelta(days=20))
ZONES = st.sampled_from([ZONE, ZoneInfo("Europe/Berlin")])


def limits(at: datetime, priority: int | None, minutes: int = 15, days: int = 3) -> Due | None:
    return due(at, priority, minutes=minutes, days=days, zone=ZONE, holidays={date(2026, 1, 19)})


@pytest.mark.parametrize("priority", [1, 2, None])
def test_fifteen_minutes_and_amber_after_ten(priority: int | None) -> None:
    found = limits(FRIDAY, priority)
    assert found == Due(FRIDAY + timedelta(minutes=10), FRIDAY + timedelta(minutes=15))


def test_three_working_days_leave_out_the_weekend_and_the_holiday() -> None:
    found = limits(FRIDAY, 3)
    assert found is not None
    assert found.red_at == datetime(2026, 1, 22, 9, 0, tzinfo=UTC)  # Thursday, 16.00: Monday is a holiday


def test_a_limit_of_nothing_is_no_limit() -> None:
    assert limits(FRIDAY, 1, minutes=0) is None
    assert limits(FRIDAY, 3, days=0) is None
    assert pace(None, 1, Answers(FRIDAY), FRIDAY + timedelta(days=9)) is Pace.NONE


def test_it_turns_amber_then_red_and_stands_when_somebody_is_there() -> None:
    found = limits(FRIDAY, 1)

    def at(minutes: float, there: datetime | None = None, done: datetime | None = None) -> Pace:
        return pace(found, 1, Answers(FRIDAY, there, done), FRIDAY + timedelta(minutes=minutes))

    assert [at(0), at(9.9), at(10), at(14.9), at(15)] == [Pace.CALM, Pace.CALM, Pace.AMBER, Pace.AMBER, Pace.RED]
    assert at(90, FRIDAY) is Pace.MET
    assert at(90, None, FRIDAY) is Pace.MET
    assert pace(found, 1, Answers(FRIDAY, over=True), FRIDAY + timedelta(days=1)) is Pace.NONE


def test_routine_work_is_met_when_it_is_handled_not_when_somebody_looked_at_it() -> None:
    found = limits(FRIDAY, 3)
    late = FRIDAY + timedelta(days=30)
    assert pace(found, 3, Answers(FRIDAY, on_scene_at=FRIDAY), late) is Pace.RED
    assert pace(found, 3, Answers(FRIDAY, handled_at=FRIDAY), late) is Pace.MET


def counted(since: datetime, until: datetime, zone: ZoneInfo, holidays: frozenset[date]) -> timedelta:
    """Working time, second by second of each day, the slow way."""
    total, at = timedelta(0), since
    while at < until:
        day = at.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone).astimezone(UTC)
        if works(day, holidays):
            total += min(midnight, until) - at
        at = midnight
    return total


@given(MOMENTS, SPANS, ZONES, HOLIDAYS)
def test_exactly_that_much_working_time_passes(
    since: datetime, span: timedelta, zone: ZoneInfo, holidays: frozenset[date]
) -> None:
    assert counted(since, worked(since, span, zone, holidays), zone, holidays) == span


@given(MOMENTS, SPANS, SPANS, HOLIDAYS)
def test_who_asks_later_or_allows_more_waits_no_shorter(
    since: datetime, span: timedelta, more: timedelta, holidays: frozenset[date]
) -> None:
    end = worked(since, span, ZONE, holidays)
    assert worked(since + more, span, ZONE, holidays) >= end
    assert worked(since, span + more, ZONE, holidays) >= end


@given(MOMENTS, st.sampled_from([1, 2, 3, None]), st.integers(1, 600), st.integers(1, 30), SPANS)
def test_it_only_ever_gets_worse_with_time(
    asked: datetime, priority: int | None, minutes: int, days: int, later: timedelta
) -> None:
    found = due(asked, priority, minutes=minutes, days=days, zone=ZONE)
    assert found is not None and asked <= found.amber_at <= found.red_at
    order = [Pace.CALM, Pace.AMBER, Pace.RED]
    one, other = (pace(found, priority, Answers(asked), at) for at in (asked + later / 2, asked + later))
    assert order.index(one) <= order.index(other)
    assert pace(found, priority, Answers(asked), found.red_at) is Pace.RED


def test_a_calendar_without_a_working_day_ends() -> None:
    every = {date(2026, 1, 1) + timedelta(days=n) for n in range(4000)}
    assert worked(FRIDAY, timedelta(days=1), ZONE, every) > FRIDAY
