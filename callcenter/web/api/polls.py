"""A program that asks the same again and again leaves one line a minute in the audit, not one each time.

In:  who asks what, when. Out: whether that is to be written down.
Never: another question, another program or another minute taken for the one before.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

ONE_LINE = timedelta(minutes=1)
REMEMBERED = 1000


class Polls:
    """The lines of the last minute."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, ...], datetime] = OrderedDict()

    def told(self, key: tuple[str, ...], now: datetime) -> bool:
        """True: this very question of this program was written down less than a minute ago."""
        last = self._told.get(key)
        return last is not None and timedelta(0) <= now - last < ONE_LINE

    def tell(self, key: tuple[str, ...], now: datetime) -> None:
        """It is written down now."""
        self._told[key] = now
        self._told.move_to_end(key)
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
