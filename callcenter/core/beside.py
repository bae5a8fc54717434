"""What facts about hold, colleagues, a silent caller's keys and questions mean.

In:  a floor and one fact. Out: the next floor, and the calls that changed.
Never: a colleague in the call taker's place while she is there; a caller on hold who is in the room.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from callcenter.core import listening, silent
from callcenter.core.call import Call, Stage, ended
from callcenter.core.desk_facts import (
    CallHeld,
    ColleagueAsked,
    DeskPhoneCalled,
    KeyPressed,
    LegRefused,
    SilentStep,
)
from callcenter.core.floor import Floor, Step, put
from callcenter.core.helper import Helper
from callcenter.core.kind import Kind


def held(floor: Floor, fact: CallHeld) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or not call.live or call.held_since is not None:
        return floor, ()
    in_room = tuple(leg for leg in call.in_room if leg != call.id)  # that he left the room may be told later
    return put(floor, replace(call, held_since=fact.at, in_room=in_room))


def joined(call: Call, leg: str, at: datetime) -> Call:
    """That leg entered the room: a caller on hold is back, a colleague is there."""
    if leg == call.id:
        return replace(call, held_since=None)
    call = listening.came(call, leg, at)
    known = call.helper(leg)
    if known is None or known.joined_at is not None:
        return call
    call = call.with_helper(replace(known, joined_at=at))
    return call if call.position or call.stage is not Stage.ALONE else taken_over(call, at)


def taken_over(call: Call, at: datetime) -> Call:
    """The call taker is gone: the colleague who is there has the call. The same call where nobody is."""
    there = call.helper_here()
    if there is None or call.stage not in (Stage.TALKING, Stage.ALONE):
        return call
    mine = replace(call, stage=Stage.TALKING, position=there.position, leg=there.leg, held=False)
    return listening.took(mine, there.leg, at)


def helper_ended(call: Call, leg: str, at: datetime, cause: int) -> Call:
    """A colleague's leg, or a supervisor's, ended."""
    call = listening.over(call, leg, at, cause)
    known = call.helper(leg)
    if known is None or not known.live:
        return call
    return call.with_helper(replace(known, ended_at=at, cause=cause))


def asked(floor: Floor, fact: ColleagueAsked) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or not call.live:
        return floor, ()
    known = call.helper(fact.leg) or Helper(fact.position, fact.leg)
    return put(floor, call.with_helper(replace(known, by=fact.by, passing=fact.passing, **_help(call, fact))), fact.leg)


def _help(call: Call, fact: ColleagueAsked) -> dict[str, Any]:
    if not fact.help or call.help is None:
        return {}
    return {"help": fact.help, "help_turn": call.help.turn, "name": fact.name}


def phone_called(floor: Floor, fact: DeskPhoneCalled) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or not call.live:
        return floor, ()
    if call.kind is not Kind.ARRIVAL and call.leg == fact.leg:
        return put(floor, replace(call, rang_at=call.rang_at or fact.at), fact.leg)
    known = call.helper(fact.leg) or Helper(fact.position, fact.leg)
    if known.dialled_at is not None:
        return floor, ()
    return put(floor, call.with_helper(replace(known, dialled_at=fact.at)), fact.leg)


def refused(floor: Floor, fact: LegRefused) -> Step:
    """A leg that existed tells its own end, with the true cause."""
    call = floor.call_of(fact.leg)
    if call is None or not call.live:
        return floor, ()
    if call.kind is not Kind.ARRIVAL and fact.leg == call.leg and call.rang_at is None:
        return put(floor, ended(call, fact.at, 0))
    if call.kind is not Kind.ARRIVAL and fact.leg == call.id and call.dialled_at is None:
        return put(floor, ended(replace(call, dialled_at=fact.at), fact.at, 0))
    known = call.helper(fact.leg) or listening.listener(call, fact.leg)
    if known is None or known.dialled_at is not None:
        return floor, ()
    return put(floor, helper_ended(call, fact.leg, fact.at, 0))


def key(floor: Floor, fact: KeyPressed) -> Step:
    call = floor.calls.get(fact.leg)
    if call is None or not call.live:
        return floor, ()
    return put(floor, replace(call, keys=silent.keys_with(call.keys, fact.key, fact.at)))


def silent_step(floor: Floor, fact: SilentStep) -> Step:
    call = floor.calls.get(fact.call)
    if call is None or not call.live:
        return floor, ()
    step, known = silent.Step(fact.step), call.silent
    if known is None or known.leg != fact.leg:
        turn = known.turn + 1 if known else 1
        known = silent.Silent(fact.leg, step, fact.at, fact.at, turn, done=bool(known and known.done))
    done = known.done or step is silent.Step.DONE
    return put(floor, replace(call, silent=replace(known, step=step, since=fact.at, done=done)), fact.leg)


def voice_ended(call: Call, leg: str, at: datetime) -> Call:
    """The voice left: before its end, it was stopped."""
    if call.silent is None or call.silent.leg != leg or not call.silent.running:
        return call
    return replace(call, silent=replace(call.silent, step=silent.Step.STOPPED, since=at))


HANDLERS: dict[type[Any], Callable[[Floor, Any], Step]] = {
    CallHeld: held,
    ColleagueAsked: asked,
    DeskPhoneCalled: phone_called,
    LegRefused: refused,
    KeyPressed: key,
    SilentStep: silent_step,
}
