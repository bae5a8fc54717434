"""Sign-in, sign-out, language, colours, position.

In:  POST. Out: a way on, or the form again with a sentence.
Never: a redirect to another server: `back` must be a path of ours.
"""

from aiohttp import web

from callcenter.core.errors import CallCenterError, StoreDown
from callcenter.web.access import OWED_AT, home_of
from callcenter.web.entry.browser import known_browser, mark_browser
from callcenter.web.entry.pages import position_form, seats, sign_in_form
from callcenter.web.errors import status_of, wants_json
from callcenter.web.forms import read_body, read_form
from callcenter.web.painter import LANGUAGE_COOKIE, THEME_COOKIE, THEMES
from callcenter.web.parts import parts
from callcenter.web.screen.phone import remember
from callcenter.web.screen.seat import get_up, hand_over, refuse_in_a_call, sit_down
from callcenter.web.security import SESSION_COOKIE, own_path, person, see_other, set_cookie

YEAR_S = 365 * 24 * 3600
END_OF_SHIFT = "/shift?end=1"
LONGEST_NAME = 100
LONGEST_PASSWORD = 1000


def _back(form: dict[str, str]) -> str:
    """A path of ours, or the front door."""
    return own_path(form.get("back", "/"))


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Name, password, position. Throttled by storage, which counts tries of the name and of the address."""
    here = parts(request)
    form = await read_form(request)
    name, password = form.get("name", "")[:LONGEST_NAME].strip(), form.get("password", "")[:LONGEST_PASSWORD]
    wanted = form.get("position", "")
    wanted = wanted if wanted in here.settings.positions else ""
    browser = known_browser(request, name)
    try:
        signed_in = await here.people.sign_in(
            name,
            password,
            position=wanted,
            address=request.remote or "",
            agent=request.headers.get("User-Agent", "")[:200],
            browser=browser,
        )
    except CallCenterError as error:
        sentence = here.painter.sentence(request, error)
        return await sign_in_form(
            request, error=sentence, name=name, position=wanted, phone=form.get("phone", ""), status=status_of(error)[0]
        )
    await seats(here)
    session = signed_in.session
    if session.position:
        await sit_down(here, session.position, session.person)
    lost = session.role == "call_taker" and not session.position and bool(here.settings.positions)
    response = see_other(OWED_AT.get(session.owes) or ("/position" if lost else home_of(session.role)))
    set_cookie(request, response, SESSION_COOKIE, signed_in.token)
    mark_browser(request, response, session.person)
    remember(request, response, form)
    return response


async def sign_out(request: web.Request) -> web.StreamResponse:
    """Who sits at a position is first led through the sheet of the shift (`end` comes from there); refused during a
    call. Then the session ends and the position is free."""
    here, who = parts(request), person(request)
    body = await read_body(request)
    refuse_in_a_call(here, who.position)
    if who.position and body.get("end") != "1":
        await hand_over(here, who.position, who.person)
        return web.json_response({"to": END_OF_SHIFT}) if wants_json(request) else see_other(END_OF_SHIFT)
    await here.people.sign_out(request.cookies.get(SESSION_COOKIE, ""))
    await get_up(here, who.position, who.person)
    await seats(here)
    response = web.json_response({"to": "/sign-in"}) if wants_json(request) else see_other("/sign-in")
    response.del_cookie(SESSION_COOKIE, path="/")
    return response


async def language(request: web.Request) -> web.StreamResponse:
    """One click."""
    form = await read_form(request)
    code = form.get("language", "")
    response = see_other(_back(form))
    if code in parts(request).painter.languages:
        set_cookie(request, response, LANGUAGE_COOKIE, code, max_age=YEAR_S)
    return response


async def theme(request: web.Request) -> web.StreamResponse:
    """auto, light, dark; a script has painted it already and only wants it remembered."""
    form = await read_form(request)
    chosen = form.get("theme", "auto")
    response: web.StreamResponse
    response = web.json_response({}) if wants_json(request) else see_other(_back(form))
    set_cookie(request, response, THEME_COOKIE, chosen if chosen in THEMES else "auto", max_age=YEAR_S)
    return response


async def position(request: web.Request) -> web.StreamResponse:
    """Sit down somewhere else, or stand up."""
    here, form, who = parts(request), await read_form(request), person(request)
    wanted = form.get("position", "")
    wanted = wanted if wanted in here.settings.positions else ""
    try:
        if wanted != who.position:
            refuse_in_a_call(here, who.position)
        await here.people.claim_position(request.cookies.get(SESSION_COOKIE, ""), wanted)
    except StoreDown:
        raise
    except CallCenterError as error:
        return await position_form(request, error=here.painter.sentence(request, error), status=status_of(error)[0])
    await seats(here)
    if wanted != who.position:
        await get_up(here, who.position, who.person)
    if wanted:
        await sit_down(here, wanted, who.person)
    response = see_other("/")
    remember(request, response, form)
    return response
