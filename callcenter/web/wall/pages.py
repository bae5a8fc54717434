"""The wall as a page, live, and as JSON.

In:  GET. Out: HTML, the WebSocket of its live parts, JSON.
Never: a caller; a call taker's name to a viewer from outside of the room.
"""

from typing import Any

from aiohttp import web

from callcenter.core.wall import Wall
from callcenter.web.channel import serve
from callcenter.web.parts import parts
from callcenter.web.proof import colour
from callcenter.web.screen.live import viewer_of
from callcenter.web.screen.pages import words
from callcenter.web.security import visitor
from callcenter.web.wall.board import NAMELESS, regions


async def wall(request: web.Request) -> web.Response:
    """`/wall`: to be left open, for days."""
    here = parts(request)
    viewer = viewer_of(request)
    return here.painter.page(
        request,
        "wall/page.html",
        live={region.name: region.paint(viewer) for region in regions(lambda: here)},
        at=round(here.clock().timestamp() * 1000),
        viewer=viewer,
        words=words(here.painter.language_of(request)),
    )


async def channel(request: web.Request) -> web.StreamResponse:
    """The WebSocket of the wall."""
    return await serve(request, parts(request).wall.hub, viewer_of(request))


async def api(request: web.Request) -> web.Response:
    """`GET /api/v1/wall`."""
    here = parts(request)
    token = visitor(request).token
    nameless = token is None or token.role == NAMELESS
    late = {"agencies_late": here.agencies.paces.count("RED"), "agencies_soon_late": here.agencies.paces.count("AMBER")}
    light = {"self_test": colour(here.proofs.self_test)}
    return web.json_response(_plain(here.wall.now(), nameless) | late | light)


def _plain(wall: Wall, nameless: bool) -> dict[str, Any]:
    today = wall.today
    seats = [
        {"position": seat.position, "state": seat.state, "since": _moment(seat.since), "reason": seat.reason}
        | ({} if nameless else {"person": seat.person})
        for seat in wall.seats
    ]
    return {
        "waiting": wall.waiting,
        "longest_wait_since": _moment(wall.longest_since),
        "talking": wall.talking,
        "alone": wall.alone,
        "longest_talk_since": _moment(wall.longest_talk_since),
        "positions": seats,
        "callbacks_owed": wall.owed,
        "oldest_callback_since": _moment(wall.oldest_owed),
        "today": None
        if today is None
        else {
            "read_at": _moment(today.read_at),
            "arrivals": today.arrivals,
            "answered": today.answered,
            "service_level": {
                "seconds": today.level_s,
                "numerator": today.level.numerator,
                "denominator": today.level.denominator,
            },
            "open_tickets": dict(today.open_tickets),
        },
        "alarms": list(wall.alarms),
    }


def _moment(at: Any) -> str | None:
    return at.isoformat() if at is not None else None
