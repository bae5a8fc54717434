"""Who may do what here, and what the browser is told to forbid.

In:  every request. Out: the same request with its `Session` or `ApiToken`, or a refusal in words.
Never: a route that is not in the access table: default is deny. Never a change without this page's own token.
"""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import hdrs, web

from callcenter.core.errors import CallCenterError
from callcenter.storage import ApiToken, Session
from callcenter.web.access import ACCESS, API_PREFIX, EVERYONE, NOBODY, OWED_AT, OWING, home_of
from callcenter.web.forms import read_form
from callcenter.web.static_files import FOR_EVER

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SESSION_COOKIE = "callcenter"
VISIT_COOKIE = "visit"
LONGEST_SECRET = 200
LINK_PREFIX = "/f/"
SIGNS_OUT = ("people.", "me.", "sign_out")
"""Routes after which somebody may be signed out: open pages ask anew who they belong to."""
SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PARTS_OF_PAGES = frozenset({"text/css", "text/javascript"})
"""No documents: what a page may do stands on the page. Forty of them come with a screen, over thin lines too."""
HEADERS_OF_PARTS = {name: HEADERS[name] for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")}
HSTS = "max-age=31536000"


class SignInFirst(CallCenterError):
    """Nobody is signed in."""


class NotAllowed(CallCenterError):
    """This person, or this page, may not do that."""


@dataclass(frozen=True)
class Tokens:
    """Makes and checks the token of forms that come before a sign-in."""

    key: bytes

    def of_visit(self, visit: str) -> str:
        return hmac.new(self.key, b"visit:" + visit.encode(), hashlib.sha256).hexdigest()

    def of_browser(self, name: str, mark: str) -> str:
        """Proves that this person signed in from the browser that has this mark."""
        return hmac.new(self.key, f"browser:{name}:{mark}".encode(), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class Visitor:
    """Who asks: a person, a program, or nobody yet."""

    session: Session | None = None
    token: ApiToken | None = None
    csrf: str = ""
    new_visit: str = ""  # a cookie to give, for somebody who has none


VISITOR = web.RequestKey("visitor", Visitor)
NOBODY_YET = Visitor()


def visitor(request: web.Request) -> Visitor:
    found: Visitor = request.get(VISITOR, NOBODY_YET)
    return found


def session_of(request: web.Request) -> Session | None:
    """Who is signed in, or None."""
    return visitor(request).session


def person(request: web.Request) -> Session:
    """Who is signed in; only behind a route whose access table names roles."""
    found = session_of(request)
    if found is None:
        raise SignInFirst("Sign in first.")
    return found


def form_token(request: web.Request) -> str:
    """The token that every form of this page must carry."""
    return visitor(request).csrf


def own_path(where: str, otherwise: str = "/") -> str:
    """A path of ours, or the other one."""
    ours = where.startswith("/") and not where.startswith(("//", "/\\")) and where.isprintable()
    return where if ours else otherwise


def see_other(where: str) -> web.Response:
    """Done; the browser goes on there with GET."""
    return web.Response(status=303, headers={hdrs.LOCATION: where})


def is_secure(request: web.Request) -> bool:
    return request.secure


def is_loopback(request: web.Request) -> bool:
    """The browser runs on this very machine (by the name it used)."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    return host in LOOPBACK


def set_cookie(
    request: web.Request, response: web.StreamResponse, name: str, value: str, *, max_age: int | None = None
) -> None:
    """A cookie that no script reads and no other site sends."""
    response.set_cookie(
        name, value, max_age=max_age, path="/", httponly=True, samesite="Strict", secure=is_secure(request)
    )


async def put_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal: every answer, streams and errors included."""
    part = response.headers.get(hdrs.CACHE_CONTROL) == FOR_EVER and response.content_type in PARTS_OF_PAGES
    for name, value in HEADERS_OF_PARTS.items() if part else HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
    if request.secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The one gate: who it is, whether the table lets them, whether the change comes from our own page."""
    if request.match_info.http_exception is not None:
        return await handler(request)  # no such page, or not by this method
    who = request[VISITOR] = await _identify(request)
    name = request.match_info.route.name or ""
    allowed = ACCESS.get(name, NOBODY)
    if allowed is not EVERYONE:
        _check_role(request, name, allowed)
        await _check_need(request, name)
    if request.method not in SAFE or request.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
        _check_origin(request)
    if request.method not in SAFE:
        await _check_token(request)
    response = await handler(request)
    if request.method not in SAFE and name.startswith(SIGNS_OUT):
        _stir(request)
    if not response.prepared and who.new_visit:
        set_cookie(request, response, VISIT_COOKIE, who.new_visit)
    return response


async def _identify(request: web.Request) -> Visitor:
    from callcenter.web.parts import parts  # parts needs Tokens of this module

    here = parts(request)
    if request.path.startswith(API_PREFIX):
        scheme, _, secret = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        known = scheme.lower() == "bearer" and 0 < len(secret) <= LONGEST_SECRET
        return Visitor(token=await here.people.token(secret.strip()) if known else None)
    if request.path.startswith(("/static/", "/healthz")):
        return NOBODY_YET
    cookie = request.cookies.get(SESSION_COOKIE, "")
    known = 0 < len(cookie) <= LONGEST_SECRET and not request.path.startswith(LINK_PREFIX)  # a link knows no session
    session = await here.sessions.find(cookie) if known else None
    if session is not None:
        return Visitor(session, csrf=session.csrf)
    visit = request.cookies.get(VISIT_COOKIE, "")
    if 16 <= len(visit) <= 64:
        return Visitor(csrf=here.tokens.of_visit(visit))
    visit = secrets.token_urlsafe(24)
    return Visitor(csrf=here.tokens.of_visit(visit), new_visit=visit)


def _stir(request: web.Request) -> None:
    from callcenter.web.parts import parts

    parts(request).sessions.stir()


def _check_role(request: web.Request, name: str, allowed: frozenset[str]) -> None:
    token, session = visitor(request).token, visitor(request).session
    if request.path.startswith(API_PREFIX):
        if token is None:
            raise SignInFirst("Send a valid token: Authorization: Bearer ...")
        if token.role not in allowed:
            raise NotAllowed("This token's role may not read this.")
        return
    if session is None:
        raise SignInFirst("Sign in first.")
    if session.owes and name not in OWING[session.owes]:
        if wants_pages(request):
            raise web.HTTPSeeOther(OWED_AT[session.owes])
        raise NotAllowed("Finish signing in first.")
    if session.role not in allowed:
        if name == "screen":  # the front door leads everybody to their own room
            raise web.HTTPSeeOther(home_of(session.role))
        raise NotAllowed("Your role may not open this.")


async def _check_need(request: web.Request, name: str) -> None:
    from callcenter.web.need import check  # it needs who asks, of this module

    await check(request, name)


def wants_pages(request: web.Request) -> bool:
    """A person's address line asks, not a script or a socket."""
    script = request.headers.get(hdrs.ACCEPT, "").startswith("application/json")
    return not script and not request.headers.get(hdrs.UPGRADE)


def _check_origin(request: web.Request) -> None:
    origin = request.headers.get(hdrs.ORIGIN)
    own = f"{request.scheme}://{request.host}"
    if origin is not None and origin != own:
        raise NotAllowed("This came from another page than ours, so it was not done.")
    if origin is None and request.headers.get(hdrs.UPGRADE):
        raise NotAllowed("This came from another page than ours, so it was not done.")


async def _check_token(request: web.Request) -> None:
    given = request.headers.get("X-CSRF-Token", "")
    if not given and request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        given = (await read_form(request)).get("csrf", "")
    wanted = form_token(request)
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise NotAllowed("This page is too old. Load it again, then repeat.")
