"""What a person may ask for: what is kept, a copy of it, to be made unknown.

In:  POST with a number (never in an address, where logs would keep it). Out: HTML; a ZIP with JSON, a page, recordings.
Never: made unknown by whoever asked for it; a copy without its line in the audit, written first.
"""

import asyncio
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web

from callcenter.core.errors import BadInput, CallCenterError
from callcenter.core.phone import masked, read
from callcenter.storage.erasing import Erasing, Request
from callcenter.storage.subject import Found, Subjects, told
from callcenter.web.errors import status_of
from callcenter.web.forms import read_form, text_of
from callcenter.web.i18n import N_
from callcenter.web.need import check_ticket, for_reader, looker
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person
from callcenter.web.subject.bundle import write_zip
from callcenter.web.supervisor.trail import looked

ASKED = N_("The request is noted. Somebody else confirms it.")
DONE = N_("Done: {calls} calls and {tickets} tickets name nobody any more.")
REFUSED = N_("The request is refused, with its reason.")
PARTS_SHOWN = (
    "calls", "tickets", "notes", "mentions", "recordings", "callbacks", "flags", "forwards", "messages", "looked",
)  # fmt: skip


def subjects(here: Parts) -> Subjects:
    settings = here.settings
    reads = partial(read, region=settings.region, language=settings.language, pseudo=settings.no_sim_numbers)
    return Subjects(here.database, read_number=reads, region=settings.region)


def _erasing(here: Parts) -> Erasing:
    settings = here.settings
    return Erasing(here.database, subjects(here), settings.recordings, region=settings.region, clock=here.clock)


async def page(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(
    request: web.Request, *, found: Found | None = None, told: str = "", error: str = "", status: int = 200
) -> web.Response:
    here, who = parts(request), person(request)
    waiting: list[Request] = await _erasing(here).requests()
    return here.painter.page(
        request,
        "subject/data.html",
        status=status,
        found=found,
        parts_shown=PARTS_SHOWN,
        requests=for_reader(request, waiting),
        me=who.person,
        masked=masked,
        told_=told,
        error=error,
    )


async def _failed(request: web.Request, error: CallCenterError) -> web.Response:
    return await _page(request, error=parts(request).painter.sentence(request, error), status=status_of(error)[0])


async def find(request: web.Request) -> web.Response:
    """What is kept of this number: how much of each. That somebody looked is written down first."""
    here, form = parts(request), await read_form(request)
    try:
        number = subjects(here).number(text_of(form, "number", 40))
        await looked(request, "data.view", number.e164 or "")
        return await _page(request, found=await subjects(here).find(number.e164 or ""))
    except BadInput as wrong:
        return await _failed(request, wrong)


async def copy(request: web.Request) -> web.StreamResponse:
    """Everything, as a ZIP: for a machine, for a person, and the recordings."""
    here, form = parts(request), await read_form(request)
    number = subjects(here).number(text_of(form, "number", 40))
    found = await subjects(here).find(number.e164 or "")
    for row in found.rows["tickets"]:
        await check_ticket(request, row["number"])
    counts: dict[str, Any] = {name: found.count(name) for name in PARTS_SHOWN}
    await looked(request, "data.copy", number.e164 or "", counts)
    language = here.painter.language_of(request)
    readable = here.painter.part("subject/copy.html", language.code, found=found, rows=told(found), at=here.clock())
    response = web.StreamResponse(
        headers={
            hdrs.CONTENT_TYPE: "application/zip",
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="data-{(number.e164 or "").lstrip("+")[-4:]}.zip"',
        }
    )
    with tempfile.TemporaryDirectory(prefix="112-") as folder:
        path = Path(folder) / "copy.zip"
        await asyncio.to_thread(write_zip, path, found, str(readable), here.settings.recordings)
        await response.prepare(request)
        with path.open("rb") as file:
            while block := await asyncio.to_thread(file.read, 256 * 1024):
                await response.write(block)
    await response.write_eof()
    return response


async def ask(request: web.Request) -> web.Response:
    """To be made unknown: noted, for somebody else to confirm."""
    here, form = parts(request), await read_form(request)
    number, reason = text_of(form, "number", 40), text_of(form, "reason", 500)
    try:
        await _erasing(here).ask(number, reason, by=looker(request).person, address=request.remote or "")
    except CallCenterError as wrong:
        return await _failed(request, wrong)
    return await _page(request, told=here.painter.language_of(request).say(ASKED))


async def erase(request: web.Request) -> web.Response:
    """Confirmed by a second person."""
    here, form = parts(request), await read_form(request)
    try:
        result = await _erasing(here).erase(_id(form), by=looker(request).person, address=request.remote or "")
    except CallCenterError as wrong:
        return await _failed(request, wrong)
    done = result["done"]
    said = here.painter.language_of(request).say(DONE, calls=done["calls"], tickets=done["tickets"])
    return await _page(request, told=said)


async def refuse(request: web.Request) -> web.Response:
    """With the reason that the person is told."""
    here, form = parts(request), await read_form(request)
    reason = text_of(form, "reason", 500)
    try:
        await _erasing(here).refuse(_id(form), reason, by=looker(request).person, address=request.remote or "")
    except CallCenterError as wrong:
        return await _failed(request, wrong)
    return await _page(request, told=here.painter.language_of(request).say(REFUSED))


def _id(form: dict[str, str]) -> int:
    text = text_of(form, "id", 18)
    if not (text.isascii() and text.isdecimal()):
        raise BadInput("This request cannot be read.")
    return int(text)
