"""What a call taker does with her call beside handing it over: hold, a colleague, the queue, questions, keys.

In:  POST, JSON or form. Out: JSON: asked, or a sentence that says why not.
Never: a change on the screen by itself. A wish is sent; the screen moves when Asterisk says that it happened.
"""

from aiohttp import web

from callcenter.core.agency import OverflowLine
from callcenter.core.control import free
from callcenter.core.desk_wishes import (
    AskSilent,
    BackToQueue,
    CallBack,
    CallHelp,
    Consult,
    Dismiss,
    Hold,
    Relay,
    SendKeys,
    StopHelp,
    Unhold,
)
from callcenter.core.errors import BadInput, Refused
from callcenter.core.practice import ONLY_YOU
from callcenter.core.wishes import Wish
from callcenter.storage import CallLine, audited
from callcenter.web.access import SUPERVISOR
from callcenter.web.forms import read_body, text_of
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person

LONGEST_LEG = 400
LONGEST_KEYS = 64


def _seat(request: web.Request) -> tuple[str, str, str]:
    who = person(request)
    if not who.position:
        raise BadInput("Choose your position first: the phone that speaks is the position's.")
    return request.match_info["call"], who.position, who.person


async def _ask(request: web.Request, wish: Wish) -> web.Response:
    await parts(request).board.wish(wish)
    return web.json_response({"asked": True})


async def hold(request: web.Request) -> web.Response:
    """The caller waits, and hears so."""
    return await _ask(request, Hold(*_seat(request)))


async def unhold(request: web.Request) -> web.Response:
    """He is back."""
    return await _ask(request, Unhold(*_seat(request)))


async def requeue(request: web.Request) -> web.Response:
    """First in line again, for anybody."""
    return await _ask(request, BackToQueue(*_seat(request)))


async def silent(request: web.Request) -> web.Response:
    """A voice asks him twice."""
    return await _ask(request, AskSilent(*_seat(request)))


async def consult(request: web.Request) -> web.Response:
    """A colleague's phone rings; `pass`: the call becomes hers."""
    call, position, by = _seat(request)
    body = await read_body(request)
    passing = text_of(body, "pass", 5) == "1" if "pass" in body else False
    return await _ask(request, Consult(call, text_of(body, "position", 20), position, by, passing))


async def call_help(request: web.Request) -> web.Response:
    """The supervisor, or who is on call: the next one rings when one does not come."""
    call, position, by = _seat(request)
    here = parts(request)
    wish = CallHelp(call, here.settings.help_lines or _supervisors(here, position), position, by)
    await here.board.wish(wish)
    names = [line.name for line in wish.lines]
    await audited(here.database, by=by, action="call.help", target=call, details={"lines": names}, at=here.clock())
    return web.json_response({"asked": True})


def _supervisors(here: Parts, position: str) -> tuple[OverflowLine, ...]:
    """Those who sit at another position whose phone is free."""
    there = ((number, seat) for number, seat in here.desk.seats.items() if seat.role == SUPERVISOR)
    return tuple(
        OverflowLine(number, "position", name=seat.display or seat.person)
        for number, seat in there
        if number != position and free(here.board.floor, number)
    )


async def stop_help(request: web.Request) -> web.Response:
    """Nobody more is rung for it."""
    return await _ask(request, StopHelp(*_seat(request)))


async def dismiss(request: web.Request) -> web.Response:
    """That colleague is not needed."""
    call, position, by = _seat(request)
    leg = text_of(await read_body(request), "leg", LONGEST_LEG)
    return await _ask(request, Dismiss(call, leg, position, by))


async def call_back(request: web.Request) -> web.Response:
    """Ring my phone, then the number of a call that is over."""
    line, position, by = await _over(request)
    if line.e164 is None:
        raise BadInput("This number cannot be called.")
    return await _ask(request, CallBack(line.e164, line.about or line.id, position, by))


async def relay(request: web.Request) -> web.Response:
    """Ring my phone for a conversation with agencies about a call whose caller is gone."""
    line, position, by = await _over(request)
    return await _ask(request, Relay(line.about or line.id, position, by))


async def _over(request: web.Request) -> tuple[CallLine, str, str]:
    call, position, by = _seat(request)
    here = parts(request)
    known = here.board.floor.calls.get(call)
    if known is not None and known.live:
        raise Refused("The caller is still there.")
    line = (await here.history.call(call)).line
    if line.test:
        raise Refused(ONLY_YOU)
    return line, position, by


async def keys(request: web.Request) -> web.Response:
    """Keys for an agency's menu."""
    call, position, by = _seat(request)
    pressed = text_of(await read_body(request), "keys", LONGEST_KEYS)
    return await _ask(request, SendKeys(call, pressed, position, by))
