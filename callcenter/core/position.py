"""A position: a desk with a SIP phone, a phone in the page, or both.

In:  what Asterisk says of its phones, and which call it has.
Out: one word for the screen.
Never: a guess. A phone that Asterisk does not report is UNKNOWN, not free.

Both phones ring, the first answer wins, and while she speaks on one the other rests (two-phones.conf pauses it): so the
position is as busy as the busier of the two, and paused when all that can ring are.
"""

from dataclasses import dataclass, replace
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


BUSIEST = (Phone.IN_USE, Phone.ON_HOLD, Phone.RINGING, Phone.IDLE, Phone.UNREACHABLE, Phone.UNKNOWN)
AWAY = (Phone.UNKNOWN, Phone.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a phone is paused, as we told Asterisk."""

    code: str  # one of the settings' reasons, or one of ours (`readiness.py`)
    since: datetime
    until: datetime | None = None  # it ends by itself


@dataclass(frozen=True, slots=True)
class Apparatus:
    """One of a position's two phones."""

    phone: Phone = Phone.UNKNOWN
    paused: bool = False
    in_queue: bool = False
    pause: Pause | None = None  # None though paused: by somebody else than us


@dataclass(frozen=True, slots=True)
class Position:
    """One desk as Asterisk sees it."""

    number: str
    phone: Phone = Phone.UNKNOWN
    paused: bool = False
    in_queue: bool = False
    since: datetime | None = None  # of the present phone state
    refusals: int = 0  # calls in a row that it turned away faster than a person can
    pause: Pause | None = None
    turned: datetime | None = None  # since when it is paused so, or ready
    sip: Apparatus = Apparatus()
    page: Apparatus = Apparatus()

    @property
    def reachable(self) -> bool:
        """A call can ring there."""
        return self.phone not in AWAY

    @property
    def turns_away(self) -> bool:
        """Do-not-disturb or call forwarding is on at that phone: once may be an accident, twice is a setting."""
        return self.refusals > 1

    @property
    def in_page(self) -> bool:
        """The page is one of the phones that ring here."""
        return self.page.phone not in AWAY

    def with_phones(self, sip: Apparatus, page: Apparatus, at: datetime) -> "Position":
        """The position as its two phones make it."""
        both = (sip, page)
        phone = next(state for state in BUSIEST if state in (sip.phone, page.phone))
        can_ring = [each for each in both if each.phone not in AWAY] or [sip]
        paused = all(each.paused for each in can_ring)
        pause = next((each.pause for each in can_ring if each.pause), None) if paused else None
        same = paused is self.paused and (pause and pause.code) == (self.pause and self.pause.code)
        return replace(
            self,
            phone=phone,
            paused=paused,
            pause=pause,
            turned=pause.since if pause else self.turned if same and self.turned else at,
            in_queue=any(each.in_queue for each in both),
            since=self.since if phone is self.phone and self.since else at,
            sip=sip,
            page=page,
        )
