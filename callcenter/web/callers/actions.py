"""Calling back: one click claims it and rings the phone, one says what became of it.

In:  POST, JSON. Out: JSON: the callback's state, or a sentence that says why not.
Never: two people at one callback: storage lets one through, the others read who.
"""

from aiohttp import web

from callcenter.core.desk_wishes import CallBack
from callcenter.core.errors import BadInput, LineDown, NotFound, Refused
from callcenter.storage import CallbackLine
from callcenter.web.forms import read_body, text_of
from callcenter.web.parts import parts
from callcenter.web.security import person

LONGEST_NUMBER = 18


def _number(request: web.Request) -> int:
    text = request.match_info["callback"]
    if len(text) > LONGEST_NUMBER:
        raise NotFound("There is no such callback.")
    return int(text)


def _answer(request: web.Request, line: CallbackLine) -> web.Response:
    parts(request).callers.owed.put(line)
    return web.json_response({"state": line.state, "owner": line.owner, "tries": line.tries})


async def claim(request: web.Request) -> web.Response:
    """Mine: the others read that I am at it."""
    who = person(request)
    here = parts(request)
    return _answer(request, await here.callers.callbacks.claim(_number(request), by=who.person, position=who.position))


async def call(request: web.Request) -> web.Response:
    """One click: mine, and my phone rings, then the caller's. Refused: the claim is given back."""
    here, who, id_ = parts(request), person(request), _number(request)
    if not who.position:
        raise BadInput("Choose your position first: the phone that speaks is the position's.")
    line = await here.callers.callbacks.claim(id_, by=who.person, position=who.position)
    here.callers.owed.put(line)
    try:
        await here.board.wish(CallBack(line.e164, line.newest_call, who.position, who.person))
    except (Refused, LineDown):  # nothing was dialled: somebody else may
        here.callers.owed.put(await here.callers.callbacks.release(id_, by=who.person))
        raise
    return _answer(request, line)


async def release(request: web.Request) -> web.Response:
    """Not mine any more."""
    return _answer(request, await parts(request).callers.callbacks.release(_number(request), by=person(request).person))


async def say(request: web.Request) -> web.Response:
    """What became of it."""
    who, word = person(request), text_of(await read_body(request), "word", 40)
    here = parts(request)
    return _answer(
        request, await here.callers.callbacks.say(_number(request), word, by=who.person, position=who.position)
    )
