"""What lies on a call taker's shelf: her tickets that are still open, and the last calls of her position.

In:  who looks, from where; news of the switchboard; tickets that changed. Out: `of(...)`, at once, from memory.
Never: a question to the database for each keystroke: it is read when first wanted, and when a call ended.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from callcenter.core.errors import CallCenterError, StoreDown
from callcenter.core.ticket import CLOSED_STATES
from callcenter.storage import CallFilter, CallLine, History, Ticket
from callcenter.web.board import News

log = logging.getLogger(__name__)

REMEMBERED = 200
OPEN_SHOWN = 30
LAST_SHOWN = 5
AGAIN_S = 1.0  # after a fact: the journal's commit follows it shortly

Place = tuple[str, str]
"""A person and a position."""


@dataclass(frozen=True)
class Papers:
    """One shelf. `known` False: not read yet."""

    open: tuple[CallLine, ...] = ()
    last: tuple[CallLine, ...] = ()
    mine: str = ""  # the last call that this person answered: she may hear it again
    known: bool = False


class Shelf:
    """The shelves of everybody who looks."""

    def __init__(self, history: History, changed: Callable[[], None], *, again: float = AGAIN_S) -> None:
        self._history, self._changed, self._again = history, changed, again
        self._papers: OrderedDict[Place, Papers] = OrderedDict()
        self._asked: OrderedDict[Place, None] = OrderedDict()
        self._wake = asyncio.Event()

    def of(self, person: str, position: str) -> Papers:
        """What is known now; what is not will be read."""
        place = (person, position)
        known = self._papers.get(place)
        if known is None:
            known = self._papers[place] = Papers()
            self._ask(place)
            while len(self._papers) > REMEMBERED:
                self._papers.popitem(last=False)
        self._papers.move_to_end(place)
        return known

    def hear(self, news: News) -> None:
        """A call ended, or its call taker left it: her position's shelves are read again, after the commit; once more
        for a commit that a slow disk held up."""
        left = {call.answered_by for call in news.changed if not (call.live and call.position)} - {""}
        for place in [place for place in self._papers if place[1] in left]:
            for wait in (self._again, 10 * self._again):
                asyncio.get_running_loop().call_later(wait, self._ask, place)

    def put(self, call: str, ticket: Ticket) -> None:
        """A ticket changed: every shelf that it lies on shows it now."""
        for place, papers in list(self._papers.items()):
            open_ = tuple(line for line in _with(papers.open, call, ticket) if line.status not in CLOSED_STATES)
            last = tuple(_with(papers.last, call, ticket))
            back = [line for line in last if line.id == call and line.person == place[0] and papers.known]
            if back and ticket.status not in CLOSED_STATES and all(line.id != call for line in open_):
                open_ = (*back, *open_)  # opened again
            if (open_, last) != (papers.open, papers.last):
                self._papers[place] = replace(papers, open=open_, last=last)
                self._changed()

    async def run(self) -> None:
        """Reads until cancelled; when the database is away, tries again."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._asked:
                place, _ = self._asked.popitem(last=False)
                try:
                    await self._read(place)
                except StoreDown:
                    self._ask(place)
                    await asyncio.sleep(self._again)
                except CallCenterError as trouble:
                    log.warning("the shelf of %s cannot be read: %s", place[0], trouble)

    def _ask(self, place: Place) -> None:
        self._asked[place] = None
        self._wake.set()

    async def _read(self, place: Place) -> None:
        person, position = place
        open_ = await self._history.calls(CallFilter(person=person, open=True), limit=OPEN_SHOWN)
        last = await self._history.calls(CallFilter(position=position), limit=LAST_SHOWN) if position else None
        mine = await self.last_of(person)
        now = Papers(tuple(open_.lines), tuple(last.lines) if last else (), mine, known=True)
        if place in self._papers and self._papers[place] != now:
            self._papers[place] = now
            self._changed()

    async def last_of(self, person: str) -> str:
        """The last call that this person answered; empty: none."""
        found = await self._history.calls(CallFilter(person=person, tests=True), limit=1)
        return found.lines[0].id if found.lines else ""


def _with(lines: Iterable[CallLine], call: str, ticket: Ticket) -> Iterable[CallLine]:
    """These lines, with what that ticket says now."""
    for line in lines:
        if line.id != call:
            yield line
            continue
        yield replace(
            line,
            call_class=ticket.call_class,
            category=ticket.category,
            status=ticket.status,
            disposition=ticket.disposition,
            place=ticket.place,
            priority=ticket.priority,
        )
