"""Everything that the house tells anybody: each address of the router, asked by each role, as plain text.

In:  a house in which something happened. Out: for each route and role what was answered, with the rows of the audit
that it left.
Never: a route left out because nobody thought of it; a file that is not opened.
"""

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from aiohttp import WSServerHandshakeError, hdrs

from callcenter.web.access import ACCESS, API_PREFIX, EVERYONE
from tests.web.conftest import Visitor
from tests.web.house import House
from tests.web.test_ticket_story import texts

SOUND = "<sound>"
NOT_ASKED = {"static", "health", "icon", "api.openapi", "screen.worker"}
"""The same for everybody and every night."""


@dataclass(frozen=True)
class Answer:
    """What one role was told at one address."""

    route: str
    role: str
    path: str
    status: int
    text: str
    rows: int  # new rows of the audit


@dataclass
class Guest:
    """Somebody of a role: a browser, and a program with a token. No role: nobody is signed in."""

    role: str
    visitor: Visitor
    secret: str = ""


def asked(here: House, stands: Mapping[str, str], queries: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Name and address of everything that can be read."""
    found = []
    for route in here.app.router.routes():
        name, path = route.name or "", route.resource.canonical if route.resource else ""
        if route.method != hdrs.METH_GET or name in NOT_ASKED:
            continue
        for place in re.findall(r"\{(\w+)\}", path):
            assert f"{name} {place}" in stands or place in stands, f"say what stands for {{{place}}} in {path}"
            path = path.replace(f"{{{place}}}", stands.get(f"{name} {place}") or stands[place])
        found += [(name, f"{path}{query}") for query in queries.get(name, ("",))]
    return found


async def answers(here: House, guests: list[Guest], pages: list[tuple[str, str]]) -> AsyncIterator[Answer]:
    """Every page by every guest who may open it."""
    for guest in guests:
        for name, path in pages:
            if ACCESS[name] is not EVERYONE and guest.role not in ACCESS[name]:
                continue
            before = await _last(here)
            status, text = await (_live if name.endswith(".live") else _read)(guest, path)
            yield Answer(name, guest.role, path, status, text, await _last(here) - before)


async def _last(here: House) -> int:
    lines = (await here.history.audit(limit=1)).lines
    return lines[0].id if lines else 0


async def _live(guest: Guest, path: str) -> tuple[int, str]:
    """The first picture of a channel: all of its parts."""
    base = guest.visitor.base
    path, _, query = path.partition("?")
    try:
        origin = {"Origin": str(base.origin())}
        url = base.join(base.with_path(path).with_query(query))
        async with guest.visitor.session.ws_connect(url, headers=origin) as socket:
            first, more = await socket.receive_json(timeout=30), {}
            if first["html"].keys() <= {"ring"}:  # the banner goes alone
                more = (await socket.receive_json(timeout=30))["html"]
            return 200, " ".join([*first["html"].values(), *more.values()])
    except WSServerHandshakeError as refused:
        return refused.status, ""


async def _read(guest: Guest, path: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {guest.secret}"} if path.startswith(API_PREFIX) else {}
    base = guest.visitor.base
    path, _, query = path.partition("?")
    url = base.join(base.with_path(path).with_query(query))
    async with guest.visitor.session.get(url, headers=headers, allow_redirects=False) as answer:
        return answer.status, plain(await answer.read(), answer.content_type)


def plain(body: bytes, kind: str) -> str:
    """What stands in a page or a file."""
    if kind.startswith("audio/"):
        return SOUND
    if kind == "application/pdf":
        return " ".join(texts(body)) if b"A85" in body else ""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            return " ".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())
    text = body.decode("utf-8", "replace")
    return json.dumps(json.loads(text), ensure_ascii=False) if kind == "application/json" else text
