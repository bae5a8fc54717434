"""The service's parts about callers beyond one call: what is owed to them, and flags of their numbers.

In:  the database, how numbers are read, who brings flags to Asterisk, who is told of alarms. Out: their stores; `run`.
Never: a rule.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from callcenter.flags import FlagKeeper
from callcenter.overdue import Overdue
from callcenter.settings import Settings
from callcenter.storage import Callbacks, Database, Flags, Incidents
from callcenter.storage.rows import ReadNumber
from callcenter.web.callers.room import Stores


class CallerParts:
    """Wired; `run` it beside the others."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        reads: ReadNumber,
        *,
        clock: Callable[[], datetime],
        alarm: Callable[[str, str | None], None],
        put_flags: Callable[[Mapping[str, str]], Awaitable[int]],
        line_up: Callable[[], bool],
    ) -> None:
        callbacks = Callbacks(database, clock=clock, claim_s=settings.callback_claim_s)
        flags = Flags(database, read_number=reads, clock=clock)
        region = settings.region
        self._flags = FlagKeeper(flags.running, put_flags, region=region, line_up=line_up, alarm=alarm)
        self._overdue = Overdue(callbacks.standing, limit_s=settings.callback_limit_s, clock=clock, alarm=alarm)
        self.stores = Stores(callbacks, flags, Incidents(database, clock=clock), self._flags.kick)

    def line_changed(self) -> None:
        """The link to Asterisk came or went: its flags are looked at. Never blocks."""
        self._flags.kick()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._overdue.run(), name="overdue")
            parts.create_task(self._flags.run(), name="flags")
