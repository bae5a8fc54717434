"""By which clock what is old may be deleted."""

from datetime import timedelta

from callcenter.core.steady import Steady
from tests.storage.cast import NOON

DAY, YEAR = timedelta(days=1), timedelta(days=400)


def test_a_room_in_use_deletes_from_its_first_minute_and_one_that_slept_for_days_waits_one() -> None:
    for newest in (None, NOON - timedelta(hours=30)):
        assert Steady().look(NOON, 5.0, newest)
    slept = Steady()
    assert not slept.look(NOON, 5.0, NOON - YEAR)  # or it woke up in the wrong year
    assert not slept.look(NOON + DAY / 2, 5.0 + 43200, None) and slept.said(NOON) is None
    assert slept.look(NOON + DAY, 5.0 + 86400, None)


def test_a_clock_that_jumps_deletes_nothing_for_a_day_and_says_so_and_one_put_right_by_minutes_does_not() -> None:
    steady = Steady()
    assert steady.look(NOON, 0.0, NOON) and steady.look(NOON + timedelta(minutes=40), 2.0, None)
    wrong = NOON + YEAR
    assert not steady.look(wrong, 4.0, None)
    said = steady.said(wrong) or ""
    assert "jumped by 9599 hours" in said and "2027-02-18 05:00 UTC" in said
    assert not steady.look(wrong + DAY - timedelta(seconds=9), 4.0 + 86391, None)
    assert not steady.look(NOON + DAY, 4.0 + 86400, None), "set right: that is a jump as well"
    assert steady.look(NOON + DAY + DAY, 4.0 + 2 * 86400, None) and steady.said(NOON) is None
