"""How often one address may use links.

In:  an address, a moment. Out: whether it is too much.
Never: a lock that outlasts a minute; memory that grows with the number of addresses.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
REMEMBERED = 5000


class Limit:
    """So many a minute for each address."""

    def __init__(self, most: int = 60) -> None:
        self._most = most
        self._uses: OrderedDict[str, deque[datetime]] = OrderedDict()

    def too_much(self, address: str, now: datetime) -> bool:
        """Counts this use, unless it is one too many."""
        uses = self._uses.setdefault(address, deque())
        self._uses.move_to_end(address)
        while len(self._uses) > REMEMBERED:
            self._uses.popitem(last=False)
        while uses and now - uses[0] >= MINUTE:
            uses.popleft()
        if len(uses) >= self._most:
            return True
        uses.append(now)
        return False
