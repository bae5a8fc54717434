"""The cards as a list, and one to edit.

In:  GET; a form with a card's text and the version that the page had. Out: HTML.
Never: a newer text overwritten.
"""

from aiohttp import web

from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound
from callcenter.storage import CARD_LANGUAGES
from callcenter.web.forms import read_form, text_of, version_of
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person

LONGEST = 8000


async def cards(request: web.Request) -> web.Response:
    """`/cards`: all of them, as they are read at the desk."""
    here = parts(request)
    language = here.painter.language_of(request).code
    found = [(code, here.cards.of(code, language)) for code in here.catalogue().categories]
    return here.painter.page(request, "cards/cards.html", found=found)


def _category(here: Parts, request: web.Request) -> str:
    code = request.match_info["category"]
    if code not in here.catalogue().all_categories:
        raise NotFound("There is no such category.")
    return code


async def card(request: web.Request) -> web.Response:
    here = parts(request)
    return _page(request, _category(here, request))


def _page(
    request: web.Request, code: str, *, wrong: CallCenterError | None = None, mine: tuple[str, str] = ("", "")
) -> web.Response:
    """`mine`: language and text that were not stored: kept in sight."""
    here = parts(request)
    return here.painter.page(
        request,
        "cards/card.html",
        status=409 if isinstance(wrong, Conflict) else 400 if wrong else 200,
        code=code,
        cards={language: here.cards.book.get((code, language)) for language in CARD_LANGUAGES},
        error=here.painter.sentence(request, wrong) if wrong else "",
        mine=dict([mine]) if wrong else {},
        saved=request.query.get("saved", "") if not wrong else "",
    )


async def save(request: web.Request) -> web.StreamResponse:
    here = parts(request)
    code = _category(here, request)
    form = await read_form(request)
    language, text = text_of(form, "language", 8), form.get("text", "")
    try:
        if language not in CARD_LANGUAGES:
            raise BadInput("There is no such language.")
        await here.cards.save(code, language, text, version=version_of(form), by=person(request).person)
    except (BadInput, Conflict) as wrong:
        return _page(request, code, wrong=wrong, mine=(language, text[:LONGEST]))
    here.hub.stir()
    raise web.HTTPSeeOther(f"/cards/{code}?saved={language}")
