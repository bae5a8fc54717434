"""Which agencies still have to come, and who is late: for wallboards and other programs.

In:  GET with a token. Out: JSON, from memory.
Never: a caller, a place; a trial call; what a protected ticket is about to a role that does not read all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from callcenter.storage import ForwardLine, Ticket, veil_ticket
from callcenter.web.agency.paces import Running
from callcenter.web.api.fields import shaped
from callcenter.web.api.shape_responders import RESPONSE
from callcenter.web.need import looker
from callcenter.web.parts import parts


@dataclass(frozen=True)
class Limits:
    """Two moments that may not be there."""

    amber_at: datetime | None = None
    red_at: datetime | None = None


@dataclass(frozen=True)
class Row:
    """One request with its clock."""

    ticket: Ticket
    forward: ForwardLine
    due: Limits
    pace: str


def row_of(line: Running, hides: Callable[[str], bool]) -> Row:
    """As the table of fields wants it; `hides` says of which categories nothing more is told."""
    due, ticket = Limits(line.due.amber_at, line.due.red_at) if line.due else Limits(), line.duty.ticket
    return Row(veil_ticket(ticket) if hides(ticket.category) else ticket, line.duty.forward, due, line.pace)


async def responses(request: web.Request) -> web.Response:
    """`GET /api/v1/responses`: open requests, the oldest first."""
    here = parts(request)
    hides = here.concerned.hides_from(looker(request))
    lines = [line for line in here.agencies.paces.lines if not line.duty.ticket.test]
    return web.json_response({"responses": [shaped(RESPONSE, row_of(line, hides)) for line in lines]})
