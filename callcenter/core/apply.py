"""The one place where a fact meets the floor.

In:  the old floor and one fact.
Out: the new floor, and the calls that are not as they were.
Never: an exception on any order, repetition or loss of facts. A fact without a line here changes nothing, on purpose.
"""

from collections.abc import Callable
from typing import Any

from callcenter.core import (
    beside,
    by_phone,
    desk_call,
    facts,
    handover,
    help,
    incoming,
    legs,
    listening,
    overflow,
    overflowing,
    reconcile,
    seen,
)
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor, Step

HANDLERS: dict[type[Any], Callable[[Floor, Any], Step]] = {
    facts.LegStarted: incoming.started,
    facts.CallArrived: incoming.arrived,
    facts.CallDescribed: incoming.described,
    facts.CallQueued: incoming.queued,
    facts.CallLeftQueue: incoming.left_queue,
    facts.CallAbandoned: incoming.abandoned,
    facts.CallCut: incoming.cut,
    facts.CallBlocked: incoming.blocked,
    facts.PhoneCalled: incoming.phone_called,
    facts.PhoneUnanswered: incoming.phone_unanswered,
    facts.CallAnswered: incoming.answered,
    facts.CallOverflowed: overflow.overflowed,
    overflowing.OverflowTried: overflow.tried,
    overflowing.OverflowFailed: overflow.failed,
    facts.LegRinging: legs.leg_ringing,
    facts.LegAnswered: legs.leg_answered,
    facts.LegHeld: legs.hold,
    facts.LegEnded: legs.leg_ended,
    facts.RoomJoined: handover.room_joined,
    facts.RoomLeft: handover.room_left,
    facts.ForwardAsked: handover.forward_asked,
    facts.ForwardStopped: handover.forward_stopped,
    facts.ForwardTaken: handover.forward_taken,
    facts.AttemptQueued: handover.attempt_queued,
    facts.AttemptDialled: handover.attempt_dialled,
    facts.AttemptAccepted: handover.attempt_accepted,
    facts.AttemptRefused: handover.attempt_refused,
    facts.RecordingStarted: incoming.recording,
    seen.PositionSeen: incoming.position,
    facts.LineLost: incoming.line_lost,
    seen.FloorSeen: reconcile.seen,
    **beside.HANDLERS,
    **desk_call.HANDLERS,
    **by_phone.HANDLERS,
    **help.HANDLERS,
    **listening.HANDLERS,
}


def apply(floor: Floor, fact: Fact) -> Step:
    """The floor after this fact, and the calls it changed (ended ones included)."""
    handler = HANDLERS.get(type(fact))
    return (floor, ()) if handler is None else handler(floor, fact)
