"""The score sheet as a form of questions that the city edits.

In:  GET; POST with every row of the form and the button that was pressed, hostile. Out: HTML.
Never: a version changed; what was typed lost because of a fault in it.
"""

import re
from collections.abc import Mapping, Sequence

from aiohttp import web

from callcenter.core.errors import BadInput, CallCenterError, Conflict, Refused
from callcenter.core.score import MOST_QUESTIONS, SCALES, Kind, Question
from callcenter.web.errors import status_of
from callcenter.web.forms import read_form, version_of
from callcenter.web.parts import parts
from callcenter.web.quality.room import number_of, stores
from callcenter.web.security import person, see_other

ROW = re.compile(r"q\.(\d{1,2})\.id")
CODE = re.compile(r"[a-z0-9_-]{1,40}")
LONGEST = 400
NEW = Question("", "", "")


async def form(request: web.Request) -> web.Response:
    """The sheet in force, open to those who may change it."""
    kept = await stores(parts(request)).forms.newest()
    return await _page(request, kept.questions, kept.version)


async def version(request: web.Request) -> web.Response:
    """An older one, to read."""
    kept = await stores(parts(request)).forms.one(number_of(request, "version"))
    return await _page(request, kept.questions, kept.version, old=True)


async def _page(
    request: web.Request,
    questions: Sequence[Question],
    version: int,
    *,
    wrong: CallCenterError | None = None,
    old: bool = False,
) -> web.Response:
    here = parts(request)
    return here.painter.page(
        request,
        "quality/form.html",
        status=status_of(wrong)[0] if wrong else 200,
        error=here.painter.sentence(request, wrong) if wrong else "",
        questions=questions,
        version=version,
        versions=await stores(here).forms.versions(),
        scales=(1, *SCALES),
        old=old,
        saved="saved" in request.query,
    )


async def save(request: web.Request) -> web.StreamResponse:
    """One of the form's buttons: add, up, down, remove a row; or the next version."""
    here, sent = parts(request), await read_form(request)
    seen, rows, wish = version_of(sent), read_rows(sent), sent.get("do", "save")
    if wish != "save":
        return await _page(request, moved(rows, wish), seen)
    rows = [row for row in rows if row.text_id or row.text_en]  # a row left empty is no question
    try:
        await stores(here).forms.save(rows, version=seen, by=person(request).person)
    except Conflict as wrong:
        newest = await stores(here).forms.newest()
        return await _page(request, rows, newest.version, wrong=wrong)
    except (BadInput, Refused) as wrong:
        return await _page(request, rows, seen, wrong=wrong)
    return see_other("/quality/form?saved=1")


def read_rows(sent: Mapping[str, str]) -> list[Question]:
    """The rows as they stand on the page; what is no number becomes one that the rules refuse."""
    places = sorted(int(found[1]) for found in map(ROW.fullmatch, sent) if found)
    found, codes = [], set()
    for place in places[: MOST_QUESTIONS + 1]:
        code = sent.get(f"q.{place}.code", "")
        code = code if CODE.fullmatch(code) and code not in codes else ""
        codes.add(code)
        most = _number(sent.get(f"q.{place}.most", "1"))
        found.append(
            Question(
                code,
                " ".join(sent.get(f"q.{place}.id", "").split())[:LONGEST],
                " ".join(sent.get(f"q.{place}.en", "").split())[:LONGEST],
                Kind.YES_NO if most == 1 else Kind.POINTS,
                most,
                _number(sent.get(f"q.{place}.weight", "1")),
                bool(sent.get(f"q.{place}.critical")),
            )
        )
    return found


def moved(rows: Sequence[Question], wish: str) -> list[Question]:
    """The rows after that button. BadInput: no such button."""
    found = list(rows)
    what, _, text = wish.partition(".")
    at = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1
    if what == "add":
        return [*found, NEW]
    if what not in ("remove", "up", "down") or not 0 <= at < len(found):
        raise BadInput("This request cannot be read.")
    one = found.pop(at)
    if what != "remove":
        found.insert(max(0, at - 1) if what == "up" else at + 1, one)
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
