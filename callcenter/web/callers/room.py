"""What the web knows of callers beyond one call: the stores, and what of them every screen shows.

In:  the stores, news of the switchboard. Out: lists from memory, painted anew when they change.
Never: a part that dies alone.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from callcenter.core.call import Call
from callcenter.core.phone import read
from callcenter.settings import Settings
from callcenter.storage import Callbacks, Flags, Incidents
from callcenter.web.board import News
from callcenter.web.callers.flagged import Flagged
from callcenter.web.callers.known import Known
from callcenter.web.callers.owed import Owed


@dataclass(frozen=True)
class Stores:
    """Where it is kept."""

    callbacks: Callbacks
    flags: Flags
    incidents: Incidents
    flags_changed: Callable[[], None] = lambda: None  # whoever brings them to Asterisk


class Callers:
    """Whom we owe a callback, which numbers are flagged, which incidents are open."""

    def __init__(
        self,
        stores: Stores,
        changed: Callable[[], None],
        *,
        clock: Callable[[], datetime],
        settings: Settings,
        call_of: Callable[[str], Call | None],
    ) -> None:
        """`call_of`: a call as it was last, from memory."""
        self.callbacks, self.flags, self.incidents = stores.callbacks, stores.flags, stores.incidents
        reads = partial(read, region=settings.region, language=settings.language, pseudo=settings.no_sim_numbers)
        self.flagged = Flagged(stores.flags, changed, clock=clock, kick=stores.flags_changed)
        self.known = Known(stores.incidents, changed, clock=clock, call_of=call_of, read_number=reads)
        self.owed = Owed(stores.callbacks, changed, clock=clock, limit_s=settings.callback_limit_s)

    def hear(self, news: News) -> None:
        """Something may be new. Never blocks."""
        self.owed.hear(news)
        self.known.hear(news)

    async def run(self) -> None:
        """Reads until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.owed.run(), name="owed")
            tasks.create_task(self.flagged.run(), name="flagged")
            tasks.create_task(self.known.run(), name="incidents")
