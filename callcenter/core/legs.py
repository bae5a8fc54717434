"""What facts about single legs mean: ringing, lifted, held, ended.

In:  a floor and one fact that names a leg. Out: the next floor, and the calls that changed.
Never: a call found by anything but its legs' ids.
"""

from dataclasses import replace

from callcenter.core import attempt as tries
from callcenter.core import beside, by_phone, desk_call, listening, refusal
from callcenter.core.call import Move, ended, move
from callcenter.core.facts import LegAnswered, LegEnded, LegHeld, LegRinging
from callcenter.core.floor import Floor, Step, put
from callcenter.core.handover import agency_left
from callcenter.core.kind import Kind


def leg_ringing(floor: Floor, fact: LegRinging) -> Step:
    call = floor.call_of(fact.leg)
    if call is not None and call.id == fact.leg and call.kind is not Kind.ARRIVAL:
        return put(floor, desk_call.callee_rings(call, fact.at))
    helper = call.helper(fact.leg) if call else None
    if call is not None and helper is not None and helper.live and helper.ringing_at is None:
        return put(floor, call.with_helper(replace(helper, ringing_at=fact.at)))
    if call is not None and listening.listener(call, fact.leg) is not None:
        return put(floor, listening.rings(call, fact.leg, fact.at))
    known = call.attempt(fact.leg) if call else None
    if call is None or known is None or (changed := tries.ringing(known, fact.at)) is known:
        return floor, ()
    return put(floor, call.with_attempt(changed))


def leg_answered(floor: Floor, fact: LegAnswered) -> Step:
    call = floor.call_of(fact.leg)
    if call is not None and call.id == fact.leg and call.kind is not Kind.ARRIVAL:
        return put(floor, desk_call.callee_answered(call, fact.at))
    if call is None or call.id == fact.leg:
        return floor, ()
    known = call.attempt(fact.leg)
    if known is not None:
        changed = call.with_attempt(tries.answered(known, fact.at))
        first = call.agency_answered_at if known.overflow else call.agency_answered_at or fact.at
        return put(floor, by_phone.answered(floor, replace(changed, agency_answered_at=first), fact.leg))
    if any(ring.leg == fact.leg for ring in call.rings) and not call.picked_up:
        return put(floor, replace(call, picked_up=True))
    return floor, ()


def hold(floor: Floor, fact: LegHeld) -> Step:
    call = floor.call_of(fact.leg)
    if call is None or call.leg != fact.leg or call.held is fact.held:
        return floor, ()
    return put(floor, replace(call, held=fact.held))


def leg_ended(floor: Floor, fact: LegEnded) -> Step:
    call = floor.call_of(fact.leg)
    if call is None:
        if fact.leg not in floor.strangers:
            return floor, ()
        return replace(floor, strangers={k: v for k, v in floor.strangers.items() if k != fact.leg}), ()
    in_room = tuple(leg for leg in call.in_room if leg != fact.leg)
    call = beside.voice_ended(replace(call, in_room=in_room), fact.leg, fact.at)
    call = beside.helper_ended(call, fact.leg, fact.at, fact.cause)
    if fact.leg == call.id:
        return put(floor, ended(call, fact.at, fact.cause)) if call.live else (floor, ())
    known = call.attempt(fact.leg)
    if known is not None:
        call = call.with_attempt(tries.ended(known, fact.at, fact.cause))
        if fact.leg != call.leg:  # else: a colleague, whom a phone's own transfer made the call taker
            return put(floor, agency_left(call))
    if fact.leg == call.leg:
        done = desk_call.she_left(call, fact.at, fact.cause)
        if done is not None or (there := beside.taken_over(call, fact.at)) is not call:
            return put(floor, done or there)
        what = Move.LEFT_WITH_AGENCY if call.agency_in_room() else Move.LEFT_ALONE
        moved = move(call, what) or call
        return put(floor, replace(moved, position="", leg="", held=False, left_cause=fact.cause))
    if fact.cause in refusal.REFUSED:
        floor = refusal.stopped(floor, next((r for r in call.rings if r.leg == fact.leg), None), fact.at)
    return put(floor, replace(call, rings=tuple(r for r in call.rings if r.leg != fact.leg)))
