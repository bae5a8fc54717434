"""One try of one agency line, with its own four times.

In:  facts about the agency's leg.
Out: the attempt with its result as the domain names it.
Never: ANSWERED taken for ACCEPTED: acceptance needs a key on the agency's phone or the call taker's word.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Result(StrEnum):
    """How the attempt stands."""

    DIALLING = "DIALLING"
    RINGING = "RINGING"
    ANSWERED = "ANSWERED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


OPEN = frozenset({Result.DIALLING, Result.RINGING, Result.ANSWERED})
"""The agency is being reached: a second order to the same agency would ring it twice."""

ORDERED = 31
"""The cause with which we end a leg by an order: a leg that ends with 16 and by nobody was cut by a stopped Asterisk.
extensions.conf knows it, too."""

ELSEWHERE = 26
"""The cause for a leg whose agency accepted on another line: phones show no missed call."""

BY_CAUSE = {17: Result.BUSY, 18: Result.NO_ANSWER, 19: Result.NO_ANSWER, 21: Result.DECLINED, 16: Result.CANCELLED}
"""Why a leg ended before it was answered. Any other cause: the line failed."""

OURS = frozenset({ORDERED, ELSEWHERE})
"""We ended it, whether it was answered or not."""


OVERFLOW = "overflow"
"""Who dialled an overflow line: our dialplan, since nobody answered."""


BY_PHONE = "phone"
"""Stands where the name of a person stands: dialled with a telephone's own keys."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of one agency, or an overflow line, dialled once for one call."""

    leg: str
    agency: str  # its code; empty: a transfer by the phone's own keys to a number that is no agency of ours
    line: int  # 1 is the first of the chain
    turn: int  # 1 is the first time this agency was tried on this call
    number: str = ""
    by: str = ""
    result: Result = Result.DIALLING
    dialled_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    accepted_at: datetime | None = None
    accepted_by: str = ""  # key, desk
    ended_at: datetime | None = None
    cause: int = 0
    recording: str = ""  # a file of its own: a second call with a telephone's own keys

    @property
    def open(self) -> bool:
        """Not yet accepted and not yet over."""
        return self.result in OPEN

    @property
    def live(self) -> bool:
        """The agency's leg still exists, or is about to."""
        return self.ended_at is None

    @property
    def overflow(self) -> bool:
        """An overflow line: it has no share in the agencies' times."""
        return not self.agency and self.by == OVERFLOW


def ringing(attempt: Attempt, at: datetime) -> Attempt:
    """The agency's phone rings."""
    if attempt.result is not Result.DIALLING:
        return attempt
    return replace(attempt, result=Result.RINGING, ringing_at=at)


def answered(attempt: Attempt, at: datetime) -> Attempt:
    """Somebody lifted the agency's phone."""
    if attempt.answered_at is not None:
        return attempt
    return replace(attempt, result=Result.ANSWERED, answered_at=at)


def accepted(attempt: Attempt, at: datetime, by: str) -> Attempt:
    """The agency took it. An attempt that is over stays as it ended."""
    if attempt.accepted_at is not None or not attempt.live:
        return attempt
    return replace(
        attempt, result=Result.ACCEPTED, accepted_at=at, accepted_by=by, answered_at=attempt.answered_at or at
    )


def ended(attempt: Attempt, at: datetime, cause: int) -> Attempt:
    """The agency's leg ended: what that means depends on how far it had come."""
    if not attempt.live:
        return attempt
    if attempt.result is Result.ACCEPTED:
        result = Result.ACCEPTED
    elif cause in OURS:
        result = Result.CANCELLED
    elif attempt.answered_at is not None and attempt.by == BY_PHONE:
        result = Result.ANSWERED  # a telephone's own keys ask nobody to press 1
    elif attempt.answered_at is not None:
        result = Result.DECLINED  # lifted, heard who calls, hung up without the key
    else:
        result = BY_CAUSE.get(cause, Result.FAILED)
    return replace(attempt, result=result, ended_at=at, cause=cause)
