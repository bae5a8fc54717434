"""What to look for in the call log, and the columns of one line.

In:  nothing. Out: a CallFilter, for a form to fill; the query of whole lines.
Never: how it is found: that is `search.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from callcenter.storage.records import CallLine
from callcenter.storage.tables import calls, ticket_calls, tickets

UNCLASSED = "NONE"
OF_TICKETS = ("call_class", "category", "priority", "status", "disposition", "place", "location_verified_at")
OF_CALLS = tuple(
    name
    for name in CallLine.__dataclass_fields__
    if name not in (*OF_TICKETS, "ticket", "ticket_created_at", "agencies")
)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Every field narrows; an empty one does not."""

    since: datetime | None = None
    until: datetime | None = None  # not included
    number: str = ""  # a whole number, or how it ends
    outcome: str = ""
    call_class: str = ""  # NONE: answered, and nobody gave it a class
    category: str = ""
    status: str = ""
    agency: str = ""
    position: str = ""
    person: str = ""
    ticket: str = ""
    text: str = ""  # in notes, place, names, summary
    kind: str = ""
    recording: str = ""  # what was said of it
    open: bool = False  # its ticket is not closed
    tests: bool = False

    @property
    def by_contents(self) -> bool:
        """It asks for what only those concerned may know of a protected ticket: its words, its number, what it is."""
        return bool(self.number or self.text or self.category or self.agency or self.ticket)


def lines() -> Select[Any]:
    """Calls with what matters of their tickets, newest first."""
    return (
        select(*(calls.c[name] for name in OF_CALLS), *(tickets.c[name] for name in OF_TICKETS))
        .add_columns(tickets.c.number.label("ticket"), tickets.c.created_at.label("ticket_created_at"))
        .join_from(calls, ticket_calls, ticket_calls.c.call == calls.c.id)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket)
        .order_by(calls.c.arrived_at.desc(), calls.c.id.desc())
    )
