"""Agencies' lines in Asterisk's own database, so that `*1` and a short code reach them with our service dead.

In:  the catalogue of this moment; the tree `agency` as Asterisk has it.
Out: orders for what differs, after every login, every change, and every minute (a line's hours begin or end).
Never: a key that is not ours; all of it written again because one line changed.

Asterisk alone knows no hours and no "together": it dials one line after the other, those staffed now first. So the
order stands as it was when we were last there, and no line is ever left out.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, tzinfo

from callcenter.asterisk.astdb import note
from callcenter.asterisk.conf import dial_string
from callcenter.asterisk.snapshot import Asks
from callcenter.asterisk.wire import fields, text
from callcenter.core.agency import Agency
from callcenter.core.catalogue import Catalogue, Newest
from callcenter.core.errors import BadInput, CallCenterError, Unconfirmed
from callcenter.core.hours import staffed

log = logging.getLogger(__name__)

FAMILY = "agency"
FILLED = "filled"
"""A key beside the lines: they were all written once, so the settings of the last start are not asked any more."""

OURS = re.compile(r"/?agency/(?P<key>[0-9]{2,6}/[1-9]|filled)")
AGAIN_S, RETRY_S, WRITTEN_S = 60.0, 1.0, 3.0
NOT_WRITTEN = "Asterisk has not taken the agencies' lines: *1 and a short code may reach an old number. We try again."

Lines = Mapping[str, str]
"""113/1 -> dial string | number to show | seconds."""


def wanted(catalogue: Catalogue, at: datetime) -> dict[str, str]:
    """What must stand there, at that moment of the city's clock. Pure."""
    found = {FILLED: "1"}
    for agency in catalogue.agencies.values():
        for place, line in enumerate(_dialled(agency, at), 1):
            found[f"{agency.short}/{place}"] = line
    return found


def _dialled(agency: Agency, at: datetime) -> list[str]:
    made = []
    for line in sorted(agency.lines, key=lambda line: not staffed(line.hours, at)):
        try:
            made.append(f"{dial_string(line)}|{line.show}|{line.ring_s}")
        except BadInput as wrong:  # a copy that somebody edited by hand
            log.warning("a line of %s cannot be dialled: %s", agency.code, wrong)
    return made[:9]


def differences(there: Lines, wanted: Lines) -> list[dict[str, str]]:
    """The orders that make the one into the other: first what is dialled, then what goes, at last that it is whole."""
    orders = [_line(key, value) for key, value in wanted.items() if key != FILLED and there.get(key) != value]
    orders += [_line(key, "||") for key in there if key not in wanted]
    return orders + [{} for key in wanted if key == FILLED and key not in there]


def _line(key: str, value: str) -> dict[str, str]:
    short, _, place = key.partition("/")
    dial, show, ring = value.split("|")
    return {"SHORT": short, "N": place, "DIAL": dial, "SHOW": show, "RING": ring}


class ShortCodes:
    """`run` it beside the link; `stir` it when the catalogue changed or the link is new."""

    def __init__(
        self, link: Asks, catalogue: Newest, up: Callable[[], bool], clock: Callable[[], datetime], zone: tzinfo
    ) -> None:
        """`up`: the link can be asked. `zone`: in which the lines' hours are meant."""
        self._link, self._catalogue, self._up, self._clock, self._zone = link, catalogue, up, clock, zone
        self._stirred = asyncio.Event()
        self.trouble: CallCenterError | None = None

    def stir(self) -> None:
        """Look now."""
        self._stirred.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._stirred.clear()  # before the look: what changes meanwhile is looked at again
            again = RETRY_S if self._up() and not await self._try() else AGAIN_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), again)

    async def _try(self) -> bool:
        try:
            await self.write()
        except CallCenterError as wrong:
            log.warning("agencies' lines: %s", wrong)
            if self._up():  # with the link down that is the trouble, and told
                self.trouble = Unconfirmed(NOT_WRITTEN)
            return False
        self.trouble = None
        return True

    async def write(self) -> None:
        """Compare, order what differs, and see that it is there. Raises LineDown, Refused, Unconfirmed."""
        goal = wanted(self._catalogue(), self._clock().astimezone(self._zone))
        orders = differences(await self._there(), goal)
        for order in orders:
            await note(self._link, "line" if order else FILLED, order)
        if not orders:
            return
        log.info("agencies' lines: %d written to Asterisk", len(orders))
        end = asyncio.get_running_loop().time() + WRITTEN_S
        while differences(await self._there(), goal):
            if asyncio.get_running_loop().time() > end:
                raise Unconfirmed(NOT_WRITTEN)
            await asyncio.sleep(0.1)

    async def _there(self) -> dict[str, str]:
        tree = [fields(message) for message in await self._link.ask_list("DBGetTree", {"Family": FAMILY})]
        found = {}
        for entry in tree:
            ours = OURS.fullmatch(text(entry, "Key"))
            if ours:
                found[ours["key"]] = text(entry, "Val")
        return found
