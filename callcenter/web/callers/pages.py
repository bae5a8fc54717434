"""All callbacks, as a list for supervisors and auditors.

In:  GET with a state and a place in the list, hostile. Out: HTML.
Never: a change.
"""

from dataclasses import replace

from aiohttp import web

from callcenter.core.errors import BadInput
from callcenter.web.need import for_reader
from callcenter.web.parts import parts
from callcenter.web.supervisor.filters import read_after
from callcenter.web.supervisor.trail import looked

STATES = {"": None, "open": False, "done": True}


def read_state(text: str) -> bool | None:
    """Which of them. BadInput."""
    if text not in STATES:
        raise BadInput("There is no such list of callbacks.")
    return STATES[text]


async def callbacks(request: web.Request) -> web.Response:
    """The newest first."""
    here = parts(request)
    state = request.query.get("state", "")
    page = await here.callers.callbacks.page(done=read_state(state), after=read_after(request.query))
    await looked(request, "callbacks.view", details={"state": state} if state else None)
    page = replace(page, lines=for_reader(request, page.lines))
    standing = await here.callers.callbacks.standing()
    return here.painter.page(
        request, "callers/callbacks.html", page=page, state=state, standing=standing, owed=here.callers.owed
    )
