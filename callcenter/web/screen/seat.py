"""Whether calls come to her: ready, paused with a reason, sitting down, going home.

In:  POST of a key or a form. Out: JSON: asked, or a sentence that says why not.
Never: a change on the screen by itself; a seat taken or left that waits for the telephone: with the line down it is
taken all the same, and its phone rings as it did.
"""

import logging

from aiohttp import web

from callcenter.core.desk_wishes import BeReady, TakePause
from callcenter.core.errors import BadInput, CallCenterError, Refused
from callcenter.core.readiness import HANDOVER, IN_A_CALL, NO_REASON, OFF, wraps_up
from callcenter.web.errors import wants_json
from callcenter.web.forms import read_body, text_of
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person, see_other

log = logging.getLogger(__name__)

NO_SEAT = "Choose your position first: the phone that speaks is the position's."


def _seat(request: web.Request) -> tuple[Parts, str, str]:
    who = person(request)
    if not who.position:
        raise BadInput(NO_SEAT)
    return parts(request), who.position, who.person


async def ready(request: web.Request) -> web.StreamResponse:
    """One key: calls may come. Ends a pause, and the writing after a call. As a form: she stays after all."""
    here, position, by = _seat(request)
    if not wants_json(request):
        await _try(here, BeReady(position, by))  # refused or not: the screen says how it stands
        return see_other("/")
    await here.board.wish(BeReady(position, by))
    return web.json_response({"asked": True})


async def pause(request: web.Request) -> web.Response:
    """Her phones rest, with a reason of the settings. During a call it holds after it."""
    here, position, by = _seat(request)
    reason = text_of(await read_body(request), "reason", 30)
    if reason not in {each.code for each in here.settings.pause_reasons}:
        raise BadInput(NO_REASON)
    await here.board.wish(TakePause(position, reason, by, here.clock()))
    return web.json_response({"asked": True})


async def written(here: Parts, position: str, by: str) -> None:
    """She is done with the ticket: the writing after the call is over, too."""
    if wraps_up(here.board.floor.positions.get(position)):
        await _try(here, BeReady(position, by))


async def sit_down(here: Parts, position: str, by: str) -> None:
    """Who sits down is ready: what the one before left there ends."""
    seat = here.board.floor.positions.get(position)
    if seat is not None and seat.paused:
        await _try(here, BeReady(position, by))


def refuse_in_a_call(here: Parts, position: str) -> None:
    """Nobody gets up, or goes home, with a caller on the phone. Raises Refused."""
    if position and here.board.floor.at_position(position) is not None:
        raise Refused(IN_A_CALL, position=position)


async def hand_over(here: Parts, position: str, by: str) -> None:
    """She goes through the sheet of her shift: calls go to others."""
    await _try(here, TakePause(position, HANDOVER, by, here.clock()))


async def get_up(here: Parts, position: str, by: str) -> None:
    """Nobody sits there: its phone rings only when no other can."""
    if position:
        await _try(here, TakePause(position, OFF, by, here.clock()))


async def _try(here: Parts, wish: BeReady | TakePause) -> None:
    try:
        await here.board.wish(wish)
    except CallCenterError as wrong:
        log.warning("position %s: %s", wish.position, wrong)
