"""Practice: a call for this position alone, and the sheet that says how it went.

In:  POST of a key; GET of a practice call that is over. Out: JSON: asked, or why not; HTML: times, what was meant.
Never: somebody else's practice, unless a supervisor looks; a true call.
"""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from callcenter.core.desk_wishes import Practise
from callcenter.core.errors import BadInput, NotFound
from callcenter.core.practice import CUT, practice_of, story_of
from callcenter.storage import CallPage, TicketPage
from callcenter.web.access import SUPERVISOR
from callcenter.web.forms import read_body, text_of
from callcenter.web.parts import parts
from callcenter.web.security import person

ANSWER_S, FORWARD_S = 10, 60
"""What is looked for in true calls (domain, section 7)."""


@dataclass(frozen=True)
class Step:
    """One moment of the practice. `after`: seconds since the one that it is measured from; `good`: None where nothing
    is asked for."""

    name: str
    at: datetime | None
    after: float | None
    good: bool | None = None


async def start(request: web.Request) -> web.Response:
    """My phone rings, and a voice tells a story."""
    who = person(request)
    if not who.position:
        raise BadInput("Choose your position first: the phone that speaks is the position's.")
    story = text_of(await read_body(request), "story", 2)
    await parts(request).board.wish(Practise(story, who.position, who.person))
    return web.json_response({"asked": True})


async def sheet(request: web.Request) -> web.Response:
    """`/practice/CALL`: how it went."""
    here, who = parts(request), person(request)
    page = await here.history.call(request.match_info["call"])
    mine = page.line.person == who.person or who.role == SUPERVISOR
    if not practice_of(page.call) or not mine:
        raise NotFound("There is no such practice call of yours.")
    ticket = await here.history.ticket(page.line.ticket) if page.line.ticket else None
    return here.painter.page(
        request,
        "screen/practice.html",
        line=page.line,
        ticket=ticket,
        story=story_of(page.call.dialled),
        steps=steps_of(page, ticket),
        cut=page.call.cause == CUT,
        asked=tuple(dict.fromkeys(share.agency for share in page.call.forwards)),
    )


def steps_of(page: CallPage, ticket: TicketPage | None) -> list[Step]:
    """In the order in which a call goes."""
    call, notes = page.call, ticket.notes if ticket else []
    first = min((note.created_at for note in notes), default=None)
    spoke = call.answered_at

    def since(at: datetime | None, begin: datetime | None) -> float | None:
        return (at - begin).total_seconds() if at and begin else None

    answer, forward = since(spoke, call.rang_at or call.arrived_at), since(call.forwarded_at, spoke)
    asks = story_of(call.dialled)
    to_forward = bool(asks and asks.agency)
    cut = call.ended_at if call.cause == CUT else None
    classed = ticket.ticket.classed_at if ticket else None
    return [
        Step("answer", spoke, answer, _so(answer, ANSWER_S, since(cut, call.rang_at or call.arrived_at))),
        Step("note", first, since(first, spoke)),
        Step("class", classed, since(classed, spoke)),
        Step("forward", call.forwarded_at, forward, _so(forward, FORWARD_S, since(cut, spoke)) if to_forward else None),
        Step("accepted", call.accepted_at, since(call.accepted_at, call.forwarded_at)),
        Step("end", call.ended_at, since(call.ended_at, spoke)),
    ]


def _so(took: float | None, most: float, cut: float | None) -> bool | None:
    """In time, or not; None: a true call cut the practice while there still was time."""
    if took is None and cut is not None and cut <= most:
        return None
    return took is not None and took <= most
