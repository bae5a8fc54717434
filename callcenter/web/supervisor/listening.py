"""A supervisor hears somebody else's call, whispers, joins, takes it over.

In:  POST, JSON or form. Out: JSON: asked, or a sentence that says why not.
Never: an order before the row in the audit is committed; a change on the screen by itself.
"""

from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from callcenter.core.call import Call, Stage
from callcenter.core.errors import BadInput, StoreDown
from callcenter.core.floor import Floor
from callcenter.core.listen_wishes import Listen, StopListening
from callcenter.core.listener import Listener, Mode
from callcenter.core.listening import allow, at, elsewhere
from callcenter.web.forms import read_body, text_of
from callcenter.web.parts import parts
from callcenter.web.security import person
from callcenter.web.supervisor.trail import looked

KEYS = "123456789"
NO_SEAT = "Choose your position first: the phone that speaks is the position's."


@dataclass(frozen=True)
class Heard:
    """One call that can be listened to. `key` presses its first button; empty beyond the ninth."""

    call: Call
    mine: Listener | None
    others: tuple[Listener, ...]
    key: str

    @property
    def now(self) -> str:
        """What a button's answer is compared with: it differs as soon as something happened."""
        return f"{self.mine.leg} {self.mine.mode} {self.mine.ringing_at}" if self.mine else str(len(self.others))


@dataclass(frozen=True)
class Ears:
    """All of them, for one supervisor. `busy`: she hears one of them; `hers`: a call that she took over."""

    lines: tuple[Heard, ...]
    busy: bool
    hers: Call | None


def ears(floor: Floor, position: str) -> Ears:
    """Every call in which somebody of the room speaks, but her own; in the order of the positions."""
    speaking = [c for c in floor.calls.values() if c.leg and (c.stage is Stage.TALKING or c.relay)]
    others = sorted((c for c in speaking if c.position != position), key=lambda call: (call.position, call.id))
    hers = next((c for c in speaking if position and c.position == position), None)
    taken = hers is not None and any(each.position == position and each.took_at for each in hers.listeners)
    lines = (_heard(call, position, KEYS[n : n + 1]) for n, call in enumerate(others))
    return Ears(tuple(lines), elsewhere(floor, position) is not None, hers if taken else None)


def _heard(call: Call, position: str, key: str) -> Heard:
    others = tuple(each for each in call.listeners if each.live and each.mode and each.position != position)
    return Heard(call, at(call, position), others, key)


async def listen(request: web.Request) -> web.Response:
    """One click: my phone rings, or what I do in that call becomes another thing."""
    here, call, (position, by) = parts(request), request.match_info["call"], _seat(request)
    wanted = text_of(await read_body(request), "mode", 20)
    if wanted not in set(Mode):
        raise BadInput("{text} is no {kind}.", text=wanted, kind="mode")
    wish = Listen(call, position, by, Mode(wanted))
    if refused := allow(here.board.floor, wish):
        raise refused
    await looked(request, "call.listen", call, {"mode": wanted, "position": position})
    await here.board.wish(wish)
    return web.json_response({"asked": True})


async def stop(request: web.Request) -> web.Response:
    """My phone is free again: that never waits for the database."""
    call, (position, by) = request.match_info["call"], _seat(request)
    await parts(request).board.wish(StopListening(call, position, by))
    with suppress(StoreDown):  # the end of her leg is a fact of its own
        await looked(request, "call.listen", call, {"mode": "STOP", "position": position})
    return web.json_response({"asked": True})


def _seat(request: web.Request) -> tuple[str, str]:
    who = person(request)
    if not who.position:
        raise BadInput(NO_SEAT)
    return who.position, who.person
