"""Calls that we make: a callback, and a relay to agencies. Her phone is rung first, then the other side.

In:  a floor and one fact. Out: the next floor, the calls that changed; `due`: what must come next, as wishes.
Never: an arrival; the other side dialled twice, or before she is there.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from callcenter.core import listening
from callcenter.core.call import Call, Move, Outcome, Stage, ended, move
from callcenter.core.desk_facts import CalleeDialled, DeskCallMade
from callcenter.core.desk_wishes import DialCallee, Release
from callcenter.core.floor import Floor, Step, put
from callcenter.core.kind import Kind
from callcenter.core.seen import LegSeen


def made(floor: Floor, fact: DeskCallMade) -> Step:
    """Told twice: by us when Asterisk took the order, and by her phone's leg when she lifts."""
    known = floor.calls.get(fact.call)
    if fact.call in floor.gone or (known is not None and known.about):
        return floor, ()
    call = known or Call(fact.call, arrived_at=fact.at)
    call = replace(
        call,
        kind=Kind(fact.kind),
        number=fact.number or None,
        dialled=fact.number,
        about=fact.about,
        by=fact.by,
        position=fact.position if call.stage is Stage.ARRIVED else call.position,
        leg=call.leg or fact.leg,
        recording=recording_of(fact.call, fact.at),
    )
    return put(floor, call, fact.leg)


def recording_of(call: str, at: datetime) -> str:
    """Where the dialplan is told to keep its sound, below the recordings' folder."""
    return f"{at.astimezone(UTC):%Y/%m/%d}/{call}.wav"


def dialled(floor: Floor, fact: CalleeDialled) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or call.dialled_at is not None:
        return floor, ()
    return put(floor, replace(call, dialled_at=fact.at))


def callee_rings(call: Call, at: datetime) -> Call:
    return call if call.ringing_at or call.answered_at else replace(call, ringing_at=at)


def callee_answered(call: Call, at: datetime) -> Call:
    """The other side lifted."""
    moved = move(call, Move.ANSWERED)
    if moved is None or call.answered_at is not None:
        return call
    return replace(moved, answered_at=at, answered_by=call.position)


def she_came(call: Call, at: datetime) -> Call:
    """Her own leg is in the room: a relay begins."""
    if call.kind is not Kind.RELAY or call.stage is not Stage.ARRIVED:
        return call
    return callee_answered(call, at)


def she_left(call: Call, at: datetime, cause: int) -> Call | None:
    """Her own leg ended. None: as in any call (somebody speaks with the other side)."""
    if call.kind is Kind.ARRIVAL:
        return None
    if call.kind is Kind.RELAY or (call.stage is Stage.ARRIVED and call.dialled_at is None):
        return ended(call, at, cause) if call.live else call
    if call.stage is Stage.ARRIVED:
        return replace(call, position="", leg="")  # the other side is still rung; `due` ends that
    return None


def seen_again(call: Call, here: Mapping[str, LegSeen]) -> Call:
    """What is up of a call that we make, after a time in which nobody listened."""
    hers = here.get(call.leg)
    if hers is None:
        lost = call.live and call.stage is Stage.ARRIVED
        return replace(call, position="", leg="") if lost else call
    in_room = tuple(leg.leg for leg in here.values() if leg.room and leg.room == hers.room)
    call = replace(call, room=hers.room or call.room, in_room=in_room)
    return she_came(call, hers.since) if hers.room else call


def due(call: Call) -> tuple[DialCallee | Release, ...]:
    """What the service itself must wish now. Safe to wish again: a leg ends once, an id is dialled once."""
    found: list[DialCallee | Release] = []
    hers = call.leg in call.in_room
    if call.kind is Kind.CALLBACK:
        if call.stage is Stage.ARRIVED and call.dialled_at is None and hers:
            found.append(DialCallee(call.id))
        if call.stage is Stage.ARRIVED and call.dialled_at is not None and not call.leg:
            found.append(Release(call.id, call.id))
        if call.outcome is Outcome.NOT_REACHED and hers:
            found.append(Release(call.id, call.leg))  # busy, no answer: her phone is free again
    for helper in call.helpers:
        if not call.live and helper.live and helper.joined_at is None:
            found.append(Release(call.id, helper.leg))
        if helper.passing and helper.live and helper.leg in call.in_room and call.leg not in ("", helper.leg):
            found.append(Release(call.id, call.leg))
    return (*found, *listening.due(call))


HANDLERS: dict[type[Any], Callable[[Floor, Any], Step]] = {DeskCallMade: made, CalleeDialled: dialled}
