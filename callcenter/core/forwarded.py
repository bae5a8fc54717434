"""Facts about agencies that are being reached: part of `facts.py`, where everything that can be heard stands together.

In:  our own orders (asked, stopped, queued), and what Asterisk told of the agency's leg.
Out: facts like all others, in `facts.Fact`.
Never: a decision. Which line comes next is in `chain.py`.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ForwardAsked:
    """An agency shall be reached, by a person's wish or since another one reached nobody. Its attempts follow."""

    call: str
    at: datetime
    agency: str
    turn: int
    by: str
    mode: str = "WARM"
    escalated_from: str = ""


@dataclass(frozen=True, slots=True)
class ForwardStopped:
    """No further line of this agency is dialled: a person took it back, or nobody there was reached."""

    call: str
    at: datetime
    agency: str
    turn: int
    status: str  # CANCELLED, UNREACHED
    by: str = ""


@dataclass(frozen=True, slots=True)
class ForwardTaken:
    """The agency said on its own page, by its link, or told the desk that it takes it: no key on a telephone."""

    call: str
    at: datetime
    agency: str
    turn: int
    by: str


@dataclass(frozen=True, slots=True)
class AttemptQueued:
    """Asterisk took our order to dial an agency's line. Says who wished it; the dialling itself is AttemptDialled."""

    call: str
    at: datetime
    leg: str
    agency: str
    line: int
    turn: int
    number: str
    by: str  # who pressed: the person's sign-in name


@dataclass(frozen=True, slots=True)
class AttemptDialled:
    """An agency's line is being dialled. The leg's id was made by us and tells which (t6 the first time)."""

    call: str
    at: datetime
    leg: str
    agency: str
    line: int
    turn: int


@dataclass(frozen=True, slots=True)
class AttemptAccepted:
    """The agency took it: a key pressed on its phone (`by="key"`), or the call taker let it in (`by="desk"`)."""

    leg: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class AttemptRefused:
    """Asterisk could not even start to dial: no leg ever existed that could tell it."""

    call: str
    at: datetime
    leg: str
    agency: str
    line: int
    turn: int
