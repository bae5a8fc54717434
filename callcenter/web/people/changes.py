"""Changes of one person: role, name, opening a closed account, the authenticator, sessions, waits.

In:  POST of a form. Out: that person's page with a sentence, or the page of all sign-ins.
Never: an administrator who takes the own role away, or ends the page that is open.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from callcenter.core.errors import BadInput, CallCenterError
from callcenter.web.access import ROLES
from callcenter.web.errors import status_of
from callcenter.web.i18n import N_
from callcenter.web.parts import parts
from callcenter.web.people.actions import Form, read
from callcenter.web.people.pages import one_page, sign_ins_page
from callcenter.web.security import person

NEW_ROLE = N_("{name} has another role now, and signs in anew.")
NEW_DISPLAY = N_("The name is changed.")
OPENED = N_("{name} may sign in again. The one-time password is shown only this once:")
OFF = N_("The authenticator of {name} is taken off: the password alone is asked for.")
ENDED = N_("Signed out there.")
UNLOCKED = N_("The wait is ended: signing in is possible at once.")


async def _done(request: web.Request, work: Callable[[Form], Awaitable[str]], says: str) -> web.Response:
    """The work, then the page with a sentence; `work` gives a new password, or nothing."""
    here, form = parts(request), await read(request)
    name, everybody = form.get("name", ""), form.get("from") == "all"
    language = here.painter.language_of(request)
    try:
        password = await work(form)
    except CallCenterError as error:
        sentence, status = here.painter.sentence(request, error), status_of(error)[0]
        if everybody:
            return await sign_ins_page(request, error=sentence, status=status)
        return await one_page(request, name, error=sentence, status=status)
    told = language.say(says, name=name)
    if everybody:
        return await sign_ins_page(request, told=told)
    return await one_page(request, name, told=told, password=password)


async def role(request: web.Request) -> web.Response:
    here, who = parts(request), person(request)

    async def work(form: Form) -> str:
        if form.get("name", "") == who.person:
            raise BadInput("You cannot change your own role.")
        if form.get("role", "") not in ROLES:
            raise BadInput("There is no such role.")
        agency = form.get("agency", "") if form["role"] == "agency" else ""
        await here.people.set_role(form.get("name", ""), form["role"], agency, by=who.person)
        return ""

    return await _done(request, work, NEW_ROLE)


async def display(request: web.Request) -> web.Response:
    here, by = parts(request), person(request).person

    async def work(form: Form) -> str:
        await here.people.set_display(form.get("name", ""), form.get("display", ""), by=by)
        return ""

    return await _done(request, work, NEW_DISPLAY)


async def enable(request: web.Request) -> web.Response:
    here, by = parts(request), person(request).person

    async def work(form: Form) -> str:
        return await here.people.enable(form.get("name", ""), by=by)

    return await _done(request, work, OPENED)


async def second_off(request: web.Request) -> web.Response:
    here, who = parts(request), person(request)

    async def work(form: Form) -> str:
        if form.get("name", "") == who.person:
            raise BadInput("Take your own authenticator off on your own page, with a code.")
        await here.second.take_off(form.get("name", ""), by=who.person, address=request.remote or "")
        return ""

    return await _done(request, work, OFF)


async def end(request: web.Request) -> web.Response:
    """One session, or all of one person."""
    here, who = parts(request), person(request)

    async def work(form: Form) -> str:
        address = request.remote or ""
        if form.get("session"):
            await here.sign_ins.end(form["session"], by=who.person, address=address)
        else:
            await here.sign_ins.end_all(form.get("name", ""), by=who.person, address=address)
        return ""

    return await _done(request, work, ENDED)


async def unlock(request: web.Request) -> web.Response:
    here, who = parts(request), person(request)

    async def work(form: Form) -> str:
        name, address = form.get("name", ""), form.get("address", "")
        if not name and not address:
            raise BadInput("This request cannot be read.")
        said = "" if name else address
        await here.sign_ins.end_lock(name=name, address=said, by=who.person, at_address=request.remote or "")
        return ""

    return await _done(request, work, UNLOCKED)
