"""An agency's page: its requests as cards; one of them with room for a note.

In:  GET of somebody of that agency. Out: HTML.
Never: another agency's request: for its address there is nothing here (404). Who looked is audited before it is shown.
"""

import secrets

from aiohttp import web

from callcenter.core.errors import NotFound
from callcenter.storage import Duty, audited
from callcenter.storage.responders import NO_FORWARD
from callcenter.web.agency.live import paint, picture, viewer_of
from callcenter.web.i18n import script_sentences
from callcenter.web.live import Viewer
from callcenter.web.parts import parts

WORDS = sorted(script_sentences("js"))


async def requests(request: web.Request) -> web.Response:
    """`/agency`: open ones first."""
    here, viewer = parts(request), viewer_of(request)
    sheet = await here.agencies.duties.read(viewer.agency)
    await _looked(request, viewer, [duty for duty in sheet.lines if duty.open])
    return _page(request, viewer)


async def one(request: web.Request) -> web.Response:
    """`/agency/f/...`: one request, and a note about it."""
    here, viewer = parts(request), viewer_of(request)
    forward = request.match_info["forward"]
    await here.agencies.duties.read(viewer.agency)
    duty = here.agencies.duties.one(viewer.agency, forward)
    if duty is None:
        duty = await here.agencies.responders.one(forward, agency=viewer.agency)
    if duty is None:
        raise NotFound(NO_FORWARD)
    await _looked(request, viewer, [duty])
    return _page(request, viewer, duty)


def _page(request: web.Request, viewer: Viewer, duty: Duty | None = None) -> web.Response:
    here = parts(request)
    language = here.painter.language_of(request)
    return here.painter.page(
        request,
        "agency/page.html",
        viewer=viewer,
        open=duty,
        key=secrets.token_hex(16),
        cards=picture(here, viewer) if duty is None else paint(here, language.code, [duty], alone=True),
        words={sentence: language.say(sentence) for sentence in WORDS},
        now=round(here.clock().timestamp() * 1000),
    )


async def _looked(request: web.Request, viewer: Viewer, shown: list[Duty]) -> None:
    here = parts(request)
    details = {"agency": viewer.agency, "tickets": [duty.ticket.number for duty in shown]}
    await audited(
        here.database,
        by=viewer.person,
        action="forward.view",
        at=here.clock(),
        target=shown[0].forward.id if len(shown) == 1 else "",
        details=details,
        address=request.remote or "",
    )
