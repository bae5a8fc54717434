"""Open incidents, and which of them a caller may be calling about.

In:  the database, read again when something changed; calls. Out: `same(call)`, at once, from memory.
Never: a question to the database while a call rings; a decision.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from callcenter.core.call import Call
from callcenter.core.errors import CallCenterError
from callcenter.core.phone import Number
from callcenter.core.same import DAY, Likeness, Report, suggestions, words_of
from callcenter.storage import Incidents, OpenReport, Related
from callcenter.web.board import News
from callcenter.web.place import read_place

log = logging.getLogger(__name__)

MOST = 200
SOON_S, LOOK_S = 1.0, 20.0
REMEMBERED = 300
NOTHING = Related()


@dataclass(frozen=True)
class Suggestion:
    """An open ticket that may be the same incident, and why."""

    report: OpenReport
    likeness: Likeness


class Known:
    """One list for the whole room."""

    def __init__(
        self,
        incidents: Incidents,
        changed: Callable[[], None],
        *,
        clock: Callable[[], datetime],
        call_of: Callable[[str], Call | None],
        read_number: Callable[[str | None], Number],
        soon: float = SOON_S,
    ) -> None:
        self._incidents, self._changed, self._clock, self._soon = incidents, changed, clock, soon
        self._call_of, self._read_number = call_of, read_number
        self._reports: dict[str, OpenReport] = {}  # by ticket
        self._own: dict[str, str] = {}  # call -> its ticket
        self._alike: dict[str, Report] = {}
        self._stamp = 0
        self._told: OrderedDict[str, tuple[tuple[int, int], tuple[Suggestion, ...]]] = OrderedDict()
        self._wake = asyncio.Event()
        self._waits = False

    def same(self, call: str) -> tuple[Suggestion, ...]:
        """Open tickets that this call may be about, the likeliest first."""
        now = self._clock()
        stamp = (self._stamp, int(now.timestamp() // 60))
        known = self._told.get(call)
        if known is None or known[0] != stamp:
            known = self._told[call] = (stamp, self._compare(call, now))
            while len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
        return known[1]

    def related(self, call: str) -> Related:
        """What belongs to this call's ticket, while it is open."""
        report = self._reports.get(self._own.get(call, ""))
        return report.related if report is not None else NOTHING

    def _compare(self, call: str, now: datetime) -> tuple[Suggestion, ...]:
        own = self._own.get(call, "")
        mine = self._alike.get(own) or self._caller(call)
        if mine is None:
            return ()
        tied = {link.number for link in self.related(call).links}
        others = [report for number, report in self._alike.items() if number not in tied and number != own]
        return tuple(Suggestion(self._reports[each.ticket], each) for each in suggestions(mine, others, now))

    def _caller(self, call: str) -> Report | None:
        """What a call alone tells: its number, and the place that the network sent."""
        known = self._call_of(call)
        if known is None or known.test:
            return None
        e164 = self._read_number(known.number).e164
        place = read_place(known.location) if known.location else None
        point = (place.latitude, place.longitude) if place else (None, None)
        numbers = frozenset([e164] if e164 else [])
        return Report("", known.arrived_at, numbers, latitude=point[0], longitude=point[1])

    def hear(self, news: News) -> None:
        """A ticket came to be, or a call went on. Never blocks."""
        if news.tickets or any(not call.live or call.accepted_at for call in news.changed):
            self.stir()

    def stir(self) -> None:
        """Something was typed, linked or merged. Never blocks."""
        if not self._waits:
            self._waits = True
            asyncio.get_running_loop().call_later(self._soon, self._wake.set)

    async def read(self) -> None:
        """Now. StoreDown."""
        found = await self._incidents.open(self._clock() - DAY, MOST)
        reports = {each.ticket.number: each for each in found}
        if reports != self._reports:
            self._reports = reports
            self._own = {call: each.ticket.number for each in found for call in each.calls}
            self._alike = {number: _report(each) for number, each in reports.items()}
            self._stamp += 1
            self._changed()

    async def run(self) -> None:
        """Reads until cancelled; when the database is away, tries again."""
        while True:
            self._wake.clear()
            self._waits = False
            try:
                await self.read()
            except CallCenterError as trouble:
                log.info("which incidents are open is not known: %s", trouble)
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()
            except TimeoutError:
                continue


def _report(each: OpenReport) -> Report:
    ticket = each.ticket
    latitude, longitude = ticket.latitude, ticket.longitude
    sent = read_place(each.location) if latitude is None and each.location else None
    if sent is not None:
        latitude, longitude = sent.latitude, sent.longitude
    return Report(
        ticket.number,
        each.first_at,
        each.numbers,
        category=ticket.category,
        latitude=latitude,
        longitude=longitude,
        kelurahan=ticket.kelurahan,
        words=words_of(ticket.place, ticket.landmark, ticket.summary, each.text),
    )
