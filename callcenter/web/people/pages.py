"""Who may sign in, one person, and who is or was signed in where.

In:  GET. Out: HTML.
Never: a password in a page, but the one that was made in this very request, shown once.
"""

from aiohttp import web

from callcenter.web.access import ROLES, may
from callcenter.web.parts import parts
from callcenter.web.people.words import browser
from callcenter.web.security import person

NAME = r"{name:[a-z0-9][a-z0-9._-]{0,63}}"
SHOWN = 100


async def people(request: web.Request) -> web.Response:
    return await people_page(request)


async def people_page(
    request: web.Request, *, error: str = "", told: str = "", password: str = "", status: int = 200
) -> web.Response:
    """The list, with what the last change says."""
    here = parts(request)
    locks = await here.sign_ins.locks()
    return here.painter.page(
        request,
        "people/people.html",
        status=status,
        users=await here.people.users(),
        signed_in={each.person for each in await here.sign_ins.open()},
        locked={lock.name for lock in locks if lock.name},
        roles=ROLES,
        agencies=[*here.catalogue().agencies.values()],
        error=error,
        told=told,
        password=password,
    )


async def one(request: web.Request) -> web.Response:
    return await one_page(request, request.match_info["name"])


async def one_page(
    request: web.Request, name: str, *, error: str = "", told: str = "", password: str = "", status: int = 200
) -> web.Response:
    """One person: role, password, authenticator, sessions, shifts, sign-ins. NotFound."""
    here = parts(request)
    return here.painter.page(
        request,
        "people/person.html",
        status=status,
        user=await here.people.user(name),
        sessions=await here.sign_ins.open(name),
        tried=await here.sign_ins.history(name),
        served=await here.sign_ins.served(name),
        second=await here.second.standing(name),
        locks=[lock for lock in await here.sign_ins.locks() if lock.name == name],
        roles=ROLES,
        agencies=[*here.catalogue().agencies.values()],
        browser=browser,
        error=error,
        told=told,
        password=password,
    )


async def sign_ins(request: web.Request) -> web.Response:
    return await sign_ins_page(request)


async def sign_ins_page(request: web.Request, *, error: str = "", told: str = "", status: int = 200) -> web.Response:
    """Everybody: who is signed in, what keeps somebody out, what was tried."""
    here = parts(request)
    return here.painter.page(
        request,
        "people/sign_ins.html",
        status=status,
        sessions=await here.sign_ins.open(),
        locks=await here.sign_ins.locks(),
        tried=await here.sign_ins.history(limit=SHOWN),
        browser=browser,
        changes=may(person(request).role, "people.end"),
        error=error,
        told=told,
    )
