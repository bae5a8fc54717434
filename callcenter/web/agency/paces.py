"""Which agencies are late: the response clock of every open request, as screens, wallboard and API show it.

In:  "something changed", the time. Out: `of_forward`, `of_ticket`, `lines`, at once, from memory.
Never: a question to the database for each screen; a colour that only a click would bring up to date.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from callcenter.core.catalogue import Newest
from callcenter.core.errors import CallCenterError
from callcenter.core.pace import ROUTINE, WORST, Answers, Due, Pace, due, pace
from callcenter.core.ticket import CLOSED_STATES, CallClass
from callcenter.settings import Settings
from callcenter.storage import Duty, Responders

log = logging.getLogger(__name__)

LOOK_S = 1.0
READ_S = 5.0  # what another server on the same database changed
AGAIN_S = 2.0  # after a change: in a flood there is one each moment
USUAL_MIN, USUAL_DAYS = 15, 5
"""Where the ticket has no category yet."""


@dataclass(frozen=True)
class Running:
    """One request with its clock."""

    duty: Duty
    due: Due | None
    pace: Pace


def _calmer_first(line: Running) -> int:
    return -WORST.index(line.pace)


class Paces:
    """One list for the whole room."""

    def __init__(
        self,
        responders: Responders,
        settings: Settings,
        catalogue: Newest,
        *,
        clock: Callable[[], datetime],
        changed: Callable[[], None],
    ) -> None:
        self.lines: tuple[Running, ...] = ()
        self._responders, self._settings, self._catalogue = responders, settings, catalogue
        self._clock, self._changed = clock, changed
        self._holidays = frozenset(date.fromisoformat(day) for day in settings.holidays)
        self._open: list[Duty] = []
        self._by_forward: dict[str, Running] = {}
        self._by_ticket: dict[str, Running] = {}
        self._counts: Counter[str] = Counter()
        self._wake = asyncio.Event()

    def touch(self) -> None:
        """Something changed. Never blocks."""
        self._wake.set()

    def running(self, duty: Duty) -> Running:
        """That request with its clock, now."""
        ticket, forward = duty.ticket, duty.forward
        category = self._catalogue().categories.get(ticket.category)
        limits, complaint = None, ticket.call_class == CallClass.NON_EMERGENCY
        priority = ROUTINE if complaint else ticket.priority  # a complaint counts working days, whatever it is about
        if forward.asked_at is not None:
            limits = due(
                forward.asked_at,
                priority,
                minutes=category.limit_min if category else USUAL_MIN,
                days=category.limit_days if category else USUAL_DAYS,
                zone=self._settings.zone,
                holidays=self._holidays,
            )
        over = ticket.status in CLOSED_STATES or not duty.open
        answers = Answers(forward.asked_at, forward.on_scene_at, forward.handled_at, over)
        return Running(duty, limits, pace(limits, priority, answers, self._clock()))

    def of_forward(self, forward: str) -> Running | None:
        """That request's clock, while it runs."""
        return self._by_forward.get(forward)

    def of_ticket(self, number: str) -> Running | None:
        """The worst clock of that ticket."""
        return self._by_ticket.get(number)

    def count(self, which: str) -> int:
        """How many real requests stand so."""
        return self._counts[which]

    async def read(self) -> None:
        """Every open request, now. StoreDown."""
        self._open = await self._responders.open()
        self.look()

    def look(self) -> None:
        """What time has changed."""
        before = [(line.duty, line.pace) for line in self.lines]
        self.lines = tuple(self.running(duty) for duty in self._open)
        self._by_forward = {line.duty.forward.id: line for line in self.lines}
        self._by_ticket = {line.duty.ticket.number: line for line in sorted(self.lines, key=_calmer_first)}
        self._counts = Counter(line.pace.value for line in self.lines if not line.duty.ticket.test)
        if [(line.duty, line.pace) for line in self.lines] != before:
            self._changed()

    async def run(self) -> None:
        """Until cancelled; when the database is away, with what is known."""
        self._wake.set()
        since = -READ_S
        while True:
            now = asyncio.get_running_loop().time()
            if now - since >= (AGAIN_S if self._wake.is_set() else READ_S):
                self._wake.clear()
                since = now
                try:
                    await self.read()
                except CallCenterError as away:
                    log.warning("open requests cannot be read: %s", away)
            else:
                self.look()
            await asyncio.sleep(LOOK_S)
