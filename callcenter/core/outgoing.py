"""When a message that was not taken is tried again. Pure.

In:  how often it was tried, a number of chance. Out: the pause; whether an answer is worth another try.
Never: a clock; a message given up because a gateway was away for an hour.
"""

from datetime import timedelta

FIRST_S = 2.0
LONGEST_S = 3600.0
GIVEN_UP_AFTER = timedelta(hours=24)
REFUSED = frozenset({400, 410, 413, 422})
"""The gateway has read it and does not want it: the same again would not help."""


def pause(tries: int, chance: float, *, longest_s: float = LONGEST_S) -> timedelta:
    """After that many tries: twice as long each time, an hour at most; `chance` (0 to 1) moves it by a fifth, so that
    many messages do not come back together."""
    whole = min(FIRST_S * 2.0 ** min(max(tries, 1) - 1, 20), longest_s)
    return timedelta(seconds=whole * (0.8 + 0.4 * chance))


def worth_another(status: int) -> bool:
    """An answer of that status may be another one next time."""
    return status not in REFUSED
