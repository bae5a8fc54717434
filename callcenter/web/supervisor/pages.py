"""The call log, one call, its recording, and the log as a file.

In:  GET with filters, hostile. Out: HTML, audio, CSV.
Never: a change. Who looked at a recording or took an export stands in the audit.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from aiohttp import hdrs, web

from callcenter.core.call import Outcome
from callcenter.core.errors import BadInput
from callcenter.core.kind import Kind
from callcenter.core.ticket import CallClass, TicketStatus
from callcenter.storage import CallFilter, CallLine, CallPage, Page
from callcenter.web.need import for_eyes, for_reader, looker, sees_whole
from callcenter.web.parts import parts
from callcenter.web.recordings.sounds import sounds_of
from callcenter.web.security import person
from callcenter.web.supervisor.export import csv_lines
from callcenter.web.supervisor.filters import NAMES, UNCLASSIFIED, read_after, read_filter, read_limit
from callcenter.web.supervisor.saved import carried, first
from callcenter.web.supervisor.spreadsheet import xlsx_file
from callcenter.web.supervisor.trail import looked


async def calls(request: web.Request) -> web.Response:
    """The log, newest first. A filter that cannot be read is said beside the form, which keeps what was typed."""
    await first(request)
    here = parts(request)
    error, page = "", None
    try:
        wanted = read_filter(request.query, here.settings, here.catalogue())
        readable = here.concerned.need.readable(looker(request))
        page = await here.history.calls(
            wanted, after=read_after(request.query), limit=read_limit(request.query), readable=readable
        )
        page = Page(await for_eyes(request, page.lines), page.next)
        await looked(
            request, "calls.view", details={name: request.query[name] for name in NAMES if name in request.query}
        )
    except BadInput as wrong:
        error = here.painter.sentence(request, wrong)
    return here.painter.page(
        request,
        "supervisor/calls.html",
        status=400 if error else 200,
        page=page if page is not None else Page([], ""),
        verdicts=await here.recordings.verdicts([line.id for line in page.lines]) if page is not None else {},
        error=error,
        query={name: request.query.get(name, "") for name in NAMES},
        filtered=any(request.query.get(name) for name in NAMES),
        carried=carried(request.query),
        saved=await here.saved.of(person(request).person),
        first="after" not in request.query,
        today=here.painter.times["en"].today(here.clock()).isoformat(),
        outcomes=list(Outcome),
        classes=[*CallClass, UNCLASSIFIED],
        statuses=list(TicketStatus),
        kinds=list(Kind),
    )


async def call(request: web.Request) -> web.Response:
    """One call: its times, its attempts, its recording, what happened."""
    page = await parts(request).history.call(request.match_info["call"])
    await looked(request, "call.view", page.line.id)
    return await call_page(request, for_reader(request, page))


async def call_page(request: web.Request, page: CallPage, *, whole: bool = False) -> web.Response:
    """The page of what was read; `whole`: with its number, also for who reads masked ones."""
    here = parts(request)
    ticket = await here.history.ticket(page.line.ticket) if page.line.ticket else None
    ticket = for_reader(request, ticket)
    sounds = await sounds_of(here, [page.call])
    masked = not whole and not sees_whole(here, person(request).role)
    return here.painter.page(
        request, "supervisor/call.html", page=page, ticket=ticket, sounds=sounds, masked=masked, whole=whole
    )


async def spreadsheet(request: web.Request) -> web.StreamResponse:
    """The same as XLSX: written into a folder that goes away, then sent."""
    here = parts(request)
    wanted = read_filter(request.query, here.settings, here.catalogue())
    language = here.painter.language_of(request)
    lines = _taken_out(request, wanted)
    name = f"112-{here.painter.times['en'].today(here.clock()).isoformat()}.xlsx"
    with tempfile.TemporaryDirectory(prefix="112-") as folder:
        path = await xlsx_file(aiter(lines), language, here.painter.times[language.code], Path(folder))
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = web.StreamResponse(
            headers={hdrs.CONTENT_TYPE: kind, hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
        )
        await response.prepare(request)
        with path.open("rb") as file:
            while block := await asyncio.to_thread(file.read, 256 * 1024):
                await response.write(block)
        await response.write_eof()
    return response


def _taken_out(request: web.Request, wanted: CallFilter) -> AsyncIterator[CallLine]:
    """The export as this person may read it."""
    here, by = parts(request), person(request).person
    readable, eyes = here.concerned.need.readable(looker(request)), partial(for_eyes, request)
    return here.history.export(wanted, by=by, address=request.remote or "", readable=readable, eyes=eyes)


async def export(request: web.Request) -> web.StreamResponse:
    """What is filtered, as CSV, streamed."""
    here = parts(request)
    wanted: CallFilter = read_filter(request.query, here.settings, here.catalogue())
    painter = here.painter
    language = painter.language_of(request)
    lines = _taken_out(request, wanted)
    blocks = csv_lines(aiter(lines), language, painter.times[language.code])
    first = await anext(blocks)  # a filter or a database that fails still gets a sentence, not half a file
    name = f"112-{painter.times['en'].today(here.clock()).isoformat()}.csv"
    response = web.StreamResponse(
        headers={
            hdrs.CONTENT_TYPE: "text/csv; charset=utf-8",
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
        }
    )
    await response.prepare(request)
    await response.write(first)
    async for block in blocks:
        await response.write(block)
    await response.write_eof()
    return response
