"""Which agencies still have to come, and who is late: for wallboards and other programs.

In:  GET with a token. Out: JSON, from memory.
Never: a caller, a place; a trial call.
"""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from callcenter.storage import ForwardLine, Ticket
from callcenter.web.agency.paces import Running
from callcenter.web.api.fields import shaped
from callcenter.web.api.shape_responders import RESPONSE
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


def row_of(line: Running) -> Row:
    """As the table of fields wants it."""
    due = Limits(line.due.amber_at, line.due.red_at) if line.due else Limits()
    return Row(line.duty.ticket, line.duty.forward, due, line.pace)


async def responses(request: web.Request) -> web.Response:
    """`GET /api/v1/responses`: open requests, the oldest first."""
    lines = [line for line in parts(request).agencies.paces.lines if not line.duty.ticket.test]
    return web.json_response({"responses": [shaped(RESPONSE, row_of(line)) for line in lines]})
