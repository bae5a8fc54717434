"""A link that breaks while it asks what is going on has told a little: calls that are first heard in their middle."""

from datetime import UTC, datetime, timedelta

from callcenter.core.apply import apply
from callcenter.core.call import Call, Outcome, Stage
from callcenter.core.facts import CallAbandoned, CallAnswered, CallArrived, CallLeftQueue, CallQueued, Fact, LegEnded
from callcenter.core.floor import Floor
from callcenter.core.seen import CallRecalled, FloorSeen, LegSeen

T0 = datetime(2026, 11, 22, 1, 0, 0, 600_000, tzinfo=UTC)
ID = "e112-1795321245.127"
BOOT = "2026-11-22 00:00:00"


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def told(*facts: Fact) -> Call:
    floor, call = Floor(boot=BOOT, blind_since=T0), None
    for fact in facts:
        floor, changed = apply(floor, fact)
        call = changed[-1] if changed else call
    assert call is not None
    return call


def snapshot(answered_at: datetime | None = None) -> FloorSeen:
    record = CallRecalled(ID, T0, "+62812", queued_at=at(0.1), rang_at=at(0.2), answered_at=answered_at)
    return FloorSeen(at(8), BOOT, (LegSeen(ID, T0, ID, waiting_since=at(5)),), recalled=(record,))


def test_a_round_in_the_queue_that_was_heard_first_is_not_when_he_came() -> None:
    call = told(CallLeftQueue(ID, at(5)), CallQueued(ID, at(5.1)), snapshot())
    assert (call.arrived_at, call.queued_at, call.rang_at) == (T0, at(0.1), at(0.2))


def test_a_second_answer_that_was_heard_first_is_not_t3() -> None:
    call = told(CallAnswered(ID, at(6), "102", "leg"), snapshot(answered_at=at(2)))
    assert call.answered_at == at(2)


def test_moments_that_were_heard_stay_as_they_were_heard() -> None:
    heard = (CallArrived(ID, at(0.001), "+62812"), CallQueued(ID, at(0.102)))
    call = told(*heard, snapshot())
    assert (call.arrived_at, call.queued_at) == (at(0.001), at(0.102))


def test_who_was_put_back_into_the_queue_had_not_given_up() -> None:
    """Asterisk announces an abandon at the end of each round."""
    round_ = (CallAbandoned(ID, at(30), 30), CallLeftQueue(ID, at(30)), CallQueued(ID, at(30)))
    call = told(CallArrived(ID, T0), CallQueued(ID, at(0.1)), *round_)
    assert (call.stage, call.abandoned) == (Stage.WAITING, False)
    call = told(CallArrived(ID, T0), CallQueued(ID, at(0.1)), *round_, CallLeftQueue(ID, at(40)), LegEnded(ID, at(40)))
    assert call.outcome is Outcome.NO_AGENT
