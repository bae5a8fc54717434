"""What is opened from the sheet: a number's earlier calls, a ticket by its number, the ticket's whole story.

In:  GET, hostile. Out: a partial for the dialog; JSON with the call whose sheet shows the ticket.
Never: a number dialled because it stands in a text: only one that has called 112 can be called back.
"""

from aiohttp import web

from callcenter.core.errors import BadInput, NotFound
from callcenter.storage import Stories
from callcenter.web.need import for_eyes
from callcenter.web.parts import parts
from callcenter.web.screen.desk import About
from callcenter.web.security import person
from callcenter.web.supervisor.ticket import teller
from callcenter.web.supervisor.timeline import AUDIT, timeline
from callcenter.web.supervisor.trail import looked

LONGEST = 40
MOST = 200
NO_NUMBER = "This is no telephone number."


async def number(request: web.Request) -> web.Response:
    """`?n=`: who that is to us."""
    here, language = parts(request), parts(request).painter.language_of(request).code
    e164 = here.painter.number(request.query.get("n", "")[:LONGEST], language).e164
    if e164 is None:
        raise BadInput(NO_NUMBER)
    await looked(request, "number.view", e164)
    now = here.clock()
    earlier = await for_eyes(request, await here.history.earlier_from(e164, before=now))
    html = here.painter.part(
        "screen/number.html",
        language,
        e164=e164,
        earlier=earlier,
        about=About(past=tuple(await here.history.past(e164, before=now))),
        position=person(request).position,
    )
    return web.Response(text=html, content_type="text/html")


async def ticket_call(request: web.Request) -> web.Response:
    """The first call of that ticket."""
    here, wanted = parts(request), request.match_info["number"]
    page = await here.history.ticket(wanted)
    await looked(request, "ticket.view", page.ticket.number)
    if not page.calls:
        raise NotFound("There is no ticket {number}.", number=wanted)
    return web.json_response({"call": page.calls[0].id})


async def story(request: web.Request) -> web.Response:
    """The open ticket's story, the newest first, without who looked at it."""
    here, language = parts(request), parts(request).painter.language_of(request).code
    ticket = await here.desk.ticket_of(request.match_info["call"])
    told = await Stories(here.database, here.history).of(ticket.number)
    await looked(request, "ticket.view", ticket.number)
    events = [event for event in timeline(told, teller(request)) if event.source != AUDIT]
    html = here.painter.part("screen/story.html", language, events=events[::-1][:MOST])
    return web.Response(text=html, content_type="text/html")
