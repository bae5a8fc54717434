"""What the history answers with: lists with the place where they go on, and whole calls and tickets.

In:  records. Out: frozen pages. `next` is handed back as `after`; empty: this was the last page.
Never: more than asked for.
"""

from dataclasses import dataclass, field

from callcenter.core.call import Call
from callcenter.core.seal import Row
from callcenter.storage.links import LinkLine
from callcenter.storage.messages import MessageLine
from callcenter.storage.records import (
    AttemptLine,
    CallLine,
    Change,
    FactLine,
    ForwardLine,
    Note,
    NoteVersion,
    Ticket,
    TicketPoint,
)
from callcenter.storage.related import Related


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and where the next ones begin; `next` is empty at the end."""

    lines: list[CallLine]
    next: str = ""


@dataclass(frozen=True, slots=True)
class CallPage:
    """All of one call."""

    line: CallLine
    call: Call
    attempts: list[AttemptLine]
    facts: list[FactLine]
    forwards: list[ForwardLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TicketPage:
    """All of one ticket."""

    ticket: Ticket
    calls: list[CallLine]
    notes: list[Note]
    changes: list[Change]
    attempts: list[AttemptLine]
    forwards: list[ForwardLine] = field(default_factory=list)
    points: list[TicketPoint] = field(default_factory=list)
    links: list[LinkLine] = field(default_factory=list)
    messages: list[MessageLine] = field(default_factory=list)
    related: Related = field(default_factory=Related)
    versions: list[NoteVersion] = field(default_factory=list)  # what notes said before, oldest first


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some rows of the audit, newest first."""

    lines: list[Row]
    next: str = ""


@dataclass(frozen=True, slots=True)
class TicketsPage:
    """Some tickets, newest first."""

    lines: list[Ticket]
    next: str = ""
