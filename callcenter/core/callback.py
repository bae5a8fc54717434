"""Whom we owe a callback, and when it is done. Pure.

In:  how a call ended; the callback as it stands, what somebody says of a try. Out: yes or no, and the codes.
Never: a clock; a number that names nobody; a test call.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from callcenter.core.call import Outcome

TRIES_BEFORE_NO_CONTACT = 3


class State(StrEnum):
    """Where a callback stands."""

    OWED = "OWED"
    CLAIMED = "CLAIMED"  # somebody is at it: the others read who
    DONE = "DONE"


class Ended(StrEnum):
    """Why it is done."""

    REACHED = "REACHED"
    WRONG_NUMBER = "WRONG_NUMBER"
    NO_NEED = "NO_NEED"
    NO_CONTACT = "NO_CONTACT"
    CALLED_AGAIN = "CALLED_AGAIN"  # by itself: the caller called again and was answered
    NOT_OWED = "NOT_OWED"  # by itself: Asterisk's records show that somebody had answered him


SAID = (Ended.REACHED, Ended.WRONG_NUMBER, Ended.NO_NEED, Ended.NO_CONTACT)
"""What a person may say; the others come by themselves."""


class Tried(StrEnum):
    """What became of one try."""

    CALLING = "CALLING"
    REACHED = "REACHED"
    NOT_REACHED = "NOT_REACHED"
    WRONG_NUMBER = "WRONG_NUMBER"
    NO_NEED = "NO_NEED"


UNANSWERED = frozenset(
    {Outcome.ABANDONED, Outcome.ABANDONED_SHORT, Outcome.ABANDONED_IVR, Outcome.NO_AGENT, Outcome.UNKNOWN}
)
ANSWERED = frozenset({Outcome.ANSWERED, Outcome.OVERFLOWED})
CUT_OFF = "CUT_OFF"
"""The reason beside the outcomes: answered, and cut early."""


def reason(outcome: str, *, disconnected_early: bool, callable_: bool, test: bool) -> str:
    """Why this ended call is owed a callback; empty: it is not."""
    if test or not callable_:
        return ""
    if outcome in UNANSWERED:
        return outcome
    return CUT_OFF if outcome in ANSWERED and disconnected_early else ""


def late(owed_since: datetime | None, now: datetime, limit_s: float) -> bool:
    """The oldest one is older than the room allows."""
    return owed_since is not None and now - owed_since > timedelta(seconds=limit_s)
