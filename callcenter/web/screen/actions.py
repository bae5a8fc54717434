"""What a call taker does: types, classifies, calls agencies, leaves, hangs up.

In:  POST, JSON or form. Out: JSON: the ticket's new version, or a sentence that says why not.
Never: a change on the screen by itself. A wish is sent; the screen moves when Asterisk says that it happened.
"""

import asyncio

from aiohttp import web

from callcenter.core.control import may_be_ghost
from callcenter.core.errors import BadInput, NotFound, StoreDown
from callcenter.core.share import Mode
from callcenter.core.ticket import CallClass
from callcenter.core.wishes import Admit, CancelForward, Forward, HangUp, Leave, Wish
from callcenter.storage import TYPED_FIELDS, Session, Ticket
from callcenter.web.callers.incidents import follow_up
from callcenter.web.forms import read_body, text_of, version_of
from callcenter.web.parts import Parts, parts
from callcenter.web.screen.seat import written
from callcenter.web.security import person

LONGEST_TEXT = 20_000
LONGEST_LEG = 400
NAMING_TRIES = 5


async def _ticket(request: web.Request) -> tuple[Parts, str, Ticket, Session]:
    here = parts(request)
    call = request.match_info["call"]
    return here, call, await here.desk.ticket_of(call), person(request)


def _saved(here: Parts, call: str, ticket: Ticket) -> web.Response:
    here.desk.put(call, ticket)
    return web.json_response({"version": ticket.version, "ticket": ticket.number})


async def field(request: web.Request) -> web.Response:
    """One field, while it is typed."""
    here, call, ticket, who = await _ticket(request)
    body = await read_body(request)
    name = text_of(body, "field")
    if name not in TYPED_FIELDS:
        raise BadInput("There is no such field.")
    values = {name: text_of(body, "value", LONGEST_TEXT)}
    return _saved(
        here, call, await here.tickets.set_fields(ticket.number, values, version=version_of(body), by=who.person)
    )


async def note(request: web.Request) -> web.Response:
    """One note, while it is typed."""
    here, call, ticket, who = await _ticket(request)
    body = await read_body(request)
    saved = await here.tickets.save_note(
        ticket.number,
        key=text_of(body, "key", 64),
        text=text_of(body, "text", LONGEST_TEXT),
        version=version_of(body),
        by=who.person,
    )
    here.desk.put_note(call, saved)
    return web.json_response({"version": saved.version, "ticket": ticket.number})


async def call_class(request: web.Request) -> web.Response:
    """One key: what kind of call this is."""
    here, call, ticket, who = await _ticket(request)
    body = await read_body(request)
    chosen = text_of(body, "class")
    unasked = may_be_ghost(here.board.floor.calls.get(call)) if chosen == CallClass.GHOST else None
    if unasked is not None and here.board.line.phase == "up":  # without a line nobody could ask him
        raise unasked
    saved = await here.tickets.set_class(ticket.number, chosen, version=ticket.version, by=who.person)
    await follow_up(here, call, ticket, chosen, who.person)
    return _saved(here, call, saved)


async def category(request: web.Request) -> web.Response:
    """What it is about; proposes the agencies."""
    here, call, ticket, who = await _ticket(request)
    body = await read_body(request)
    chosen, version = text_of(body, "value"), version_of(body)
    return _saved(here, call, await here.tickets.set_category(ticket.number, chosen, version=version, by=who.person))


async def status(request: web.Request) -> web.Response:
    """Closed, with what became of it; or done with the writing."""
    here, call, ticket, who = await _ticket(request)
    body = await read_body(request)
    wanted = text_of(body, "status")
    if wanted == "WRAPPED_UP":
        done = await here.tickets.wrap_up(ticket.number, by=who.person)
        await written(here, who.position, who.person)
        return _saved(here, call, done)
    saved = await here.tickets.set_status(
        ticket.number, wanted, disposition=text_of(body, "disposition"), version=ticket.version, by=who.person
    )
    return _saved(here, call, saved)


async def verify(request: web.Request) -> web.Response:
    """The place is sure (t5): the caller confirmed it, or a map did."""
    here, call, ticket, who = await _ticket(request)
    if not (ticket.place or ticket.latitude is not None):
        raise BadInput("Write the place first, then confirm it.")
    return _saved(here, call, await here.tickets.verify_location(ticket.number, by=who.person))


def _seat(request: web.Request) -> tuple[Session, str, str]:
    who = person(request)
    if not who.position:
        raise BadInput("Choose your position first: the phone that speaks is the position's.")
    return who, request.match_info["call"], who.position


async def _wish(request: web.Request, wish: Wish) -> web.Response:
    await parts(request).board.wish(wish)
    return web.json_response({"asked": True})


async def forward(request: web.Request) -> web.Response:
    who, call, position = _seat(request)
    body = await read_body(request)
    mode = text_of(body, "mode") if "mode" in body else Mode.WARM.value
    return await _wish(request, Forward(call, text_of(body, "agency"), position, who.person, mode))


async def cancel(request: web.Request) -> web.Response:
    who, call, position = _seat(request)
    agency = text_of(await read_body(request), "agency")
    return await _wish(request, CancelForward(call, agency, position, who.person))


async def leave(request: web.Request) -> web.Response:
    who, call, position = _seat(request)
    return await _wish(request, Leave(call, position, who.person))


async def hang_up(request: web.Request) -> web.Response:
    who, call, position = _seat(request)
    return await _wish(request, HangUp(call, position, who.person))


async def admit(request: web.Request) -> web.Response:
    """Let in who answered without pressing 1; the name that was said is the proof of the acceptance."""
    who, call, position = _seat(request)
    body = await read_body(request)
    leg, name = text_of(body, "leg", LONGEST_LEG), text_of(body, "name").strip()
    if not name:
        raise BadInput("Write the name of who accepted there.")
    here = parts(request)
    await here.board.wish(Admit(call, leg, position, who.person))
    await _name_acceptance(here, leg, name, who.person)
    return web.json_response({"asked": True})


async def _name_acceptance(here: Parts, leg: str, name: str, by: str) -> None:
    """The attempt's row may be on its way to the database; the caller is already with the agency."""
    for left in reversed(range(NAMING_TRIES)):
        try:
            await here.tickets.name_acceptance(leg, name=name, by=by)
            return
        except NotFound:
            if not left:
                raise
            await asyncio.sleep(0.2)
        except StoreDown as trouble:
            raise StoreDown("They were let in, but the name was not stored. Write it into the notes.") from trouble
