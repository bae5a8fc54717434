"""A ticket's recordings under legal hold, and free again.

In:  POST by a supervisor, with a reason. Out: the way back to the ticket.
Never: a hold without a reason; a deletion.
"""

from aiohttp import web

from callcenter.web.forms import read_form, text_of
from callcenter.web.parts import parts
from callcenter.web.security import person, see_other


async def put(request: web.Request) -> web.Response:
    """Nothing of this ticket is deleted from now on."""
    number, form = request.match_info["number"], await read_form(request)
    by, address = person(request).person, request.remote or ""
    await parts(request).holds.put(number, why=text_of(form, "why", 1000), by=by, address=address)
    return see_other(f"/tickets/{number}#recordings")


async def release(request: web.Request) -> web.Response:
    """Its time counts again."""
    number, form = request.match_info["number"], await read_form(request)
    by, address = person(request).person, request.remote or ""
    await parts(request).holds.release(number, why=text_of(form, "why", 1000), by=by, address=address)
    return see_other(f"/tickets/{number}#recordings")
