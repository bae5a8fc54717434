"""What is shown only with a word more: a protected ticket with a reason, a masked number by a click.

In:  POST of a form. Out: the way on; the call's page with its number whole.
Never: either of them without its line in the audit, written first.
"""

from aiohttp import web

from callcenter.core.errors import BadInput
from callcenter.web.errors import protected
from callcenter.web.forms import read_form, text_of
from callcenter.web.need import looker
from callcenter.web.parts import parts
from callcenter.web.security import own_path, see_other
from callcenter.web.supervisor.pages import call_page
from callcenter.web.supervisor.trail import looked

LONGEST_REASON = 500


async def open_ticket(request: web.Request) -> web.Response:
    """Break the glass: for some hours this ticket is readable."""
    here, who, number = parts(request), looker(request), request.match_info["number"]
    form = await read_form(request)
    reason = text_of(form, "reason", LONGEST_REASON)
    await here.history.ticket(number)  # NotFound
    try:
        await here.concerned.need.open(number, who, reason, address=request.remote or "")
    except BadInput as wrong:
        return protected(request, number, error=here.painter.sentence(request, wrong), status=400)
    here.concerned.learn(number, who)
    return see_other(own_path(form.get("back", ""), f"/tickets/{number}"))


async def number(request: web.Request) -> web.Response:
    """The call's page with the number as it came."""
    page = await parts(request).history.call(request.match_info["call"])
    await looked(request, "number.view", page.line.e164 or page.line.number or "", {"call": page.line.id})
    return await call_page(request, page, whole=True)
