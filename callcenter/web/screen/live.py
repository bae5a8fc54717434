"""The live parts of the call taker's screen, and the channel they come through.

In:  the floor, the papers, a viewer. Out: the same partials that the page was first painted with.
Never: a text field in a live part: an update must not eat what somebody types.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from aiohttp import web
from markupsafe import Markup

from callcenter.core.call import Call
from callcenter.core.control import free, may_be_ghost
from callcenter.core.errors import StoreDown
from callcenter.core.floor import Floor
from callcenter.core.help import standing
from callcenter.core.practice import CUT
from callcenter.core.relay import missing
from callcenter.web.access import may
from callcenter.web.agency.relay import relay_about
from callcenter.web.channel import serve
from callcenter.web.complaints.pages import due_on, holidays_of
from callcenter.web.live import Region, Viewer
from callcenter.web.need import Protected, check_call
from callcenter.web.parts import Parts, parts
from callcenter.web.proof import recent
from callcenter.web.screen import view
from callcenter.web.security import person
from callcenter.web.supervisor.listening import ears

PRACTICE_SHOWN = timedelta(minutes=10)
"""So long after its end the way to its sheet stands on the screen."""


def viewer_of(request: web.Request) -> Viewer:
    """Who looks, from the session."""
    session = person(request)
    language = parts(request).painter.language_of(request).code
    return Viewer(session.person, session.role, session.position or "", language, request.query.get("call", "")[:200])


def picture(here: Parts, template: str, viewer: Viewer) -> Markup:
    """One live part for one viewer."""
    floor = here.board.floor
    mine = view.my_call(floor, viewer)
    open_id = viewer.open_call or (mine.id if mine else "")
    sees = here.concerned.call(open_id, viewer)
    shown = here.desk.call(open_id) if sees else None  # agencies are shown of the open ticket
    about = here.concerned.about(open_id, viewer)
    catalogue = here.catalogue()
    category = catalogue.categories.get(about.ticket.category) if about.ticket else None
    number = shown.number if shown else None
    values: dict[str, Any] = {
        **_of_the_room(here, viewer, floor),
        "mine": mine,
        "shown": shown,
        "open_id": open_id,
        "about": about,
        "category": category,
        "card": here.cards.of(category.code, viewer.language) if category else None,
        "shelf": lambda: here.concerned.shelf(here.shelf.of(viewer.person, viewer.position), viewer),
        "alike": lambda: here.concerned.alike(here.callers.known.same(open_id), viewer) if sees else (),
        "about_of": lambda call: here.concerned.about(call, viewer),
        "due_on": lambda share: due_on(here, about.ticket.category if about.ticket else "", share, holidays_of(here)),
        "spot": lambda: view.spot(shown, about.ticket),
        "unasked": may_be_ghost(floor.calls.get(open_id)) is not None,
        "relay_card": lambda ticket: relay_about(ticket, number, about.notes, here.painter, viewer.language),
        **_at_my_desk(here, viewer, mine),
        "offers": lambda: view.offers(shown, list(catalogue.agencies.values()), category),
    }
    return here.painter.part(f"screen/live/{template}.html", viewer.language, **values)


def ears_picture(here: Parts, viewer: Viewer, *, keys: bool = True) -> Markup:
    """The calls that a supervisor may listen to; nothing for anybody else. `keys`: on a page that uses none else."""
    if not may(viewer.role, "listen"):
        return Markup()
    return here.painter.part(
        "supervisor/live/ears.html",
        viewer.language,
        viewer=viewer,
        desk=here.desk,
        ears=ears(here.board.floor, viewer.position),
        keys=keys,
    )


def ears_scope(viewer: Viewer) -> tuple[str, bool, str]:
    """Who sees the same of them."""
    supervisor = may(viewer.role, "listen")
    return viewer.language, supervisor, viewer.position if supervisor else ""


def _at_my_desk(here: Parts, viewer: Viewer, mine: Call | None) -> dict[str, Any]:
    """Help that is called, the practice that was."""
    practised = here.desk.practised(viewer.position)
    if practised is not None and practised.ended_at and here.clock() - practised.ended_at > PRACTICE_SHOWN:
        practised = None
    return {"practised": practised, "practice_cut": CUT, "help": standing(mine) if mine else None}


def _of_the_room(here: Parts, viewer: Viewer, floor: Floor) -> dict[str, Any]:
    """What is the same whichever ticket lies open."""
    return {
        "viewer": viewer,
        "floor": floor,
        "line": here.board.line,
        "journal": here.journal.state,
        "desk": here.desk,
        "ringing": view.ringing_at(floor, viewer.position),
        "waiting": floor.waiting(),
        "alone": view.alone(floor),
        "others": view.others(floor),
        "gap": recent(floor.gaps, here.clock()),
        "alarms": here.proofs.alarms(),
        "callers": here.callers,
        "paces": here.agencies.paces,
        "colleagues": lambda: [each for each in here.settings.positions if free(floor, each)],
        "missing": missing,
    }


def regions(here: Callable[[], Parts]) -> list[Region]:
    """Every live part with the viewers who see the same of it."""

    def painter(name: str) -> Callable[[Viewer], str]:
        return lambda viewer: picture(here(), name, viewer)

    def mine(viewer: Viewer) -> tuple[str, str, str]:
        return viewer.language, viewer.position, here().concerned.scope(viewer)

    def own(viewer: Viewer) -> tuple[str, str, str]:
        return viewer.language, viewer.position, viewer.person

    def room(viewer: Viewer) -> str:
        return viewer.language

    def owing(viewer: Viewer) -> tuple[str, object]:
        return viewer.language, here().callers.owed.scope(viewer.person, bool(viewer.position))

    def opened(viewer: Viewer) -> tuple[str, str, str, str]:
        return viewer.language, viewer.position, viewer.open_call, here().concerned.scope(viewer)

    return [
        Region("ring", painter("ring"), mine, urgent=True),
        Region("status", painter("status"), mine, ticking=True),
        Region("seat", painter("seat"), mine),
        Region("mine", painter("mine"), opened),
        Region("agencies", painter("agencies"), opened),
        Region("responders", painter("responders"), opened),
        Region("ticket", painter("ticket"), opened),
        Region("place", painter("place"), opened),
        Region("notes", painter("notes"), opened),
        Region("same", painter("same"), opened),
        Region("card", painter("card"), opened),
        Region("queue", painter("queue"), room),
        Region("callbacks", painter("callbacks"), owing),
        Region("room", painter("room"), mine),
        Region("ears", lambda viewer: ears_picture(here(), viewer, keys=False), ears_scope),
        Region("shelf", painter("shelf"), own),
    ]


async def channel(request: web.Request) -> web.StreamResponse:
    """The WebSocket: server to page; the page only tells which ticket lies open."""
    here, viewer = parts(request), viewer_of(request)
    with suppress(Protected, StoreDown):  # after our restart: who may read what lies open is asked anew
        await check_call(request, viewer.open_call)
    return await serve(request, here.hub, viewer, here.desk.ask)
