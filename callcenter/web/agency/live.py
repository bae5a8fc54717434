"""The live part of an agency's page: its own shares.

In:  a viewer of one agency. Out: the same partial that the page was first painted with.
Never: a text field in a live part; another agency's share.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import web
from markupsafe import Markup

from callcenter.core.errors import Refused
from callcenter.core.share import Status
from callcenter.storage import Duty
from callcenter.web.channel import serve
from callcenter.web.live import Region, Viewer
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person

RINGS = timedelta(minutes=15)
NO_AGENCY = "Your account belongs to no agency yet. Ask the administrator."


def viewer_of(request: web.Request) -> Viewer:
    """Who looks, and for which agency. Refused: for none."""
    session = person(request)
    if not session.agency:
        raise Refused(NO_AGENCY)
    language = parts(request).painter.language_of(request).code
    return Viewer(
        session.person, session.role, "", language, request.query.get("call", "")[:300], agency=session.agency
    )


def picture(here: Parts, viewer: Viewer) -> Markup:
    """All shares of the agency, or the one that lies open."""
    sheet = here.agencies.duties.of(viewer.agency)
    lines = [duty for duty in sheet.lines if viewer.open_call in ("", duty.forward.id)]
    return paint(here, viewer.language, lines, known=sheet.known, alone=bool(viewer.open_call))


def paint(here: Parts, language: str, lines: list[Duty], *, known: bool = True, alone: bool = False) -> Markup:
    """These shares as cards."""
    return here.painter.part(
        "agency/live/duties.html",
        language,
        lines=lines,
        known=known,
        alone=alone,
        protected=here.settings.restricted_categories,
        clocks={duty.forward.id: here.agencies.paces.running(duty) for duty in lines},
        fresh=[duty for duty in lines if _waits(duty, here.clock())],
    )


def _waits(duty: Duty, now: datetime) -> bool:
    """New enough to ring for."""
    asked = duty.forward.asked_at
    return duty.forward.status == Status.TRYING and asked is not None and now - asked < RINGS


def regions(here: Callable[[], Parts]) -> list[Region]:
    """One part: the cards."""

    def mine(viewer: Viewer) -> tuple[str, str, str]:
        return viewer.language, viewer.agency, viewer.open_call

    return [Region("duties", lambda viewer: picture(here(), viewer), mine)]


async def channel(request: web.Request) -> web.StreamResponse:
    """The WebSocket: server to page."""
    return await serve(request, parts(request).agencies.hub, viewer_of(request))
