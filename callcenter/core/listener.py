"""A supervisor at a call: she listens, whispers to the call taker, joins, or takes the call over.

In:  facts about her leg. Out: how that stands, with its moments.
Never: a party of the call. Who listens or whispers keeps nobody in conversation; who has joined is in the room: there
she counts as a colleague does (`helper.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callcenter.core.attempt import BY_CAUSE, Result


class Mode(StrEnum):
    """Who hears her."""

    LISTEN = "LISTEN"  # nobody
    WHISPER = "WHISPER"  # the call taker
    JOIN = "JOIN"  # everybody
    TAKE = "TAKE"  # only wished, never told: she joins, and the call taker goes


@dataclass(frozen=True, slots=True)
class Listener:
    """One phone of a supervisor, rung once for one call."""

    position: str
    leg: str
    by: str = ""
    wanted: Mode = Mode.LISTEN
    mode: Mode | None = None  # as Asterisk told it last; None: her phone is not lifted yet
    since: datetime | None = None  # of that mode
    dialled_at: datetime | None = None
    ringing_at: datetime | None = None
    took_at: datetime | None = None  # the call became hers: from then on she is its call taker
    ended_at: datetime | None = None
    cause: int = 0

    @property
    def live(self) -> bool:
        """Her phone rings, or she hears the call."""
        return self.ended_at is None and self.took_at is None

    @property
    def result(self) -> Result:
        """In an attempt's words, for a phone that is rung or was not lifted."""
        if self.mode is not None:
            return Result.ACCEPTED
        if self.ended_at is None:
            return Result.RINGING if self.ringing_at else Result.DIALLING
        return BY_CAUSE.get(self.cause, Result.FAILED)
