"""Sign-in, the choice of a position, and the room of those for whom nothing is built yet.

In:  GET. Out: forms.
Never: a hint whether a name exists.
"""

import contextlib
from collections.abc import Mapping

from aiohttp import web

from callcenter.core.errors import StoreDown
from callcenter.storage import AtPosition
from callcenter.web.access import home_of
from callcenter.web.parts import Parts, parts
from callcenter.web.screen.phone import choice_of
from callcenter.web.security import session_of


async def seats(here: Parts) -> Mapping[str, AtPosition]:
    """Who sits where; what is known from before when the database does not answer."""
    with contextlib.suppress(StoreDown):
        await here.desk.read_seats()
    return here.desk.seats


async def sign_in(request: web.Request) -> web.StreamResponse:
    session = session_of(request)
    if session is not None:
        raise web.HTTPSeeOther(home_of(session.role))
    return await sign_in_form(request)


async def sign_in_form(
    request: web.Request, *, error: str = "", name: str = "", position: str = "", phone: str = "", status: int = 200
) -> web.Response:
    """The form, again with a sentence when it did not work. The password is never sent back."""
    here = parts(request)
    return here.painter.page(
        request,
        "entry/sign_in.html",
        status=status,
        seats=await seats(here),
        error=error,
        name=name,
        chosen=position,
        phone=phone or choice_of(request),
    )


async def position(request: web.Request) -> web.Response:
    return await position_form(request)


async def position_form(request: web.Request, *, error: str = "", status: int = 200) -> web.Response:
    here = parts(request)
    return here.painter.page(
        request,
        "entry/position.html",
        status=status,
        seats=await seats(here),
        error=error,
        phone=choice_of(request),
    )


async def start(request: web.Request) -> web.Response:
    """Where a role without rooms of its own arrives."""
    return parts(request).painter.page(request, "entry/start.html")


async def icon(request: web.Request) -> web.Response:
    """Browsers ask for it unasked."""
    raise web.HTTPMovedPermanently(parts(request).painter.files.url("icons/idle.svg"))
