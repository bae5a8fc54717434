"""The page of the shift, and the sheet of one ticket that it opens.

In:  GET. Out: HTML, painted from memory; the database is asked only for a ticket that nobody has looked at yet.
Never: a page that waits for a call to be stored: a caller's sheet opens also while the database is away.
"""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web
from markupsafe import Markup

from callcenter.core.errors import NotFound, StoreDown
from callcenter.core.practice import STORIES
from callcenter.core.ticket import Disposition
from callcenter.web.i18n import Language, script_sentences
from callcenter.web.live import Viewer
from callcenter.web.need import Protected, check_call
from callcenter.web.parts import Parts, parts
from callcenter.web.screen import view
from callcenter.web.screen.live import ears_picture, picture, viewer_of
from callcenter.web.screen.phone import LIBRARY, allow_socket, has_phone
from callcenter.web.security import form_token

REGIONS = ("ring", "status", "seat", "mine", "agencies", "responders", "queue", "callbacks", "room", "shelf")
WORDS = sorted(script_sentences("js"))


async def screen(request: web.Request) -> web.Response:
    """`/`: one page for the whole shift."""
    here = parts(request)
    viewer = viewer_of(request)
    mine = view.my_call(here.board.floor, viewer)
    viewer = replace(viewer, open_call=viewer.open_call or (mine.id if mine else ""))
    live = {name: picture(here, name, viewer) for name in REGIONS} | {"ears": ears_picture(here, viewer, keys=False)}
    return _page(request, viewer, live, await _sheet(request, viewer))


async def _sheet(request: web.Request, viewer: Viewer) -> Markup:
    """The sheet that lies open; of a protected ticket that she has not to do with, how to open it."""
    here, call = parts(request), viewer.open_call
    if not call:
        return Markup()
    try:
        await check_call(request, call)
    except Protected as refused:
        values = {"number_of": refused.values["number"], "back": f"/?call={call}", "call_id": call, "error": ""}
        return here.painter.part("screen/protected.html", viewer.language, **values, csrf=form_token(request))
    return await sheet_of(here, viewer, call)


async def shell(request: web.Request) -> web.Response:
    """The same page without anything that happens: what the browser keeps for a reload while the server is away."""
    viewer = viewer_of(request)
    ring = parts(request).painter.part("screen/away.html", viewer.language)
    return _page(request, viewer, {name: Markup() for name in (*REGIONS, "ears")} | {"ring": ring}, Markup(), away=True)


async def worker(request: web.Request) -> web.StreamResponse:
    """The script that keeps it; at the root, since it speaks for the whole site."""
    return parts(request).painter.files.files["sw.js"].answer(request, kept="no-cache")


def _page(
    request: web.Request, viewer: Viewer, live: Mapping[str, Markup], sheet: Markup, *, away: bool = False
) -> web.Response:
    here = parts(request)
    language = here.painter.language_of(request)
    phone = has_phone(request, viewer.position)
    response = here.painter.page(
        request,
        "screen/page.html",
        live=live,
        sheet=sheet,
        away=away,
        viewer=viewer,
        words=words(language),
        stories=STORIES,
        now=round(here.clock().timestamp() * 1000),
        phone=LIBRARY if phone else "",
        phrases=[[each.shortcut, each.text] for each in here.phrases.of(language.code)],
    )
    if phone:
        allow_socket(request, response)
    return response


def words(language: Language) -> dict[str, str]:
    """The sentences of our scripts."""
    return {sentence: language.say(sentence) for sentence in WORDS}


async def ticket(request: web.Request) -> web.Response:
    """The sheet of one call's ticket, to lay into the page."""
    here = parts(request)
    call = request.match_info["call"]
    return web.Response(text=await sheet_of(here, viewer_of(request), call), content_type="text/html")


async def sheet_of(here: Parts, viewer: Viewer, call: str) -> Markup:
    """The fields as they are stored; empty ones while the ticket is not committed."""
    viewer = replace(viewer, open_call=call)
    try:
        here.desk.put(call, await here.desk.ticket_of(call))
    except StoreDown:
        pass
    except NotFound:
        if call not in here.board.floor.calls and call not in here.board.tickets:
            raise
    here.desk.ask(call)
    return here.painter.part(
        "screen/sheet.html",
        viewer.language,
        viewer=viewer,
        call_id=call,
        call=here.board.floor.calls.get(call),
        ticket=here.desk.about(call).ticket,
        categories=list(here.catalogue().categories.values()),
        dispositions=list(Disposition),
        live={name: picture(here, name, viewer) for name in ("ticket", "place", "card", "same", "notes")},
    )
