"""The wall: what a position does, who waits how long, and what is loud."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.core.call import Call, Ring, Stage
from callcenter.core.floor import Floor
from callcenter.core.listener import Listener, Mode
from callcenter.core.position import Phone, Position
from callcenter.core.wall import State, look

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def floor(*calls: Call, **phones: Position) -> Floor:
    return Floor(calls={call.id: call for call in calls}, positions={p.number: p for p in phones.values()})


def desk(number: str = "101", phone: Phone = Phone.IDLE, *, paused: bool = False) -> Position:
    return Position(number, phone, paused=paused, in_queue=True, since=NOON)


@pytest.mark.parametrize(
    ("position", "person", "state"),
    [
        (desk(), "Siti", State.READY),
        (desk(), "", State.AWAY),
        (desk(paused=True), "Siti", State.PAUSED),
        (desk(phone=Phone.UNREACHABLE), "Siti", State.UNREACHABLE),
        (desk(phone=Phone.UNREACHABLE), "", State.AWAY),
        (desk(phone=Phone.IN_USE), "Siti", State.TALKING),
        (desk(phone=Phone.IN_USE, paused=True), "Siti", State.TALKING),
    ],
)
def test_a_position_is_what_matters_most(position: Position, person: str, state: State) -> None:
    wall = look(floor(a=position), ["101"], {"101": person})
    assert [(seat.state, seat.since) for seat in wall.seats] == [(state, NOON)]


def test_a_position_that_nobody_heard_of_is_away() -> None:
    assert look(floor(), ["101"], {}).seats[0].state is State.AWAY


def test_waits_talks_and_rings_are_counted_without_trial_calls() -> None:
    ring = (Ring("102", "l", later(3)),)
    waiting = Call("a", NOON, stage=Stage.WAITING, waiting_since=later(2), rings=ring)
    younger = Call("b", later(5), stage=Stage.WAITING)
    talking = Call("c", NOON, stage=Stage.TALKING, position="101", answered_at=later(1))
    trial = Call("t", NOON, stage=Stage.WAITING, test=True)
    alone = Call("d", NOON, stage=Stage.ALONE)
    on = floor(waiting, younger, talking, trial, alone, a=desk(), b=desk("102"))
    wall = look(on, ["101", "102"], {"102": "Rina"}, owed=[later(9), later(4)])
    assert (wall.waiting, wall.longest_since, wall.talking, wall.alone) == (2, later(2), 1, 1)
    assert [(seat.state, seat.since) for seat in wall.seats] == [(State.TALKING, later(1)), (State.RINGING, later(3))]
    assert (wall.owed, wall.oldest_owed) == (2, later(4))
    assert (wall.waits_long(later(12)), wall.waits_long(later(12.1))) == (False, True)
    assert (wall.talks_long(later(301)), wall.talks_long(later(301.1))) == (False, True)


@pytest.mark.parametrize(
    ("openly", "state", "since"), [(True, State.LISTENING, later(9)), (False, State.TALKING, NOON)]
)
def test_a_supervisor_at_somebody_else_s_call_speaks_with_no_caller(
    openly: bool, state: State, since: datetime
) -> None:
    ear = Listener("102", "ear-102-1-c", mode=Mode.LISTEN, since=later(9))
    talking = Call("c", NOON, stage=Stage.TALKING, position="101", answered_at=later(1), listeners=(ear,))
    wall = look(floor(talking, a=desk(), b=desk("102", Phone.IN_USE)), ["101", "102"], {}, openly=openly)
    assert (wall.talking, wall.seats[1].state, wall.seats[1].since) == (1, state, since)


def test_an_empty_room_is_quiet() -> None:
    wall = look(Floor(), [], {})
    assert (wall.waiting, wall.longest_since, wall.oldest_owed) == (0, None, None)
    assert not wall.waits_long(NOON) and not wall.talks_long(NOON)
