"""Linking and merging tickets of one incident, and undoing it.

In:  POST from the screen (JSON) or from the ticket's page (a form), hostile.
Out: JSON with the ticket that the call belongs to now, or the way back to the page.
Never: a screen that goes on showing the other ticket: every call that moved is told to all of them.
"""

from collections.abc import Iterable

from aiohttp import web

from callcenter.core.errors import CallCenterError
from callcenter.core.ticket import CallClass
from callcenter.storage import Ticket
from callcenter.web.forms import read_body, text_of
from callcenter.web.need import check_ticket
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person, see_other

LONGEST_NUMBER = 40


def _moved(here: Parts, ticket: Ticket, calls: Iterable[str]) -> None:
    """These calls belong to that ticket now."""
    calls = list(calls)
    for call in calls:
        here.desk.put(call, ticket)
        here.desk.ask(call)
    here.board.committed(dict.fromkeys(calls, ticket.number))


async def _look_again(here: Parts, *numbers: str) -> None:
    """Every call of these tickets is read again, and the open incidents."""
    for number in numbers:
        for line in (await here.history.ticket(number)).calls:
            here.desk.ask(line.id)
    here.callers.known.stir()


def _answer(request: web.Request, number: str) -> web.Response:
    if request.content_type == "application/json":
        return web.json_response({"ticket": number})
    return see_other(f"/tickets/{number}")


async def merge(request: web.Request) -> web.Response:
    """This call's ticket is the same incident as that one: its calls go there."""
    here, who = parts(request), person(request)
    into = text_of(await read_body(request), "into", LONGEST_NUMBER)
    await check_ticket(request, into)
    child = await here.history.ticket_of(request.match_info["call"])
    ticket, calls = await here.callers.incidents.merge(child.number, into, by=who.person)
    _moved(here, ticket, calls)
    await _look_again(here, ticket.number)
    return _answer(request, ticket.number)


async def undo(request: web.Request) -> web.Response:
    """It was another incident after all."""
    here, who = parts(request), person(request)
    number = request.match_info["number"]
    await read_body(request)
    before = (await here.callers.incidents.related(number)).into
    ticket, calls = await here.callers.incidents.undo(number, by=who.person)
    _moved(here, ticket, calls)
    await _look_again(here, *filter(None, (ticket.number, before)))
    return _answer(request, ticket.number)


async def link(request: web.Request) -> web.Response:
    """They belong together, and stay two tickets."""
    here, who = parts(request), person(request)
    body = await read_body(request)
    other, kind = text_of(body, "to", LONGEST_NUMBER), text_of(body, "kind", 20) or "RELATED"
    await check_ticket(request, other)
    mine = await here.history.ticket_of(request.match_info["call"])
    await here.callers.incidents.link(mine.number, other, kind, by=who.person)
    await _look_again(here, mine.number, other)
    return _answer(request, mine.number)


async def unlink(request: web.Request) -> web.Response:
    """They do not."""
    here, who = parts(request), person(request)
    number, other = request.match_info["number"], text_of(await read_body(request), "other", LONGEST_NUMBER)
    await here.callers.incidents.unlink(number, other, by=who.person)
    await _look_again(here, number, other)
    return _answer(request, number)


async def follow_up(here: Parts, call: str, ticket: Ticket, chosen: str, by: str) -> None:
    """A repeat call is a child of the ticket that it is about, where one is likely. Never in the way of the class."""
    found = here.callers.known.same(call) if chosen == CallClass.FOLLOW_UP else ()
    if not found:
        return
    try:
        await here.callers.incidents.link(ticket.number, found[0].likeness.ticket, "CHILD", by=by)
        here.callers.known.stir()
    except CallCenterError:  # it was closed, merged or linked meanwhile: the suggestion stands on the sheet
        return
