"""The lists of agencies and categories, and the form of one.

In:  GET. Out: HTML; who may not change anything sees the same form, closed.
Never: a change (see saving.py).
"""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import Kept
from callcenter.core.errors import CallCenterError, NotFound
from callcenter.core.share import Mode
from callcenter.web.access import may
from callcenter.web.i18n import N_
from callcenter.web.parts import parts
from callcenter.web.security import person

TOLD = {"saved": N_("Saved. Calls that begin now use it."), "gone": N_("Taken away."), "in": N_("The file is in.")}
NO_AGENCY = "There is no agency with the code {code}."
NO_CATEGORY = "There is no category with the code {code}."
EMPTY_ROWS = 2


@dataclass(frozen=True)
class Shown:
    """One form as it is to be painted."""

    kept: Kept[Any] | None  # as it is stored; None: a new one
    draft: Any  # as it was typed
    faults: dict[str, CallCenterError] = field(default_factory=dict)
    error: CallCenterError | None = None
    theirs: dict[str, list[str]] = field(default_factory=dict)  # what differs: stored, typed
    status: int = 200

    @property
    def version(self) -> int:
        return self.kept.version if self.kept else 0


def _page(request: web.Request, template: str, edit: str, *, status: int = 200, **more: Any) -> web.Response:
    """`edit`: the name of the address that changes what stands there. The book was read just now."""
    here = parts(request)
    return here.painter.page(
        request,
        template,
        status=status,
        book=here.directory.book,
        edits=may(person(request).role, edit),
        done=TOLD.get(request.query.get("told", ""), ""),
        **more,
    )


async def agencies(request: web.Request) -> web.Response:
    """All of them, with what is wrong at a glance."""
    directory = parts(request).directory
    await directory.read()
    return _page(request, "directory/agencies.html", "agencies.save", roads=directory.roads)


async def categories(request: web.Request) -> web.Response:
    here = parts(request)
    await here.directory.read()
    return _page(request, "directory/categories.html", "categories.save", catalogue_now=here.catalogue())


async def agency(request: web.Request) -> web.Response:
    """One agency with its chain."""
    code = request.match_info["code"]
    kept = (await parts(request).directory.read()).agency(code)
    if kept is None:
        raise NotFound(NO_AGENCY, code=code)
    return agency_form(request, Shown(kept, kept.what))


async def new_agency(request: web.Request) -> web.Response:
    here = parts(request)
    await here.directory.read()
    first = Line("", here.directory.roads.choices()[0], order=1)
    return agency_form(request, Shown(None, Agency("", "", "", "", (first,))))


async def category(request: web.Request) -> web.Response:
    code = request.match_info["category"]
    kept = (await parts(request).directory.read()).category(code)
    if kept is None:
        raise NotFound(NO_CATEGORY, code=code)
    return category_form(request, Shown(kept, kept.what))


async def new_category(request: web.Request) -> web.Response:
    await parts(request).directory.read()
    return category_form(request, Shown(None, Category("", "", "", 2)))


def agency_form(request: web.Request, shown: Shown) -> web.Response:
    """The form, with faults beside their fields."""
    here = parts(request)
    return _page(
        request,
        "directory/agency.html",
        "agencies.save",
        status=shown.status,
        shown=shown,
        one=shown.draft,
        leads=[one for one in here.directory.book.categories if shown.draft.code in one.what.agencies],
        roads=here.directory.roads,
        languages_known=list(dict.fromkeys([*here.painter.languages, *here.settings.voices])),
        modes=list(Mode),
    )


def category_form(request: web.Request, shown: Shown) -> web.Response:
    rows = {one.what.report_row for one in parts(request).directory.book.categories} - {""}
    return _page(
        request,
        "directory/category.html",
        "categories.save",
        status=shown.status,
        shown=shown,
        one=shown.draft,
        places=range(len(shown.draft.agencies) + EMPTY_ROWS),
        report_rows=sorted(rows),
    )
