"""A supervisor's block: the call ends with that outcome, whoever hangs up, seen or rebuilt; a message is no queue."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.asterisk.inbox import House
from callcenter.asterisk.recall import recalled
from callcenter.asterisk.records import Row
from callcenter.core import facts
from callcenter.core.apply import apply
from callcenter.core.call import Call, Outcome
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor
from callcenter.core.phone import forms, read
from callcenter.core.seen import CallRecalled, FloorSeen, LegSeen

NOON = datetime(2026, 1, 14, 5, 0, tzinfo=UTC)
ID = "e112-1768366800.1"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def told(*news: Fact) -> Call:
    return after_all(Floor(), *news)


def after_all(floor: Floor, *news: Fact) -> Call:
    """The call that changed last."""
    calls: list[Call] = []
    for fact in news:
        floor, changed = apply(floor, fact)
        calls += changed
    return calls[-1]


ARRIVED = facts.CallArrived(ID, NOON, "+6281234567890")


@pytest.mark.parametrize("cause", [16, 0, 127])
def test_a_blocked_call_ends_as_blocked_whoever_hangs_up(cause: int) -> None:
    call = told(ARRIVED, facts.CallBlocked(ID, after(0.1)), facts.LegEnded(ID, after(9), cause))
    assert (call.outcome, call.answered_at, call.disconnected_early) == (Outcome.BLOCKED, None, False)


def test_a_message_before_the_queue_is_neither_an_answer_nor_an_abandon() -> None:
    call = told(ARRIVED, facts.LegEnded(ID, after(9), 16))
    assert (call.outcome, call.answered_at) == (Outcome.ABANDONED_IVR, None)


def entries(**kept: str) -> list[dict[str, str | list[str]]]:
    return [{"Key": f"/e112/{ID}/{what}", "Val": value} for what, value in kept.items()]


def seen(record: CallRecalled) -> Call:
    _, changed = apply(Floor(), FloorSeen(after(60), "boot", recalled=(record,), heard_until=NOON))
    return changed[0]


CAME = f"{NOON.timestamp():.3f}|+6281234567890|112||"
ENDED = f"{after(9).timestamp():.3f}||16|"


def test_the_database_alone_remembers_a_block() -> None:
    (record,) = recalled(House(), (), journal=entries(**{"in": CAME, "blocked": "1", "end": ENDED}))
    assert seen(record).outcome is Outcome.BLOCKED


def test_the_database_alone_remembers_who_hung_up_in_a_message() -> None:
    (record,) = recalled(House(), (), journal=entries(**{"in": CAME, "msg": "flag", "end": ENDED}))
    assert (seen(record).outcome, seen(record).queued_at) == (Outcome.ABANDONED_IVR, None)


def row(kind: str, at: datetime, context: str, extra: str = "") -> Row:
    return Row(0, kind, at, "+6281234567890", context, "112", "PJSIP/trunk-main-00000001", "", "", ID, ID, extra)


def timeline() -> list[Row]:
    return [
        row("CHAN_START", NOON, "from-operator"),
        row("ANSWER", after(0.2), "blocked"),
        row("HANGUP", after(9), "blocked", '{"hangupcause":16,"hangupsource":"dialplan/builtin"}'),
    ]


def test_the_timeline_alone_knows_a_block() -> None:
    (record,) = recalled(House(), (), timeline())
    assert seen(record).outcome is Outcome.BLOCKED


def test_a_block_whose_answer_is_missing_in_the_timeline_is_known_from_the_database() -> None:
    rows = [timeline()[0], timeline()[2]]
    (record,) = recalled(House(), (), rows, entries(**{"in": CAME, "blocked": "1", "end": ENDED}))
    assert seen(record).outcome is Outcome.BLOCKED


def test_a_service_that_comes_back_in_the_middle_of_the_message_still_says_blocked() -> None:
    (record,) = recalled(House(), (), timeline()[:2])
    leg = LegSeen(ID, NOON, ID, "+6281234567890", dialled="112", entry=True)
    seen_now = FloorSeen(after(3), "boot", legs=(leg,), recalled=(record,), heard_until=NOON)
    call = after_all(Floor(), seen_now, facts.LegEnded(ID, after(9), 16))
    assert call.outcome is Outcome.BLOCKED


def test_a_number_has_every_form_that_a_trunk_may_send() -> None:
    mobile = ("+6281234567890", "6281234567890", "081234567890", "006281234567890", "81234567890")
    assert forms("+6281234567890") == mobile
    for number in ("+6281234567890", "+62811234567", "+62231201001", "+622150812345"):
        assert {number, number[1:], f"0{number[3:]}", f"00{number[1:]}"} <= set(forms(number))
        assert {read(form).e164 for form in forms(number)} == {number}
    assert "+6591234567" in forms("+6591234567")
    assert all(read(form).e164 == "+6591234567" for form in forms("+6591234567"))
