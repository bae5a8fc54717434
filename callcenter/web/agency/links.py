"""A link's page: one request, for an agency without an account; works on any phone, without a script.

In:  GET and POST under a token. Out: HTML.
Never: a change by GET (a messenger's preview opens it too); a session; another request than the link's.
"""

import secrets

from aiohttp import web

from callcenter.core.errors import CallCenterError, NotFound, StoreDown
from callcenter.storage import Duty
from callcenter.web.agency.actions import spread
from callcenter.web.errors import status_of
from callcenter.web.forms import read_form
from callcenter.web.parts import parts
from callcenter.web.security import see_other

LONGEST = {"name": 100, "answer": 20, "text": 2000, "key": 64}


def _token(request: web.Request) -> str:
    here = parts(request)
    if here.agencies.limit.too_much(request.remote or "", here.clock()):
        raise web.HTTPTooManyRequests
    return request.match_info["token"]


async def show(request: web.Request) -> web.Response:
    """The request as it is now."""
    here, token = parts(request), _token(request)
    agent = request.headers.get("User-Agent", "")[:200]
    duty, line = await here.agencies.links.open(token, address=request.remote or "", agent=agent)
    return _page(request, duty, name=line.name)


async def say(request: web.Request) -> web.StreamResponse:
    """One of the four answers, with the name of who gives it."""
    here, token, form = parts(request), _token(request), await _form(request)
    try:
        duty = await here.agencies.links.say(token, form["answer"], name=form["name"], address=request.remote or "")
    except (NotFound, StoreDown):
        raise
    except CallCenterError as error:
        return await _again(request, token, form["name"], error)
    await spread(here, duty)
    return see_other(f"/f/{token}")


async def note(request: web.Request) -> web.StreamResponse:
    """Something for the room to read."""
    here, token, form = parts(request), _token(request), await _form(request)
    try:
        duty = await here.agencies.links.note(
            token, form["text"], key=form["key"], name=form["name"], address=request.remote or ""
        )
    except (NotFound, StoreDown):
        raise
    except CallCenterError as error:
        return await _again(request, token, form["name"], error)
    await spread(here, duty)
    return see_other(f"/f/{token}")


async def _form(request: web.Request) -> dict[str, str]:
    form = await read_form(request)
    return {name: form.get(name, "")[:most] for name, most in LONGEST.items()}


async def _again(request: web.Request, token: str, name: str, error: CallCenterError) -> web.Response:
    """The page with a sentence: what was pressed was not taken."""
    here = parts(request)
    duty, line = await here.agencies.links.open(token, address=request.remote or "")
    sentence = here.painter.sentence(request, error)
    return _page(request, duty, name=name or line.name, error=sentence, status=status_of(error)[0])


def _page(request: web.Request, duty: Duty, *, name: str, error: str = "", status: int = 200) -> web.Response:
    here = parts(request)
    response = here.painter.page(
        request,
        "agency/link.html",
        status=status,
        duty=duty,
        path=f"/f/{request.match_info['token']}",
        name=name,
        error=error,
        key=secrets.token_hex(16),
        restricted=duty.ticket.category in here.settings.restricted_categories,
    )
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
