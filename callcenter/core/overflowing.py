"""Facts about overflow lines: each try of one, and how it failed.

In:  values that `asterisk/inbox.py` or Asterisk's own records give. Out: facts like all others, in `facts.Fact`.
Never: who took the caller (`facts.CallOverflowed` says that).
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OverflowTried:
    """An overflow line is being dialled for a caller whom nobody answers."""

    call: str
    at: datetime
    leg: str
    line: int  # its place in the settings, from 1
    turn: int  # 1 is the first round through the lines
    name: str = ""  # who is there


@dataclass(frozen=True, slots=True)
class OverflowFailed:
    """That line did not take him. `why` is Asterisk's word: NOANSWER, BUSY, CHANUNAVAIL, CONGESTION ..."""

    call: str
    at: datetime
    leg: str  # one of our own making where there was not even a leg
    line: int
    turn: int
    why: str
    name: str = ""
