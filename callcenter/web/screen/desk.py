"""What the screens know of calls beside the telephone: their tickets, notes and earlier calls, and who sits where.

In:  news of the switchboard; tickets that a handler just saved. Out: `about(call)`, at once, from memory.
Never: makes a screen wait for the database. What is not read yet is shown as such and painted again when it comes.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from callcenter.core.call import Call
from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, StoreDown
from callcenter.core.practice import practice_of
from callcenter.storage import (
    AtPosition,
    CallLine,
    ForwardLine,
    History,
    LinkLine,
    MessageLine,
    Note,
    Past,
    People,
    Ticket,
    TicketPage,
    Tickets,
)
from callcenter.web.board import Board, News
from callcenter.web.place import read_place
from callcenter.web.screen.shelf import Shelf

log = logging.getLogger(__name__)

REMEMBERED = 500
AGAIN_S = 1.0  # after a fact: the journal's commit follows it shortly
SEATS_EVERY_S = 5.0
NETWORK = "network"
"""Who set the place that came with the call."""


@dataclass(frozen=True)
class About:
    """One call's papers. None: not read yet."""

    ticket: Ticket | None = None
    notes: tuple[Note, ...] = ()
    earlier: tuple[CallLine, ...] | None = None
    forwards: tuple[ForwardLine, ...] = ()
    past: tuple[Past, ...] = ()  # the number's history, by class
    links: tuple[LinkLine, ...] = ()
    messages: tuple[MessageLine, ...] = ()


class Desk:
    """The papers of all calls that somebody looks at."""

    def __init__(
        self,
        history: History,
        people: People,
        board: Board,
        changed: Callable[[], None],
        *,
        shelf: Shelf,
        tickets: Tickets,
        again: float = AGAIN_S,
    ) -> None:
        self.seats: Mapping[str, AtPosition] = {}
        self._history, self._people, self._board = history, people, board
        self._changed, self._shelf, self._tickets = changed, shelf, tickets
        self._again = again
        self._papers: OrderedDict[str, About] = OrderedDict()
        self._asked: OrderedDict[str, None] = OrderedDict()
        self._calls: OrderedDict[str, Call] = OrderedDict()
        self._practised: dict[str, Call] = {}
        self._soon: dict[str, bool] = {}  # will be read; True: told something since
        self._wake = asyncio.Event()
        self._watchers: list[Callable[[], None]] = []

    def watch(self, told: Callable[[], None]) -> None:
        """Call this whenever a paper changed."""
        self._watchers.append(told)

    def about(self, call: str) -> About:
        """What is known now."""
        return self._papers.get(call, About())

    def call(self, call: str) -> Call | None:
        """As it was last, also after its end: its sheet still lies open."""
        return self._board.floor.calls.get(call) or self._calls.get(call)

    def practised(self, position: str) -> Call | None:
        """The newest practice call of that position, also after its end."""
        return self._practised.get(position)

    def number(self, call: str) -> str:
        """The ticket's number, or nothing while it is not committed."""
        ticket = self.about(call).ticket
        return self._board.tickets.get(call, "") or (ticket.number if ticket else "")

    def hear(self, news: News) -> None:
        """Somebody's papers may be new. Never blocks."""
        for new in news.tickets:
            self.ask(new)
        for call in news.changed:
            self._calls[call.id] = call
            self._calls.move_to_end(call.id)
            if whose := practice_of(call):
                self._practised[whose] = call
            if call.id not in self._papers:
                self.ask(call.id)
            else:
                self._ask_soon(call.id)
        while len(self._calls) > REMEMBERED:
            self._calls.popitem(last=False)

    def _ask_soon(self, call: str) -> None:
        """A call tells thirty things in a second: it is read once for all of them, and once more for the last ones."""
        if call in self._soon:
            self._soon[call] = True
            return
        self._soon[call] = False
        asyncio.get_running_loop().call_later(self._again, self._ask_now, call)

    def _ask_now(self, call: str) -> None:
        self.ask(call)
        if self._soon.pop(call):
            self._ask_soon(call)

    def ask(self, call: str) -> None:
        """Read that call's papers soon."""
        self._asked[call] = None
        self._wake.set()

    def put(self, call: str, ticket: Ticket) -> None:
        """A handler saved it: every screen sees it now."""
        self._keep(call, replace(self.about(call), ticket=ticket))

    def put_note(self, call: str, note: Note) -> None:
        """The same for a note."""
        old = self.about(call)
        others = tuple(known for known in old.notes if known.key != note.key)
        self._keep(call, replace(old, notes=tuple(sorted((*others, note), key=lambda n: n.created_at))))

    async def ticket_of(self, call: str) -> Ticket:
        """For a handler that must have it; NotFound while it is not committed, StoreDown when nobody can tell."""
        known = self.about(call).ticket
        return known if known is not None else await self._history.ticket_of(call)

    async def read_seats(self) -> None:
        """Who sits where, now."""
        seats = await self._people.at_positions()
        if seats != self.seats:
            self.seats = seats
            self._changed()

    async def run(self) -> None:
        """Reads until cancelled; when the database is away, tries again."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._watch_seats())
            both.create_task(self._read_papers())

    async def _watch_seats(self) -> None:
        while True:
            try:
                await self.read_seats()
            except StoreDown as trouble:
                log.info("who sits where is not known: %s", trouble)
            await asyncio.sleep(SEATS_EVERY_S)

    async def _read_papers(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._asked:
                call, _ = self._asked.popitem(last=False)
                try:
                    await self._read(call)
                except StoreDown:
                    self.ask(call)
                    await asyncio.sleep(self._again)
                except CallCenterError as trouble:
                    log.warning("papers of %s cannot be read: %s", call, trouble)

    async def _read(self, call: str) -> None:
        old = self.about(call)
        here = self._board.floor.calls.get(call)
        earlier = old.earlier if old.earlier is not None else await self._earlier(here)
        past = old.past if old.earlier is not None else await self._past(here)
        try:
            number = self._board.tickets.get(call) or (await self._history.ticket_of(call)).number
            page = await self._placed(call, await self._history.ticket(number))
            if earlier is None:
                earlier = tuple(await self._history.earlier_calls(call))
                past = await self._past(next((line for line in page.calls if line.id == call), None))
        except NotFound:
            self._keep(call, replace(self.about(call), earlier=earlier, past=past))
            return
        now = self.about(call)
        same = now.ticket is not None and now.ticket.id == page.ticket.id
        newer = same and now.ticket is not None and now.ticket.version > page.ticket.version
        ticket = now.ticket if newer else page.ticket
        notes = _merged(now.notes, page.notes)
        out = (tuple(page.links), tuple(page.messages))
        self._keep(call, About(ticket, notes, earlier, tuple(page.forwards), past, *out))

    async def _placed(self, call: str, page: TicketPage) -> TicketPage:
        """The place that the network sent becomes the ticket's, where nothing better is known."""
        sent = next((line.location for line in page.calls if line.id == call), "")
        found = read_place(sent) if sent else None
        if found is None or page.ticket.location_source or page.ticket.latitude is not None:
            return page
        try:
            ticket = await self._tickets.set_fields(
                page.ticket.number, found.fields(), version=page.ticket.version, by=NETWORK
            )
        except (BadInput, Conflict, StoreDown) as refused:  # somebody was quicker: theirs is better; or later
            log.info("the place that the network sent with %s was not taken: %s", call, refused)
            return page
        return replace(page, ticket=ticket)

    async def _earlier(self, call: Call | None) -> tuple[CallLine, ...] | None:
        if call is None:
            return None
        return tuple(await self._history.earlier_from(call.number, before=call.arrived_at))

    async def _past(self, call: Call | CallLine | None) -> tuple[Past, ...]:
        if call is None:
            return ()
        return tuple(await self._history.past(call.number, before=call.arrived_at))

    def _keep(self, call: str, about: About) -> None:
        same = self._papers.get(call) == about
        self._papers[call] = about
        self._papers.move_to_end(call)
        while len(self._papers) > REMEMBERED:
            self._papers.popitem(last=False)
        if not same:
            if about.ticket is not None:
                self._shelf.put(call, about.ticket)
            for told in self._watchers:
                told()
            self._changed()


def _merged(known: Iterable[Note], read: Iterable[Note]) -> tuple[Note, ...]:
    """A note that was saved while we read is not thrown back to its older self."""
    notes = {note.key: note for note in read}
    for note in known:
        if note.key not in notes or notes[note.key].version < note.version:
            notes[note.key] = note
    return tuple(sorted(notes.values(), key=lambda note: note.created_at))
