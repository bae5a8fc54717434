"""An agency answers, or writes a note; a call taker writes down what it said by phone; a supervisor corrects a time.

In:  POST, JSON or form. Out: JSON, or the way back.
Never: an answer of one agency for another; a click that looks done before it is committed.
"""

from datetime import datetime

from aiohttp import web

from callcenter.core.errors import BadInput
from callcenter.storage import Duty, Source, Teller
from callcenter.web.agency.live import viewer_of
from callcenter.web.errors import wants_json
from callcenter.web.forms import read_body, text_of
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person, see_other

LONGEST_NOTE = 2000
LONGEST_REASON = 500


async def spread(here: Parts, duty: Duty) -> None:
    """Every screen that shows this ticket sees it now: the agency's pages, the call taker's sheet and shelf."""
    for call in duty.calls:
        here.desk.put(call, duty.ticket)
        here.desk.ask(call)
    line = duty.forward
    if line.call and line.turn and line.accepted_at:  # no other line, no other agency is tried
        here.board.taken(line.call, line.agency, line.turn, line.accepted_by)
    here.agencies.duties.touch()
    here.agencies.paces.touch()


def _teller(request: web.Request) -> Teller:
    who = person(request)
    agency = viewer_of(request).agency
    return Teller(who.person, Source.AGENCY, agency, who.display or who.person, request.remote or "")


async def say(request: web.Request) -> web.Response:
    """Accepted, en route, on scene, handled: by the agency itself."""
    here, forward = parts(request), request.match_info["forward"]
    answer = text_of(await read_body(request), "answer", 20)
    duty = await here.agencies.responders.say(forward, answer, _teller(request))
    await spread(here, duty)
    await here.agencies.duties.read(duty.forward.agency)
    return web.json_response({"status": duty.forward.status})


async def note(request: web.Request) -> web.StreamResponse:
    """What the agency wants the room to know."""
    here, forward, teller = parts(request), request.match_info["forward"], _teller(request)
    body = await read_body(request)
    text, key = text_of(body, "text", LONGEST_NOTE), text_of(body, "key", 64)
    duty = await here.agencies.responders.note(forward, text, key=key, teller=teller)
    await spread(here, duty)
    await here.agencies.duties.read(teller.agency)
    return web.json_response({"saved": True}) if wants_json(request) else see_other(f"/agency/f/{forward}")


async def told(request: web.Request) -> web.Response:
    """The same four, as the agency told the desk by phone."""
    here, forward, who = parts(request), request.match_info["forward"], person(request)
    body = await read_body(request)
    teller = Teller(who.person, Source.CALL_TAKER, name=text_of(body, "name"), address=request.remote or "")
    duty = await here.agencies.responders.say(forward, text_of(body, "answer", 20), teller)
    await spread(here, duty)
    return web.json_response({"status": duty.forward.status})


async def correct(request: web.Request) -> web.StreamResponse:
    """A supervisor puts a time right; the form gives it on the city's clock."""
    here, forward, who = parts(request), request.match_info["forward"], person(request)
    body = await read_body(request)
    duty = await here.agencies.responders.correct(
        forward,
        text_of(body, "answer", 20),
        read_local(text_of(body, "at", 40), here),
        reason=text_of(body, "reason", LONGEST_REASON),
        by=who.person,
    )
    await spread(here, duty)
    return see_other(f"/tickets/{duty.ticket.number}")


def read_local(text: str, here: Parts) -> datetime:
    """`2026-01-14T12:05:30` on the city's clock. BadInput."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("Write the time as 2026-01-31T14:05.") from None
    return read if read.tzinfo is not None else read.replace(tzinfo=here.settings.zone)
