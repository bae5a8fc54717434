"""The daily account: every way in which a call can be in one book and not in the other has its name."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.core.account import GRACE, Account, Arrival, Kept, Kind, account

MIDNIGHT = datetime(2026, 1, 14, tzinfo=UTC)
NOON, TOMORROW = MIDNIGHT + timedelta(hours=12), MIDNIGHT + timedelta(days=1)


def books(heard: list[Arrival], kept: list[Kept], **more: object) -> Account:
    settled = {"now": TOMORROW, "records_begin": MIDNIGHT - timedelta(days=1)}
    return account(heard, kept, since=MIDNIGHT, until=TOMORROW, **{**settled, **more})  # type: ignore[arg-type]


def heard(call: str = "a", at: datetime = NOON) -> Arrival:
    return Arrival(call, at)


def row(call: str = "a", at: datetime = NOON, tickets: int = 1) -> Kept:
    return Kept(call, at, tickets)


def test_a_day_without_a_fault_comes_out() -> None:
    found = books([heard("a"), heard("b")], [row("a"), row("b")])
    assert (found.arrivals, found.calls, found.tickets, found.differences) == (2, 2, 2, ())


@pytest.mark.parametrize(
    ("arrivals", "kept", "kind"),
    [
        ([heard()], [], Kind.NO_CALL),
        ([heard()], [row(tickets=0)], Kind.NO_TICKET),
        ([heard()], [row(tickets=2)], Kind.TWO_TICKETS),
        ([], [row()], Kind.NO_ARRIVAL),
    ],
)
def test_a_call_that_is_missing_or_doubled_is_named_and_alarms(
    arrivals: list[Arrival], kept: list[Kept], kind: Kind
) -> None:
    found = books(arrivals, kept)
    assert [(each.call, each.at, each.kind) for each in found.alarming] == [("a", NOON, kind)]


def test_a_missing_call_and_a_doubled_one_do_not_cancel_out() -> None:
    found = books([heard("a"), heard("b")], [row("a"), row("c")])
    assert found.arrivals == found.calls == found.tickets == 2
    assert [(each.call, each.kind) for each in found.alarming] == [("b", Kind.NO_CALL), ("c", Kind.NO_ARRIVAL)]


def test_a_row_that_asterisk_wrote_twice_is_one_arrival() -> None:
    found = books([heard(), heard()], [row()])
    assert (found.arrivals, found.differences) == (1, ())


def test_a_young_call_or_one_on_the_floor_is_on_its_way() -> None:
    young = books([heard()], [], now=NOON + GRACE - timedelta(seconds=1))
    assert young.count(Kind.ON_ITS_WAY) == 1 and not young.alarming
    assert not books([heard()], [], waiting={"a"}).alarming
    assert books([heard()], [], now=NOON + GRACE).alarming


def test_what_was_put_aside_has_its_own_name() -> None:
    assert books([heard()], [], put_aside={"a"}).alarming[0].kind is Kind.QUARANTINED


def test_calls_before_the_first_record_of_all_are_no_fault() -> None:
    found = books([], [row()], records_begin=NOON + timedelta(seconds=1))
    assert found.count(Kind.BEFORE_RECORDS) == 1 and not found.alarming
    assert not books([], [row()], records_begin=None).alarming


def test_a_call_at_midnight_belongs_to_one_day_though_the_two_clocks_disagree() -> None:
    before, after = MIDNIGHT - timedelta(milliseconds=1), MIDNIGHT + timedelta(milliseconds=1)
    assert books([heard(at=before)], [row(at=after)]).calls == 0
    assert books([heard(at=after)], [row(at=before)]).calls == 1
