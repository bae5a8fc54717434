"""The figures' rules, each by a call of which everybody can see what it must give."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from callcenter.core.kpi import (
    CLASS_PARTS,
    Arrival,
    Forwarded,
    Owed,
    Try,
    adds_up,
    part_of,
    parts,
    spreads,
    tallied,
    tidy,
    working_days,
)
from callcenter.core.tally import Part, Tally, tenths, together

ZONE = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 1, 14, 5, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def of(*arrivals: Arrival, owed: tuple[Owed, ...] = ()) -> Tally:
    return tallied(arrivals, owed, ZONE)["all", ""]


def answered(after_s: float, **more: object) -> Arrival:
    return Arrival(NOON, "ANSWERED", queued_at=after(1), answered_at=after(after_s), **more)  # type: ignore[arg-type]


def test_fifteen_seconds_and_a_microsecond_is_not_within_fifteen() -> None:
    found = parts(of(answered(15), answered(15.000001)))
    assert found["level_15"] == Part(1, 2)
    assert found["level_20"] == Part(2, 2)
    assert found["queue_level_15"] == Part(2, 2)  # the queue's clock began a second later


def test_a_greeting_is_no_answer_and_who_left_in_it_is_an_arrival_all_the_same() -> None:
    found = parts(of(answered(4), Arrival(NOON, "ABANDONED_IVR")))
    assert found["level_10"] == Part(1, 2)
    assert found["queue_level_10"] == Part(1, 1)  # the queue's view does not know him: so it never stands alone
    assert found["abandoned"] == Part(0, 1)


def test_who_left_the_queue_early_is_abandoned_but_not_in_the_queues_view() -> None:
    gone = [Arrival(NOON, outcome, queued_at=NOON) for outcome in ("ABANDONED", "ABANDONED_SHORT", "NO_AGENT")]
    found = parts(of(answered(4), *gone))
    assert found["abandoned"] == Part(2, 4)
    assert found["queue_level_10"] == Part(1, 3)


def test_nothing_reads_not_known_and_never_zero() -> None:
    nothing = Tally()
    assert {part.value for part in parts(nothing).values()} == {None}
    assert {(spread.count, spread.mean, spread.p90) for spread in spreads(nothing).values()} == {(0, None, None)}


def test_a_moment_that_nobody_saw_is_left_out_and_counted_as_missing() -> None:
    spread = spreads(of(answered(4, ended_at=after(64)), answered(4)))["talk"]
    assert (spread.count, spread.of, spread.mean) == (1, 2, 60.0)
    assert tenths(after(5), after(4)) is None


def test_percentiles_are_times_that_a_caller_really_waited() -> None:
    spread = spreads(of(*(answered(n) for n in range(1, 21))))["answer"]
    assert (spread.median, spread.p90, spread.p95, spread.longest) == (10.0, 18.0, 19.0, 20.0)
    assert spread.slowest == 19.5  # the slowest two
    assert spread.mean == 10.5


def test_handling_is_talk_and_what_is_done_after_it_and_only_where_both_are_known() -> None:
    whole = answered(10, ended_at=after(70), wrapped_up_at=after(90))
    early = answered(10, ended_at=after(70), wrapped_up_at=after(50))  # the agency speaks on with the caller
    found = spreads(of(whole, early, answered(10, ended_at=after(70))))
    assert (found["handling"].count, found["handling"].of, found["handling"].longest) == (2, 3, 80.0)
    assert found["wrap_up"].median == 0.0


def test_processing_is_of_emergencies_alone() -> None:
    quick = answered(10, call_class="EMERGENCY", forwarded_at=after(70))
    slow = answered(10, call_class="EMERGENCY", forwarded_at=after(70.1))
    found = of(quick, slow, answered(10, call_class="INFO", forwarded_at=after(20)))
    assert parts(found)["processing_60"] == Part(1, 2)
    assert spreads(found)["processing"].of == 2


def test_an_agencys_answer_is_of_each_try_and_its_response_only_of_urgent_matters() -> None:
    tries = (Try("damkar", after(20)), Try("damkar", after(40), after(46)))
    share = Forwarded("damkar", after(20), after(50), after(50 + 900), "phone", "agency")
    urgent, routine = (
        answered(10, priority=1, tries=tries, forwards=(share,)),
        answered(10, priority=3, forwards=(share,)),
    )
    cells = tallied([urgent, routine, answered(10, forwards=(Forwarded("pln", after(20)),))], (), ZONE)
    damkar = cells["agency", "damkar"]
    assert parts(damkar)["try_answer"] == Part(1, 2)
    assert parts(damkar)["acceptance"] == Part(2, 2)
    assert parts(damkar)["response_15"] == Part(1, 1)
    assert parts(damkar)["citizen_15"] == Part(0, 1)
    assert parts(damkar)["on_scene_known"] == Part(2, 2)
    assert damkar.counts["on_scene_by.agency"] == 2
    assert spreads(damkar)["working_days"].of == 1
    assert parts(cells["agency", "pln"])["acceptance"] == Part(0, 1)
    assert parts(cells["all", ""])["acceptance"] == Part(2, 3)


@pytest.mark.parametrize(
    ("days", "counted"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 2), (5, 3), (7, 5), (12, 8), (14, 10)]
)
def test_a_weekend_is_no_working_day(days: int, counted: int) -> None:
    wednesday = NOON
    assert working_days(wednesday, wednesday + timedelta(days=days), ZONE) == counted * 10
    assert working_days(wednesday, wednesday - timedelta(days=1), ZONE) is None


def test_every_arrival_stands_in_exactly_one_part_of_the_sum() -> None:
    arrivals = [
        Arrival(NOON, "IN_PROGRESS", call_class="EMERGENCY"),
        Arrival(NOON, "ABANDONED", call_class="EMERGENCY"),  # classified after a callback: still not answered
        Arrival(NOON, "OVERFLOWED"),
        Arrival(NOON, "UNKNOWN"),
        answered(4),
        answered(4, call_class="PRANK"),
    ]
    assert [part_of(each) for each in arrivals] == [
        "in_progress", "not_answered", "not_answered", "not_answered", "not_classified", "PRANK",
    ]  # fmt: skip
    found = of(*arrivals)
    assert adds_up(found)
    assert len(CLASS_PARTS) == 13
    found.count("arrivals")
    assert not adds_up(found)


def test_callbacks_are_owed_tried_and_reached() -> None:
    owed = (Owed(NOON, after(60), reached=True), Owed(NOON, after(120)), Owed(NOON, called_again=True))
    found = of(owed=owed)
    assert (parts(found)["called_back"], parts(found)["reached"]) == (Part(2, 3), Part(1, 3))
    assert parts(found)["called_again"] == Part(1, 3)
    assert spreads(found)["callback"].median == 60.0


def test_days_add_up_to_the_month_exactly_and_survive_being_kept() -> None:
    days = [of(*(answered(n * k) for n in range(1, 9))) for k in (1, 2, 3)]
    month = of(*(answered(n * k) for k in (1, 2, 3) for n in range(1, 9)))
    kept = together(Tally.read(day.plain()) for day in days)
    assert (kept.plain(), parts(kept), spreads(kept)) == (month.plain(), parts(month), spreads(month))


def test_an_hour_is_one_of_the_city_and_a_place_is_known_in_any_writing() -> None:
    late = Arrival(datetime(2026, 1, 14, 18, 30, tzinfo=UTC), "ABANDONED", kecamatan=" kejaksan ")
    assert {("hour", "01"), ("kecamatan", "Kejaksan"), ("kelurahan", "")} <= set(tallied([late], (), ZONE))
    assert tidy("KESENDEN  raya") == "Kesenden Raya"
