"""The room's alarms: gathered from every part, on the screens at once, and sent on.

In:  every few seconds: the floor, the line, the trunks, the disk; and what other parts raise by themselves.
Out: `now()`: the alarms of this moment, the oldest first; each change to whoever listens (screens, webhook).
Never: an exception that ends the service; an alarm in the way of a call.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from callcenter.core import alarms as rules
from callcenter.core.alarms import Alarm
from callcenter.core.errors import CallCenterError
from callcenter.core.floor import Floor
from callcenter.storage.disk import FEW_FILES, room_for

log = logging.getLogger(__name__)

EVERY_S = 5.0
FULL_BYTES = 100 * 1024**2
NOTHING_LEFT_BYTES = 4 * 1024**2

RoomFor = Callable[[Path], tuple[int, int | None]]
Changed = Callable[[Alarm, bool], None]
"""An alarm, and whether it is raised (True) or over."""


class Alarms:
    """`run` it; ask `now()`."""

    def __init__(
        self,
        *,
        floor: Callable[[], Floor],
        troubles: Callable[[], Mapping[str, CallCenterError | None]],
        trunks: Callable[[], Awaitable[Mapping[str, bool]]],
        disk: Path,
        places: Sequence[Path] = (),
        room_for: RoomFor = room_for,
        overflow: bool = True,
        clock: Callable[[], datetime],
        changed: Changed,
    ) -> None:
        """`troubles`: what parts say of themselves, by code; "line" is the link to Asterisk. `trunks`: asks Asterisk;
        raises CallCenterError. `disk`: where recordings go; `places`: what else must be written, on what disks ever.
        `overflow`: somebody else is called when no position answers."""
        self._floor, self._troubles, self._trunks = floor, troubles, trunks
        self._disk, self._places, self._room_for = disk, places, room_for
        self._clock, self._changed, self._overflow = clock, changed, overflow
        self._raised: dict[str, str | None] = {}
        self._known: dict[str, Alarm] = {}
        self._told: dict[str, Alarm] = {}
        self._changes = asyncio.Event()

    def now(self) -> list[Alarm]:
        """The alarms of this moment, the oldest first."""
        return sorted(self._told.values(), key=lambda alarm: (alarm.since, alarm.code))

    def set(self, code: str, sentence: str | None) -> None:
        """Another part raises an alarm, changes its sentence, or ends it (None). It is told at once."""
        if self._raised.get(code) == sentence:
            return
        if sentence is None:
            del self._raised[code]  # an alarm about one call must not be remembered for ever
        else:
            self._raised[code] = sentence
        self._changes.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:  # a mistake of ours here must not end the service
                log.exception("the alarms could not be looked at")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changes.wait(), EVERY_S)

    async def look(self) -> None:
        """Once."""
        self._changes.clear()
        troubles = self._troubles()
        others = {code: str(why) if why else None for code, why in troubles.items()} | self._raised
        others["disk-full"] = await asyncio.to_thread(self._full)
        line_up = troubles.get("line") is None
        trunks = await self._ask() if line_up else {}
        found = rules.wrong(self._floor(), line_up=line_up, trunks=trunks, others=others, overflow=self._overflow)
        at = self._clock()
        self._known = rules.since(self._known, found, at)
        before, self._told = self._told, rules.told(self._known, at)
        for code in sorted({*before, *self._told}):
            self._tell(before.get(code), self._told.get(code))

    async def _ask(self) -> Mapping[str, bool]:
        try:
            return await self._trunks()
        except CallCenterError as wrong:
            log.warning("the trunks could not be asked for: %s", wrong)
            return {}

    def _full(self) -> str | None:
        for place in (self._disk, *self._places):
            with contextlib.suppress(OSError):  # the watch over the disk says that
                free, files = self._room_for(place)
                if place == self._disk and free < FULL_BYTES:
                    return rules.DISK_FULL
                if free < NOTHING_LEFT_BYTES:
                    return rules.PLACE_FULL.format(place=place)
                if files is not None and files < FEW_FILES:
                    return rules.NO_FILES.format(place=place)
        return None

    def _tell(self, before: Alarm | None, now: Alarm | None) -> None:
        if now is not None and before is None:
            log.error("alarm: %s", now.sentence)
            self._changed(now, True)
        elif before is not None and now is None:
            log.warning("alarm over: %s", before.sentence)
            self._changed(before, False)
