"""The phrases as a list, and as a text to edit.

In:  GET; a form with one language's list and the version that the page had. Out: HTML.
Never: a newer list overwritten; what was typed lost with a refusal.
"""

from aiohttp import web

from callcenter.core.errors import BadInput, CallCenterError, Conflict
from callcenter.core.phrase import LONGEST
from callcenter.storage import PhraseList
from callcenter.web.forms import read_form, text_of, version_of
from callcenter.web.parts import parts
from callcenter.web.security import person

NEW = PhraseList()


async def phrases(request: web.Request) -> web.Response:
    """`/phrases`: every language's list."""
    return _page(request)


def _page(
    request: web.Request, *, wrong: CallCenterError | None = None, mine: tuple[str, str] = ("", "")
) -> web.Response:
    """`mine`: language and text that were not stored: kept in sight."""
    here = parts(request)
    saved = request.query.get("saved", "")
    return here.painter.page(
        request,
        "phrases/phrases.html",
        status=409 if isinstance(wrong, Conflict) else 400 if wrong else 200,
        lists={code: here.phrases.lists.get(code, NEW) for code in here.painter.languages},
        error=here.painter.sentence(request, wrong) if wrong else "",
        mine=dict([mine]) if wrong else {},
        saved=saved if saved in here.painter.languages and not wrong else "",
        longest=LONGEST,
    )


async def save(request: web.Request) -> web.StreamResponse:
    """One language's list; open screens have it with their next reload."""
    here = parts(request)
    form = await read_form(request)
    language, text = text_of(form, "language", 20), form.get("text", "")
    try:
        if language not in here.painter.languages:
            raise BadInput("There is no such language.")
        await here.phrases.save(language, text, version=version_of(form), by=person(request).person)
    except (BadInput, Conflict) as wrong:
        return _page(request, wrong=wrong, mine=(language, text[: LONGEST * 2]))
    raise web.HTTPSeeOther(f"/phrases?saved={language}")
