"""What the administrator does with one agency or category: saves it, lets it rest, takes it away.

In:  POST of its form. Out: the list or the form again; faults beside their fields, what was typed still in them.
Never: an entry overwritten that somebody else changed meanwhile: both are shown, and saving again decides.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from callcenter.core.agency import Agency, Category
from callcenter.core.book import Book, Kept, put
from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, Refused
from callcenter.storage import Unfit
from callcenter.storage.book_changes import Edit, old_and_new
from callcenter.web.directory.drafts import moved, read_agency, read_category
from callcenter.web.directory.pages import NO_AGENCY, NO_CATEGORY, Shown, agency_form, category_form
from callcenter.web.errors import status_of
from callcenter.web.forms import read_form, version_of
from callcenter.web.parts import parts
from callcenter.web.security import person, see_other

EXISTS = "{code} is there already. Choose another code."

Paint = Callable[[web.Request, Shown], web.Response]


async def agency(request: web.Request) -> web.Response:
    """One of the form's buttons."""
    here, form = parts(request), await read_form(request)
    code = request.match_info.get("code", "")
    kept = (await here.directory.read()).agency(code)
    if code and kept is None:
        raise NotFound(NO_AGENCY, code=code)
    draft, wish = read_agency(form, code), form.get("do", "save")
    if wish not in ("save", "rest", "work", "remove"):
        draft = moved(draft, wish, here.directory.roads.choices()[0])
        return agency_form(request, Shown(replace(kept, version=version_of(form)) if kept else None, draft))
    if kept is None and here.directory.book.agency(draft.code):
        return agency_form(request, Shown(None, draft, {"code": BadInput(EXISTS, code=draft.code)}, status=400))
    stays = tuple(line for line in draft.lines if line.number or line.hours)  # a row left empty is no line
    draft = replace(draft, lines=stays)

    def edit(book: Book) -> Book:
        if wish == "remove":
            return replace(book, agencies=tuple(one for one in book.agencies if one.code != draft.code))
        return replace(book, agencies=put(book.agencies, Kept(draft, _active(wish, kept))))

    return await _changed(request, edit, Shown(kept, draft), form, agency_form, "/agencies")


async def category(request: web.Request) -> web.Response:
    """One of the form's buttons."""
    here, form = parts(request), await read_form(request)
    code = request.match_info.get("category", "")
    kept = (await here.directory.read()).category(code)
    if code and kept is None:
        raise NotFound(NO_CATEGORY, code=code)
    draft, wish = read_category(form, code), form.get("do", "save")
    if kept is None and here.directory.book.category(draft.code):
        return category_form(request, Shown(None, draft, {"code": BadInput(EXISTS, code=draft.code)}, status=400))

    def edit(book: Book) -> Book:
        if wish == "remove":
            return replace(book, categories=tuple(one for one in book.categories if one.code != draft.code))
        return replace(book, categories=put(book.categories, Kept(draft, _active(wish, kept))))

    return await _changed(request, edit, Shown(kept, draft), form, category_form, "/categories")


def _active(wish: str, kept: Kept[Any] | None) -> bool:
    return {"rest": False, "work": True}.get(wish, kept.active if kept else True)


async def _changed(
    request: web.Request, edit: Edit, shown: Shown, form: dict[str, str], paint: Paint, home: str
) -> web.Response:
    here, code = parts(request), shown.draft.code
    version = version_of(form) if shown.kept else 0
    try:
        await here.directory.change(edit, by=person(request).person, seen={code: version})
    except Unfit as wrong:
        faults: dict[str, CallCenterError] = {}
        for fault in wrong.faults:
            faults.setdefault(fault.field, fault.why)
        newest = replace(shown.kept, version=version) if shown.kept else None
        return paint(request, replace(shown, kept=newest, faults=faults, status=400))
    except Conflict as clash:
        return await _both(request, clash, shown, paint)
    except Refused as wrong:
        return paint(request, replace(shown, error=wrong, status=status_of(wrong)[0]))
    return see_other(f"{home}?told=gone" if form.get("do") == "remove" else f"{home}/{code}?told=saved")


async def _both(request: web.Request, clash: Conflict, shown: Shown, paint: Paint) -> web.Response:
    """Theirs beside mine; the form has their version now, so that saving again is a decision."""
    book = await parts(request).directory.read()
    draft: Agency | Category = shown.draft
    now = book.agency(draft.code) or book.category(draft.code)
    theirs = old_and_new(now, Kept(draft, now.active if now else True))
    return paint(request, replace(shown, kept=now, error=clash, theirs=theirs, status=409))
