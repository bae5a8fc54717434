"""The questions to a caller who says nothing: two prompts, four seconds of listening after each, the keys he presses.

In:  facts of the dialplan that asks them. Out: where it stands; whether the call may be called silent.
Never: a clock. The seconds are Asterisk's, so that two screens agree and a restart keeps them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST_KEYS = 40


class Step(StrEnum):
    """Where the questions are."""

    PROMPT_1 = "PROMPT_1"
    LISTEN_1 = "LISTEN_1"
    PROMPT_2 = "PROMPT_2"
    LISTEN_2 = "LISTEN_2"
    DONE = "DONE"
    STOPPED = "STOPPED"  # ended before its end: he hung up, or somebody stopped it


RUNNING = frozenset({Step.PROMPT_1, Step.LISTEN_1, Step.PROMPT_2, Step.LISTEN_2})


@dataclass(frozen=True, slots=True)
class Key:
    """One key that the caller pressed."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Silent:
    """The last time that the questions were asked in this call."""

    leg: str
    step: Step
    since: datetime  # of this step
    started_at: datetime
    turn: int = 1  # how often they were begun
    done: bool = False  # asked to the end at least once while he was there

    @property
    def running(self) -> bool:
        """The voice is in the room."""
        return self.step in RUNNING


def keys_with(keys: tuple[Key, ...], key: str, at: datetime) -> tuple[Key, ...]:
    """The last keys, the newest at the end."""
    return (*keys, Key(key, at))[-MOST_KEYS:]
