"""Wishes of a supervisor about somebody else's call.

In:  a form. Out: something `listening.allow` accepts or refuses; part of the union in `wishes.py`.
Never: a change. The screen moves when Asterisk says that it happened.
"""

from dataclasses import dataclass

from callcenter.core.listener import Mode


@dataclass(frozen=True, slots=True)
class Listen:
    """Hear this call, or be heard in it; again with another mode: switch, without hanging up."""

    call: str
    position: str  # whose phone is hers
    by: str
    mode: Mode = Mode.LISTEN


@dataclass(frozen=True, slots=True)
class StopListening:
    """Put my phone down."""

    call: str
    position: str
    by: str


ListenWish = Listen | StopListening
