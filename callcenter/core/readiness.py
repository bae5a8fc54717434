"""Whether somebody is there for calls: ready, paused with a reason, writing up the call before, or gone home.

In:  the floor, a wish, a moment. Out: None or Refused; which of a position's phones an order is for; which wrap-ups
must end now.
Never: a state of its own. Asterisk's queue holds the pause, with its reason and its moments, so it outlives our
service; who is paused rings all the same when nobody else can (waiting.conf).
"""

import re
from dataclasses import replace
from datetime import datetime

from callcenter.core.call import Call, Stage
from callcenter.core.desk_wishes import BeReady, TakePause
from callcenter.core.errors import Refused
from callcenter.core.floor import Floor
from callcenter.core.position import AWAY, Phone, Position

WRAP_UP, HANDOVER, OFF = "WRAP_UP", "HANDOVER", "OFF"
"""Reasons of our own beside the settings' ones: she writes up the call before; she hands her shift over; nobody sits
there any more."""

CODE = re.compile(r"[A-Z][A-Z0-9_]{0,20}")
NOT_QUEUED = "Position {position} is not in Asterisk's queue, so its phone rings as it did. Look at Asterisk."
NO_REASON = "Choose one of the reasons for a pause."
IN_A_CALL = "Position {position} is in a call. End it first."

SPEAKS = (Phone.IN_USE, Phone.ON_HOLD)


def allow(floor: Floor, wish: TakePause | BeReady) -> Refused | None:
    """None when it can be asked of Asterisk. A pause during a call holds after it."""
    if isinstance(wish, TakePause) and not CODE.fullmatch(wish.reason):
        return Refused(NO_REASON)
    seat = floor.positions.get(wish.position)
    if seat is None or not (seat.sip.in_queue or seat.page.in_queue):
        return Refused(NOT_QUEUED, position=wish.position[:20])
    if isinstance(wish, TakePause) and wish.reason in (HANDOVER, OFF) and floor.at_position(wish.position) is not None:
        return Refused(IN_A_CALL, position=wish.position[:20])
    return None


def aimed(floor: Floor, wish: TakePause | BeReady) -> TakePause | BeReady:
    """The wish with the phones that it is for. Ready while she speaks: not the phone that rests meanwhile, Asterisk
    wakes that one after the call."""
    seat = floor.positions.get(wish.position, Position(wish.position))
    both = (("sip", seat.sip), ("page", seat.page))
    here = [(name, each) for name, each in both if each.in_queue]
    if isinstance(wish, BeReady) and any(each.phone in SPEAKS for _, each in here):
        here = [(name, each) for name, each in here if each.phone in (*SPEAKS, *AWAY)]
    return replace(wish, phones=tuple(name for name, _ in here))


def wraps_up(seat: Position | None) -> bool:
    """She writes up the call before."""
    return seat is not None and seat.pause is not None and seat.pause.code == WRAP_UP


def lacking(floor: Floor) -> int:
    """How many callers wait for whom no phone is free: so many pauses that are no one's wish must end."""
    waiting = sum(not call.test for call in floor.waiting())
    return max(0, waiting - sum(_free(floor, seat) for seat in floor.positions.values())) if waiting else 0


def _free(floor: Floor, seat: Position) -> bool:
    idle = seat.phone in (Phone.IDLE, Phone.RINGING)
    return idle and not seat.paused and floor.at_position(seat.number) is None


def over(floor: Floor, now: datetime) -> list[Position]:
    """Wrap-ups that end now: their time is up, or somebody waits and nobody else is free, the oldest first."""
    wrapping = [seat for seat in floor.positions.values() if wraps_up(seat)]
    wrapping.sort(key=lambda seat: seat.turned or now)
    needed = lacking(floor)
    found = []
    for seat in wrapping:
        until = seat.pause.until if seat.pause else None
        if until is None or until <= now:
            found.append(seat)
        elif needed and seat.reachable:
            found.append(seat)
            needed -= 1
    return found


def next_end(floor: Floor) -> datetime | None:
    """When the next wrap-up's time is up."""
    ends = [seat.pause.until for seat in floor.positions.values() if wraps_up(seat) and seat.pause and seat.pause.until]
    return min(ends, default=None)


def spoken(floor: Floor) -> dict[str, Call]:
    """Position -> the call in which it speaks with somebody."""
    return {
        call.position: call
        for call in floor.calls.values()
        if call.position and call.answered_at and (call.stage is Stage.TALKING or call.relay)
    }


def writes_after(floor: Floor, position: str, call: Call) -> bool:
    """That call is over for her: whether a wrap-up begins. Not where somebody waits for whom nobody else is free, and
    not over a pause that she chose herself."""
    seat = floor.positions.get(position)
    if seat is None or not seat.reachable or call.test or floor.at_position(position) is not None:
        return False  # her phone died: it must ring as soon as it is back
    return (not seat.paused or wraps_up(seat)) and not lacking(floor)
