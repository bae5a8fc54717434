"""One open page on its WebSocket: the newest picture out, which ticket lies open in.

In:  a request of somebody signed in, the hub whose parts are shown, who looks.
Out: the socket, served until the page goes, the session ends or the service stops.
Never: waits for who does not listen; goes on showing to who was signed out elsewhere.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable

from aiohttp import WSCloseCode, WSMsgType, web

from callcenter.storage import Session
from callcenter.web.live import Client, Hub, Viewer
from callcenter.web.parts import Parts, parts
from callcenter.web.security import SESSION_COOKIE, person

LONGEST_MESSAGE = 4096
LONGEST_ID = 300
SIGNED_OUT = 4401


async def serve(
    request: web.Request, hub: Hub, viewer: Viewer, opened: Callable[[str], None] | None = None
) -> web.WebSocketResponse:
    """`opened` hears which ticket the page opens; without it the page has nothing to tell."""
    socket = web.WebSocketResponse(heartbeat=20, max_msg_size=LONGEST_MESSAGE, compress=False)
    await socket.prepare(request)
    client = Client(viewer, socket)
    hub.welcome(client, request.query.get("boot", "")[:20], _number(request.query.get("since", "0")))
    try:
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(_send(hub, client))
            cookie = request.cookies.get(SESSION_COOKIE, "")
            watch = tasks.create_task(_still_signed_in(parts(request), client, cookie, person(request)))
            await _listen(hub, client, opened)
            sender.cancel()
            watch.cancel()
    finally:
        hub.leave(client)
    return socket


async def _send(hub: Hub, client: Client) -> None:
    try:
        await hub.serve(client)
    except TimeoutError:  # too slow: dropped, it will come back and get the newest picture
        await _hang_up(client, WSCloseCode.TRY_AGAIN_LATER)
    except ConnectionError:
        await _hang_up(client, WSCloseCode.GOING_AWAY)


async def _hang_up(client: Client, code: int) -> None:
    """Closes, and does not wait for an answer of somebody who does not listen."""
    here = client.socket
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(0.5):
            await here.close(code=code)


async def _listen(hub: Hub, client: Client, opened: Callable[[str], None] | None) -> None:
    async for message in client.socket:
        if message.type is not WSMsgType.TEXT or opened is None:
            continue
        try:
            wanted = json.loads(message.data)["ticket"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if isinstance(wanted, str) and len(wanted) <= LONGEST_ID:
            if wanted and wanted != client.viewer.open_call:
                opened(wanted)
            hub.look_at(client, wanted)


async def _still_signed_in(here: Parts, client: Client, cookie: str, session: Session) -> None:
    await here.sessions.ended(cookie, session)
    await _hang_up(client, SIGNED_OUT)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
