"""Calls and tickets for other programs.

In:  GET with a token and filters, hostile. Out: JSON, newest first, page by page.
Never: HTML, a change, a number to a role that may not read numbers.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from aiohttp import web

from callcenter.storage import PROTECTED, CallLine, audited
from callcenter.web.api import openapi
from callcenter.web.api.fields import shaped
from callcenter.web.api.shape import CALL, TICKET, TICKET_WHOLE, CallRow, TicketRow
from callcenter.web.api.shape_callers import CALLBACK, FLAG
from callcenter.web.callers.pages import read_state
from callcenter.web.need import for_eyes, for_reader, looker
from callcenter.web.parts import parts
from callcenter.web.recordings.sending import send_recording
from callcenter.web.security import visitor
from callcenter.web.supervisor.filters import read_after, read_filter, read_limit

R = TypeVar("R")
MOST_TOLD = 30


async def _looked(request: web.Request, action: str, target: str = "") -> None:
    """A program that reads callers' data leaves the row that a person would, before anything is handed out."""
    here, token, now = parts(request), visitor(request).token, parts(request).clock()
    by, address = f"token:{token.name}" if token else "", request.remote or ""
    key = (by, address, request.path_qs)
    if here.polls.told(key, now):
        return
    told = {name[:40]: value[:200] for name, value in list(request.query.items())[:MOST_TOLD]}
    await audited(here.database, by=by, action=action, at=now, target=target, details=told, address=address)
    here.polls.tell(key, now)


async def calls(request: web.Request) -> web.Response:
    here = parts(request)
    wanted = read_filter(request.query, here.settings, here.catalogue())
    readable = here.concerned.need.readable(looker(request))
    page = await here.history.calls(
        wanted, after=read_after(request.query), limit=read_limit(request.query), readable=readable
    )
    lines = await for_eyes(request, page.lines)
    await _looked(request, "calls.view")
    tried = await here.history.attempts_of([line.id for line in page.lines])
    asked = await here.history.forwards_of([line.id for line in page.lines])
    rows = [shaped(CALL, CallRow(line, _of(tried, line), for_reader(request, _of(asked, line)))) for line in lines]
    return web.json_response({"calls": rows, "next": page.next or None})


def _of(found: Mapping[str, Sequence[R]], line: CallLine) -> Sequence[R]:
    """What belongs to that call; nothing of a veiled one."""
    return () if line.category == PROTECTED else found.get(line.id, ())


async def call(request: web.Request) -> web.Response:
    page = await parts(request).history.call(request.match_info["call"])
    (line,) = await for_eyes(request, [page.line])
    await _looked(request, "call.view", page.line.id)
    row = CallRow(line, page.attempts, for_reader(request, page.forwards))
    return web.json_response(shaped(CALL, row))


async def tickets(request: web.Request) -> web.Response:
    here = parts(request)
    wanted = read_filter(request.query, here.settings, here.catalogue())
    who = looker(request)
    page = await here.history.tickets(
        wanted,
        after=read_after(request.query),
        limit=read_limit(request.query),
        readable=here.concerned.need.readable(who),
    )
    found = await here.concerned.need.veiled_tickets(page.lines, who)
    await _looked(request, "tickets.view")
    rows = [shaped(TICKET, TicketRow(ticket)) for ticket in for_reader(request, found)]
    return web.json_response({"tickets": rows, "next": page.next or None})


async def ticket(request: web.Request) -> web.Response:
    page = await parts(request).history.ticket(request.match_info["number"])
    await _looked(request, "ticket.view", page.ticket.number)
    page = for_reader(request, page)
    row = TicketRow(page.ticket, page.calls, page.notes, page.forwards, page.related)
    return web.json_response(shaped(TICKET_WHOLE, row))


async def callbacks(request: web.Request) -> web.Response:
    page = await parts(request).callers.callbacks.page(
        done=read_state(request.query.get("state", "")),
        after=read_after(request.query),
        limit=read_limit(request.query),
    )
    await _looked(request, "callbacks.view")
    rows = [shaped(CALLBACK, line) for line in for_reader(request, page.lines)]
    return web.json_response({"callbacks": rows, "next": page.next or None})


async def flags(request: web.Request) -> web.Response:
    page = await parts(request).callers.flags.page(after=read_after(request.query), limit=read_limit(request.query))
    await _looked(request, "flags.view")
    return web.json_response(
        {"flags": [shaped(FLAG, line) for line in for_reader(request, page.lines)], "next": page.next or None}
    )


async def recording(request: web.Request) -> web.StreamResponse:
    token = visitor(request).token
    by = f"token:{token.name}" if token else ""
    return await send_recording(request, call=request.match_info["call"], by=by)


async def description(request: web.Request) -> web.Response:
    """OpenAPI 3.1."""
    return web.json_response(openapi.description(parts(request).settings, parts(request).catalogue()))
