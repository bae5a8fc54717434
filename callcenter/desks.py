"""What goes on by itself at the desks: what is due in a call, and the writing after it.

In:  the switchboard, the settings, what the screens know. Out: one part that lives as long as the service.
Never: a rule; each part has its own.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from callcenter.core.ticket import CLOSED_STATES
from callcenter.follow import Follower
from callcenter.readiness import WrapUps
from callcenter.settings import Settings
from callcenter.storage import AtPosition, Ticket
from callcenter.switchboard import Switchboard


class About(Protocol):
    """One call's papers."""

    @property
    def ticket(self) -> Ticket | None: ...


class Papers(Protocol):
    """What the screens know beside the telephone."""

    @property
    def seats(self) -> Mapping[str, AtPosition]: ...
    def about(self, call: str) -> About: ...


class Desks:
    """`run` it."""

    def __init__(
        self, board: Switchboard, settings: Settings, *, up: Callable[[], bool], papers: Callable[[], Papers]
    ) -> None:
        """`up`: Asterisk is linked and was looked at."""
        self._papers = papers
        self._follower = Follower(board, up=up)
        board.listen(self._follower.hear)
        self._wrap_ups = WrapUps(
            board,
            seconds=settings.wrap_up_s,
            up=up,
            sits=lambda position: position in papers().seats,
            written=self._written,
        )

    def _written(self, call: str) -> bool:
        ticket = self._papers().about(call).ticket
        return ticket is not None and ticket.status in CLOSED_STATES

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._follower.run(), name="follower")
            parts.create_task(self._wrap_ups.run(), name="wrap-ups")
