"""What facts about overflow lines mean: tried, failed, and who took the caller.

In:  a floor and one fact. Out: the next floor, and the calls that changed.
Never: a t3, t6, t7 or t8: an overflow line is no call taker and no agency, it has times of its own.
"""

from dataclasses import replace
from datetime import datetime

from callcenter.core import attempt as tries
from callcenter.core.attempt import OVERFLOW, Attempt, Result
from callcenter.core.call import Call, Move, Stage, move
from callcenter.core.facts import CallOverflowed
from callcenter.core.floor import Floor, Step, found, put
from callcenter.core.overflowing import OverflowFailed, OverflowTried

WHY = {"NOANSWER": Result.NO_ANSWER, "BUSY": Result.BUSY, "CANCEL": Result.CANCELLED}
"""Any other word of Asterisk: the line failed."""


def tried(floor: Floor, fact: OverflowTried) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or call.attempt(fact.leg) is not None:
        return floor, ()
    return put(floor, call.with_attempt(_attempt(fact, fact.at)), fact.leg)


def failed(floor: Floor, fact: OverflowFailed) -> Step:
    """Comes after the leg's own end, which does not say whether it rang out or was called off."""
    call = floor.calls.get(fact.call)
    if call is None:
        return floor, ()
    known = call.attempt(fact.leg) or _attempt(fact, fact.at)
    if known.accepted_at is not None or known.answered_at is not None:
        return floor, ()  # it was lifted: how it ended, its leg tells
    ended = replace(known, result=WHY.get(fact.why, Result.FAILED), ended_at=known.ended_at or fact.at)
    return put(floor, call.with_attempt(ended), fact.leg)


def _attempt(fact: OverflowTried | OverflowFailed, at: datetime) -> Attempt:
    return Attempt(fact.leg, "", fact.line, fact.turn, fact.name or str(fact.line), OVERFLOW, dialled_at=at)


def overflowed(floor: Floor, fact: CallOverflowed) -> Step:
    """The line's place in the room may have been told before (rooms come from another queue of Asterisk's): the move is
    made then, and what it was is told only here."""
    call = found(floor, fact.call, fact.at)
    if call is None:
        return floor, ()
    first = call.overflowed_at is None
    waited = (move(call, Move.QUEUED) or call) if call.stage is Stage.ARRIVED else call  # heard from the middle
    changed = replace(
        _accepted(move(waited, Move.AGENCY_CAME) or waited, fact),
        queued_at=call.queued_at or call.arrived_at,
        overflowed_at=fact.at if first else call.overflowed_at,
        overflowed_to=(fact.name or str(fact.line or "")) if first else call.overflowed_to,
        rings=(),
        left_queue=False,
        abandoned=False,
    )
    return put(floor, changed, *([fact.leg] if fact.leg else []))


def _accepted(call: Call, fact: CallOverflowed) -> Call:
    known = call.attempt(fact.leg)
    return call if known is None else call.with_attempt(tries.accepted(known, fact.at, "key"))
