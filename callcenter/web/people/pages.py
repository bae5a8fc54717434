"""Who may sign in, as a list, and a form to add somebody.

In:  GET. Out: HTML.
Never: a password in a page, but the one that was made in this very request, shown once.
"""

from aiohttp import web

from callcenter.web.access import ROLES
from callcenter.web.parts import parts


async def people(request: web.Request) -> web.Response:
    return await people_page(request)


async def people_page(
    request: web.Request, *, error: str = "", told: str = "", password: str = "", status: int = 200
) -> web.Response:
    """The list, with what the last change says."""
    here = parts(request)
    return here.painter.page(
        request,
        "people/people.html",
        status=status,
        users=await here.people.users(),
        roles=ROLES,
        agencies=[*here.catalogue().agencies.values()],
        error=error,
        told=told,
        password=password,
    )
