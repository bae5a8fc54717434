"""Flags and blocks of numbers: how long, by whom, and which numbers never. Pure.

In:  hours, a role's right, how a number is read. Out: the codes and the sentences.
Never: a block without an end; a number that names nobody.
"""

from enum import StrEnum

LONGEST_FLAG_H = 168
LONGEST_BLOCK_H = 72


class Effect(StrEnum):
    """What Asterisk does with the number's calls."""

    FLAG = "flag"  # last in the queue, or a message that any key leaves
    BLOCK = "block"  # a message, then the call ends


class FlagState(StrEnum):
    """Where a row stands."""

    RUNS = "RUNS"
    EXPIRED = "EXPIRED"  # by itself
    ENDED = "ENDED"  # by a person, before its time
