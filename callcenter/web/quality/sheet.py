"""One score sheet: begun, filled beside the call, finished; and the sheets of one call beside each other.

In:  GET; POST of the form, hostile. Out: HTML.
Never: another supervisor's draft; another's finished sheet shown to whom still fills his own of that call.
"""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, Refused
from callcenter.core.score import Answer, Question
from callcenter.storage import Filled, Review
from callcenter.web.errors import status_of
from callcenter.web.figures import numbers
from callcenter.web.forms import read_form, text_of, version_of
from callcenter.web.need import check_call, for_reader
from callcenter.web.parts import parts
from callcenter.web.quality import trend
from callcenter.web.quality.room import number_of, stores
from callcenter.web.security import person, see_other
from callcenter.web.supervisor.trail import looked

LONGEST_REMARK = 500
NOT_YET = "This sheet is not finished: only who fills it sees it."
FIRST_YOURS = "Finish your own sheet of this call first: then both are shown."


async def begin(request: web.Request) -> web.Response:
    """My sheet for this call."""
    number = await stores(parts(request)).reviews.begin(request.match_info["call"], by=person(request).person)
    return see_other(f"/quality/sheets/{number}")


async def sheet(request: web.Request) -> web.Response:
    """One sheet: to fill, or to read."""
    here, me = parts(request), person(request).person
    one = await stores(here).reviews.one(number_of(request))
    if one.reviewer != me:
        if not one.finished:
            raise Refused(NOT_YET)
        if any(each.reviewer == me and not each.finished for each in await _of_call(request, one.call)):
            raise Refused(FIRST_YOURS)
    return await _page(request, one)


async def _of_call(request: web.Request, call: str) -> list[Review]:
    return (await stores(parts(request)).reviews.of_calls([call])).get(call, [])


async def _page(
    request: web.Request, one: Review, *, wrong: CallCenterError | None = None, sent: Filled | None = None
) -> web.Response:
    """`sent`: what was chosen and could not be kept as it is: it stays on the page."""
    here, one = parts(request), for_reader(request, one)
    page, ticket = await _call(request, one.call)
    mine = one.reviewer == person(request).person
    return here.painter.page(
        request,
        "quality/sheet.html",
        status=status_of(wrong)[0] if wrong else 200,
        error=here.painter.sentence(request, wrong) if wrong else "",
        one=one,
        answers=sent.answers if sent else one.answers,
        remark=sent.remark if sent else one.remark,
        writes=mine and (not one.finished or "change" in request.query or sent is not None),
        mine=mine,
        call=page,
        ticket=ticket,
        others=[each for each in await _of_call(request, one.call) if each.id != one.id and each.finished]
        if one.finished
        else [],
        notes=for_reader(request, [n for n in await stores(here).coaching.of(one.person) if n.review == one.id]),
        told=request.query.get("told", ""),
        numbers=numbers,
        points=trend.points,
    )


async def _call(request: web.Request, call: str) -> tuple[Any, Any]:
    """The call and its ticket, looked at by whoever opens the sheet; None where the row is gone."""
    here = parts(request)
    await check_call(request, call)
    try:
        page = await here.history.call(call)
        ticket = await here.history.ticket(page.line.ticket) if page.line.ticket else None
    except NotFound:
        return None, None
    await looked(request, "call.view", call, {"for": "quality"})
    return for_reader(request, page), for_reader(request, ticket)


async def save(request: web.Request) -> web.StreamResponse:
    """Keep the draft, finish, change what is finished, or throw the draft away."""
    here, form, by = parts(request), await read_form(request), person(request).person
    kept = stores(here).reviews
    one, wish = await kept.one(number_of(request)), form.get("do", "save")
    if wish == "throw":
        await kept.throw_away(one.id, by=by)
        return see_other("/quality")
    sent = Filled(
        read_answers(form, one.questions),
        form.get("remark", "")[:2000],
        version_of(form),
        wish == "finish",
        text_of(form, "reason", 1000),
    )
    try:
        saved = await kept.save(one.id, sent, by=by)
    except (BadInput, Conflict) as wrong:
        return await _page(request, await kept.one(one.id), wrong=wrong, sent=sent)
    return see_other(f"/quality/sheets/{one.id}?told={'finished' if saved.finished else 'kept'}")


def read_answers(form: Mapping[str, str], questions: tuple[Question, ...]) -> dict[str, Answer]:
    """What the page's fields say, for the questions of this sheet."""
    return {
        question.code: Answer(
            form.get(f"a.{question.code}", "")[:10],
            " ".join(form.get(f"r.{question.code}", "").split())[:LONGEST_REMARK],
        )
        for question in questions
    }


async def of_call(request: web.Request) -> web.Response:
    """All sheets of one call beside each other, and what they differ in."""
    here, call, me = parts(request), request.match_info["call"], person(request).person
    page, _ = await _call(request, call)
    found = for_reader(request, await _of_call(request, call))
    if page is None and not found:
        raise NotFound("There is no call {call}.", call=call)
    mine = next((each for each in found if each.reviewer == me), None)
    shown = [each for each in found if each.finished] if mine is None or mine.finished else []
    questions = {question.code: question for each in shown for question in each.questions}
    return here.painter.page(
        request,
        "quality/call.html",
        call=call,
        page=page,
        found=found,
        shown=shown,
        mine=mine,
        questions=list(questions.values()),
        differ={code for code in questions if len({_value(each, code) for each in shown}) > 1},
        numbers=numbers,
        points=trend.points,
    )


def _value(one: Review, code: str) -> str:
    given = one.answers.get(code)
    return given.value if given else ""
