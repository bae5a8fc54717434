"""Alarms to somebody's webhook, as JSON.

In:  alarms, raised or over. Out: one POST each, in order, tried again until it is taken or too old.
Never: waits for the far side in anybody's way, more than KEPT alarms in memory, an alarm taken for sent before a 2xx.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from callcenter.core.alarms import Alarm

log = logging.getLogger(__name__)

KEPT = 200
TIMEOUT_S = 10.0
TOO_OLD = timedelta(hours=6)
PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Between two tries; the last one again and again."""


class Webhook:
    """`post` at any time; `run` it beside."""

    def __init__(
        self, url: str, room: str, *, clock: Callable[[], datetime], pauses: tuple[float, ...] = PAUSES_S
    ) -> None:
        """`room` names this system to the reader. An empty url: nothing is ever sent."""
        self._url, self._room, self._clock, self._pauses = url, room, clock, pauses
        self._waiting: deque[tuple[datetime, dict[str, Any]]] = deque(maxlen=KEPT)
        self._wake = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many are not sent yet."""
        return len(self._waiting)

    def post(self, alarm: Alarm, raised: bool) -> None:
        """Send this as soon as it can be. The oldest makes room where nobody takes them."""
        if not self._url:
            return
        at = self._clock()
        body = {"room": self._room, "alarm": alarm.code, "state": "raised" if raised else "over"}
        body |= {"sentence": alarm.sentence, "since": alarm.since.isoformat(), "at": at.isoformat()}
        self._waiting.append((at, body))
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        async with ClientSession(timeout=ClientTimeout(total=TIMEOUT_S)) as session:
            while True:
                self._wake.clear()
                tries = 0
                while self._waiting:
                    first = self._waiting[0]
                    done = self._clock() - first[0] > TOO_OLD or await self._sent(session, first[1])
                    if done:
                        tries = 0
                        if self._waiting and self._waiting[0] is first:
                            self._waiting.popleft()
                    else:
                        await asyncio.sleep(self._pauses[min(tries, len(self._pauses) - 1)])
                        tries += 1
                await self._wake.wait()

    async def _sent(self, session: ClientSession, body: dict[str, Any]) -> bool:
        try:
            async with session.post(self._url, json=body, allow_redirects=False) as answer:
                if answer.status < 300:
                    return True
                log.warning("the alarms' webhook answers %s", answer.status)
        except (ClientError, TimeoutError, OSError, ValueError) as wrong:
            log.warning("the alarms' webhook cannot be reached: %s", wrong)
        return False
