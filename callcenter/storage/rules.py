"""What one change of a ticket brings with it. Pure: an old ticket and a choice in, a step out.

In:  the ticket as it is, what somebody chose, the moment.
Out: the fields to set (each gets a line of history), and the moments and names beside them.
Never: a ticket closed without a disposition; a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callcenter.core.agency import Category
from callcenter.core.errors import Refused
from callcenter.core.ticket import CLOSED_STATES, CLOSING_CLASSES, CallClass, Disposition, TicketStatus
from callcenter.storage.records import Ticket

NO_DISPOSITION = "Say how it ended before the ticket is closed."
IS_CLOSED = "This ticket is closed. Open it again first."
NOT_CLOSED = "This ticket is not closed."

MOMENTS = {
    TicketStatus.EN_ROUTE: "en_route_at",
    TicketStatus.ON_SCENE: "on_scene_at",
    TicketStatus.HANDLED: "handled_at",
    TicketStatus.CLOSED: "closed_at",
    TicketStatus.CANCELLED: "closed_at",
}
OPEN_AGAIN = {"closed_at": None, "closed_by": ""}


@dataclass(frozen=True, slots=True)
class Step:
    """What changes. `beside` has no history of its own: it says when, and by whom."""

    values: Mapping[str, Any]
    beside: Mapping[str, Any] = field(default_factory=dict)


def classed(ticket: Ticket, chosen: CallClass, by: str, now: datetime) -> Step:
    """The class. A worthless call is closed in the same keystroke; a mistake is put right with the next one."""
    if ticket.call_class == chosen:
        return Step({})
    values: dict[str, Any] = {"call_class": chosen.value}
    beside: dict[str, Any] = {"classed_at": now, "classed_by": by}
    if chosen in CLOSING_CLASSES:
        values |= {"status": TicketStatus.CLOSED.value, "disposition": Disposition.NO_INCIDENT.value}
        beside |= {"closed_at": ticket.closed_at or now, "closed_by": ticket.closed_by or by}
    elif ticket.call_class in CLOSING_CLASSES and ticket.status in CLOSED_STATES:
        values |= {"status": TicketStatus.REOPENED.value, "disposition": ""}
        beside |= OPEN_AGAIN
    return Step(values, beside)


def categorised(ticket: Ticket, category: str, known: Mapping[str, Category]) -> Step:
    """The category, and its priority unless a person had set another one."""
    values: dict[str, Any] = {"category": category}
    before = known[ticket.category].priority if ticket.category in known else None
    if ticket.priority in (None, before):
        values["priority"] = known[category].priority if category else None
    if category and ticket.location_verified_at is not None and ticket.status == TicketStatus.NEW:
        values["status"] = TicketStatus.VERIFIED.value
    return Step(values)


def moved(ticket: Ticket, status: TicketStatus, why: Disposition | None, by: str, now: datetime) -> Step:
    """The status, with the moment that it stands for (the first one stays)."""
    closed = ticket.status in CLOSED_STATES
    if status == ticket.status and (why is None or why == ticket.disposition):
        return Step({})
    if status is TicketStatus.REOPENED:
        if not closed:
            raise Refused(NOT_CLOSED)
        return Step({"status": status.value, "disposition": ""}, OPEN_AGAIN)
    if closed and status not in CLOSED_STATES:
        raise Refused(IS_CLOSED)
    values: dict[str, Any] = {"status": status.value}
    if why is not None:
        values["disposition"] = why.value
    beside: dict[str, Any] = {}
    if status in CLOSED_STATES:
        if not (why or ticket.disposition):
            raise Refused(NO_DISPOSITION)
        beside["closed_by"] = by
    moment = MOMENTS.get(status)
    if moment and getattr(ticket, moment) is None:
        beside[moment] = now
    return Step(values, beside)


def verified(ticket: Ticket, by: str, now: datetime) -> Step:
    """The location is confirmed; with a category the ticket is verified."""
    if ticket.location_verified_at is not None:
        return Step({})
    values: dict[str, Any] = {"location_verified_at": now}
    if ticket.category and ticket.status == TicketStatus.NEW:
        values["status"] = TicketStatus.VERIFIED.value
    return Step(values, {"location_verified_by": by})


def wrapped_up(ticket: Ticket, by: str, now: datetime) -> Step:
    """The first time counts."""
    if ticket.wrapped_up_at is not None:
        return Step({})
    return Step({"wrapped_up_at": now}, {"wrapped_up_by": by})


def accepted_by_word(ticket: Ticket) -> Step:
    """Somebody of an agency said that they come."""
    before = (TicketStatus.NEW, TicketStatus.VERIFIED, TicketStatus.REOPENED, TicketStatus.FORWARDED)
    return Step({"status": TicketStatus.ACCEPTED.value} if ticket.status in before else {})
