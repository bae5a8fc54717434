"""The authenticator: its code at the sign-in, setting it up, new recovery codes, taking it off.

In:  GET; POST with a code. Out: HTML; recovery codes stand there once.
Never: a secret in an address; a page that opens anything else before the code was right.
"""

from aiohttp import web

from callcenter.core.errors import CallCenterError, Conflict
from callcenter.storage.passwords import secret
from callcenter.web.access import home_of
from callcenter.web.entry.pages import seats
from callcenter.web.errors import status_of
from callcenter.web.forms import read_form, text_of
from callcenter.web.i18n import N_
from callcenter.web.me.pages import me_page
from callcenter.web.me.qr import svg
from callcenter.web.parts import parts
from callcenter.web.screen.seat import sit_down
from callcenter.web.security import SESSION_COOKIE, person, see_other, set_cookie

TAKEN_OFF = N_("The authenticator is taken off. Signing in asks for the password alone.")


async def code_form(request: web.Request) -> web.Response:
    return _ask(request)


def _ask(request: web.Request, *, error: str = "", status: int = 200) -> web.Response:
    who = person(request)
    if who.owes != "code":
        raise web.HTTPSeeOther(home_of(who.role))
    return parts(request).painter.page(request, "me/code.html", error=error, status=status)


async def send_code(request: web.Request) -> web.Response:
    """The other half of the sign-in."""
    here, who, form = parts(request), person(request), await read_form(request)
    if who.owes != "code":
        return see_other(home_of(who.role))
    code, address, token = text_of(form, "code", 64), request.remote or "", secret()
    taken = False
    try:
        await here.second.complete(who.id, who.person, code, token=token, address=address)
    except Conflict:  # she is in; the position that she chose is taken
        taken = True
    except CallCenterError as wrong:
        return _ask(request, error=here.painter.sentence(request, wrong), status=status_of(wrong)[0])
    seat = "" if taken else next((seat for seat, sits in (await seats(here)).items() if sits.person == who.person), "")
    if seat:
        await sit_down(here, seat, who.person)
    lost = who.role == "call_taker" and not seat and bool(here.settings.positions)
    response = see_other("/position" if lost or taken else home_of(who.role))
    set_cookie(request, response, SESSION_COOKIE, token)
    return response


async def offer(request: web.Request) -> web.Response:
    return await _offer(request)


async def _offer(request: web.Request, *, sealed: str = "", error: str = "", status: int = 200) -> web.Response:
    here, who = parts(request), person(request)
    if (await here.second.standing(who.person)).since is not None:
        return see_other("/me#second")
    found = here.second.offer(who.person, f"112 {here.settings.city}", sealed)
    return here.painter.page(
        request,
        "me/second.html",
        status=status,
        error=error,
        offer=found,
        picture=svg(found.address),
        required=who.owes == "second",
    )


async def begin(request: web.Request) -> web.Response:
    """The first code proves that the phone has the secret; then the recovery codes, once."""
    here, who, form = parts(request), person(request), await read_form(request)
    sealed, code = text_of(form, "sealed", 400), text_of(form, "code", 64)
    try:
        told = await here.second.begin(who.person, sealed, code, keep=who.id, address=request.remote or "")
    except CallCenterError as wrong:
        sentence = here.painter.sentence(request, wrong)
        return await _offer(request, sealed=sealed, error=sentence, status=status_of(wrong)[0])
    return here.painter.page(request, "me/codes.html", codes=told, onward=home_of(who.role))


async def codes(request: web.Request) -> web.Response:
    """Ten new recovery codes."""
    here, who, form = parts(request), person(request), await read_form(request)
    try:
        told = await here.second.renew_codes(who.person, text_of(form, "code", 64), address=request.remote or "")
    except CallCenterError as wrong:
        return await me_page(request, error=here.painter.sentence(request, wrong), status=status_of(wrong)[0])
    return here.painter.page(request, "me/codes.html", codes=told, onward="/me")


async def off(request: web.Request) -> web.Response:
    """Without it from now on; refused where the settings ask for it."""
    here, who, form = parts(request), person(request), await read_form(request)
    try:
        code = text_of(form, "code", 64)
        await here.second.take_off(who.person, by=who.person, code=code, address=request.remote or "")
    except CallCenterError as wrong:
        return await me_page(request, error=here.painter.sentence(request, wrong), status=status_of(wrong)[0])
    return await me_page(request, told=here.painter.language_of(request).say(TAKEN_OFF))
