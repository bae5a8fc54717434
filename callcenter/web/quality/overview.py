"""The room's quality: the month's draw and how far it is reviewed, the trend of everybody, and the same as a file.

In:  GET with a month, hostile; POST "draw". Out: HTML, CSV, the population of a draw.
Never: a draw of a month that is not over: its calls are not all there.
"""

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import hdrs, web

from callcenter.core.draw import Lot, Why
from callcenter.core.errors import NotFound, Refused
from callcenter.storage import Draw, Review, audited, review_sums
from callcenter.web.figures import numbers
from callcenter.web.i18n import N_, Language
from callcenter.web.need import for_reader
from callcenter.web.parts import Parts, parts
from callcenter.web.quality import trend
from callcenter.web.quality.room import (
    Stores,
    last_months,
    month_after,
    month_before,
    read_month,
    stores,
    this_month,
)
from callcenter.web.security import person, see_other
from callcenter.web.supervisor.export import BOM, safe
from callcenter.web.times import CityTime

SHOWN = 200
NOT_OVER = "This month is not over yet: its calls are drawn when it is."


@dataclass(frozen=True)
class Row:
    """One drawn call, and its sheets."""

    lot: Lot
    at: datetime | None
    sheets: list[Review]


async def overview(request: web.Request) -> web.Response:
    """`/quality?month=2026-10`; the last month that is over where none is said."""
    here, asked = parts(request), request.query.get("month", "")
    month = read_month(asked) if asked else month_before(this_month(here))
    return await _page(request, month)


async def _page(request: web.Request, month: date, wrong: Refused | None = None) -> web.Response:
    here, kept = parts(request), stores(parts(request))
    months = last_months(month)
    found = await review_sums.summed(here.database, months[0], month)
    drawn = await _draw(kept, month)
    only = request.query.get("open", "") == "1"
    done = await kept.reviews.done(month) if drawn else set()
    lots = [lot for lot in drawn.lots if not (only and lot.call in done)] if drawn else []
    told = trend.trend(found.people, months)
    language = here.painter.language_of(request)
    return here.painter.page(
        request,
        "quality/overview.html",
        status=409 if wrong else 200,
        error=here.painter.sentence(request, wrong) if wrong else "",
        month=month,
        before=month_before(month),
        after=month_after(month) if month < this_month(here) else None,
        over=month < this_month(here),
        drawn=drawn,
        again=await kept.draws.again(month) if drawn and "check" in request.query else None,
        rows=await _rows(kept, lots[:SHOWN]),
        more=max(0, len(lots) - SHOWN),
        done=len(done),
        only=only,
        told=told,
        people=trend.by_person(found.people, months),
        questions=found.questions,
        chart=trend.picture(told, here.painter.times[language.code]),
        drafts=await kept.reviews.drafts(person(request).person),
        numbers=numbers,
        points=trend.points,
        Why=Why,
    )


async def _draw(kept: Stores, month: date) -> Draw | None:
    try:
        return await kept.draws.one(month)
    except NotFound:
        return None


async def _rows(kept: Stores, lots: Sequence[Lot]) -> list[Row]:
    ids = [lot.call for lot in lots]
    at, sheets = await kept.draws.arrivals(ids), await kept.reviews.of_calls(ids)
    return [Row(lot, at.get(lot.call), sheets.get(lot.call, [])) for lot in lots]


async def draw(request: web.Request) -> web.Response:
    """Draw the month, once."""
    here, month = parts(request), read_month(request.match_info["month"])
    city = here.painter.times["en"]
    try:
        if month >= this_month(here):
            raise Refused(NOT_OVER)
        since, until = city.bounds(month)[0], city.bounds(month_after(month))[0]
        await stores(here).draws.make(month, since, until, by=person(request).person)
    except Refused as wrong:
        return await _page(request, month, wrong)
    return see_other(f"/quality?month={month:%Y-%m}")


async def population(request: web.Request) -> web.Response:
    """What a month was drawn from, as it was kept: call id, blank, sign-in name; a line for each."""
    here, month = parts(request), read_month(request.match_info["month"])
    text = await stores(here).draws.population(month)
    await _taken_out(here, request, f"{month:%Y-%m} population")
    name = f"112-quality-{month:%Y-%m}.txt"
    return web.Response(
        text=text, content_type="text/plain", headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
    )


async def export(request: web.Request) -> web.Response:
    """Finished sheets of a month and the eleven before, an answer a line."""
    here, language = parts(request), parts(request).painter.language_of(request)
    asked = request.query.get("month", "")
    month = read_month(asked) if asked else this_month(here)
    found = await stores(here).reviews.finished(last_months(month)[0], month)
    await _taken_out(here, request, f"{month:%Y-%m} sheets")
    told = for_reader(request, found)
    body = (await asyncio.to_thread(_csv, told, language, here.painter.times[language.code])).encode()
    name = f"112-quality-{month:%Y-%m}.csv"
    return web.Response(
        body=body,
        content_type="text/csv",
        charset="utf-8",
        headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'},
    )


async def _taken_out(here: Parts, request: web.Request, what: str) -> None:
    by, address = person(request).person, request.remote or ""
    await audited(here.database, by=by, action="quality.export", at=here.clock(), target=what, address=address)


HEAD = (
    N_("Sheet"), N_("Call id"), N_("Arrived"), N_("Call taker"), N_("Scored by"), N_("Finished"), N_("Drawn by lot"),
    N_("For comparison"), N_("Version of the sheet"), N_("Question"), N_("Meaning"), N_("Answer"), N_("Points"),
    N_("of"), N_("Critical"), N_("Remark"),
)  # fmt: skip


def _csv(found: list[Review], language: Language, city: CityTime) -> str:
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow([language.say(title) for title in HEAD])
    for one in found:
        moments = [
            at.astimezone(city.zone).strftime("%Y-%m-%d %H:%M:%S") for at in (one.call_at, one.finished_at) if at
        ]
        first = [str(one.id), one.call, moments[0], one.person, one.reviewer, moments[-1]]
        first += [str(int(one.drawn)), str(int(one.calibration)), str(one.form)]
        total = [trend.points(one.earned, "en"), trend.points(one.possible, "en"), str(one.failed), one.remark]
        writer.writerow([safe(cell) for cell in (*first, "", language.say(N_("Whole sheet")), "", *total)])
        for question in one.questions:
            given = one.answers.get(question.code)
            if given is None:
                continue
            counts = given.value not in ("", "NA")
            got = trend.points(question.earned(given.value), "en") if counts else ""
            cells = (
                question.code,
                question.text(language.code),
                given.value,
                got,
                str(question.weight) if counts else "",
            )
            writer.writerow([safe(c) for c in (*first, *cells, str(int(question.critical)), given.remark)])
    return out.getvalue()
