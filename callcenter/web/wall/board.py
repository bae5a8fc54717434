"""What the wall shows, kept in memory: the floor at once, the figures of the day as they were read last.

In:  the floor, seats, callbacks, alarms; the database every few seconds while somebody looks. Out: a Wall.
Never: a page that waits for the database; a question to it that nobody looks at.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from callcenter.core import kpi
from callcenter.core.errors import CallCenterError
from callcenter.core.wall import Today, Wall, look
from callcenter.settings import Settings
from callcenter.storage import Database, Figures, open_tickets
from callcenter.web.access import VIEWER
from callcenter.web.board import Board
from callcenter.web.callers.room import Callers
from callcenter.web.live import Hub, Region, Viewer
from callcenter.web.parts import Parts
from callcenter.web.proof import Proofs, colour
from callcenter.web.screen.desk import Desk
from callcenter.web.screen.live import ears_picture, ears_scope
from callcenter.web.times import CityTime

log = logging.getLogger(__name__)

READ_EVERY_S = 5.0
LOOKED_FOR_S = 60.0
"""So long after the last look the figures are still read."""
LEVEL_S = kpi.LEVELS[0]
NAMELESS = VIEWER


class WallBoard:
    """One for all walls. `hub`: the open pages of it."""

    def __init__(
        self,
        board: Board,
        desk: Desk,
        callers: Callers,
        proofs: Proofs,
        figures: Figures,
        database: Database,
        *,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self.hub = Hub(clock)
        self._board, self._desk, self._callers, self._proofs = board, desk, callers, proofs
        self._figures, self._database, self._settings, self._clock = figures, database, settings, clock
        self._today: Today | None = None
        self._looked: datetime | None = None
        self._wake = asyncio.Event()

    def now(self) -> Wall:
        """The room at this moment."""
        self._looked = self._clock()
        if self._today is None:
            self._wake.set()
        people = {number: seat.display or seat.person for number, seat in self._desk.seats.items()}
        return look(
            self._board.floor,
            self._settings.positions,
            people,
            owed=[line.owed_since for line in self._callers.owed.lines],
            today=self._today,
            alarms=[alarm.sentence for alarm in self._proofs.alarms()],
            openly=self._settings.listen_openly,
        )

    async def run(self) -> None:
        """Paint for the open pages, and read the figures while somebody looks. Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.hub.run(), name="wall pages")
            tasks.create_task(self._read_on(), name="wall figures")

    async def _read_on(self) -> None:
        while True:
            if self._watched():
                await self.read()
            self._wake.clear()
            try:
                async with asyncio.timeout(READ_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _watched(self) -> bool:
        if self.hub.clients:
            return True
        return self._looked is not None and (self._clock() - self._looked).total_seconds() < LOOKED_FOR_S

    async def read(self) -> None:
        """Once. What cannot be read stays as it was, with its moment."""
        now, city = self._clock(), CityTime(self._settings.zone, "en")
        try:
            day = await self._figures.count(city.bounds(city.today(now))[0], now + timedelta(seconds=1))
            tickets = await open_tickets(self._database)
        except CallCenterError as away:
            log.warning("the wall shows older figures: %s", away)
            return
        level = kpi.parts(day.total)[f"level_{LEVEL_S}"]
        arrivals, answered = day.total.of("arrivals"), day.total.of("answered")
        self._today = Today(now, arrivals, answered, level, LEVEL_S, tickets)
        self.hub.stir()


def regions(here: Callable[[], Parts]) -> list[Region]:
    """What changes with every call, and the positions. A viewer from outside sees counts alone."""

    def painter(name: str) -> Callable[[Viewer], str]:
        return lambda viewer: _picture(here(), name, viewer)

    def scope(viewer: Viewer) -> tuple[str, bool]:
        return viewer.language, viewer.role == NAMELESS

    return [
        Region("wall", painter("wall"), scope, ticking=True),
        Region("seats", painter("seats"), scope),
        Region("ears", lambda viewer: ears_picture(here(), viewer), ears_scope),
    ]


def _picture(here: Parts, name: str, viewer: Viewer) -> str:
    return here.painter.part(
        f"wall/{name}.html",
        viewer.language,
        wall=here.wall.now(),
        now=here.clock(),
        nameless=viewer.role == NAMELESS,
        paces=here.agencies.paces,
        line=here.board.line,
        light=colour(here.proofs.self_test),
    )
