"""The shares of every agency whose page is open, as its people see them.

In:  "something changed"; an agency that somebody looks at. Out: `of(agency)`, at once, from memory.
Never: a question to the database for each open page: one for each agency and change, at most one a second.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from callcenter.core.errors import CallCenterError
from callcenter.storage import Duty, Responders

log = logging.getLogger(__name__)

REMEMBERED = 100
AGAIN_S = 1.0  # after a fact: the journal's commit follows it shortly
LOOK_S = 10.0  # what another server on the same database changed


@dataclass(frozen=True)
class Sheet:
    """One agency's shares. `known` False: not read yet."""

    lines: tuple[Duty, ...] = ()
    known: bool = False


NOTHING = Sheet()


class Duties:
    """One list for each agency."""

    def __init__(self, responders: Responders, changed: Callable[[], None], *, again: float = AGAIN_S) -> None:
        self._responders, self._changed, self._again = responders, changed, again
        self._sheets: OrderedDict[str, Sheet] = OrderedDict()
        self._wake = asyncio.Event()

    def of(self, agency: str) -> Sheet:
        """What is known now; what is not will be read."""
        known = self._sheets.get(agency)
        if known is None:
            known = self._sheets[agency] = NOTHING
            self._wake.set()
            while len(self._sheets) > REMEMBERED:
                self._sheets.popitem(last=False)
        self._sheets.move_to_end(agency)
        return known

    def one(self, agency: str, forward: str) -> Duty | None:
        """One of them, from memory."""
        return next((duty for duty in self.of(agency).lines if duty.forward.id == forward), None)

    def touch(self) -> None:
        """Something changed: every list is read again soon. Never blocks."""
        if self._sheets:
            self._wake.set()

    async def read(self, agency: str) -> Sheet:
        """This agency's list, now. StoreDown."""
        now = Sheet(tuple(await self._responders.of(agency)), known=True)
        before = self._sheets.get(agency)
        self._sheets[agency] = now
        if before != now:
            self._changed()
        return now

    async def run(self) -> None:
        """Reads until cancelled; when the database is away, tries again."""
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()
            except TimeoutError:
                if not self._sheets:
                    continue
            self._wake.clear()
            for agency in list(self._sheets):
                try:
                    await self.read(agency)
                except CallCenterError as trouble:
                    log.warning("the requests of %s cannot be read: %s", agency, trouble)
            await asyncio.sleep(self._again)
