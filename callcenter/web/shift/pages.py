"""The sheet that one shift hands to the next.

In:  GET; a note for the next shift. Out: HTML, made for printing.
Never: a note lost: what could not be stored stands in the form again.
"""

from dataclasses import replace
from datetime import timedelta

from aiohttp import web

from callcenter.core.errors import BadInput, StoreDown
from callcenter.web.forms import read_form
from callcenter.web.need import looker
from callcenter.web.parts import parts
from callcenter.web.security import person

SHIFT = timedelta(hours=8)
NOTES_LAST = timedelta(hours=36)
LONGEST = 4000


async def sheet(request: web.Request) -> web.Response:
    """`/shift`: everything that is open, and what the last eight hours brought. `?end=1`: on the way home."""
    return await _page(request, ending=request.query.get("end") == "1")


async def _page(
    request: web.Request, *, error: str = "", text: str = "", status: int = 200, ending: bool = False
) -> web.Response:
    here, who, now = parts(request), person(request), parts(request).clock()
    found = await here.shifts.sheet(now - SHIFT, notes_since=now - NOTES_LAST, person=who.person)
    found = replace(found, tickets=await here.concerned.need.veiled_tickets(found.tickets, looker(request)))
    return here.painter.page(
        request,
        "shift/sheet.html",
        status=status,
        sheet=found,
        owed=here.callers.owed.lines,
        alarms=here.proofs.alarms(),
        seats=here.desk.seats,
        now=now,
        since=now - SHIFT,
        error=error,
        text=text,
        ending=ending and bool(who.position),
    )


async def note(request: web.Request) -> web.StreamResponse:
    """Keep a note for the next shift."""
    here = parts(request)
    form = await read_form(request)
    text, ending = form.get("text", "")[:LONGEST], form.get("end") == "1"
    try:
        await here.shifts.note(text, by=person(request).person)
    except (BadInput, StoreDown) as wrong:
        return await _page(request, error=here.painter.sentence(request, wrong), text=text, status=400, ending=ending)
    raise web.HTTPSeeOther("/shift?end=1" if ending else "/shift")
