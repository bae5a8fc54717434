"""Who is signed in, also while the database is away.

In:  a cookie. Out: its Session, or None.
Never: a call taker locked out in the middle of a call because the disk is slow: who was signed in stays so until the
database answers again, or the session is over by its own end.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from callcenter.core.errors import StoreDown
from callcenter.storage import People, Session

REMEMBERED = 500
LOOK_S = 5.0


class Sessions:
    """Asks storage, and remembers the answers for bad times only."""

    def __init__(self, people: People, clock: Callable[[], datetime]) -> None:
        self._people, self._clock = people, clock
        self.look_s = LOOK_S
        self.news = asyncio.Event()  # taken before a look, so that nothing after it is missed
        self._known: OrderedDict[bytes, Session] = OrderedDict()

    def stir(self) -> None:
        """Somebody was signed out, here: every open page asks anew. Never blocks."""
        self.news.set()
        self.news = asyncio.Event()

    async def ended(self, cookie: str, session: Session) -> None:
        """Returns when this one is over, or is not any more what it was: at once when it was ended here, within
        `look_s` when by the command line or another server."""
        while True:
            news = self.news
            with suppress(StoreDown):
                now = await self.find(cookie)
                if now is None or _what(now) != _what(session):
                    return
            with suppress(TimeoutError):
                async with asyncio.timeout(self.look_s):
                    await news.wait()

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


def _what(session: Session) -> tuple[str, str, str, str]:
    return session.person, session.role, session.agency, session.owes
