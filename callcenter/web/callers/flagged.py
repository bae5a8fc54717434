"""The flags that run, as every screen shows them.

In:  flags that a handler just changed; the database, every few seconds. Out: `of(number)`, at once, from memory.
Never: a question to the database while a call rings.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from callcenter.core.errors import CallCenterError
from callcenter.storage import FlagLine, Flags

log = logging.getLogger(__name__)

LOOK_S = 10.0


class Flagged:
    """One list for the whole room. `kick` tells whoever brings it to Asterisk."""

    def __init__(
        self, flags: Flags, changed: Callable[[], None], *, clock: Callable[[], datetime], kick: Callable[[], None]
    ) -> None:
        self._flags, self._changed, self._clock, self._kick = flags, changed, clock, kick
        self._known: Mapping[str, FlagLine] = {}

    def of(self, e164: str | None) -> FlagLine | None:
        """What runs for this number now."""
        flag = self._known.get(e164 or "")
        return flag if flag is not None and flag.until > self._clock() else None

    async def read(self) -> None:
        """Now. StoreDown."""
        known = {flag.e164: flag for flag in await self._flags.running()}
        if known != self._known:
            self._known = known
            self._changed()

    async def changed(self) -> None:
        """A handler changed one: Asterisk gets it, and the screens."""
        self._kick()
        await self.read()

    async def run(self) -> None:
        """Reads until cancelled."""
        while True:
            try:
                await self.read()
            except CallCenterError as trouble:
                log.info("which numbers are flagged is not known: %s", trouble)
            await asyncio.sleep(LOOK_S)
