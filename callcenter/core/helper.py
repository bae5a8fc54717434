"""A colleague whose phone was rung for a call: asked for advice, or to take it over.

In:  facts about the colleague's leg. Out: how that stands, with its moments.
Never: a colleague taken for present before the room has her.
"""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.agency import OverflowLine
from callcenter.core.attempt import BY_CAUSE, Result


@dataclass(frozen=True, slots=True)
class Help:
    """Who is called for help, since when. The newest one; earlier ones are in the journal."""

    asked_at: datetime
    by: str
    lines: tuple[OverflowLine, ...]
    turn: int = 1
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Helper:
    """One phone rung once for one call."""

    position: str
    leg: str
    by: str = ""
    passing: bool = False  # the call taker leaves by herself when the colleague is there
    dialled_at: datetime | None = None
    ringing_at: datetime | None = None
    joined_at: datetime | None = None
    ended_at: datetime | None = None
    cause: int = 0
    help: int = 0  # rung because she called for help: which of those in the list, from 1
    help_turn: int = 0
    name: str = ""  # of who is called for help

    @property
    def live(self) -> bool:
        """Her phone rings for this call, or she is in it."""
        return self.ended_at is None

    @property
    def result(self) -> Result:
        """In an attempt's words; ACCEPTED: she is or was in the conversation."""
        if self.joined_at is not None:
            return Result.ACCEPTED
        if self.ended_at is None:
            return Result.RINGING if self.ringing_at else Result.DIALLING
        return BY_CAUSE.get(self.cause, Result.FAILED)
