"""Keeps Asterisk's own flags of numbers as ours are, so that they act also when we are dead.

In:  a change, a reconnect, and every half minute: the flags that run. Out: only what differs is written to Asterisk.
Never: an exception that ends the service; a flag that runs there longer than here: each carries its end.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from callcenter.core.alarms import FLAGS_NOT_WRITTEN
from callcenter.core.errors import CallCenterError
from callcenter.core.phone import forms

log = logging.getLogger(__name__)

EVERY_S, SOON_S, AGAIN_S = 30.0, 0.5, 2.0
PATIENCE = 5
"""So many looks in a row at which Asterisk did not have what was wanted, then somebody is told."""
KEY = "flags"


class Flag(Protocol):
    """A flag or a block that runs."""

    @property
    def e164(self) -> str: ...
    @property
    def effect(self) -> str: ...
    @property
    def until(self) -> datetime: ...


class FlagKeeper:
    """`run` it; `kick` it when something changed."""

    def __init__(
        self,
        running: Callable[[], Awaitable[Sequence[Flag]]],
        put: Callable[[Mapping[str, str]], Awaitable[int]],
        *,
        region: str,
        line_up: Callable[[], bool],
        alarm: Callable[[str, str | None], None],
    ) -> None:
        """`put` makes Asterisk's flags these and tells how many orders that took; 0: all was as it should be."""
        self._running, self._put, self._region = running, put, region
        self._line_up, self._alarm = line_up, alarm
        self._wake = asyncio.Event()
        self._late = 0

    def kick(self) -> None:
        """Look now. Never blocks."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            pause = await self._look() if self._line_up() else EVERY_S
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _look(self) -> float:
        """Once. After how many seconds the next look is due: soon after something was written, since the answer to an
        order says only that it was taken."""
        try:
            orders = await self._put(self._wanted(await self._running()))
        except CallCenterError as wrong:
            log.warning("the flags could not be brought to Asterisk: %s", wrong)
            return self._told(late=True, pause=AGAIN_S)
        except Exception:
            log.exception("the flags could not be brought to Asterisk")
            return self._told(late=True, pause=EVERY_S)
        return self._told(late=orders > 0, pause=SOON_S if orders and self._late < PATIENCE else EVERY_S)

    def _told(self, *, late: bool, pause: float) -> float:
        self._late = self._late + 1 if late else 0
        self._alarm(KEY, FLAGS_NOT_WRITTEN if self._late >= PATIENCE else None)
        return pause

    def _wanted(self, running: Sequence[Flag]) -> dict[str, str]:
        found = {}
        for flag in running:
            for form in forms(flag.e164, self._region):
                found[form] = f"{int(flag.until.timestamp())}|{flag.effect}"
        return found
