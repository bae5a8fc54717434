"""How a call ended: axis A of the domain.

In:  nothing. Out: the codes. Never: one that people set by hand.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """Axis A of the domain: set from telephony, never by hand. Exactly one per arrival."""

    IN_PROGRESS = "IN_PROGRESS"
    ANSWERED = "ANSWERED"
    ABANDONED_IVR = "ABANDONED_IVR"
    ABANDONED_SHORT = "ABANDONED_SHORT"
    ABANDONED = "ABANDONED"
    NO_AGENT = "NO_AGENT"
    OVERFLOWED = "OVERFLOWED"
    BLOCKED = "BLOCKED"
    NOT_REACHED = "NOT_REACHED"  # only of calls that we make: nobody answered there
    UNKNOWN = "UNKNOWN"
