"""Flags and blocks: a call taker's one key, and the supervisor's page.

In:  POST from the screen (JSON) and from the page's forms, hostile. Out: JSON; the page with a sentence.
Never: a block by anybody but a supervisor (the access table), or without a reason.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web

from callcenter.core.errors import BadInput, CallCenterError, NotFound
from callcenter.core.flag import LONGEST_BLOCK_H, LONGEST_FLAG_H, Effect
from callcenter.storage import FlagLine
from callcenter.web.errors import status_of
from callcenter.web.forms import read_body, read_form, text_of
from callcenter.web.i18n import N_
from callcenter.web.need import for_reader
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person
from callcenter.web.supervisor.filters import read_after
from callcenter.web.supervisor.trail import looked

FLAGGED = N_("{number} is flagged until {until}.")
BLOCKED = N_("{number} is blocked until {until}.")
ENDED = N_("The flag of {number} has ended.")
NO_HOURS = "Write the hours as a whole number."
LONGEST = 500


async def _number_of(here: Parts, call: str) -> str | None:
    """The caller's number, also of a call that ended before our last start."""
    known = here.desk.call(call)
    return known.number if known is not None else (await here.history.call(call)).line.number


async def press(request: web.Request) -> web.Response:
    """One key on the ticket: flag this caller, or take the flag off."""
    here, who, call = parts(request), person(request), request.match_info["call"]
    body = await read_body(request)
    number = await _number_of(here, call)
    flags = here.callers.flags
    if text_of(body, "what") == "off":
        running = here.callers.flagged.of(here.painter.number(number, "en").e164)
        if running is None:
            raise NotFound("There is no such flag, or it has ended.")
        line = await flags.end(running.id, by=who.person, only=Effect.FLAG)
    else:
        hours = here.settings.flag_hours
        ticket = here.desk.number(call)
        line = await flags.flag(number, hours=hours, reason="", by=who.person, ticket=ticket)
    await here.callers.flagged.changed()
    return web.json_response({"effect": line.effect, "until": line.until.isoformat()})


async def flags_page(request: web.Request) -> web.Response:
    """`/flags`."""
    await looked(request, "flags.view")
    return await _page(request)


async def _page(request: web.Request, *, error: str = "", told: str = "", status: int = 200) -> web.Response:
    here = parts(request)
    page = await here.callers.flags.page(after=read_after(request.query))
    page = replace(page, lines=for_reader(request, page.lines))
    return here.painter.page(
        request,
        "callers/flags.html",
        status=status,
        page=page,
        now=here.clock(),
        error=error,
        told=told,
        longest={Effect.FLAG.value: LONGEST_FLAG_H, Effect.BLOCK.value: LONGEST_BLOCK_H},
    )


async def _done(request: web.Request, work: Callable[[], Awaitable[tuple[str, FlagLine]]]) -> web.Response:
    here = parts(request)
    try:
        says, line = await work()
    except CallCenterError as error:
        return await _page(request, error=here.painter.sentence(request, error), status=status_of(error)[0])
    await here.callers.flagged.changed()
    language = here.painter.language_of(request)
    until = here.painter.times[language.code].moment(line.until)
    return await _page(request, told=language.say(says, number=line.number, until=until))


def _hours(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise BadInput(NO_HOURS)
    return int(text)


async def add(request: web.Request) -> web.Response:
    """The supervisor flags or blocks a number."""
    here, by, form = parts(request), person(request).person, await read_form(request)

    async def work() -> tuple[str, FlagLine]:
        number, reason = text_of(form, "number", 40).strip(), text_of(form, "reason", LONGEST)
        hours = _hours(text_of(form, "hours", 10).strip())
        if text_of(form, "effect") == Effect.BLOCK:
            return BLOCKED, await here.callers.flags.block(number, hours=hours, reason=reason, by=by)
        return FLAGGED, await here.callers.flags.flag(number, hours=hours, reason=reason, by=by)

    return await _done(request, work)


async def end(request: web.Request) -> web.Response:
    """Before its time."""
    here, by, form = parts(request), person(request).person, await read_form(request)

    async def work() -> tuple[str, FlagLine]:
        reason = text_of(form, "reason", LONGEST)
        return ENDED, await here.callers.flags.end(int(request.match_info["flag"]), by=by, reason=reason)

    return await _done(request, work)
