"""Callbacks that are owed for too long: an alarm on the screens and wherever alarms are sent.

In:  what is owed, every few seconds. Out: one alarm, raised and ended.
Never: a caller's number in an alarm; an exception that ends the service.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from callcenter.core.alarms import CALLBACKS_LATE
from callcenter.core.callback import late
from callcenter.core.errors import CallCenterError

log = logging.getLogger(__name__)

EVERY_S = 5.0
KEY = "callbacks"


class Standing(Protocol):
    """How many are owed, and since when the oldest."""

    @property
    def owed(self) -> int: ...
    @property
    def oldest(self) -> datetime | None: ...


class Overdue:
    """`run` it."""

    def __init__(
        self,
        standing: Callable[[], Awaitable[Standing]],
        *,
        limit_s: float,
        clock: Callable[[], datetime],
        alarm: Callable[[str, str | None], None],
    ) -> None:
        self._standing, self._limit_s, self._clock, self._alarm = standing, limit_s, clock, alarm

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except CallCenterError as away:  # the database has an alarm of its own
                log.info("what is owed is not known: %s", away)
            except Exception:
                log.exception("what is owed could not be looked at")
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Once."""
        now = await self._standing()
        wrong = late(now.oldest, self._clock(), self._limit_s)
        told = CALLBACKS_LATE.format(minutes=round(self._limit_s / 60), count=now.owed)
        self._alarm(KEY, told if wrong else None)
