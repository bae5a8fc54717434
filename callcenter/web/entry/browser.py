"""Browsers that a person signed in from before: guesses made elsewhere do not keep her out of these.

In:  a request, a name. Out: the mark of an earlier sign-in, proved; a cookie that carries one.
Never: a name in a cookie; a mark taken on its own word; a sign-in made easier: each browser has its own count of tries.
"""

import hashlib
import hmac
import secrets

from aiohttp import web

from callcenter.web.parts import parts
from callcenter.web.security import set_cookie

YEAR_S = 365 * 24 * 3600
MOST = 12
"""People at one computer whose marks are kept: cookies go with each request."""


def known_browser(request: web.Request, name: str) -> str:
    """The mark that this person's earlier sign-in left here; empty when there is none."""
    mark, _, proof = request.cookies.get(_cookie(name), "").partition(".")
    good = parts(request).tokens.of_browser(_plain(name), mark)
    return mark if 16 <= len(mark) <= 64 and hmac.compare_digest(proof.encode(), good.encode()) else ""


def mark_browser(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """Known from now on, with a mark of its own."""
    marks = [cookie for cookie in request.cookies if cookie.startswith("known-") and cookie != _cookie(name)]
    for old in marks[: max(0, len(marks) - MOST + 1)]:
        response.del_cookie(old, path="/")
    mark = known_browser(request, name) or secrets.token_urlsafe(18)
    proof = parts(request).tokens.of_browser(_plain(name), mark)
    set_cookie(request, response, _cookie(name), f"{mark}.{proof}", max_age=YEAR_S)


def _plain(name: str) -> str:
    return name.strip().lower()[:64]


def _cookie(name: str) -> str:
    return "known-" + hashlib.sha256(_plain(name).encode("utf-8", "replace")).hexdigest()[:12]
