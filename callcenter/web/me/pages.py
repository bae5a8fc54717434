"""One's own account: who one is here, the password, where one is signed in, what was tried in one's name.

In:  GET; POST of small forms. Out: HTML.
Never: a password sent back; another person's sessions.
"""

from typing import Any

from aiohttp import web

from callcenter.core.errors import CallCenterError
from callcenter.web.access import home_of, may
from callcenter.web.errors import status_of
from callcenter.web.forms import read_form, text_of
from callcenter.web.i18n import N_
from callcenter.web.parts import parts
from callcenter.web.people.words import browser
from callcenter.web.security import person, see_other

LONGEST_PASSWORD = 1000
NOT_TWICE = N_("The two new passwords differ. Type the new one twice.")
CHANGED = N_("Your password is changed. Everywhere else you are signed out.")
ENDED = N_("That session is ended.")
OTHERS_ENDED = N_("Everywhere else you are signed out.")


async def me(request: web.Request) -> web.Response:
    return await me_page(request)


async def me_page(request: web.Request, *, told: str = "", error: str = "", status: int = 200) -> web.Response:
    """The account, with what the last change says."""
    here, who = parts(request), person(request)
    return here.painter.page(
        request,
        "me/me.html",
        status=status,
        error=error,
        told=told,
        sessions=await here.sign_ins.open(who.person),
        tried=await here.sign_ins.history(who.person),
        served=await here.sign_ins.served(who.person),
        second=await here.second.standing(who.person) if may(who.role, "me.second") else None,
        browser=browser,
        required=who.role in here.settings.two_factor_roles,
    )


async def password(request: web.Request) -> web.Response:
    return _form(request)


def _form(request: web.Request, **more: Any) -> web.Response:
    return parts(request).painter.page(request, "me/password.html", **more)


async def send_password(request: web.Request) -> web.Response:
    """Her own word. Wrong, too short or typed differently: the form again, with a sentence."""
    here, who, form = parts(request), person(request), await read_form(request)
    old, new, again = (form.get(name, "")[:LONGEST_PASSWORD] for name in ("old", "new", "again"))
    if new != again:
        return _form(request, error=here.painter.language_of(request).say(NOT_TWICE), status=400)
    try:
        await here.people.choose_password(who, old, new)
    except CallCenterError as wrong:
        return _form(request, error=here.painter.sentence(request, wrong), status=status_of(wrong)[0])
    if who.owes:
        return see_other(home_of(who.role))
    return await me_page(request, told=here.painter.language_of(request).say(CHANGED))


async def end(request: web.Request) -> web.Response:
    """End one of one's own sessions."""
    here, who, form = parts(request), person(request), await read_form(request)
    id_ = text_of(form, "session", 64)
    try:
        await here.sign_ins.end(id_, by=who.person, person=who.person, address=request.remote or "")
    except CallCenterError as wrong:
        return await me_page(request, error=here.painter.sentence(request, wrong), status=status_of(wrong)[0])
    if id_ == who.id:
        return see_other("/sign-in")
    return await me_page(request, told=here.painter.language_of(request).say(ENDED))


async def end_others(request: web.Request) -> web.Response:
    """Signed out everywhere but here."""
    here, who = parts(request), person(request)
    await here.sign_ins.end_others(who, address=request.remote or "")
    return await me_page(request, told=here.painter.language_of(request).say(OTHERS_ENDED))
