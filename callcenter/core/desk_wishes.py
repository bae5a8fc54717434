"""Wishes about one's own call, and about calls that we make.

In:  a form, or `desk_call.due`. Out: something `control.allow` accepts or refuses; part of the union in `wishes.py`.
Never: a change. The screen moves when Asterisk says that it happened.
"""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.agency import OverflowLine


@dataclass(frozen=True, slots=True)
class Hold:
    """Let the caller wait; he hears so."""

    call: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class Unhold:
    """Speak with him again."""

    call: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class Consult:
    """Ring a colleague's phone and bring her into the conversation. `passing`: I leave when she is there."""

    call: str
    colleague: str
    position: str
    by: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Stop ringing that colleague, or let her go."""

    call: str
    leg: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class BackToQueue:
    """The caller becomes the first in line again, and I am free."""

    call: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class AskSilent:
    """A voice asks a silent caller twice, and listens."""

    call: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class SendKeys:
    """Press these keys for everybody in the conversation: an agency's menu hears them."""

    call: str
    keys: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class CallBack:
    """Ring my phone, then this number. Hangs on the ticket of the call `about`."""

    number: str
    about: str
    position: str
    by: str
    call: str = ""  # it makes one


@dataclass(frozen=True, slots=True)
class Relay:
    """Ring my phone for a conversation with agencies about the call `about`, whose caller is gone."""

    about: str
    position: str
    by: str
    call: str = ""


@dataclass(frozen=True, slots=True)
class DialCallee:
    """She is there: dial the other side. Wished by the service itself."""

    call: str


@dataclass(frozen=True, slots=True)
class Release:
    """That leg has nothing more to do in this call. Wished by the service itself."""

    call: str
    leg: str
    cause: int = 16


@dataclass(frozen=True, slots=True)
class Practise:
    """Let my phone ring for a practice call with this story."""

    story: str  # a code of `practice.py`
    position: str
    by: str
    call: str = ""  # it makes one


@dataclass(frozen=True, slots=True)
class CallHelp:
    """Ring these, one after the other, until one is in the conversation."""

    call: str
    lines: tuple[OverflowLine, ...]
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class StopHelp:
    """Ring no further one of them."""

    call: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class HelpNext:
    """The one before did not come: ring this one. Wished by the service itself."""

    call: str
    turn: int
    place: int


@dataclass(frozen=True, slots=True)
class TakePause:
    """My phones rest: they ring only when nobody else can."""

    position: str
    reason: str  # a code of the settings, or one of `readiness.py`
    by: str
    at: datetime
    until: datetime | None = None  # it ends by itself
    phones: tuple[str, ...] = ()  # sip, page: filled in from the floor
    call: str = ""


@dataclass(frozen=True, slots=True)
class BeReady:
    """Calls may come."""

    position: str
    by: str
    phones: tuple[str, ...] = ()
    call: str = ""


DeskWish = (
    Hold
    | Unhold
    | Consult
    | Dismiss
    | BackToQueue
    | AskSilent
    | SendKeys
    | CallBack
    | Relay
    | DialCallee
    | Release
    | CallHelp
    | StopHelp
    | HelpNext
    | TakePause
    | BeReady
    | Practise
)
