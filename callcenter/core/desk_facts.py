"""Facts of what a call taker does with her call: hold, colleagues, questions to a silent caller, calls that we make.

In:  values that `asterisk/inbox.py` and `asterisk/own.py` read from one message. Out: part of the union in `facts.py`.
Never: a decision. A fact says what happened, not what it means. All moments are UTC.
"""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.agency import OverflowLine


@dataclass(frozen=True, slots=True)
class CallHeld:
    """The caller hears that he must wait; she can speak with others meanwhile. He comes back with RoomJoined."""

    call: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ColleagueAsked:
    """Asterisk took our order to ring a colleague's phone. Says who wished it, and whether the call is to be passed."""

    call: str
    at: datetime
    leg: str
    position: str
    by: str
    passing: bool = False
    help: int = 0  # she called for help: which of those in the list, from 1
    name: str = ""


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """She called for help, and the first of these is being rung."""

    call: str
    at: datetime
    by: str
    lines: tuple[OverflowLine, ...]


@dataclass(frozen=True, slots=True)
class HelpStopped:
    """She stopped calling for help."""

    call: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class DeskPhoneCalled:
    """A position's phone is being rung by our order. The leg's id was made by us: whose phone, for which call."""

    call: str
    at: datetime
    leg: str
    position: str


@dataclass(frozen=True, slots=True)
class LegRefused:
    """Asterisk could not even begin to ring that phone: no leg ever existed that could tell it."""

    leg: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeskCallMade:
    """A call that we make: her own phone is rung first. It hangs on the ticket of the call that it is about."""

    call: str
    at: datetime
    kind: str  # a `kind.Kind`, not ARRIVAL
    position: str
    leg: str  # her phone's
    number: str = ""  # empty: a relay, in which agencies are called and nobody else
    about: str = ""  # id of the earlier call
    by: str = ""


@dataclass(frozen=True, slots=True)
class CalleeDialled:
    """The other side of a call that we make is being dialled."""

    call: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """Somebody pressed a key on his telephone."""

    leg: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class SilentStep:
    """Where the questions to a silent caller are: a `silent.Step` code."""

    call: str
    at: datetime
    step: str
    leg: str = ""  # the voice's


@dataclass(frozen=True, slots=True)
class PhoneDialled:
    """Somebody's own phone brings this leg in: a second call of a position, or a caller whom a phone passed on."""

    leg: str
    at: datetime
    to: str  # what was dialled: *1 and an agency's short code, or a position
    line: int = 1  # of the agency's
    call: str = ""  # the caller who was passed on
    position: str = ""  # who dialled a second call
    recording: str = ""  # of that second call: a file of its own


@dataclass(frozen=True, slots=True)
class CallTransferred:
    """Somebody moved the caller with the keys of his own phone."""

    call: str
    at: datetime
    leg: str  # who transferred
    to: str
    attended: bool = False
    far: str = ""  # attended: the leg that the caller speaks with now; or he and `call` are the other way round


@dataclass(frozen=True, slots=True)
class ListenerAsked:
    """Asterisk took a supervisor's order about a call: who wished what. `mode` is a `listener.Mode` code."""

    call: str
    at: datetime
    leg: str  # her phone's
    position: str
    by: str
    mode: str


@dataclass(frozen=True, slots=True)
class ListenerCalled:
    """A supervisor's phone is being rung, so that she hears a call. The leg's id was made by us."""

    call: str
    at: datetime
    leg: str
    position: str


@dataclass(frozen=True, slots=True)
class ListenerTurned:
    """From now on she listens, whispers, or is on her way into the room: a `listener.Mode` code, as Asterisk tells."""

    call: str
    at: datetime
    leg: str
    position: str
    mode: str
    by: str = ""


DeskFact = (
    CallHeld
    | ColleagueAsked
    | HelpAsked
    | HelpStopped
    | DeskPhoneCalled
    | LegRefused
    | DeskCallMade
    | CalleeDialled
    | KeyPressed
    | SilentStep
    | PhoneDialled
    | CallTransferred
    | ListenerAsked
    | ListenerCalled
    | ListenerTurned
)
