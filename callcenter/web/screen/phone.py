"""The phone in the page: who has one, and what it needs to sign in at Asterisk.

In:  the choice of a browser (a cookie), a POST of a page of ours. Out: the page's policy, the account as JSON.
Never: the password itself (only what the SIP sign-in is computed from), into a page, a log or a cache; never for
another position than the one where the person sits. What is said on that phone does not pass through here: the browser
speaks to Asterisk.
"""

import hashlib
import re

from aiohttp import web

from callcenter.core.errors import BadInput
from callcenter.settings import Settings
from callcenter.web.parts import parts
from callcenter.web.security import CSP, person, set_cookie

COOKIE, PAGE, DESK = "phone", "page", "desk"
YEAR_S = 365 * 24 * 3600
REALM = "asterisk"  # Asterisk's own name for it where pjsip.conf sets none
HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:]{2,39}\]")
LIBRARY = "vendor/jssip-3.13.8.min.js"


def choice_of(request: web.Request) -> str:
    """How this browser answers: it has the headset, so it remembers."""
    return PAGE if request.cookies.get(COOKIE) == PAGE else DESK


def remember(request: web.Request, response: web.StreamResponse, form: dict[str, str]) -> None:
    """What was chosen in a form, if it was asked for there."""
    if form.get("phone") in (PAGE, DESK):
        set_cookie(request, response, COOKIE, form["phone"], max_age=YEAR_S)


def has_phone(request: web.Request, position: str) -> bool:
    """This page is a telephone."""
    here = parts(request)
    return bool(position) and here.settings.page_phone and position in here.phones and choice_of(request) == PAGE


def socket_of(request: web.Request, settings: Settings) -> str:
    """Asterisk's WebSocket under the name by which the browser came here: the certificate is good for both."""
    name = request.host if request.host.endswith("]") else request.host.rsplit(":", 1)[0]
    host = name if HOST.fullmatch(name) else settings.sip_host
    return f"{'wss' if settings.tls else 'ws'}://{host}:{settings.ws_port}"


def allow_socket(request: web.Request, response: web.StreamResponse) -> None:
    """This page may speak to Asterisk's WebSocket, besides us; to nobody else."""
    wanted = f"connect-src 'self' {socket_of(request, parts(request).settings)};"
    response.headers["Content-Security-Policy"] = CSP.replace("connect-src 'self';", wanted)


async def account(request: web.Request) -> web.Response:
    """What the page signs in with, for as long as this person sits here: asked again with every renewal."""
    here, who = parts(request), person(request)
    if not who.position:
        raise BadInput("Choose your position first: the phone that speaks is the position's.")
    if not here.settings.page_phone or who.position not in here.phones:
        raise BadInput("There is no phone in the page for this position. Use the SIP phone.")
    name = f"{who.position}-web"  # callcenter/asterisk/desks.py
    secret = f"{name}:{REALM}:{here.phones[who.position]}"
    return web.json_response(
        {
            "user": name,
            "realm": REALM,
            "ha1": hashlib.md5(secret.encode()).hexdigest(),  # noqa: S324 - RFC 2617 asks for MD5
            "socket": socket_of(request, here.settings) + "/ws",
        }
    )
