"""What Asterisk says when it is asked: positions, legs, and all of them together in one snapshot.

In:  values that `asterisk/snapshot.py` read from Asterisk's lists. Out: facts like all others, in `facts.Fact`.
Never: an assumption about what was not asked or not answered.
"""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.attempt import Attempt
from callcenter.core.position import Pause

RINGING = "RINGING"
"""A supervisor's phone that was not lifted yet, in `LegSeen.ear`."""


@dataclass(frozen=True, slots=True)
class PositionSeen:
    """What Asterisk says of a position's phone. `phone` is a `position.Phone` code; None: not said this time."""

    position: str
    at: datetime
    phone: str | None = None
    paused: bool | None = None
    in_queue: bool | None = None
    page: bool = False  # said of its phone in the page, not of its SIP phone
    pause: Pause | None = None  # said beside `paused`


@dataclass(frozen=True, slots=True)
class LegSeen:
    """One leg in a snapshot."""

    leg: str
    since: datetime
    call: str  # the caller's leg that it belongs to, as far as Asterisk tells; its own id otherwise
    number: str | None = None
    name: str | None = None
    dialled: str = ""
    entry: bool = False  # began in one of our 112 entries
    room: str = ""
    position: str = ""  # whose phone it is
    talking: bool = False  # in a bridge with somebody
    waiting_since: datetime | None = None  # in the queue
    held: bool = False  # waits by the call taker's order
    desk: bool = False  # a position's phone that was rung by our order
    ear: str = ""  # of a supervisor's leg: a `listener.Mode` code, or RINGING
    agency: str = ""  # whose leg it is, with its line and turn: an attempt of ours
    line: int = 0
    turn: int = 0


@dataclass(frozen=True, slots=True)
class CallRecalled:
    """What Asterisk's own records say of a call, from its beginning. None, 0 and "": the records are silent."""

    call: str
    arrived_at: datetime
    number: str | None = None
    dialled: str = "112"
    queued_at: datetime | None = None
    answered_at: datetime | None = None
    position: str = ""  # that answered first
    overflowed_at: datetime | None = None
    overflowed_to: str = ""
    test: bool = False
    ended_at: datetime | None = None  # None: it goes on, or Asterisk died before it could write the end
    cause: int = 0
    outcome: str = ""  # a `call.Outcome` code, once it has ended
    disconnected_early: bool = False
    rang_at: datetime | None = None
    rung: int = 0
    name: str | None = None
    trunk: str = ""
    recording: str = ""
    number_source: str = ""  # this and the next two: empty where the INVITE's words are not in the records
    location: str = ""
    sip_call_id: str = ""
    blocked: bool = False
    left_cause: int = 0  # why the last call taker's leg ended
    attempts: tuple[Attempt, ...] = ()
    dialled_at: datetime | None = None  # of a call that we make


@dataclass(frozen=True, slots=True)
class FloorSeen:
    """All that Asterisk has up right now: taken after every login, before any newer fact is applied."""

    at: datetime
    boot: str  # names this life of Asterisk; another one: all earlier legs are gone
    legs: tuple[LegSeen, ...] = ()
    positions: tuple[PositionSeen, ...] = ()
    recalled: tuple[CallRecalled, ...] = ()
    over: tuple[str, ...] = ()  # calls that the records know and that are committed: later words are not news
    booted_at: datetime | None = None  # when this life began: no call that is older can be up
    timeline: bool = False  # `recalled` comes from Asterisk's timeline: no leg of these calls is missing in it
    heard_until: datetime | None = None  # until when a former life of this service heard Asterisk, as it noted there


@dataclass(frozen=True, slots=True)
class GapClosed:
    """A time in which nobody listened is over: the proof of what was found again. Kept in the journal for the pages."""

    at: datetime  # its end
    since: datetime
    found: int
    unknown: int
    cut: int = 0
