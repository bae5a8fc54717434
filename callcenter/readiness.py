"""After a call she writes: the wrap-up that begins by itself, and ends by itself.

In:  news of the switchboard, the settings' seconds, who sits where, which tickets are closed already. Out: wishes.
Never: a caller who waits because of it: it does not begin, and ends at once, where somebody waits and nobody else is
free.

What is kept here is only who was speaking a moment ago; the wrap-up itself stands in Asterisk's queue, with its end, so
that the next life of this service ends it in time. Where the service stays away, Asterisk rings paused phones, too.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from callcenter.core.call import Call
from callcenter.core.desk_wishes import BeReady, TakePause
from callcenter.core.errors import CallCenterError
from callcenter.core.readiness import WRAP_UP, next_end, over, spoken, writes_after
from callcenter.switchboard import News, Switchboard

log = logging.getLogger(__name__)

AGAIN = timedelta(seconds=3)
"""An end that was asked for and is not seen yet is asked for again."""

ITSELF = "wrap-up"
"""Who wishes it."""


class WrapUps:
    """Listens to the switchboard; lives as long as the service."""

    def __init__(
        self,
        board: Switchboard,
        *,
        seconds: int,
        up: Callable[[], bool],
        sits: Callable[[str], bool],
        written: Callable[[str], bool],
    ) -> None:
        """`seconds` 0: never. `sits`: somebody is signed in at that position. `written`: nothing is left to write about
        that call, its ticket is closed."""
        self._board, self._seconds, self._up = board, seconds, up
        self._sits, self._written = sits, written
        self._spoke: dict[str, Call] = {}
        self._told: dict[str, datetime] = {}
        self._begin: list[str] = []
        self._wake = asyncio.Event()
        if seconds:
            board.listen(self.hear)

    def hear(self, news: News) -> None:
        """Never blocks."""
        before, self._spoke = self._spoke, spoken(news.floor)
        if not self._up():
            return
        for position, call in before.items():
            if (
                position not in self._spoke
                and writes_after(news.floor, position, call)
                and self._wanted(position, call)
            ):
                self._begin.append(position)
        self._wake.set()

    def _wanted(self, position: str, call: Call) -> bool:
        return self._sits(position) and not self._written(call.id)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()
            self._wake.clear()
            if self._up():
                await self._serve()

    def _pause(self) -> float | None:
        """Seconds until a wrap-up's time is up. None: only news change anything."""
        now, end = self._board.clock(), next_end(self._board.floor)
        moments = [at + AGAIN for at in self._told.values()] + ([end] if end and end > now else [])
        return max(0.05, (min(moments) - now).total_seconds()) if moments else None

    async def _serve(self) -> None:
        begin, self._begin = self._begin, []
        now = self._board.clock()
        for position in begin:
            until = now + timedelta(seconds=self._seconds)
            await self._wish(TakePause(position, WRAP_UP, ITSELF, now, until))
        ended = {seat.number for seat in over(self._board.floor, now)}
        self._told = {position: at for position, at in self._told.items() if position in ended}
        for position in ended:
            if now - self._told.get(position, now - AGAIN) >= AGAIN:
                self._told[position] = now
                await self._wish(BeReady(position, ITSELF))

    async def _wish(self, wish: TakePause | BeReady) -> None:
        try:
            await self._board.wish(wish)
        except CallCenterError as refused:
            log.info("%s: %s", wish, refused)
