"""What must come next in a call by our own doing: the other side is dialled, a phone is set free, a pass is completed,
the next one is called for help,
a practice call steps aside.

In:  news of the switchboard. Out: wishes, each once. What is due is told by `due` of core.desk_call and core.help from
the floor alone, so a service that was killed in the middle goes on where it was.
Never: a wish twice; one that Asterisk was never asked is tried again when the line is back.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from callcenter.core import help
from callcenter.core.call import Call
from callcenter.core.desk_call import due
from callcenter.core.desk_wishes import DialCallee, HelpNext, Release
from callcenter.core.errors import CallCenterError, LineDown
from callcenter.core.practice import to_end
from callcenter.switchboard import News, Switchboard

log = logging.getLogger(__name__)

REMEMBERED = 1000


class Follower:
    """Listens to the switchboard; lives as long as the service."""

    def __init__(self, board: Switchboard, *, up: Callable[[], bool]) -> None:
        """`up`: Asterisk is linked and was looked at."""
        self._board, self._up = board, up
        self._wished: dict[DialCallee | HelpNext | Release, None] = {}
        self._todo: asyncio.Queue[DialCallee | HelpNext | Release] = asyncio.Queue()

    def hear(self, news: News) -> None:
        """Never blocks. News without a change are those of the line: everything is looked at again."""
        if self._up():
            self._look(news.changed or news.floor.calls.values())
            self._want(to_end(news.floor))

    def _look(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self._want((*due(call), *help.due(call)))

    def _want(self, wishes: Iterable[DialCallee | HelpNext | Release]) -> None:
        for wish in wishes:
            if wish not in self._wished:
                self._wished[wish] = None
                self._todo.put_nowait(wish)
        while len(self._wished) > REMEMBERED:
            del self._wished[next(iter(self._wished))]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            wish = await self._todo.get()
            try:
                await self._board.wish(wish)
            except LineDown:
                self._wished.pop(wish, None)  # nothing was sent: due again when the line is back
            except CallCenterError as refused:
                log.info("%s: %s", wish, refused)
