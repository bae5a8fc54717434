"""Facts: all that the system can hear. Frozen, each with its own moment, listed in one union at the end.

In:  values that `asterisk/inbox.py` read from one message, or that `asterisk/snapshot.py` read from Asterisk's lists.
Out: the only things that change the floor, and the rows of the journal.
Never: a decision. A fact says what happened, not what it means.

`call` is the id of the caller's leg and names the call for ever;
`leg` is one telephone's part in it. All moments are UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from callcenter.core.desk_facts import DeskFact
from callcenter.core.forwarded import AttemptAccepted as AttemptAccepted
from callcenter.core.forwarded import AttemptDialled as AttemptDialled
from callcenter.core.forwarded import AttemptQueued as AttemptQueued
from callcenter.core.forwarded import AttemptRefused as AttemptRefused
from callcenter.core.forwarded import ForwardAsked as ForwardAsked
from callcenter.core.forwarded import ForwardStopped as ForwardStopped
from callcenter.core.forwarded import ForwardTaken as ForwardTaken
from callcenter.core.overflowing import OverflowFailed as OverflowFailed
from callcenter.core.overflowing import OverflowTried as OverflowTried
from callcenter.core.seen import FloorSeen, GapClosed, PositionSeen

UNKNOWN_MOMENT = datetime.min.replace(tzinfo=UTC)
"""Stands in a fact whose message carried no moment (recordings of other systems). Shown as n/a, never as a time."""


@dataclass(frozen=True, slots=True)
class LegStarted:
    """A telephone's part in something began. Most are not calls; a queue or our own numbering tells which are."""

    leg: str
    at: datetime
    number: str | None = None
    name: str | None = None
    dialled: str = ""


@dataclass(frozen=True, slots=True)
class CallArrived:
    """Somebody dialled 112: the caller's leg began in one of our entries (t0)."""

    call: str
    at: datetime
    number: str | None = None  # None: withheld, or none was sent
    name: str | None = None  # as the network sent it; hostile
    dialled: str = "112"
    test: bool = False  # the system called itself


@dataclass(frozen=True, slots=True)
class CallDescribed:
    """What our dialplan read from the caller's INVITE, right after the arrival."""

    call: str
    at: datetime
    number: str | None = None
    number_source: str = ""  # pai, rpid, from, none
    name: str | None = None
    location: str = ""  # as asterisk/places.py writes it: shape="Circle",crs="2d",pos="-6.73 108.55",radius="50"
    recording: str = ""  # path below the recordings folder
    trunk: str = ""
    sip_call_id: str = ""
    test: bool = False


@dataclass(frozen=True, slots=True)
class CallQueued:
    """The caller entered the queue (t1); again, after he was put back: then the first moment stays."""

    call: str
    at: datetime
    number: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class CallLeftQueue:
    """The caller left the queue: follows answers, abandons and time-outs alike, so it says little alone."""

    call: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallAbandoned:
    """The caller hung up while he waited."""

    call: str
    at: datetime
    waited_s: float | None = None  # as Asterisk counted it, whole seconds


@dataclass(frozen=True, slots=True)
class CallCut:
    """Asterisk is being stopped and ends the caller's leg: nobody hung up. Comes just before the leg's end."""

    call: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallBlocked:
    """A supervisor's running block: the caller hears a message, and his call ends. Nobody answers him."""

    call: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneCalled:
    """A position's phone is being rung for this call (t2 the first time)."""

    call: str
    at: datetime
    position: str
    leg: str


@dataclass(frozen=True, slots=True)
class PhoneUnanswered:
    """That phone rang to its limit, or rejected the call."""

    call: str
    at: datetime
    position: str
    leg: str = ""  # which of its phones; not told in old journals


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """Two-way speech with a call taker can begin (t3)."""

    call: str
    at: datetime
    position: str
    leg: str


@dataclass(frozen=True, slots=True)
class CallOverflowed:
    """No position answered in time, and an overflow line took the caller. That is no t3: nobody of the room speaks."""

    call: str
    at: datetime
    leg: str  # empty: told by Asterisk's own records
    line: int  # its place in the settings, from 1
    name: str = ""  # who is there


@dataclass(frozen=True, slots=True)
class LegRinging:
    """The far phone said that it rings."""

    leg: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The far phone was picked up."""

    leg: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LegHeld:
    """The phone put the other side on hold, or took it off."""

    leg: str
    at: datetime
    held: bool = True


@dataclass(frozen=True, slots=True)
class LegEnded:
    """A telephone's part ended. ISDN causes: 16 normal, 17 busy, 19 no answer, 21 declined, 26 answered elsewhere."""

    leg: str
    at: datetime
    cause: int = 0


@dataclass(frozen=True, slots=True)
class RoomJoined:
    """A leg entered a conference room (the hand-over's place)."""

    leg: str
    at: datetime
    room: str


@dataclass(frozen=True, slots=True)
class RoomLeft:
    """A leg left a conference room."""

    leg: str
    at: datetime
    room: str


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """The caller's leg is being recorded from now on."""

    call: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LineLost:
    """The link to Asterisk is gone: from here on we are blind."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that could not be read. Kept where a person sees it; the line goes on."""

    at: datetime
    why: str
    message: Mapping[str, str] = field(default_factory=dict)


Fact = (
    LegStarted
    | CallArrived
    | CallDescribed
    | CallQueued
    | CallLeftQueue
    | CallAbandoned
    | CallCut
    | CallBlocked
    | PhoneCalled
    | PhoneUnanswered
    | CallAnswered
    | CallOverflowed
    | OverflowTried
    | OverflowFailed
    | LegRinging
    | LegAnswered
    | LegHeld
    | LegEnded
    | RoomJoined
    | RoomLeft
    | ForwardAsked
    | ForwardStopped
    | ForwardTaken
    | AttemptQueued
    | AttemptDialled
    | AttemptAccepted
    | AttemptRefused
    | RecordingStarted
    | PositionSeen
    | FloorSeen
    | GapClosed
    | DeskFact
    | LineLost
    | Unreadable
)
