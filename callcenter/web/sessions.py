"""Who is signed in, also while the database is away.

In:  a cookie. Out: its Session, or None.
Never: a call taker locked out in the middle of a call because the disk is slow: who was signed in stays so until the
database answers again, or the session is over by its own end.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from callcenter.core.errors import StoreDown
from callcenter.storage import People, Session

REMEMBERED = 500


class Sessions:
    """Asks storage, and remembers the answers for bad times only."""

    def __init__(self, people: People, clock: Callable[[], datetime]) -> None:
        self._people, self._clock = people, clock
        self._known: OrderedDict[bytes, Session] = OrderedDict()

    async def find(self, cookie: str) -> Session | None:
        key = hashlib.sha256(cookie.encode()).digest()
        try:
            session = await self._people.session(cookie)
        except StoreDown:
            known = self._known.get(key)
            if known is None or known.expires_at <= self._clock():
                raise
            return known
        if session is None:
            self._known.pop(key, None)
            return None
        self._known[key] = session
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return session
