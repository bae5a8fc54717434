"""One call taker: her trend, her sheets, what she was told. And the same for herself.

In:  GET; POST of a coaching note, of "I have read this", of her own words. Out: HTML.
Never: another call taker's sheet on her own page; a draft; what counts as read only because a page was opened.
"""

from aiohttp import web

from callcenter.core.errors import BadInput, CallCenterError, NotFound
from callcenter.web.figures import numbers
from callcenter.web.forms import read_form, text_of
from callcenter.web.need import for_reader
from callcenter.web.parts import parts
from callcenter.web.quality import trend
from callcenter.web.quality.room import last_months, number_of, stores, this_month
from callcenter.web.security import person, see_other
from callcenter.web.supervisor.trail import looked

LONGEST = 4000


async def one(request: web.Request) -> web.Response:
    """`/quality/people/siti`, for supervisors and auditors."""
    await looked(request, "quality.view", request.match_info["person"])
    return await _page(request)


async def _page(request: web.Request, wrong: CallCenterError | None = None, text: str = "") -> web.Response:
    here, kept, name = parts(request), stores(parts(request)), request.match_info["person"]
    months = last_months(this_month(here))
    found = for_reader(request, await kept.reviews.finished(months[0], months[-1], name))
    notes = for_reader(request, await kept.coaching.of(name))
    display = {user.name: user.display for user in await here.people.users()}
    if name not in display and not found:
        raise NotFound("There is nobody called {name}.", name=name)
    told, language = trend.trend(trend.singly(found), months), here.painter.language_of(request)
    return here.painter.page(
        request,
        "quality/person.html",
        status=400 if wrong else 200,
        error=here.painter.sentence(request, wrong) if wrong else "",
        name=name,
        display=display.get(name, "") or name,
        told=told,
        sheets=found[::-1],
        notes=notes,
        text=text,
        questions=trend.by_question(found),
        chart=trend.picture(told, here.painter.times[language.code]),
        numbers=numbers,
        points=trend.points,
    )


async def coach(request: web.Request) -> web.StreamResponse:
    """Tell her something, maybe about one of her sheets."""
    here, name, form = parts(request), request.match_info["person"], await read_form(request)
    text, about = form.get("text", "")[:LONGEST], text_of(form, "sheet", 18)
    try:
        if about and not (about.isascii() and about.isdecimal()):
            raise BadInput("This request cannot be read.")
        review = int(about) if about else None
        await stores(here).coaching.add(name, text, by=person(request).person, review=review)
    except BadInput as wrong:
        return await _page(request, wrong, text)
    return see_other(f"/quality/sheets/{about}#notes" if about else f"/quality/people/{name}#notes")


async def mine(request: web.Request) -> web.Response:
    """`/quality/mine`: what she may read of herself."""
    here, kept, me = parts(request), stores(parts(request)), person(request).person
    months = last_months(this_month(here))
    sheets = await kept.reviews.hers(me)
    told, language = trend.trend(trend.singly(sheets), months), here.painter.language_of(request)
    return here.painter.page(
        request,
        "quality/mine.html",
        sheets=sheets,
        notes=await kept.coaching.of(me),
        told=told,
        questions=trend.by_question(sheets),
        chart=trend.picture(told, here.painter.times[language.code]),
        numbers=numbers,
        points=trend.points,
    )


async def my_sheet(request: web.Request) -> web.Response:
    """One of her own sheets."""
    here, kept, number = parts(request), stores(parts(request)), number_of(request)
    me = person(request).person
    sheet = next((each for each in await kept.reviews.hers(me) if each.id == number), None)
    if sheet is None:
        raise NotFound("There is no such score sheet.")
    return here.painter.page(
        request,
        "quality/my_sheet.html",
        one=sheet,
        notes=[each for each in await kept.coaching.of(me) if each.review == number],
        numbers=numbers,
        points=trend.points,
    )


async def reply(request: web.Request) -> web.Response:
    """She has read it; her own words, if she likes."""
    text, number = text_of(await read_form(request), "reply", 2000), number_of(request)
    await stores(parts(request)).reviews.reply(number, text, by=person(request).person)
    return see_other(f"/quality/mine/{number}")


async def seen(request: web.Request) -> web.Response:
    """She has read a note."""
    await read_form(request)
    await stores(parts(request)).coaching.seen(number_of(request, "note"), by=person(request).person)
    return see_other("/quality/mine#notes")
