"""Which files the sound of a call is in, and for how long each should be. Pure.

In:  a call. Out: its pieces: his own leg's recording, what was passed on after he had gone, a colleague's leg, a second
call of a telephone's own keys.
Never: a file looked at, a day guessed: where midnight may lie between an order and its leg, both days are named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from callcenter.core.call import Call
from callcenter.core.kind import Kind


class Part(StrEnum):
    """Whose recording of a call it is."""

    MAIN = "MAIN"  # the caller's leg, or the other side of a call that we made: both sides of the speech
    RELAY = "RELAY"  # what was said to agencies after the caller had hung up
    COLLEAGUE = "COLLEAGUE"  # the leg of a colleague who was asked, or of a supervisor who joined
    PHONE = "PHONE"  # a second call that she made with her own telephone's keys, to an agency


SIDES = ("in", "out")
"""Each side in a file of its own while the call runs: what came from that leg, what went to it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One recording. `places`: where it may be below the recordings' folder. `since`, `until`: the speech that must be
    in it; None: not begun, or not over."""

    part: Part
    leg: str
    places: tuple[str, ...]
    position: str = ""
    since: datetime | None = None
    until: datetime | None = None
    needed: bool = True  # False: it may be that nothing was said
    watched: bool = True  # False: nobody knows when it should end

    @property
    def key(self) -> tuple[str, str]:
        return self.part.value, self.leg


def relay_of(relative: str) -> str:
    """Where the dialplan records what was said to agencies after the caller had hung up."""
    return f"{relative.removesuffix('.wav')}-relay.wav"


def side_of(relative: str, side: str) -> str:
    """The file of one side beside the file of both."""
    return f"{relative.removesuffix('.wav')}-{side}.wav"


def pieces_of(call: Call) -> Iterator[Piece]:
    """Every recording that this call has or should have. None of a test, whose one file is written over each time."""
    spoken = call.answered_at or call.overflowed_at
    if call.test or spoken is None:
        return
    main = call.recording or file_of(call.id, call.arrived_at)  # by its rule, where nobody was there to hear it
    places = (main, file_of(call.id, spoken)) if call.kind is Kind.RELAY else (main,)  # begun as she lifts
    yield Piece(Part.MAIN, "", tuple(dict.fromkeys(places)), call.answered_by, spoken, call.ended_at)
    if call.kind is not Kind.RELAY and not call.live:
        yield Piece(Part.RELAY, "", (relay_of(main),), call.answered_by, call.ended_at, needed=False)
    for helper in call.helpers:
        if helper.joined_at is not None:
            began = helper.dialled_at or helper.joined_at
            yield Piece(
                Part.COLLEAGUE,
                helper.leg,
                tuple(dict.fromkeys(file_of(helper.leg, at) for at in (helper.joined_at, began))),
                helper.position,
                helper.joined_at,
                helper.ended_at,
            )
    for tried in call.attempts:
        if tried.recording and tried.answered_at is not None:  # it may end before the agency's leg: by a transfer
            places = (tried.recording,)
            yield Piece(Part.PHONE, tried.leg, places, call.answered_by, tried.answered_at, watched=False)


def file_of(leg: str, at: datetime) -> str:
    """Where the dialplan keeps a leg's sound: a folder for each day in UTC."""
    return f"{at.astimezone(UTC):%Y/%m/%d}/{leg}.wav"


@dataclass(frozen=True, slots=True)
class Span:
    """A time without sound in the recording."""

    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()


def offset(at: datetime, began: datetime, seconds: float, gaps: tuple[Span, ...] = ()) -> float:
    """Where that moment is in the file, in seconds from its beginning: what is missing before it does not count."""
    missing = sum((min(gap.until, at) - gap.since for gap in gaps if gap.since < at), timedelta())
    return min(max((at - began - missing).total_seconds(), 0.0), seconds)
