"""Wishes: all that people can ask of the telephone.

In:  a form. Out: something `forward.allow` accepts or refuses, and `asterisk/outbox.py` turns into orders to Asterisk.
Never: a change. The screen moves when Asterisk says that it happened.
"""

from dataclasses import dataclass

from callcenter.core.desk_wishes import DeskWish
from callcenter.core.listen_wishes import ListenWish


@dataclass(frozen=True, slots=True)
class Forward:
    """Reach this agency, line after line, and bring it to the caller; the call taker stays meanwhile."""

    call: str
    agency: str
    position: str  # of the person who wishes it
    by: str  # sign-in name
    mode: str = "WARM"  # a code of `share.Mode`


@dataclass(frozen=True, slots=True)
class Admit:
    """Let an agency that answered but pressed no key into the conversation, and mark it as accepted."""

    call: str
    leg: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class CancelForward:
    """Dial no further line of that agency; or let it go, where it is in the conversation."""

    call: str
    agency: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The call taker leaves caller and agency to each other."""

    call: str
    position: str
    by: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call for everybody."""

    call: str
    position: str
    by: str


Wish = Forward | Admit | CancelForward | Leave | HangUp | DeskWish | ListenWish
