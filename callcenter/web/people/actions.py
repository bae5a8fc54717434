"""Adding people, new passwords, closing an account.

In:  POST of a form. Out: the list again with a sentence; a new password stands there once.
Never: a password chosen for somebody else: storage invents it, and it is said to that person.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from callcenter.core.errors import BadInput, CallCenterError
from callcenter.web.access import AGENCY, ROLES
from callcenter.web.errors import status_of
from callcenter.web.forms import read_form
from callcenter.web.i18n import N_
from callcenter.web.parts import Parts, parts
from callcenter.web.people.pages import one_page, people_page
from callcenter.web.security import person

LONGEST = 100
ADDED = N_("{name} may sign in now, and chooses an own password then. The one-time password is shown only this once:")
CHANGED = N_("{name} has a one-time password for three days, shown only this once:")
MOVED = N_("{name} belongs to another agency now, and signs in anew.")
CLOSED = N_("{name} may not sign in any more.")

Form = dict[str, str]


async def read(request: web.Request) -> Form:
    """The texts of a small form."""
    return {name: text.strip() for name, text in (await read_form(request)).items() if len(text) <= LONGEST}


async def _done(request: web.Request, work: Callable[[Form], Awaitable[str]], says: str) -> web.Response:
    """The work, then the list with a sentence; `work` gives the new password, or nothing."""
    here = parts(request)
    form = await read(request)
    try:
        password = await work(form)
    except CallCenterError as error:
        sentence = here.painter.sentence(request, error)
        return await people_page(request, error=sentence, status=status_of(error)[0])
    told = here.painter.language_of(request).say(says, name=form.get("name", ""))
    if form.get("from") == "one":
        return await one_page(request, form.get("name", ""), told=told, password=password)
    return await people_page(request, told=told, password=password)


async def add(request: web.Request) -> web.Response:
    here, by = parts(request), person(request).person

    async def work(form: Form) -> str:
        role = form.get("role", "")
        if role not in ROLES:
            raise BadInput("There is no such role.")
        agency = _agency(here, form) if role == AGENCY else ""
        return await here.people.add_user(
            form.get("name", ""), display=form.get("display", ""), role=role, agency=agency, by=by, once=True
        )

    return await _done(request, work, ADDED)


def _agency(here: Parts, form: Form) -> str:
    chosen = form.get("agency", "")
    if chosen not in here.catalogue().agencies:
        raise BadInput("Choose which agency this person belongs to.")
    return chosen


async def agency(request: web.Request) -> web.Response:
    here, by = parts(request), person(request).person

    async def work(form: Form) -> str:
        await here.people.set_agency(form.get("name", ""), _agency(here, form), by=by)
        return ""

    return await _done(request, work, MOVED)


async def password(request: web.Request) -> web.Response:
    here, by = parts(request), person(request).person

    async def work(form: Form) -> str:
        return await here.people.change_password(form.get("name", ""), by=by, once=True)

    return await _done(request, work, CHANGED)


async def disable(request: web.Request) -> web.Response:
    here, who = parts(request), person(request)

    async def work(form: Form) -> str:
        if form.get("name", "") == who.person:
            raise BadInput("You cannot close your own account.")
        await here.people.disable(form.get("name", ""), by=who.person)
        return ""

    return await _done(request, work, CLOSED)
