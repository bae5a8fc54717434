"""What facts about callers, phones and positions mean for the floor.

In:  a floor and one fact. Out: the next floor, and the calls that changed.
Never: an exception on any order, repetition or loss of facts; a second Call for the same arrival.
"""

from dataclasses import replace

from callcenter.core import refusal
from callcenter.core.call import Call, Move, Ring, Stage, move
from callcenter.core.facts import (
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallBlocked,
    CallCut,
    CallDescribed,
    CallLeftQueue,
    CallQueued,
    LegStarted,
    LineLost,
    PhoneCalled,
    PhoneUnanswered,
    RecordingStarted,
)
from callcenter.core.floor import Floor, Step, found, put
from callcenter.core.position import Apparatus, Phone, Position
from callcenter.core.seen import PositionSeen


def started(floor: Floor, fact: LegStarted) -> Step:
    if fact.leg in floor.legs or fact.leg in floor.calls or fact.leg in floor.strangers:
        return floor, ()
    return replace(floor, strangers={**floor.strangers, fact.leg: fact}), ()


def arrived(floor: Floor, fact: CallArrived) -> Step:
    if fact.call in floor.calls or fact.call in floor.gone:
        return floor, ()
    return put(floor, Call(fact.call, fact.at, fact.number, fact.name, fact.dialled, test=fact.test))


def described(floor: Floor, fact: CallDescribed) -> Step:
    call = found(floor, fact.call, fact.at)
    if call is None:
        return floor, ()
    return put(
        floor,
        replace(
            call,
            number=fact.number if fact.number_source else call.number,
            number_source=fact.number_source,
            name=fact.name or call.name,
            location=fact.location,
            recording=fact.recording,
            trunk=fact.trunk,
            sip_call_id=fact.sip_call_id,
            test=fact.test,
        ),
    )


def queued(floor: Floor, fact: CallQueued) -> Step:
    call = found(floor, fact.call, fact.at)
    moved = move(call, Move.QUEUED) if call else None
    since = fact.at
    if call is None or moved is None:
        if call is None or not call.left_queue:
            return floor, ()
        moved = call  # a round in the queue passed and our dialplan put him back at once: the same wait
        since = call.waiting_since or fact.at
    return put(
        floor,
        replace(
            moved,
            queued_at=call.queued_at or fact.at,
            waiting_since=since,
            number=call.number or fact.number,
            name=call.name or fact.name,
            position="",
            leg="",
            held=False,
            held_since=None,
            left_queue=False,
            abandoned=False,  # announced at the end of every round
            rings=(),
        ),
    )


def left_queue(floor: Floor, fact: CallLeftQueue) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or call.stage is not Stage.WAITING or call.left_queue:
        return floor, ()
    return put(floor, replace(call, left_queue=True))


def abandoned(floor: Floor, fact: CallAbandoned) -> Step:
    call = found(floor, fact.call, fact.at)
    if call is None or (call.overflowed_at and call.stage is Stage.HANDED_OVER):
        return floor, ()  # an overflow line took him out of the queue: Asterisk calls that an abandon
    queued = call.queued_at or call.arrived_at
    moved = move(call, Move.QUEUED) or call
    return put(floor, replace(moved, queued_at=queued, abandoned=True, waited_s=fact.waited_s, rings=()))


def cut(floor: Floor, fact: CallCut) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or not call.live or call.cut:
        return floor, ()
    return put(floor, replace(call, cut=True))


def blocked(floor: Floor, fact: CallBlocked) -> Step:
    call = found(floor, fact.call, fact.at)
    if call is None or not call.live or call.blocked:
        return floor, ()
    return put(floor, replace(call, blocked=True))


def phone_called(floor: Floor, fact: PhoneCalled) -> Step:
    call = found(floor, fact.call, fact.at)
    if call is None or any(ring.leg == fact.leg for ring in call.rings):
        return floor, ()
    moved = move(call, Move.QUEUED) or call
    rings = (*call.rings, Ring(fact.position, fact.leg, fact.at))
    changed = replace(moved, rings=rings, rung=call.rung + 1, rang_at=call.rang_at or fact.at)
    return put(floor, replace(changed, queued_at=call.queued_at or fact.at), fact.leg)


def phone_unanswered(floor: Floor, fact: PhoneUnanswered) -> Step:
    call = floor.calls.get(fact.call)
    rings = tuple(r for r in call.rings if _rings_on(r, fact)) if call else ()
    if call is None or rings == call.rings:
        return floor, ()
    floor = refusal.stopped(floor, next(r for r in call.rings if not _rings_on(r, fact)), fact.at)
    return put(floor, replace(call, rings=rings))


def _rings_on(ring: Ring, fact: PhoneUnanswered) -> bool:
    """Where the leg is told, the position's other phone rings on."""
    return ring.leg != fact.leg if fact.leg else ring.position != fact.position


def answered(floor: Floor, fact: CallAnswered) -> Step:
    call = found(floor, fact.call, fact.at)
    moved = move(call, Move.ANSWERED) if call else None
    if call is None or moved is None:
        return floor, ()
    first = call.answered_at is None
    changed = replace(
        moved,
        answered_at=fact.at if first else call.answered_at,
        answered_by=fact.position if first else call.answered_by,
        position=fact.position,
        leg=fact.leg,
        rings=(),
        left_queue=False,
    )
    return put(refusal.lifted(floor, fact.position), changed, fact.leg)


def recording(floor: Floor, fact: RecordingStarted) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or call.recording_since is not None:
        return floor, ()
    return put(floor, replace(call, recording_since=fact.at))


def position(floor: Floor, fact: PositionSeen) -> Step:
    known = floor.positions.get(fact.position) or Position(fact.position)
    was = known.page if fact.page else known.sip
    now = Apparatus(
        was.phone if fact.phone is None else Phone(fact.phone),
        was.paused if fact.paused is None else fact.paused,
        was.in_queue if fact.in_queue is None else fact.in_queue,
        was.pause if fact.paused is None else fact.pause,
    )
    changed = known.with_phones(*((known.sip, now) if fact.page else (now, known.page)), fact.at)
    if changed.phone is Phone.UNREACHABLE:
        changed = replace(changed, refusals=0)
    if changed == known:
        return floor, ()
    return replace(floor, positions={**floor.positions, fact.position: changed}), ()


def line_lost(floor: Floor, fact: LineLost) -> Step:
    return (floor, ()) if floor.blind_since else (replace(floor, blind_since=fact.at), ())
