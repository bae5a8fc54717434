"""The floor: all calls and all positions at one moment. Replaced, never edited.

In:  an old floor and a changed call.
Out: a new floor, and the calls that changed (the journal writes those rows).
Never: a rule. What a fact means is in `incoming.py`, `legs.py`, `handover.py` and `reconcile.py`; `apply.py` ties
them together.

`gone` remembers the ids of the last ended calls, because AgentComplete and its like come late, twice, or early.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from callcenter.core.call import Call, Stage, settled
from callcenter.core.facts import LegStarted
from callcenter.core.kind import kind_of
from callcenter.core.position import Position

REMEMBERED = 512
"""How many ended calls are remembered, so that a late message does not bring one back."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody listened, and what was found again afterwards."""

    since: datetime
    until: datetime
    found: int  # calls that came or went meanwhile, completed from Asterisk's own records
    unknown: int  # calls whose end no record knows
    cut: int = 0  # calls that ended because Asterisk did: they are owed a callback


@dataclass(frozen=True, slots=True)
class Floor:
    """Everything that is going on. Old copies are harmless."""

    calls: Mapping[str, Call] = field(default_factory=dict)
    legs: Mapping[str, str] = field(default_factory=dict)  # leg -> its call
    strangers: Mapping[str, LegStarted] = field(default_factory=dict)  # legs that belong to no call (yet)
    positions: Mapping[str, Position] = field(default_factory=dict)
    gone: Mapping[str, None] = field(default_factory=dict)
    boot: str = ""
    blind_since: datetime | None = None
    gaps: tuple[Gap, ...] = ()

    def call_of(self, leg: str) -> Call | None:
        """The call that this leg belongs to, or None."""
        return self.calls.get(self.legs.get(leg, leg))

    def at_position(self, position: str) -> Call | None:
        """The call that this position is speaking in, or None."""
        return next((c for c in self.calls.values() if c.position == position), None)

    def waiting(self) -> list[Call]:
        """Callers in the queue, the longest wait first."""
        calls = [c for c in self.calls.values() if c.stage is Stage.WAITING]
        return sorted(calls, key=lambda c: c.queued_at or c.arrived_at)


Step = tuple[Floor, tuple[Call, ...]]
"""A new floor, and the calls that are not as they were (ended ones included)."""


def put(floor: Floor, call: Call, *legs: str) -> Step:
    """The floor with this call in place of its older self; a call that is done leaves the floor."""
    if call.done:
        return drop(floor, settled(call))
    known = floor.legs
    if floor.calls.get(call.id) == call and all(leg in known for leg in legs):
        return floor, ()  # the same fact again
    if any(leg not in known for leg in legs):
        known = {**known, **dict.fromkeys(legs, call.id)}
    strangers = floor.strangers
    if call.id in strangers or any(leg in strangers for leg in legs):
        strangers = {leg: seen for leg, seen in strangers.items() if leg != call.id and leg not in legs}
    return replace(floor, calls={**floor.calls, call.id: call}, legs=known, strangers=strangers), (call,)


def drop(floor: Floor, call: Call) -> Step:
    """The floor without this call; its id is remembered for a while."""
    gone = {**floor.gone, call.id: None}
    if len(gone) > REMEMBERED:
        del gone[next(iter(gone))]
    calls = {i: c for i, c in floor.calls.items() if i != call.id}
    legs = {leg: owner for leg, owner in floor.legs.items() if owner != call.id}
    strangers = {leg: seen for leg, seen in floor.strangers.items() if leg != call.id}
    return replace(floor, calls=calls, legs=legs, gone=gone, strangers=strangers), (call,)


def found(floor: Floor, call: str, at: datetime) -> Call | None:
    """The call of that id; a new one when this is its first fact; None when it has ended and gone."""
    known = floor.calls.get(call)
    if known is not None or call in floor.gone:
        return known if known is not None and known.live else None
    seen = floor.strangers.get(call)
    if seen is None:
        return Call(call, arrived_at=at, kind=kind_of(call))
    return Call(call, arrived_at=seen.at, number=seen.number, name=seen.name, dialled=seen.dialled, kind=kind_of(call))
