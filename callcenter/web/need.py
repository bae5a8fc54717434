"""What whoever asks may read: protected tickets, whole numbers.

In:  a request with who asks. Out: lines veiled and masked for them; a refusal with a way to give a reason.
Never: a telephone's button that waits for this; a page that shows more because the database is away.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from aiohttp import web

from callcenter.core.errors import NotFound, StoreDown
from callcenter.storage import CallLine, Looker, Need, Ticket, veil, veil_ticket
from callcenter.web.callers.known import Suggestion
from callcenter.web.i18n import N_
from callcenter.web.live import Viewer
from callcenter.web.masking import hidden
from callcenter.web.parts import Parts, parts
from callcenter.web.screen.desk import About, Desk
from callcenter.web.screen.shelf import Papers
from callcenter.web.security import NotAllowed, session_of, visitor

T = TypeVar("T")

REMEMBERED = 2000
PROTECTED = N_("Ticket {number} is protected: those who worked on it read it, and who gives a reason.")
HANDS = (
    "admit",
    "cancel",
    "leave",
    "hangup",
    "hold",
    "unhold",
    "requeue",
    "silent",
    "consult",
    "dismiss",
    "keys",
    "help",
    "help_stop",
)
TELEPHONE = frozenset({*(f"screen.{hand}" for hand in HANDS), "screen.ticket_call", "ticket.open"})
"""Hands on the telephone show nothing; they never wait for the database."""


class Protected(NotAllowed):
    """There is such a ticket, and this person has not to do with it."""


class Concerned:
    """Who reads which protected ticket, known without asking: for live parts, which are painted from memory."""

    def __init__(self, need: Need, desk: Desk, changed: Callable[[], None]) -> None:
        self.need, self._desk, self._changed = need, desk, changed
        self._may: OrderedDict[tuple[str, str], None] = OrderedDict()

    def hides_from(self, who: Looker) -> Callable[[str], bool]:
        """Of which categories this role is told nothing."""
        everything = self.need.all_of(who)
        return lambda category: not everything and category in self.need.categories

    def ticket(self, ticket: Ticket, who: Looker) -> bool:
        """This person reads that ticket, as far as is known now."""
        if ticket.category not in self.need.categories or self.need.all_of(who):
            return True
        return who.person in (ticket.taken_by, ticket.classed_by) or (who.person, ticket.number) in self._may

    def line(self, line: CallLine, who: Looker) -> bool:
        """The same for a line of a list."""
        free = line.category not in self.need.categories or self.need.all_of(who)
        return free or who.person in (line.person, line.by) or (who.person, line.ticket) in self._may

    def call(self, call: str, viewer: Viewer) -> bool:
        """The same for what lies open; whoever is on the call reads along."""
        ticket = self._desk.about(call).ticket
        if ticket is None:
            return True
        if self.on_it(call, viewer.position):  # her call: she reads on when it is over
            self._note(viewer.person, ticket.number)
            return True
        return self.ticket(ticket, _viewer(viewer))

    def on_it(self, call: str, position: str) -> bool:
        """This position speaks with that caller."""
        known = self._desk.call(call)
        if known is None or not position:
            return False
        helper = known.helper_here()
        return position in (known.position, helper.position if helper else "")

    def scope(self, viewer: Viewer) -> str:
        """Viewers of one scope see the same: all of a role that reads everything; else each for himself."""
        return "" if self.need.all_of(_viewer(viewer)) else viewer.person

    def about(self, call: str, viewer: Viewer) -> About:
        """That call's papers as this viewer may read them."""
        if not self.call(call, viewer):
            return About()
        about, who = self._desk.about(call), _viewer(viewer)
        if not about.earlier or all(self.line(line, who) for line in about.earlier):
            return about
        return replace(about, earlier=tuple(self._veiled(about.earlier, who)))

    def shelf(self, papers: Papers, viewer: Viewer) -> Papers:
        """What lies on the shelf, likewise."""
        who = _viewer(viewer)
        return replace(papers, open=tuple(self._veiled(papers.open, who)), last=tuple(self._veiled(papers.last, who)))

    def alike(self, found: Sequence[Suggestion], viewer: Viewer) -> list[Suggestion]:
        """Incidents that may be the same: a protected one without what it is and where."""
        who = _viewer(viewer)
        return [
            each if self.ticket(each.report.ticket, who)
            else replace(each, report=replace(each.report, ticket=veil_ticket(each.report.ticket), accepted=()))
            for each in found
        ]  # fmt: skip

    def _veiled(self, lines: Iterable[CallLine], who: Looker) -> Iterator[CallLine]:
        return (line if self.line(line, who) else veil(line) for line in lines)

    def learn(self, number: str, who: Looker) -> None:
        """The database said that this person may."""
        if (who.person, number) not in self._may:
            self._changed()
        self._note(who.person, number)

    def _note(self, person: str, number: str) -> None:
        self._may[(person, number)] = None
        self._may.move_to_end((person, number))
        while len(self._may) > REMEMBERED:
            self._may.popitem(last=False)


def looker(request: web.Request) -> Looker:
    """Who asks: a person, a program."""
    session, token = session_of(request), visitor(request).token
    if session is not None:
        return Looker(session.person, session.role.value)
    return Looker(f"token:{token.name}", token.role.value) if token is not None else Looker("", "")


def _viewer(viewer: Viewer) -> Looker:
    return Looker(viewer.person, viewer.role)


async def check(request: web.Request, name: str) -> None:
    """Before anything of one call or ticket is shown or changed. Protected."""
    if name in TELEPHONE:
        return
    if request.match_info.get("number"):
        await check_ticket(request, request.match_info["number"])
    elif request.match_info.get("call"):
        await check_call(request, request.match_info["call"])
    elif name.startswith("forward."):
        with suppress(NotFound):  # the handler says so
            duty = await parts(request).agencies.responders.one(request.match_info["forward"])
            await _check(request, duty.ticket.number, duty.ticket.category, looker(request))


async def check_call(request: web.Request, call: str) -> None:
    """The same for a call that the address line asks for."""
    here, who, session = parts(request), looker(request), session_of(request)
    if here.concerned.need.all_of(who) or here.concerned.on_it(call, session.position if session else ""):
        return
    try:
        ticket = await here.desk.ticket_of(call)
    except NotFound:
        return
    except StoreDown:
        if request.method == "GET" and request.match_info.get("call"):
            raise
        return  # what is typed is kept and stored later; the live parts show what is known
    await _check(request, ticket.number, ticket.category, who)


async def check_ticket(request: web.Request, number: str) -> None:
    """The same for a ticket that something else names."""
    if parts(request).concerned.need.all_of(looker(request)):
        return
    category = await parts(request).concerned.need.category_of(number)
    await _check(request, number, category, looker(request))


async def _check(request: web.Request, number: str, category: str, who: Looker) -> None:
    concerned = parts(request).concerned
    if concerned.need.all_of(who):
        return
    if category not in concerned.need.categories:
        if request.method == "POST":  # who works on it reads on when somebody protects it
            concerned.learn(number, who)
        return
    if await concerned.need.hides(number, category, who):
        raise Protected(PROTECTED, number=number)
    concerned.learn(number, who)


def sees_whole(here: Parts, role: str) -> bool:
    """This role reads numbers as they are."""
    return role in here.settings.whole_number_roles


def for_reader(request: web.Request, found: T) -> T:
    """What was read, as whoever asks may read its numbers; who may read it at all is asked before."""
    return found if sees_whole(parts(request), looker(request).role) else hidden(found)


async def for_eyes(request: web.Request, lines: list[CallLine]) -> list[CallLine]:
    """These lines as whoever asks may read them."""
    here, who = parts(request), looker(request)
    return for_reader(request, await here.concerned.need.veiled(lines, who))
