"""The audit, for those who check the others: who looked at what, and whether the trail is whole.

In:  GET with filters, hostile. Out: HTML.
Never: a change, but the row that says who looked here.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from callcenter.core.errors import BadInput
from callcenter.storage import AuditFilter, AuditPage, audited
from callcenter.web.need import masked_row, sees_whole
from callcenter.web.parts import parts
from callcenter.web.security import person
from callcenter.web.supervisor.filters import read_after, read_limit, read_span

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
)
LONGEST = 200


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
    if any(query.values()):
        await looked(request, "audit.view", details={name: value for name, value in query.items() if value})
    if not sees_whole(here, person(request).role):
        page = replace(page, lines=[masked_row(line) for line in page.lines])
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
    )


def _filter(request: web.Request) -> AuditFilter:
    for name in NAMES:
        value = request.query.get(name, "")
        if len(value) > LONGEST or not value.isprintable():
            raise BadInput("{name} has letters that cannot be searched for.", name=name)
    since, until = read_span(request.query, parts(request).settings)
    by, action, target = (request.query.get(name, "").strip() for name in ("by", "action", "target"))
    return AuditFilter(since, until, by.lower(), action, target)
