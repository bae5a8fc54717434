"""What to look for in the call log, as SQL.

In:  a CallFilter from a form. Out: conditions, and the columns of one line.
Never: a scan where an index would do; test calls, unless asked for.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from callcenter.core.ticket import CLOSED_STATES
from callcenter.storage.records import CallLine
from callcenter.storage.rows import ReadNumber, backwards
from callcenter.storage.tables import attempts, calls, notes, ticket_calls, tickets

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
    open: bool = False  # its ticket is not closed
    tests: bool = False


def lines() -> Select[Any]:
    """Calls with what matters of their tickets, newest first."""
    return (
        select(*(calls.c[name] for name in OF_CALLS), *(tickets.c[name] for name in OF_TICKETS))
        .add_columns(tickets.c.number.label("ticket"), tickets.c.created_at.label("ticket_created_at"))
        .join_from(calls, ticket_calls, ticket_calls.c.call == calls.c.id)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket)
        .order_by(calls.c.arrived_at.desc(), calls.c.id.desc())
    )


def conditions(wanted: CallFilter, read_number: ReadNumber) -> list[ColumnElement[bool]]:
    """The filter as conditions, all of which hold."""
    same = (
        (calls.c.outcome, wanted.outcome),
        (calls.c.kind, wanted.kind),
        (tickets.c.category, wanted.category),
        (tickets.c.status, wanted.status),
        (tickets.c.number, wanted.ticket),
        (calls.c.answered_by, wanted.position),
        (calls.c.person, wanted.person),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in same if value]
    if not wanted.tests and not wanted.ticket:
        found.append(calls.c.test.is_(False))
    if wanted.open:
        found.append(tickets.c.status.not_in([status.value for status in CLOSED_STATES]))
    if wanted.since is not None:
        found.append(calls.c.arrived_at >= wanted.since)
    if wanted.until is not None:
        found.append(calls.c.arrived_at < wanted.until)
    if wanted.call_class == UNCLASSED:
        found.append(and_(tickets.c.call_class == "", calls.c.outcome == "ANSWERED"))
    elif wanted.call_class:
        found.append(tickets.c.call_class == wanted.call_class)
    if wanted.agency:
        found.append(exists().where(attempts.c.call == calls.c.id, attempts.c.agency == wanted.agency).correlate(calls))
    if wanted.number.strip():
        found.append(_number(wanted.number, read_number))
    if wanted.text.strip():
        found.append(_text(wanted.text.strip()))
    return found


def with_calls(wanted: CallFilter, read_number: ReadNumber) -> ColumnElement[bool]:
    """True for a ticket that has such a call."""
    linked = (ticket_calls.c.ticket == tickets.c.id, ticket_calls.c.call == calls.c.id)
    return exists().where(*linked, *conditions(wanted, read_number))


def _number(text: str, read_number: ReadNumber) -> ColumnElement[bool]:
    """The whole number, or what it ends with: the digits backwards begin with those of the text backwards."""
    number = read_number(text)
    digits = backwards(text)
    if not digits:
        return calls.c.number == text
    after = _next(digits)
    ends = calls.c.digits_backwards >= digits
    if after:
        ends = and_(ends, calls.c.digits_backwards < after)
    return or_(calls.c.e164 == number.e164, ends) if number.e164 else ends


def _next(digits: str) -> str:
    """The first text of digits that does not begin with these; empty when there is none."""
    kept = digits.rstrip("9")
    return kept[:-1] + str(int(kept[-1]) + 1) if kept else ""


def _text(text: str) -> ColumnElement[bool]:
    columns = (tickets.c.place, tickets.c.landmark, tickets.c.caller_name, tickets.c.summary)
    noted = (
        exists().where(notes.c.ticket == tickets.c.id, notes.c.text.icontains(text, autoescape=True)).correlate(tickets)
    )
    return or_(noted, *(column.icontains(text, autoescape=True) for column in columns))
