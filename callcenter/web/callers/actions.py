"""Calling back: one click claims it and rings the phone, one says what became of it.

In:  POST, JSON. Out: JSON: the callback's state, or a sentence that says why not.
Never: two people at one callback: storage lets one through, the others read who.
"""

from aiohttp import web

from callcenter.core.errors import NotFound
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
