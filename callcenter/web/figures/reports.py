"""The monthly report: the page, the same as PDF, XLSX, CSV and JSON, its publication, and figures of earlier years.

In:  a month or any days, a version, a CSV file, hostile. Out: HTML and files; a frozen version.
Never: a published month shown as it is not; a month published before it is over.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aiohttp import hdrs, web

from callcenter.core import kpi
from callcenter.core.account import Kind
from callcenter.core.errors import BadInput, CallCenterError, NotFound, Refused
from callcenter.core.report import Json, Material, document
from callcenter.storage import Published
from callcenter.storage.reports import read_days
from callcenter.web.figures import papers
from callcenter.web.figures.papers import Paper
from callcenter.web.figures.period import month_end
from callcenter.web.figures.revision import changes
from callcenter.web.figures.sheets import Sheet, Speaker, days, said, sheets
from callcenter.web.forms import read_form, text_of
from callcenter.web.i18n import N_, Language
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person, see_other

LARGEST = 1_000_000
MONTHS_SHOWN = 24
NO_DAYS = "{text} is no month and no days: write 2026-10, or 2018-10-29..2018-12-11."
NOT_OVER = "This month is not over yet: it can be published when it is."
ONLY_MONTHS = "Only whole months are published."
NO_REASON = "Write why there is a new version."
STILL_COUNTED = "{count} days of this time are still being counted. Try again in a minute."
NO_FILE = "Choose a file first."
SEAL = N_("Seal of the audit: {seal}")


@dataclass(frozen=True, slots=True)
class Shown:
    """One report: as it is now, or as it was published; `older`: the version before that one."""

    first: date
    last: date
    body: Json
    frozen: Published | None = None
    older: Published | None = None

    @property
    def month(self) -> bool:
        """It is one whole month."""
        return self.first.day == 1 and self.last == month_end(self.first)

    @property
    def name(self) -> str:
        """As the address says it: 2026-10."""
        return f"{self.first:%Y-%m}" if self.month else f"{self.first}..{self.last}"


def days_of(text: str) -> tuple[date, date]:
    """The days that an address names. BadInput."""
    found = read_days(text)
    if found is None or found[1] - found[0] > timedelta(days=3700):
        raise BadInput(NO_DAYS, text=text[:40])
    return found


async def compute(here: Parts, first: date, last: date) -> Json:
    """The report as it is now. Refused while days are still being counted."""
    city = here.painter.times["en"]
    since, until = city.bounds(first)[0], city.bounds(last)[1]
    counted = await here.figures.count(since, until, kpi.AGENCY)
    if counted.waiting:
        raise Refused(STILL_COUNTED, count=len(counted.waiting))
    earlier, left_out = await here.reports.earlier(first, last)
    material = Material(
        city=here.settings.city,
        first=first,
        last=last,
        total=counted.total,
        agencies=counted.groups,
        incidents=await here.reports.incidents(first, last),
        earlier=earlier,
        left_out=left_out,
        ministry=dict(pair.split("=", 1) for pair in here.settings.ministry),
        missing=await _missing(here, since, until),
    )
    return document(material, here.catalogue())


async def _missing(here: Parts, since: datetime, until: datetime) -> int | None:
    """Calls that Asterisk wrote down and that are not here; None where that is not known."""
    if here.proofs.books is None or until - since > timedelta(days=32):
        return None
    try:
        return (await here.proofs.books.compare(since, min(until, here.clock().astimezone(UTC)))).count(Kind.NO_CALL)
    except CallCenterError:
        return None


async def show(here: Parts, text: str, version: str) -> Shown:
    """What that address names: a published month as its last version, `version` an older one, `now` as it is now."""
    first, last = days_of(text)
    shown = Shown(first, last, {})
    if version != "now" and shown.month:
        try:
            frozen = await here.reports.published(first, _number(version))
            older = await here.reports.published(first, frozen.version - 1) if frozen.version > 1 else None
            return Shown(first, last, frozen.body, frozen, older)
        except NotFound:
            if version:
                raise
    return Shown(first, last, await compute(here, first, last))


def _number(version: str) -> int | None:
    if not version:
        return None
    if not (version.isascii() and version.isdigit() and len(version) < 6):
        raise BadInput("There is no {name} {value}.", name="version", value=version[:20])
    return int(version)


def speaker_of(here: Parts, language: Language) -> Speaker:
    return Speaker(language, here.catalogue(), here.painter.times[language.code])


async def index(request: web.Request) -> web.Response:
    """`/reports`: the months, what was published, what was handed in."""
    return await reports_page(request)


async def reports_page(request: web.Request, *, error: str = "", told: str = "", status: int = 200) -> web.Response:
    here = parts(request)
    today = here.painter.times["en"].today(here.clock())
    months = [today.replace(day=1)]
    while len(months) < MONTHS_SHOWN:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    last: dict[date, Published] = {}
    for each in await here.reports.versions():
        last.setdefault(each.month, each)
    return here.painter.page(
        request,
        "figures/reports.html",
        status=status,
        error=error,
        told=told,
        months=sorted({*months, *last}, reverse=True),
        published=last,
        earlier=await here.reports.all_earlier(),
        today=today,
    )


async def report(request: web.Request) -> web.Response:
    """`/reports/2026-10`."""
    here, language = parts(request), parts(request).painter.language_of(request)
    shown = await show(here, request.match_info["days"], request.query.get("version", ""))
    speaker = speaker_of(here, language)
    now: Json | None = None
    if shown.frozen is not None and not request.query.get("version"):
        try:
            now = await compute(here, shown.first, shown.last)
        except Refused:
            now = None
    changed = changes(shown.body, now, speaker) if now is not None else []
    today = here.painter.times["en"].today(here.clock())
    return here.painter.page(
        request,
        "figures/report.html",
        shown=shown,
        days=days(shown.body, speaker),
        sheets=sheets(shown.body, speaker),
        said=lambda cell: said(cell, language.code),
        since_before=changes(shown.older.body, shown.body, speaker) if shown.older else [],
        changed=changed,
        may_publish=shown.month and shown.last < today and (shown.frozen is None or changed),
        version=request.query.get("version", ""),
    )


async def publish(request: web.Request) -> web.Response:
    """Freeze the month as it is now."""
    here = parts(request)
    first, last = days_of(request.match_info["days"])
    if not Shown(first, last, {}).month:
        raise BadInput(ONLY_MONTHS)
    if here.painter.times["en"].today(here.clock()) <= last:
        raise Refused(NOT_OVER)
    reason = text_of(await read_form(request), "reason", 1000).strip()
    if not reason and any(each.month == first for each in await here.reports.versions()):
        raise BadInput(NO_REASON)
    await here.reports.publish(first, await compute(here, first, last), reason=reason, by=person(request).person)
    return see_other(f"/reports/{first:%Y-%m}")


async def hand_in(request: web.Request) -> web.Response:
    """Figures of earlier years: a CSV file of period, report_row, count."""
    here = parts(request)
    sent = (await request.post()).get("file")
    try:
        if not isinstance(sent, web.FileField):
            raise BadInput(NO_FILE)
        count = await here.reports.hand_in(sent.file.read(LARGEST), by=person(request).person)
    except BadInput as wrong:
        return await reports_page(request, error=here.painter.sentence(request, wrong), status=400)
    told = here.painter.language_of(request).say(N_("{count} rows were taken in."), count=count)
    return await reports_page(request, told=told)


def paper_of(shown: Shown, speaker: Speaker) -> Paper:
    """The report with what stands above it, and what a revision changed."""
    say, lines = speaker.say, []
    found = sheets(shown.body, speaker)
    if shown.frozen is not None:
        when = speaker.times.moment(shown.frozen.published_at)
        lines.append(say(N_("Published as version {version} on {when}"), version=shown.frozen.version, when=when))
        lines.append(f"SHA-256 {shown.frozen.sha256}")
        if shown.frozen.seal:
            lines.append(say(SEAL, seal=shown.frozen.seal))
        if shown.frozen.reason:
            lines.append(say(N_("Why: {reason}"), reason=shown.frozen.reason))
    else:
        lines.append(say(N_("Not published: these figures can still change.")))
    if shown.older is not None:
        rows = tuple(changes(shown.older.body, shown.body, speaker))
        title = say(N_("What this version changes against version {version}"), version=shown.older.version)
        found.append(Sheet(title, (say(N_("Figure")), say(N_("Before")), say(N_("After"))), rows))
    return Paper(
        f"{say(N_('Report'))} 112 {shown.body['city']}",
        days(shown.body, speaker),
        tuple(lines),
        found,
        speaker.language.code,
    )


FORMS: dict[str, tuple[str, Callable[[Paper], bytes]]] = {
    "pdf": ("application/pdf", papers.as_pdf),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", papers.as_xlsx),
    "csv": ("text/csv; charset=utf-8", papers.as_csv),
}


async def file(request: web.Request) -> web.Response:
    """`/reports/2026-10.pdf` and its sisters."""
    here, form = parts(request), request.match_info["form"]
    shown = await show(here, request.match_info["days"], request.query.get("version", ""))
    if form == "json":
        return _file(shown, form, "application/json", told(shown).encode())
    kind, make = FORMS[form]
    paper = paper_of(shown, speaker_of(here, here.painter.language_of(request)))
    return _file(shown, form, kind, await asyncio.to_thread(make, paper))


def told(shown: Shown) -> str:
    """The document, and how it was published; `sha256` is of the text of `report` as `canonical` writes it."""
    frozen = shown.frozen
    how = frozen and {
        "version": frozen.version,
        "sha256": frozen.sha256,
        "reason": frozen.reason,
        "published_at": frozen.published_at.isoformat(),
        "published_by": frozen.published_by,
        "audit_seal": frozen.seal,
    }
    return json.dumps({"published": how, "report": shown.body}, ensure_ascii=False, indent=1, sort_keys=True)


def _file(shown: Shown, form: str, kind: str, body: bytes) -> web.Response:
    version = f"-v{shown.frozen.version}" if shown.frozen else ""
    name = f"112-{shown.name.replace('..', '_')}{version}.{form}"
    return web.Response(
        body=body, headers={hdrs.CONTENT_TYPE: kind, hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
    )
