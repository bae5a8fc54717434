"""The self-test: a call that the system makes to itself, every few minutes, from SIP to the ticket.

In:  the floor's news; the moment. Out: a light: whether all of the way works, how long it took, and if not, how far the
call came, in words.
Never: a person's phone, a caller's place: it has a queue of its own, and is not made while callers wait.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from callcenter.core.call import Call
from callcenter.core.errors import CallCenterError
from callcenter.core.practice import practice_of
from callcenter.switchboard import News, Switchboard

log = logging.getLogger(__name__)

PATIENCE_S = 30.0
AGAIN_S = 15.0  # after one that could not be made because callers wait, or that failed
FIRST_S = 10.0
NO_SOUND = 41
"""The cause with which the dialplan ends a call in which the test phone was not heard."""

NOT_ARRIVED = "The test call did not arrive: Asterisk takes no calls over SIP. Look at its log, its port, its trunk."
NOT_ANSWERED = "The test call arrived and was not answered: the queue does not ring. Look at Asterisk's log."
NOT_HEARD = "The test call was answered, but no sound passed. Look at the RTP ports and the firewall."
NOT_ENDED = "The test call was answered and did not end. Look at Asterisk's log."
NO_TICKET = "The test call has no ticket: nothing is being stored. Look at the database."


class Broken(CallCenterError):
    """How far the test call came."""


@dataclass(frozen=True, slots=True)
class Light:
    """`ok` None: not tried yet."""

    ok: bool | None = None
    at: datetime | None = None  # of the last try
    took_s: float | None = None  # of the last good one, from the order to the ticket
    last_ok: datetime | None = None
    why: str = ""


class SelfTest:
    """`run` it; look at `light`."""

    def __init__(
        self,
        board: Switchboard,
        dial: Callable[[], Awaitable[None]],
        *,
        every_s: float,
        clock: Callable[[], datetime],
        alarm: Callable[[str, str | None], None],
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`dial` orders the call; it raises CallCenterError. `every_s` 0: never by itself."""
        self._board, self._dial, self._clock, self._alarm = board, dial, clock, alarm
        self._every_s, self._patience_s = every_s, patience_s
        self.light = Light()

    async def run(self) -> None:
        """Until cancelled."""
        pause = min(FIRST_S, self._every_s)
        while self._every_s:
            await asyncio.sleep(pause)
            made = await self.once()
            pause = self._every_s if made and self.light.ok else min(AGAIN_S, self._every_s)
        await asyncio.Event().wait()  # switched off, and yet a part like the others

    async def once(self) -> bool:
        """One test. False: callers wait, it was not made."""
        if any(not call.test for call in self._board.floor.waiting()) or self._board.line.phase != "up":
            return False  # that there is no link is an alarm of its own
        at = self._clock()
        try:
            await self._try()
        except CallCenterError as wrong:
            self._set(replace(self.light, ok=False, at=at, why=str(wrong)))
        else:
            took = (self._clock() - at) / timedelta(seconds=1)
            self._set(Light(True, at, took, at))
        return True

    async def _try(self) -> None:
        seen: list[Call] = []
        changed = asyncio.Event()
        earlier = set(self._board.floor.calls)

        def hear(news: News) -> None:
            tests = (c for c in news.changed if c.test and c.id not in earlier and not practice_of(c))
            seen.extend(call for call in tests if not seen or call.id == seen[0].id)
            changed.set()

        unlisten = self._board.listen(hear)
        try:
            await self._dial()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience_s):
                    while not (seen and not seen[-1].live and seen[-1].id in self._board.tickets):
                        changed.clear()
                        await changed.wait()
        finally:
            unlisten()
        self._judge(seen[-1] if seen else None)

    def _judge(self, call: Call | None) -> None:
        """Raises CallCenterError for the first thing on its way that did not work."""
        for works, why in (
            (call is not None, NOT_ARRIVED),
            (call and call.answered_at, NOT_ANSWERED),
            (call and not call.live, NOT_ENDED),
            (call and call.cause != NO_SOUND, NOT_HEARD),
            (call and call.id in self._board.tickets, NO_TICKET),
        ):
            if not works:
                raise Broken(why)

    def _set(self, light: Light) -> None:
        if light.ok is not self.light.ok:
            log.info("self-test: %s", light.why or "good")
        self.light = light
        self._alarm("self-test", light.why or None)
        self._board.refresh()
