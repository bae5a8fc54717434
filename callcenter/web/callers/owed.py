"""The callbacks that are owed, as every screen shows them.

In:  news of the switchboard; callbacks that a handler just changed. Out: `lines`, at once, from memory.
Never: a question to the database for each screen: it is read once for all of them when a call ended, and every few
seconds, for a commit may come later than that.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from callcenter.core.call import Call
from callcenter.core.errors import CallCenterError
from callcenter.storage import CallbackLine, Callbacks
from callcenter.web.board import News

log = logging.getLogger(__name__)

MOST = 100
AGAIN_S = 1.0  # after a fact: the journal's commit follows it shortly
LOOK_S = 5.0


class Owed:
    """One list for the whole room."""

    def __init__(
        self,
        callbacks: Callbacks,
        changed: Callable[[], None],
        *,
        clock: Callable[[], datetime],
        limit_s: float,
        again: float = AGAIN_S,
        look: float = LOOK_S,
    ) -> None:
        self.lines: tuple[CallbackLine, ...] = ()
        self.known = False
        self._callbacks, self._changed, self._clock = callbacks, changed, clock
        self._again, self._look = again, look
        self._limit = timedelta(seconds=limit_s)
        self._wake = asyncio.Event()
        self._soon = False

    def hear(self, news: News) -> None:
        """A call ended, or was answered: what is owed is read again, after the commit."""
        if not self._soon and any(_matters(call) for call in news.changed):
            self._soon = True
            asyncio.get_running_loop().call_later(self._again, self._ask)

    def put(self, line: CallbackLine) -> None:
        """A handler changed it: every screen sees it now."""
        others = [known for known in self.lines if known.id != line.id]
        both = [*others, line] if line.closed_at is None else others
        self._keep(sorted(both, key=lambda each: (each.owed_since, each.id)))

    def held(self, line: CallbackLine) -> bool:
        """Somebody is at it now."""
        return line.held(self._clock())

    def late(self, line: CallbackLine) -> bool:
        """Owed for longer than the room allows."""
        return self._clock() - line.owed_since > self._limit

    def first_free(self, person: str) -> int:
        """The one that one key calls: mine, else the oldest that nobody is at; 0: none."""
        mine = [line for line in self.lines if line.owner == person and self.held(line)]
        free = [line for line in self.lines if not self.held(line)]
        return next((line.id for line in (*mine, *free)), 0)

    def scope(self, person: str, seated: bool) -> tuple[str, bool, bool]:
        """Who sees the same list: everybody who is at none of them."""
        return (person if any(line.owner == person for line in self.lines) else "", seated, self.known)

    async def run(self) -> None:
        """Reads until cancelled; when the database is away, tries again."""
        self._wake.set()
        while True:
            try:
                async with asyncio.timeout(self._look):
                    await self._wake.wait()
            except TimeoutError:
                self._changed_with_time()
            self._wake.clear()
            try:
                self._keep(await self._callbacks.open(limit=MOST))
                self.known = True
            except CallCenterError as trouble:
                log.warning("what is owed cannot be read: %s", trouble)
                asyncio.get_running_loop().call_later(self._again, self._ask)

    def _ask(self) -> None:
        self._soon = False
        self._wake.set()

    def _changed_with_time(self) -> None:
        """A claim that ended by itself, a callback that became late: no fact tells that."""
        now = self._clock()
        before = now - timedelta(seconds=2 * self._look)
        ends = [line.held_until for line in self.lines if line.held_until] + [
            line.owed_since + self._limit for line in self.lines
        ]
        if any(before <= end <= now for end in ends):
            self._changed()

    def _keep(self, lines: list[CallbackLine]) -> None:
        if tuple(lines) != self.lines or not self.known:
            self.lines = tuple(lines)
            self._changed()


def _matters(call: Call) -> bool:
    return not call.live or call.answered_at is not None
