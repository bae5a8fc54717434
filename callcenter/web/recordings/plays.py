"""One hearing is one line of the audit, however many parts of the file the player asks for.

In:  who asks for which recording, from where, when. Out: whether that goes on with a hearing that is written down.
Never: a first request, a download or a whole file taken for the rest of another.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

ONE_PLAY = timedelta(minutes=2)
"""Between two requests of one player that jumps about in one recording."""
REMEMBERED = 500


class Plays:
    """The hearings of the last minutes."""

    def __init__(self) -> None:
        self._heard: OrderedDict[tuple[str, str, str], datetime] = OrderedDict()

    def goes_on(self, call: str, by: str, address: str, *, part: bool, now: datetime) -> bool:
        """True: the same person's player asks for another part of what it plays already."""
        key = (call, by, address)
        last = self._heard.get(key)
        return part and last is not None and timedelta(0) <= now - last <= ONE_PLAY

    def heard(self, call: str, by: str, address: str, *, part: bool, now: datetime) -> None:
        """This was written down, or goes on with what was. A whole file is no player's."""
        key = (call, by, address)
        if not part:
            return
        self._heard[key] = now
        self._heard.move_to_end(key)
        while len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)
