"""The room at one glance, for a screen on the wall. Pure.

In:  the floor, who sits where, figures of the day, what is owed. Out: a Wall: numbers and moments, no caller.
Never: a caller's number or name; a clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from callcenter.core.call import Call, Stage
from callcenter.core.floor import Floor
from callcenter.core.position import Phone, Position
from callcenter.core.practice import practice_of
from callcenter.core.readiness import WRAP_UP
from callcenter.core.tally import Part

LONG_WAIT, LONG_TALK = timedelta(seconds=10), timedelta(minutes=5)


class State(StrEnum):
    """What a position does, as the wall says it."""

    AWAY = "AWAY"  # nobody is signed in
    UNREACHABLE = "UNREACHABLE"  # somebody is, and the phone is not
    PAUSED = "PAUSED"
    WRAP_UP = "WRAP_UP"  # paused for the writing after a call
    READY = "READY"
    PRACTICE = "PRACTICE"  # a practice call rings or goes on there
    RINGING = "RINGING"
    TALKING = "TALKING"
    LISTENING = "LISTENING"  # a supervisor, at somebody else's call


@dataclass(frozen=True, slots=True)
class Seat:
    """One position. `since`: of this state; None: not known."""

    position: str
    state: State
    person: str = ""
    since: datetime | None = None
    reason: str = ""  # of a pause, as a code


@dataclass(frozen=True, slots=True)
class Today:
    """Figures of the day so far, and of what is open, as they were read last. None: not read yet."""

    read_at: datetime
    arrivals: int
    answered: int
    level: Part  # answered within the first time of the service level
    level_s: int
    open_tickets: Mapping[str, int]  # by status


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything that the wall shows. Moments, so that the page itself counts the seconds."""

    waiting: int
    longest_since: datetime | None
    talking: int
    alone: int
    longest_talk_since: datetime | None
    seats: tuple[Seat, ...]
    owed: int
    oldest_owed: datetime | None
    today: Today | None = None
    alarms: tuple[str, ...] = field(default=())

    def count(self, state: State) -> int:
        """How many positions are so."""
        return sum(seat.state == state for seat in self.seats)  # the templates name it by its code

    def waits_long(self, now: datetime) -> bool:
        """Somebody has waited for more than 10 s."""
        return self.longest_since is not None and now - self.longest_since > LONG_WAIT

    def talks_long(self, now: datetime) -> bool:
        """Somebody has spoken for more than 5 minutes."""
        return self.longest_talk_since is not None and now - self.longest_talk_since > LONG_TALK


def look(
    floor: Floor,
    positions: Sequence[str],
    people: Mapping[str, str],
    *,
    owed: Sequence[datetime] = (),
    today: Today | None = None,
    alarms: Sequence[str] = (),
    openly: bool = True,
) -> Wall:
    """`people`: position -> who is signed in. `owed`: since when each callback is owed. Trial calls are left out.
    `openly`: whether it may be seen that somebody listens; else her phone is just busy."""
    calls = [call for call in floor.calls.values() if not call.test]
    waiting = [call.waiting_since or call.arrived_at for call in calls if call.stage is Stage.WAITING]
    talks = {call.position: call for call in calls if call.stage is Stage.TALKING}
    rings = {ring.position: ring.at for call in calls if call.stage is Stage.WAITING for ring in call.rings}
    heard = [each for call in floor.calls.values() for each in call.listeners if openly and each.live and each.since]
    beside = {each.position: (State.LISTENING, each.since) for each in heard if each.since}
    practices = {whose: call for call in floor.calls.values() if call.live and (whose := practice_of(call))}
    beside |= {whose: (State.PRACTICE, call.arrived_at) for whose, call in practices.items()}
    began = [call.answered_at for call in talks.values() if call.answered_at]
    return Wall(
        waiting=len(waiting),
        longest_since=min(waiting, default=None),
        talking=len(talks),
        alone=sum(call.stage is Stage.ALONE for call in calls),
        longest_talk_since=min(began, default=None),
        seats=tuple(
            _seat(one, floor.positions.get(one), people.get(one, ""), talks, rings, beside) for one in positions
        ),
        owed=len(owed),
        oldest_owed=min(owed, default=None),
        today=today,
        alarms=tuple(alarms),
    )


def _seat(
    number: str,
    known: Position | None,
    person: str,
    talks: Mapping[str, Call],
    rings: Mapping[str, datetime],
    beside: Mapping[str, tuple[State, datetime]],
) -> Seat:
    """What matters most comes first: she speaks, her phone rings, it is gone, she is away, she paused."""
    since = known.since if known else None
    if number in talks:
        return Seat(number, State.TALKING, person, talks[number].answered_at)
    if number in beside:
        return Seat(number, beside[number][0], person, beside[number][1])
    if known is not None and known.phone in (Phone.IN_USE, Phone.ON_HOLD):
        return Seat(number, State.TALKING, person, since)
    if number in rings:
        return Seat(number, State.RINGING, person, rings[number])
    if known is None or not known.reachable:
        return Seat(number, State.UNREACHABLE if person else State.AWAY, person, since)
    if not person:
        return Seat(number, State.AWAY, person, since)
    reason = known.pause.code if known.pause else ""
    if known.paused:
        return Seat(number, State.WRAP_UP if reason == WRAP_UP else State.PAUSED, person, known.turned or since, reason)
    return Seat(number, State.READY, person, max((at for at in (since, known.turned) if at), default=None))
