"""What it means that somebody uses the keys of her own telephone: a second call to an agency, a transfer.

In:  a floor and one fact. Out: the next floor, and the calls that changed.
Never: an acceptance: nobody pressed 1, and nobody gave a name. Such attempts have no forward, so no chain touches them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from callcenter.core import attempt as tries
from callcenter.core.attempt import BY_PHONE, Attempt, Result
from callcenter.core.call import Call, Move, Stage, move
from callcenter.core.desk_facts import CallTransferred, PhoneDialled
from callcenter.core.floor import Floor, Step, put

THIN = "transfer-"
"""How the attempt is named that stands for a transfer as long as no leg is known for it."""


def dialled(floor: Floor, fact: PhoneDialled) -> Step:
    """Her phone, or a caller whom it passed on, dials: the call that she speaks in has one more attempt."""
    call = floor.calls.get(fact.call) or (floor.at_position(fact.position) if fact.position else None)
    if call is None or call.attempt(fact.leg) is not None:
        return floor, ()
    same = [a for a in call.attempts if a.by == BY_PHONE and a.number == fact.to and a.line == fact.line]
    turn = 1 + sum(not a.leg.startswith(THIN) for a in same)
    new = Attempt(fact.leg, "", fact.line, turn, fact.to, BY_PHONE, dialled_at=fact.at, recording=fact.recording)
    thin = tuple(a for a in call.attempts if not (a.leg.startswith(THIN) and a.number == fact.to))
    call = replace(call, attempts=thin)
    outside = fact.to not in floor.positions
    changed = replace(call.with_attempt(new), forwarded_at=call.forwarded_at or (fact.at if outside else None))
    return put(floor, changed, fact.leg)


def answered(floor: Floor, call: Call, leg: str) -> Call:
    """That leg was lifted. Where she has gone already, it has the caller now."""
    known = call.attempt(leg)
    if known is None or known.by != BY_PHONE or call.leg or not call.live:
        return call
    return _meets(floor, call, known)


def _meets(floor: Floor, call: Call, there: Attempt) -> Call:
    """He speaks with a colleague, who is the call taker now, or with somebody outside."""
    call = replace(call, in_room=tuple(dict.fromkeys((*call.in_room, there.leg))))
    if there.number not in floor.positions:
        return call if call.position else (move(call, Move.AGENCY_CAME) or call)
    moved = call if call.stage is Stage.TALKING else move(call, Move.ANSWERED) or call
    return replace(moved, position=there.number, leg=there.leg, held=False)


def transferred(floor: Floor, fact: CallTransferred) -> Step:
    call = floor.calls.get(fact.call)
    there = None if call else _brought_to(floor, fact.far)
    if there is not None:  # told from the other side: the agency was brought to the caller
        call, fact = there, replace(fact, call=there.id, far=fact.call, to="")
    if call is None:
        return floor, ()
    if fact.far:
        return _attended(floor, call, fact)
    named = any(a.by == BY_PHONE and a.number == fact.to and not a.leg.startswith(THIN) for a in call.attempts)
    return (floor, ()) if named else _told(floor, call, fact)  # the leg itself tells it, with its times


def _brought_to(floor: Floor, leg: str) -> Call | None:
    """The call whose caller that leg is, or whose room the call taker's leg stands for."""
    call = floor.call_of(leg)
    return call if call is not None and (call.id == leg or (call.room and call.attempt(leg) is None)) else None


def _attended(floor: Floor, call: Call, fact: CallTransferred) -> Step:
    """She introduced him and left: he speaks with that leg now."""
    known = call.attempt(fact.far)
    if known is None:
        known = Attempt(fact.far, "", 1, 1, fact.to, BY_PHONE, Result.ANSWERED, answered_at=fact.at)
    return put(floor, _meets(floor, call.with_attempt(known), known), fact.far)


def _told(floor: Floor, call: Call, fact: CallTransferred) -> Step:
    """A transfer of which nothing else is known, yet: it gives way to the leg that is dialled for it."""
    leg = f"{THIN}{fact.leg or fact.at.isoformat()}-{fact.call}"  # a leg passes a caller on once, then it is gone
    if call.attempt(leg) is not None:
        return floor, ()
    result = tries.Result.ACCEPTED if fact.attended else tries.Result.DIALLING
    by_phone = Attempt(leg, "", 1, 1, fact.to, BY_PHONE, result, dialled_at=fact.at, ended_at=fact.at)
    outside = fact.to not in floor.positions
    changed = replace(call.with_attempt(by_phone), forwarded_at=call.forwarded_at or (fact.at if outside else None))
    return put(floor, changed)


HANDLERS: dict[type[Any], Callable[[Floor, Any], Step]] = {PhoneDialled: dialled, CallTransferred: transferred}
