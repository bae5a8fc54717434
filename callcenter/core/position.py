"""A position: a desk with a SIP account.

In:  what Asterisk says of its phone, and which call it has.
Out: one word for the screen.
Never: a guess. A phone that Asterisk does not report is UNKNOWN, not free.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Phone(StrEnum):
    """The state of the phone alone."""

    UNKNOWN = "UNKNOWN"
    UNREACHABLE = "UNREACHABLE"  # not registered, or gone
    IDLE = "IDLE"
    RINGING = "RINGING"
    IN_USE = "IN_USE"
    ON_HOLD = "ON_HOLD"


@dataclass(frozen=True, slots=True)
class Position:
    """One desk as Asterisk sees it."""

    number: str
    phone: Phone = Phone.UNKNOWN
    paused: bool = False
    in_queue: bool = False
    since: datetime | None = None  # of the present phone state
    refusals: int = 0  # calls in a row that it turned away faster than a person can

    @property
    def reachable(self) -> bool:
        """A call can ring there."""
        return self.phone not in (Phone.UNKNOWN, Phone.UNREACHABLE)

    @property
    def turns_away(self) -> bool:
        """Do-not-disturb or call forwarding is on at that phone: once may be an accident, twice is a setting."""
        return self.refusals > 1
