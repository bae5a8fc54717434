"""The agency's side as one part of the web: storage, lists, live pages, links, messages.

In:  the database, the painter, news of the switchboard. Out: what handlers of the agencies' pages and of the room's
screens hold.
Never: a page of one agency painted for another.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from callcenter.core.errors import CallCenterError
from callcenter.storage import Database, Duty, Links, Messages, Responders
from callcenter.web.agency.duties import Duties
from callcenter.web.agency.gateway import Gateway
from callcenter.web.agency.limit import Limit
from callcenter.web.agency.paces import Paces
from callcenter.web.board import News
from callcenter.web.live import Hub
from callcenter.web.painter import Painter


class Keys(Protocol):
    """What links and messages are signed with."""

    @property
    def session(self) -> str: ...
    @property
    def messages(self) -> str: ...


class AgencySide:
    """Made once; `run` it beside the server."""

    def __init__(self, database: Database, painter: Painter, keys: Keys, *, clock: Callable[[], datetime]) -> None:
        self.responders = Responders(database, clock=clock)
        self.links = Links(database, key=keys.session.encode(), hours=painter.settings.link_hours, clock=clock)
        messages = Messages(database, self.links, clock=clock)
        self.gateway = Gateway(messages, self.links, painter, key=keys.messages, clock=clock)
        self.limit = Limit()
        self.hub = Hub(clock)
        self.duties = Duties(self.responders, self.hub.stir)
        self._stirs: list[Callable[[], None]] = [self.hub.stir]
        self.paces = Paces(self.responders, painter.settings, painter.catalogue, clock=clock, changed=self._clock_moved)

    def _clock_moved(self) -> None:
        for stir in self._stirs:
            stir()

    def hear(self, news: News) -> None:
        """A call with forwards changed. Never blocks."""
        if any(call.forwards for call in news.changed):
            self.duties.touch()
            self.paces.touch()
            self.gateway.wake()

    def too(self, changed: Callable[[], None]) -> Callable[[], None]:
        """What the room's screens are told of, the agencies' pages hear too."""

        self._stirs.append(changed)

        def both() -> None:
            changed()
            self.duties.touch()
            self.paces.touch()

        return both

    def trouble(self) -> CallCenterError | None:
        """Why no message goes out."""
        return self.gateway.trouble

    async def run(self, ask: Callable[[str], None]) -> None:
        """Until cancelled. `ask`: this call's papers are to be read again."""

        def moved(duty: Duty) -> None:
            for call in duty.calls:
                ask(call)

        async with asyncio.TaskGroup() as both:
            both.create_task(self.hub.run(), name="agencies' pages")
            both.create_task(self.duties.run(), name="agencies' lists")
            both.create_task(self.paces.run(), name="response clocks")
            both.create_task(self.gateway.run(moved), name="messages")

    async def close(self) -> None:
        """Every open page is told."""
        await self.hub.close()
