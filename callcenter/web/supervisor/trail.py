"""The audit, for those who check the others: who looked at what, and whether the trail is whole.

In:  GET with filters, hostile. Out: HTML; what is filtered as CSV, each row with its seal.
Never: a change, but the row that says who looked here.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from aiohttp import hdrs, web

from callcenter.core.errors import BadInput
from callcenter.core.seal import Row
from callcenter.storage import AuditFilter, AuditPage, audited
from callcenter.web.i18n import N_
from callcenter.web.need import for_reader
from callcenter.web.parts import parts
from callcenter.web.security import person
from callcenter.web.supervisor.export import BOM, safe
from callcenter.web.supervisor.filters import read_after, read_limit, read_span
from callcenter.web.supervisor.trail_words import TrailWords

NAMES = ("day", "from", "to", "by", "action", "target")
KINDS = (
    "calls",
    "call",
    "ticket",
    "recording",
    "forward",
    "link",
    "user",
    "token",
    "position",
    "sign_in",
    "sign_out",
    "session",
    "second",
    "lock",
    "data",
    "audit",
    "places",
    "cards",
    "quality",
    "phrases",
    "number",
    "callback",
    "flag",
    "block",
    "agenc",
    "categor",
    "complaints",
    "report",
    "history",
    "aside",
)
LONGEST = 200
AT_ONCE = 200
NUMBER = re.compile(r"[+0][0-9 ().-]{6,24}")


async def looked(request: web.Request, action: str, target: str = "", details: Mapping[str, Any] | None = None) -> None:
    """Who looks at callers' data is written down before it is shown. StoreDown: then nothing is shown."""
    here = parts(request)
    who, address = person(request).person, request.remote or ""
    now = here.clock()
    await audited(here.database, by=who, action=action, at=now, target=target, details=details, address=address)


async def trail(request: web.Request) -> web.Response:
    """`/audit`: newest first. A filter that cannot be read is said beside the form, which keeps what was typed."""
    here = parts(request)
    query = {name: request.query.get(name, "") for name in NAMES}
    error, page = "", AuditPage([], "")
    try:
        wanted = _filter(request)
        page = await here.history.audit(wanted, after=read_after(request.query), limit=read_limit(request.query))
    except BadInput as wrong:
        error = here.painter.sentence(request, wrong)
    await looked(request, "audit.view", details={name: value for name, value in query.items() if value})
    page = replace(page, lines=for_reader(request, page.lines))
    return here.painter.page(
        request,
        "supervisor/audit.html",
        status=400 if error else 200,
        page=page,
        error=error,
        query=query,
        filtered=any(query.values()),
        first="after" not in request.query,
        kinds=KINDS,
        words=TrailWords(here.painter, here.painter.language_of(request)),
    )


HEAD = (
    N_("When"), N_("Person"), N_("What"), N_("Call, ticket or person"), N_("Details"), N_("From address"), N_("Seal"),
)  # fmt: skip


async def export(request: web.Request) -> web.StreamResponse:
    """`/audit.csv`: what is filtered, some rows at a time. That it was taken out is written down first."""
    here, wanted = parts(request), _filter(request)
    language = here.painter.language_of(request)
    told = {name: value for name in NAMES if (value := request.query.get(name, ""))}
    await looked(request, "audit.export", details=told)
    page = await here.history.audit(wanted, limit=AT_ONCE)  # a database that fails still gets a sentence
    city = here.painter.times[language.code]
    name = f"112-audit-{city.today(here.clock()).isoformat()}.csv"
    headers = {
        hdrs.CONTENT_TYPE: "text/csv; charset=utf-8",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
    }
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    await response.write((BOM + _csv([[language.say(title) for title in HEAD]])).encode())
    while page.lines:
        rows = [_cells(line, city.zone) for line in for_reader(request, page.lines)]
        await response.write(_csv(rows).encode())
        page = await here.history.audit(wanted, after=page.next, limit=AT_ONCE) if page.next else AuditPage([], "")
    await response.write_eof()
    return response


def _cells(line: Row, zone: tzinfo) -> list[str]:
    at = line.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    details = json.dumps(dict(line.details), ensure_ascii=False) if line.details else ""
    return [at, line.by, line.action, line.target, details, line.address, line.digest]


def _csv(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _filter(request: web.Request) -> AuditFilter:
    for name in NAMES:
        value = request.query.get(name, "")
        if len(value) > LONGEST or not value.isprintable():
            raise BadInput("{name} has letters that cannot be searched for.", name=name)
    since, until = read_span(request.query, parts(request).settings)
    by, action, target = (request.query.get(name, "").strip() for name in ("by", "action", "target"))
    if NUMBER.fullmatch(target):  # typed as people write it, kept as +62...
        target = parts(request).painter.number(target, "en").e164 or target
    return AuditFilter(since, until, by.lower(), action, target)
