"""Drives the chains of agencies' lines: the only orders that nobody wished at that moment.

In:  news of the switchboard, and the moments at which something is due though nothing is heard.
Out: one order after the other, as `core/chain.py` names them; what we decide ourselves (given up, escalated) as facts.
Never: a poll while nothing is open; an order while the line is down, or while somebody else's order is on its way.

Nothing is kept here that matters: after a restart the floor says what is due.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from callcenter.core.call import Call
from callcenter.core.chain import Dial, Due, Escalate, GiveUp, Release, Stop, due, look_again
from callcenter.core.errors import CallCenterError, LineDown
from callcenter.core.facts import ForwardAsked, ForwardStopped
from callcenter.switchboard import News, Switchboard

log = logging.getLogger(__name__)

AGAIN = timedelta(seconds=3)
"""A leg that was told to end and is still there is told again: its id belongs to nobody else."""

MOST_AT_ONCE = 50


class Lines(Protocol):
    """The telephone, as far as a chain needs it."""

    async def dial_line(self, step: Dial, call: Call) -> None:
        """Raises LineDown: nothing was sent. All else is told by facts."""
        ...

    async def end_leg(self, leg: str, cause: int) -> None:
        """Raises LineDown or Unconfirmed."""
        ...


class Chains:
    """Lives as long as the service."""

    def __init__(self, board: Switchboard, lines: Lines) -> None:
        self._board, self._lines = board, lines
        self._told: dict[str, datetime] = {}  # legs that were told to end, and when
        self._wake = asyncio.Event()
        board.listen(self._heard)

    def _heard(self, news: News) -> None:
        if any(call.forwards for call in news.floor.calls.values()):
            self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()
            self._wake.clear()
            if self._board.line.phase == "up":
                for call in [call.id for call in self._board.floor.calls.values() if call.forwards]:
                    await self._serve(call)

    def _pause(self) -> float | None:
        """Seconds until something is due by itself; None: only a fact changes anything."""
        if self._board.line.phase != "up":
            return None
        now, agencies = self._board.local(), self._board.catalogue().agencies
        self._told = {leg: at for leg, at in self._told.items() if abs(now - at) < AGAIN}
        moments = [at + AGAIN for at in self._told.values()]
        moments += [m for c in self._board.floor.calls.values() if c.forwards and (m := look_again(c, agencies, now))]
        return max(0.0, (min(moments) - now).total_seconds()) if moments else None

    async def _serve(self, call_id: str) -> None:
        """All that is due on this call now, each step on the floor that the one before left."""
        async with self._board.ordering:
            for _ in range(MOST_AT_ONCE):
                call = self._board.floor.calls.get(call_id)
                step = self._next(call) if call else None
                if call is None or step is None:
                    return
                try:
                    await self._take(step, call)
                except LineDown:
                    return  # the next picture of the floor wakes us
                except CallCenterError as wrong:
                    log.warning("%s of call %s: %s", step, call_id, wrong)

    def _next(self, call: Call) -> Due | None:
        now = self._board.local()
        for step in due(call, self._board.catalogue().agencies, now):
            if not isinstance(step, Stop | Release) or abs(now - self._told.get(step.leg, now - AGAIN)) >= AGAIN:
                return step
        return None

    async def _take(self, step: Due, call: Call) -> None:
        now = self._board.clock()
        match step:
            case Dial():
                await self._lines.dial_line(step, call)
            case Stop() | Release():
                self._told[step.leg] = now
                await self._lines.end_leg(step.leg, step.cause if isinstance(step, Stop) else 16)
            case GiveUp(share, status):
                self._board.hear(ForwardStopped(call.id, now, share.agency, share.turn, status.value))
            case Escalate(share):
                asked = ForwardAsked(
                    call.id, now, share.agency, share.turn, share.by, share.mode.value, share.escalated_from
                )
                self._board.hear(asked)
