"""What facts about a supervisor's leg mean, what she may wish, and what is due by itself.

In:  a floor and one fact or wish. Out: the next floor and the calls that changed; None or Refused.
Never: a listener counted as a party. Only the room tells that she is in the conversation; there she is a colleague like
any other, so the call is hers when the call taker goes, for whatever reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from callcenter.core.call import Call, Stage
from callcenter.core.desk_facts import ListenerAsked, ListenerCalled, ListenerTurned
from callcenter.core.desk_wishes import Release
from callcenter.core.errors import Refused
from callcenter.core.floor import Floor, Step, put
from callcenter.core.helper import Helper
from callcenter.core.kind import Kind
from callcenter.core.listen_wishes import ListenWish, StopListening
from callcenter.core.listener import Listener, Mode
from callcenter.core.position import Phone
from callcenter.core.seen import RINGING, LegSeen

ENDED = "This call has ended."
NOBODY_SPEAKS = "Nobody of the room is speaking with this caller now."
YOURS = "This is your own call."
NOT_THERE = "You are not listening to this call."
LIFT = "Pick up your phone first: it rings."
ALREADY = "That is so already."
ELSEWHERE = "You are listening to another call. End that first."
NO_PHONE = "The phone of position {position} is not signed in."
BUSY = "The phone of position {position} is busy. End that call first."
CALLER_GONE = "The caller has hung up: there is no call to take over."


def listener(call: Call, leg: str) -> Listener | None:
    """The supervisor whose leg this is, or None."""
    return next((each for each in call.listeners if each.leg == leg), None)


def at(call: Call, position: str) -> Listener | None:
    """Who listens from that position now, or None."""
    return next((each for each in call.listeners if each.position == position and each.live), None)


def elsewhere(floor: Floor, position: str) -> Call | None:
    """The call that this position listens to, or None."""
    return next((call for call in floor.calls.values() if at(call, position)), None)


def leg_of(call: Call, position: str) -> str:
    """The id of the leg of that supervisor's phone, also before it is rung. The same floor gives the same id: Asterisk
    takes it once."""
    mine = at(call, position)
    if mine is not None:
        return mine.leg
    turn = 1 + sum(each.position == position for each in call.listeners)
    return f"ear-{position}-{turn}-{call.id}"


def _with(call: Call, changed: Listener) -> Call:
    if listener(call, changed.leg) is None:
        return replace(call, listeners=(*call.listeners, changed))
    return replace(call, listeners=tuple(changed if each.leg == changed.leg else each for each in call.listeners))


def _there(floor: Floor, call: str) -> Call | None:
    known = floor.calls.get(call)
    return known if known is not None and (known.live or known.relay) else None


def asked(floor: Floor, fact: ListenerAsked) -> Step:
    call = _there(floor, fact.call)
    if call is None:
        return floor, ()
    known = listener(call, fact.leg) or Listener(fact.position, fact.leg)
    call = _with(call, replace(known, by=fact.by, wanted=Mode(fact.mode)))
    here = call.helper(fact.leg)
    if here is not None:  # she was in the room before this was told
        call = call.with_helper(replace(here, passing=fact.mode == Mode.TAKE))
    return put(floor, call, fact.leg)


def called(floor: Floor, fact: ListenerCalled) -> Step:
    call = _there(floor, fact.call)
    known = listener(call, fact.leg) if call else None
    if call is None or (known is not None and known.dialled_at is not None):
        return floor, ()
    known = known or Listener(fact.position, fact.leg)
    return put(floor, _with(call, replace(known, dialled_at=fact.at)), fact.leg)


def turned(floor: Floor, fact: ListenerTurned) -> Step:
    call = _there(floor, fact.call)
    if call is None or fact.leg == call.leg:
        return floor, ()
    known = listener(call, fact.leg) or Listener(fact.position, fact.leg)
    if not known.live:
        return floor, ()
    mode = Mode(fact.mode)
    call = _with(call, replace(known, mode=mode, since=fact.at, by=known.by or fact.by))
    return put(floor, call if mode is Mode.JOIN else _no_party(call, fact.leg, fact.at), fact.leg)


def rings(call: Call, leg: str, moment: datetime) -> Call:
    """Her phone says that it rings."""
    known = listener(call, leg)
    if known is None or not known.live or known.ringing_at is not None:
        return call
    return _with(call, replace(known, ringing_at=moment))


def came(call: Call, leg: str, moment: datetime) -> Call:
    """She entered the room: from now on she is a colleague in it. Whether the call is hers, `beside.joined` says."""
    known = listener(call, leg)
    if known is None or not known.live or leg == call.leg:
        return call
    call = _with(call, replace(known, mode=Mode.JOIN, since=known.since if known.mode is Mode.JOIN else moment))
    dialled = known.dialled_at or moment
    return call.with_helper(Helper(known.position, leg, known.by, known.wanted is Mode.TAKE, dialled))


def went(call: Call, leg: str, moment: datetime) -> Call:
    """She left the room: what she does now, she or her leg's end will tell."""
    return call if leg == call.leg or listener(call, leg) is None else _no_party(call, leg, moment)


def _no_party(call: Call, leg: str, moment: datetime) -> Call:
    here = call.helper(leg)
    if here is None or not here.live or leg == call.leg:
        return call
    return call.with_helper(replace(here, ended_at=moment, passing=False))


def took(call: Call, leg: str, moment: datetime) -> Call:
    """The call became hers."""
    known = listener(call, leg)
    return call if known is None or not known.live else _with(call, replace(known, took_at=moment))


def over(call: Call, leg: str, moment: datetime, cause: int) -> Call:
    """Her leg ended."""
    known = listener(call, leg)
    if known is None or known.ended_at is not None:
        return call
    return _with(call, replace(known, ended_at=moment, cause=cause))


def seen_again(call: Call, here: Mapping[str, LegSeen], gone_at: datetime) -> Call:
    """Who listens now, after a time in which nobody heard Asterisk."""
    for known in call.listeners:
        if known.leg not in here:
            call = over(call, known.leg, gone_at, 0)
    for leg in here.values():
        if not leg.ear or leg.call != call.id or leg.leg == call.leg:
            continue
        known = listener(call, leg.leg) or Listener(leg.position, leg.leg, dialled_at=leg.since)
        mode = known.mode if leg.ear == RINGING else Mode(leg.ear)
        since = known.since if mode is known.mode else leg.since
        call = _with(call, replace(known, mode=mode, since=since))
        there = call.helper(leg.leg)
        if not leg.room:
            call = _no_party(call, leg.leg, gone_at)
        elif there is None or there.joined_at is None or not there.live:
            taking = known.wanted is Mode.TAKE
            call = call.with_helper(Helper(leg.position, leg.leg, known.by, taking, leg.since, joined_at=leg.since))
    return call


def due(call: Call) -> tuple[Release, ...]:
    """Phones that have nothing more to hear."""
    gone = not (call.live or call.relay)
    return tuple(
        Release(call.id, each.leg)
        for each in call.listeners
        if each.live and (gone or (not call.leg and each.leg not in call.in_room))
    )


def allow(floor: Floor, wish: ListenWish) -> Refused | None:
    """None when the wish fits what is going on now; otherwise why not."""
    call = _there(floor, wish.call)
    if call is None:
        return Refused(ENDED)
    mine = at(call, wish.position)
    if isinstance(wish, StopListening):
        return None if mine is not None else Refused(NOT_THERE)
    if call.position == wish.position:
        return Refused(YOURS)
    if not call.leg or not (call.stage is Stage.TALKING or call.relay):
        return Refused(NOBODY_SPEAKS)
    if wish.mode is Mode.TAKE and (call.relay or call.kind is Kind.RELAY):
        return Refused(CALLER_GONE)
    if mine is not None:
        if mine.mode is None:
            return Refused(LIFT)
        return Refused(ALREADY) if mine.mode is wish.mode else None
    return _phone(floor, wish.position)


def _phone(floor: Floor, position: str) -> Refused | None:
    if elsewhere(floor, position) is not None:
        return Refused(ELSEWHERE)
    seat = floor.positions.get(position)
    if seat is None or not seat.reachable:
        return Refused(NO_PHONE, position=position[:20])
    helps = any(h.position == position and h.live for c in floor.calls.values() for h in c.helpers)
    if seat.phone is not Phone.IDLE or floor.at_position(position) is not None or helps:
        return Refused(BUSY, position=position[:20])
    return None


HANDLERS: dict[type[Any], Callable[[Floor, Any], Step]] = {
    ListenerAsked: asked,
    ListenerCalled: called,
    ListenerTurned: turned,
}
