"""The words of a ticket: class, status, disposition, and the rules that tie them.

In:  codes. Out: the enums of the domain, section 3 (axes B and C), and which change is allowed.
Never: a label. Display text is in the catalogues.
"""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class CallClass(StrEnum):
    """Axis B: set by the call taker, one key each."""

    EMERGENCY = "EMERGENCY"
    NON_EMERGENCY = "NON_EMERGENCY"
    INFO = "INFO"
    GHOST = "GHOST"
    OPEN_LINE = "OPEN_LINE"
    PRANK = "PRANK"
    FALSE_REPORT = "FALSE_REPORT"
    MISDIAL = "MISDIAL"
    MISROUTED = "MISROUTED"
    FOLLOW_UP = "FOLLOW_UP"


CLASS_KEYS: dict[str, CallClass] = dict(zip("1234567890", CallClass, strict=True))
"""The digit that sets it, in the order of the domain's table."""

LARGE_CLASSES = (CallClass.EMERGENCY, CallClass.NON_EMERGENCY, CallClass.GHOST, CallClass.PRANK)
"""Stand large on the screen; the others behind them."""

CLOSING_CLASSES = frozenset({CallClass.GHOST, CallClass.PRANK, CallClass.MISDIAL})
"""Close the ticket in the same keystroke, with disposition NO_INCIDENT."""

INCIDENT_CLASSES = frozenset({CallClass.EMERGENCY, CallClass.NON_EMERGENCY, CallClass.INFO})
"""Counted as incidents (kejadian)."""


class TicketStatus(StrEnum):
    """Axis C: where the incident stands."""

    NEW = "NEW"
    VERIFIED = "VERIFIED"
    FORWARDED = "FORWARDED"
    ACCEPTED = "ACCEPTED"
    EN_ROUTE = "EN_ROUTE"
    ON_SCENE = "ON_SCENE"
    HANDLED = "HANDLED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"
    REOPENED = "REOPENED"


CLOSED_STATES = frozenset({TicketStatus.CLOSED, TicketStatus.CANCELLED})


class Disposition(StrEnum):
    """Without one of these nothing closes."""

    RESOLVED = "RESOLVED"
    BY_PHONE = "BY_PHONE"
    REFERRED = "REFERRED"
    NOT_FOUND = "NOT_FOUND"
    DUPLICATE = "DUPLICATE"
    CANCELLED_BY_CALLER = "CANCELLED_BY_CALLER"
    FALSE_REPORT = "FALSE_REPORT"
    INFO_GIVEN = "INFO_GIVEN"
    NO_CONTACT = "NO_CONTACT"
    AGENCY_UNAVAILABLE = "AGENCY_UNAVAILABLE"
    NO_INCIDENT = "NO_INCIDENT"


def ticket_day(arrived_at: datetime, zone: ZoneInfo) -> date:
    """The day whose series numbers this ticket: of t0, in the city's zone."""
    return arrived_at.astimezone(zone).date()


def ticket_number(day: date, count: int, *, test: bool = False) -> str:
    """`260114-0007`; test calls count in a series of their own: `260114-T007`."""
    return f"{day:%y%m%d}-T{count:03d}" if test else f"{day:%y%m%d}-{count:04d}"
