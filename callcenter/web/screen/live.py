"""The live parts of the call taker's screen, and the channel they come through.

In:  the floor, the papers, a viewer. Out: the same partials that the page was first painted with.
Never: a text field in a live part: an update must not eat what somebody types.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web
from markupsafe import Markup

from callcenter.core.errors import StoreDown
from callcenter.web.live import Client, Region, Viewer
from callcenter.web.parts import Parts, parts
from callcenter.web.proof import recent
from callcenter.web.screen import view
from callcenter.web.security import SESSION_COOKIE, person

LONGEST_MESSAGE = 4096
LONGEST_ID = 200
STILL_SIGNED_IN_S = 20.0
SIGNED_OUT = 4401


def viewer_of(request: web.Request) -> Viewer:
    """Who looks, from the session."""
    session = person(request)
    language = parts(request).painter.language_of(request).code
    return Viewer(session.person, session.role, session.position or "", language, request.query.get("call", "")[:200])


def picture(here: Parts, template: str, viewer: Viewer) -> Markup:
    """One live part for one viewer."""
    floor = here.board.floor
    mine = view.my_call(floor, viewer)
    open_id = viewer.open_call or (mine.id if mine else "")
    shown = here.desk.call(open_id)  # whose agencies are shown: the open ticket's
    about = here.desk.about(open_id)
    catalogue = here.catalogue()
    category = catalogue.categories.get(about.ticket.category) if about.ticket else None
    values: dict[str, Any] = {
        "viewer": viewer,
        "floor": floor,
        "line": here.board.line,
        "journal": here.journal.state,
        "desk": here.desk,
        "ringing": view.ringing_at(floor, viewer.position),
        "waiting": floor.waiting(),
        "alone": view.alone(floor),
        "others": view.others(floor),
        "mine": mine,
        "shown": shown,
        "open_id": open_id,
        "about": about,
        "category": category,
        "gap": recent(floor.gaps, here.clock()),
        "alarms": here.proofs.alarms(),
        "shelf": lambda: here.shelf.of(viewer.person, viewer.position),
        "spot": lambda: view.spot(shown, about.ticket),
        "owed": here.callers.owed,
        "offers": lambda: view.offers(shown, list(catalogue.agencies.values()), category),
    }
    return here.painter.part(f"screen/live/{template}.html", viewer.language, **values)


def regions(here: Callable[[], Parts]) -> list[Region]:
    """Every live part with the viewers who see the same of it."""

    def painter(name: str) -> Callable[[Viewer], str]:
        return lambda viewer: picture(here(), name, viewer)

    def mine(viewer: Viewer) -> tuple[str, str]:
        return viewer.language, viewer.position

    def own(viewer: Viewer) -> tuple[str, str, str]:
        return viewer.language, viewer.position, viewer.person

    def room(viewer: Viewer) -> str:
        return viewer.language

    def owing(viewer: Viewer) -> tuple[str, object]:
        return viewer.language, here().callers.owed.scope(viewer.person)

    def opened(viewer: Viewer) -> tuple[str, str, str]:
        return viewer.language, viewer.position, viewer.open_call

    return [
        Region("ring", painter("ring"), mine, urgent=True),
        Region("status", painter("status"), mine, ticking=True),
        Region("mine", painter("mine"), mine),
        Region("agencies", painter("agencies"), opened),
        Region("ticket", painter("ticket"), opened),
        Region("place", painter("place"), opened),
        Region("notes", painter("notes"), opened),
        Region("queue", painter("queue"), room),
        Region("callbacks", painter("callbacks"), owing),
        Region("room", painter("room"), mine),
        Region("shelf", painter("shelf"), own),
    ]


async def channel(request: web.Request) -> web.StreamResponse:
    """The WebSocket: server to page; the page only tells which ticket lies open."""
    here = parts(request)
    viewer = viewer_of(request)
    socket = web.WebSocketResponse(heartbeat=20, max_msg_size=LONGEST_MESSAGE, compress=False)
    await socket.prepare(request)
    client = Client(viewer, socket)
    here.hub.welcome(client, request.query.get("boot", "")[:20], _number(request.query.get("since", "0")))
    try:
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(_send(here, client))
            watch = tasks.create_task(_still_signed_in(here, client, request.cookies.get(SESSION_COOKIE, "")))
            await _listen(here, client)
            sender.cancel()
            watch.cancel()
    finally:
        here.hub.leave(client)
    return socket


async def _send(here: Parts, client: Client) -> None:
    try:
        await here.hub.serve(client)
    except TimeoutError:  # too slow: dropped, it will come back and get the newest picture
        here.hub.dropped += 1
        await _hang_up(client, WSCloseCode.TRY_AGAIN_LATER)
    except ConnectionError:
        await _hang_up(client, WSCloseCode.GOING_AWAY)


async def _hang_up(client: Client, code: int) -> None:
    """Closes, and does not wait for an answer of somebody who does not listen."""
    here = client.socket
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(0.5):
            await here.close(code=code)


async def _listen(here: Parts, client: Client) -> None:
    async for message in client.socket:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            wanted = json.loads(message.data)["ticket"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if isinstance(wanted, str) and len(wanted) <= LONGEST_ID:
            if wanted and wanted != client.viewer.open_call:
                here.desk.ask(wanted)
            here.hub.look_at(client, wanted)


async def _still_signed_in(here: Parts, client: Client, cookie: str) -> None:
    """A session that was ended elsewhere does not go on watching."""
    while True:
        await asyncio.sleep(STILL_SIGNED_IN_S)
        with contextlib.suppress(StoreDown):
            if await here.sessions.find(cookie) is None:
                await _hang_up(client, SIGNED_OUT)
                return


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
