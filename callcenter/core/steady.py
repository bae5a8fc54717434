"""May what is old be deleted by this clock? Pure.

In:  the moment by the clock, and by one that nobody sets; the newest moment that anybody wrote down. Out: yes or no.
Never: a year of recordings gone because a machine woke up in the wrong year: a person has a day to see it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

JUMP = timedelta(hours=1)
USUAL = timedelta(days=2)
"""A room writes something down more often than that."""
WAIT_S = 24 * 3600.0
JUMPED = (
    "The clock of this machine jumped by {hours} hours: is {now} UTC right? Nothing old is deleted for a day. If it is "
    "wrong, set it right before."
)


@dataclass
class Steady:
    """Ask it again and again."""

    trusted_from: float | None = None
    jumped: timedelta = timedelta(0)
    _base: datetime | None = field(default=None, repr=False)  # what the clock said when the other one said 0

    def look(self, now: datetime, ticks: float, newest: datetime | None) -> bool:
        """`ticks`: seconds of a clock that nobody sets. `newest`: known at the first look only."""
        base = now - timedelta(seconds=ticks)
        if self._base is None or self.trusted_from is None:
            odd = newest is not None and now - newest > USUAL
            self.trusted_from = ticks + WAIT_S if odd else ticks
        elif abs(base - self._base) > JUMP:
            self.jumped = base - self._base
            self.trusted_from = ticks + WAIT_S
        self._base = base
        if ticks >= self.trusted_from:
            self.jumped = timedelta(0)
            return True
        return False

    def said(self, now: datetime) -> str | None:
        """That it jumped, while nothing is deleted for that reason."""
        if not self.jumped:
            return None
        return JUMPED.format(hours=round(self.jumped.total_seconds() / 3600), now=f"{now:%Y-%m-%d %H:%M}")
