"""The page of figures, and the same as a file.

In:  GET with a period and a dimension, hostile. Out: HTML, CSV.
Never: a figure without numerator and denominator; a number or a name of a caller.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from aiohttp import hdrs, web

from callcenter.core import kpi
from callcenter.core.account import Kind
from callcenter.core.errors import BadInput, CallCenterError
from callcenter.web.figures import charts, numbers
from callcenter.web.figures.asked import IN_TIME, MOST_DAYS, Asked, Group, ask, dimensions
from callcenter.web.figures.export import csv_of
from callcenter.web.figures.period import PERIOD_NAMES, shift_names
from callcenter.web.figures.words import CLASSES, DIMENSIONS, GOALS, OUTCOMES, PARTS, PERIODS, SOURCES, SPANS
from callcenter.web.i18n import N_, Language
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person

LOST = ("ABANDONED", "ABANDONED_SHORT", "ABANDONED_IVR", "NO_AGENT", "BLOCKED", "UNKNOWN", "OVERFLOWED")
LONGEST_COMPARED = 2
"""Days for which Asterisk's own records are read again while somebody waits."""


async def figures(request: web.Request) -> web.Response:
    """`/figures`."""
    here, role = parts(request), person(request).role
    error, asked = "", None
    try:
        asked = await ask(here, request.query, role, MOST_DAYS)
    except BadInput as wrong:
        error = here.painter.sentence(request, wrong)
    language = here.painter.language_of(request)
    names = namer(here, asked.by, language) if asked else str
    return here.painter.page(
        request,
        "figures/figures.html",
        status=400 if error else 200,
        error=error,
        asked=asked,
        query={name: request.query.get(name, "") for name in PERIOD_NAMES},
        parts=kpi.parts(asked.total) if asked else {},
        spans=kpi.spreads(asked.total) if asked else {},
        words={"parts": PARTS, "spans": SPANS, "classes": CLASSES, "outcomes": OUTCOMES, "sources": SOURCES},
        goals=GOALS,
        dimensions={code: DIMENSIONS[code] for code in dimensions(role)},
        periods=PERIODS,
        shifts=shift_names(here.settings.shifts),
        charts=_charts(asked, names, language) if asked and asked.by in IN_TIME else None,
        name=names,
        most_of=lambda what: max((group.tally.of(what) for group in asked.groups), default=0) if asked else 0,
        kpi=kpi,
        numbers=numbers,
        gap=await _gap(here, asked) if asked else None,
        today=here.painter.times["en"].today(here.clock()),
        carried=request.rel_url.query_string,
    )


async def export(request: web.Request) -> web.Response:
    """Everything that the page shows and more, one figure a line."""
    here = parts(request)
    asked = await ask(here, request.query, person(request).role)
    language = here.painter.language_of(request)
    text = csv_of(asked, namer(here, asked.by, language), language)
    name = f"112-figures-{asked.period.first}-{asked.period.last}.csv"
    return web.Response(
        body=text.encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'},
    )


def namer(here: Parts, by: str, language: Language) -> Callable[[str], str]:
    """What a key of that dimension is called."""
    catalogue = here.catalogue()

    def name(key: str) -> str:
        if not key:
            return language.say(N_("not known"))
        if by == kpi.CATEGORY:
            return catalogue.category_name(key, language.code)
        if by == kpi.AGENCY:
            return catalogue.agency_name(key, language.code)
        if by == kpi.HOUR:
            return f"{key}{here.painter.times[language.code].sign}00"
        if by == "day":
            return here.painter.times[language.code].short_date(date.fromisoformat(key))
        return key

    return cache(name)  # a chart, its words and the table say it again


def _charts(asked: Asked, name: Callable[[str], str], language: Language) -> tuple[charts.Chart, charts.Chart]:
    """Arrivals, and how many of them were answered within 15 s."""

    def arrivals(group: Group) -> charts.Bar:
        tally = group.tally
        answered, waiting = tally.of("outcome.ANSWERED"), tally.of("outcome.IN_PROGRESS")
        lost = tally.of(*(f"outcome.{code}" for code in LOST))
        says = f"{name(group.key)}: {numbers.whole(tally.of('arrivals'), language.code)}"
        return charts.Bar(name(group.key), says, (("answered", answered), ("open", waiting), ("lost", lost)))

    def level(group: Group) -> charts.Bar:
        part = kpi.parts(group.tally)["level_15"]
        says = f"{name(group.key)}: {numbers.percent(part, language.code)} ({part.numerator}/{part.denominator})"
        return charts.Bar(name(group.key), says, (("level", part.value or 0),))

    groups = asked.groups
    return charts.stacked([arrivals(g) for g in groups]), charts.shares(
        [level(g) for g in groups], GOALS["level_15"][0]
    )


async def _gap(here: Parts, asked: Asked) -> dict[str, Any] | None:
    """Calls in Asterisk's own records that have no row here; None: not compared for so long a time."""
    period = asked.period
    if here.proofs.books is None or (period.last - period.first).days >= LONGEST_COMPARED:
        return None
    try:
        account = await here.proofs.books.compare(period.since, period.until)
    except CallCenterError:
        return None
    return {"missing": account.count(Kind.NO_CALL), "arrivals": account.arrivals}
