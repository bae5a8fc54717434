"""What facts about rooms and agencies' legs mean: dialled, accepted, joined, gone.

In:  a floor and one fact of a hand-over. Out: the next floor, and the calls that changed.
Never: an acceptance without a key on the agency's phone or the call taker's word.
"""

from dataclasses import replace
from datetime import datetime

from callcenter.core import attempt as tries
from callcenter.core import beside, desk_call, listening
from callcenter.core.attempt import BY_PHONE, Attempt
from callcenter.core.call import Call, Move, move
from callcenter.core.facts import (
    AttemptAccepted,
    AttemptDialled,
    AttemptQueued,
    AttemptRefused,
    ForwardAsked,
    ForwardStopped,
    ForwardTaken,
    RoomJoined,
    RoomLeft,
)
from callcenter.core.floor import Floor, Step, put
from callcenter.core.share import Mode, Share, Status, stopped, taken


def agency_left(call: Call) -> Call:
    """A call handed over whose last agency is gone stands alone."""
    return call if call.agency_in_room() else (move(call, Move.AGENCY_GONE) or call)


def room_joined(floor: Floor, fact: RoomJoined) -> Step:
    call = floor.call_of(fact.leg)
    if call is None or fact.leg in call.in_room or not (call.live or call.relay):
        return floor, ()
    call = beside.joined(replace(call, room=fact.room, in_room=(*call.in_room, fact.leg)), fact.leg, fact.at)
    if fact.leg == call.leg:
        call = desk_call.she_came(call, fact.at)
    known = call.attempt(fact.leg)
    if known is not None:
        if known.by != BY_PHONE:  # only a key or the call taker opens that door; to a phone's own transfer it is open
            call = _accept(call, known, fact.at, "key")
        call = call if call.position else (move(call, Move.AGENCY_CAME) or call)
    return put(floor, call)


def _accept(call: Call, known: Attempt, at: datetime, by: str) -> Call:
    first = call.accepted_at if known.overflow else call.accepted_at or at
    return replace(call.with_attempt(tries.accepted(known, at, by)), accepted_at=first)


def room_left(floor: Floor, fact: RoomLeft) -> Step:
    call = floor.call_of(fact.leg)
    if call is None or fact.leg not in call.in_room:
        return floor, ()
    call = replace(call, in_room=tuple(leg for leg in call.in_room if leg != fact.leg))
    call = listening.went(call, fact.leg, fact.at)
    if fact.leg == call.leg and call.relay:
        return put(floor, replace(call, position=""))
    return put(floor, agency_left(call) if call.attempt(fact.leg) else call)


def forward_asked(floor: Floor, fact: ForwardAsked) -> Step:
    call = floor.calls.get(fact.call)
    if call is None:
        return floor, ()
    known = call.forward(fact.agency, fact.turn) or Share(fact.agency, fact.turn)
    asked = replace(known, mode=Mode(fact.mode), by=fact.by, asked_at=fact.at, escalated_from=fact.escalated_from)
    return put(floor, call.with_forward(asked))


def forward_stopped(floor: Floor, fact: ForwardStopped) -> Step:
    call = floor.calls.get(fact.call)
    known = call.forward(fact.agency, fact.turn) if call else None
    if call is None or known is None:
        return floor, ()
    return put(floor, call.with_forward(stopped(known, Status(fact.status), fact.at, fact.by)))


def forward_taken(floor: Floor, fact: ForwardTaken) -> Step:
    call = floor.calls.get(fact.call)
    known = call.forward(fact.agency, fact.turn) if call else None
    if call is None or known is None or known.accepted_at is not None:
        return floor, ()
    call = call.with_forward(taken(known, fact.at))
    return put(floor, replace(call, accepted_at=call.accepted_at or fact.at))


def attempt_queued(floor: Floor, fact: AttemptQueued) -> Step:
    call = floor.calls.get(fact.call)
    if call is None:
        return floor, ()
    new = Attempt(fact.leg, fact.agency, fact.line, fact.turn)
    known = call.attempt(fact.leg) or new
    return put(floor, call.with_attempt(replace(known, number=fact.number, by=fact.by)), fact.leg)


def attempt_dialled(floor: Floor, fact: AttemptDialled) -> Step:
    call = floor.calls.get(fact.call)
    if call is None:
        return floor, ()
    known = call.attempt(fact.leg) or Attempt(fact.leg, fact.agency, fact.line, fact.turn)
    if known.dialled_at is not None:
        return floor, ()
    if known.result is tries.Result.FAILED and not known.cause:  # a second order for it was refused: it is there
        known = replace(known, result=tries.Result.DIALLING, ended_at=None)
    call = replace(call, forwarded_at=call.forwarded_at or fact.at)
    return put(floor, call.with_attempt(replace(known, dialled_at=fact.at)), fact.leg)


def attempt_accepted(floor: Floor, fact: AttemptAccepted) -> Step:
    call = floor.call_of(fact.leg)
    known = call.attempt(fact.leg) if call else None
    if call is None or known is None or known.accepted_at is not None or not known.live:
        return floor, ()
    return put(floor, _accept(call, known, fact.at, fact.by))


def attempt_refused(floor: Floor, fact: AttemptRefused) -> Step:
    call = floor.calls.get(fact.call)
    if call is None:
        return floor, ()
    known = call.attempt(fact.leg) or Attempt(fact.leg, fact.agency, fact.line, fact.turn)
    if known.dialled_at is not None:
        return floor, ()  # a leg that exists tells its own end, with the true cause
    return put(floor, call.with_attempt(tries.ended(known, fact.at, 0)), fact.leg)
