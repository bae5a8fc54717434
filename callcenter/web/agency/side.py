"""The agency's side as one part of the web: storage, lists, live pages.

In:  the database, news of the switchboard. Out: what handlers of the agencies' pages and of the room's screens hold.
Never: a page of one agency painted for another.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from callcenter.storage import Database, Responders
from callcenter.web.agency.duties import Duties
from callcenter.web.board import News
from callcenter.web.live import Hub


class AgencySide:
    """Made once; `run` it beside the server."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self.responders = Responders(database, clock=clock)
        self.hub = Hub(clock)
        self.duties = Duties(self.responders, self.hub.stir)

    def hear(self, news: News) -> None:
        """A call with forwards changed. Never blocks."""
        if any(call.forwards for call in news.changed):
            self.duties.touch()

    def too(self, changed: Callable[[], None]) -> Callable[[], None]:
        """What the room's screens are told of, the agencies' pages hear too."""

        def both() -> None:
            changed()
            self.duties.touch()

        return both

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self.hub.run(), name="agencies' pages")
            both.create_task(self.duties.run(), name="agencies' lists")

    async def close(self) -> None:
        """Every open page is told."""
        await self.hub.close()
