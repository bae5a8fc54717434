"""The sheet that one shift hands to the next.

In:  GET; a note for the next shift. Out: HTML, made for printing.
Never: a note lost: what could not be stored stands in the form again.
"""

from datetime import timedelta

from aiohttp import web

from callcenter.core.errors import BadInput, StoreDown
from callcenter.web.forms import read_form
from callcenter.web.parts import parts
from callcenter.web.security import person

SHIFT = timedelta(hours=8)
NOTES_LAST = timedelta(hours=36)
LONGEST = 4000


async def sheet(request: web.Request) -> web.Response:
    """`/shift`: everything that is open, and what the last eight hours brought."""
    return await _page(request)


async def _page(request: web.Request, *, error: str = "", text: str = "", status: int = 200) -> web.Response:
    here, who, now = parts(request), person(request), parts(request).clock()
    found = await here.shifts.sheet(now - SHIFT, notes_since=now - NOTES_LAST, person=who.person)
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
    )


async def note(request: web.Request) -> web.StreamResponse:
    """Keep a note for the next shift."""
    here = parts(request)
    text = (await read_form(request)).get("text", "")[:LONGEST]
    try:
        await here.shifts.note(text, by=person(request).person)
    except (BadInput, StoreDown) as wrong:
        return await _page(request, error=here.painter.sentence(request, wrong), text=text, status=400)
    raise web.HTTPSeeOther("/shift")
