"""What a call taker sends out: a forward by message, a link to hand over, a link taken back.

In:  POST, JSON, of somebody in the room. Out: JSON; the link's address only to who asked for it.
Never: a message to an agency that there is not.
"""

from aiohttp import web

from callcenter.core.errors import BadInput, Refused
from callcenter.core.practice import ONLY_YOU, practice_of
from callcenter.core.relay import text as as_text
from callcenter.storage import Duty
from callcenter.web.agency.actions import spread
from callcenter.web.agency.relay import relay_of
from callcenter.web.forms import read_body, text_of
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person


async def message(request: web.Request) -> web.Response:
    """A forward by message: recorded, announced by the gateway where there is one, and its text to copy."""
    here, call, who = parts(request), request.match_info["call"], person(request)
    agency = text_of(await read_body(request), "agency")
    if agency not in here.catalogue().agencies:
        raise BadInput("There is no such agency.")
    ticket = await here.desk.ticket_of(call)
    known = here.desk.call(call)
    if known is not None and practice_of(known):
        raise Refused(ONLY_YOU)
    duty = await here.agencies.responders.message(ticket.number, agency, by=who.person, call=call)
    await spread(here, duty)
    here.agencies.gateway.wake()
    return await _with_link(request, here, duty)


async def link(request: web.Request) -> web.Response:
    """The link of one forward, to send by hand."""
    here = parts(request)
    return await _with_link(request, here, await here.agencies.responders.one(request.match_info["forward"]))


async def unlink(request: web.Request) -> web.Response:
    """No link of this forward opens anything any more."""
    here, forward = parts(request), request.match_info["forward"]
    await here.agencies.links.revoke(forward, by=person(request).person, address=request.remote or "")
    await spread(here, await here.agencies.responders.one(forward))
    return web.json_response({"revoked": True})


async def _with_link(request: web.Request, here: Parts, duty: Duty) -> web.Response:
    forward = duty.forward.id
    found = await here.agencies.links.of(forward, by=person(request).person, address=request.remote or "")
    await spread(here, duty)
    language = here.settings.language
    url = f"{here.settings.outside_url}/f/{found.token}"
    text = as_text(relay_of(duty, here.painter, language), here.painter.languages[language].say)
    said = here.painter.languages[language].say("Accept and report here: {link}", link=url)
    return web.json_response({"forward": forward, "link": url, "text": f"{text}\n{said}"})
