"""What the storage hands out: one frozen record for each kind of row, with the columns' names.

In:  rows. Out: records that pages and the API print; moments are aware and UTC, None reads n/a.
Never: a connection; anything that can be changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Row

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What people know of an incident. `version` grows with every change."""

    id: int
    number: str
    day: date
    serial: int
    test: bool
    created_at: datetime  # t4
    version: int
    call_class: str
    classed_at: datetime | None
    classed_by: str
    category: str
    priority: int | None
    status: str
    disposition: str
    place: str
    landmark: str
    kelurahan: str
    kecamatan: str
    latitude: float | None
    longitude: float | None
    radius_m: float | None
    location_source: str
    location_verified_at: datetime | None  # t5
    location_verified_by: str
    caller_name: str
    relation: str
    victims: int | None
    hazards: str
    summary: str
    taken_by: str
    taken_at: datetime | None
    wrapped_up_at: datetime | None  # t10
    wrapped_up_by: str
    en_route_at: datetime | None  # t11
    on_scene_at: datetime | None  # t12
    handled_at: datetime | None  # t13
    closed_at: datetime | None  # t14
    closed_by: str
    merged_into: int | None  # the row of the ticket that has its calls now


@dataclass(frozen=True, slots=True)
class Note:
    """One person's text on a ticket."""

    key: str
    ticket: int
    author: str
    text: str
    version: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class NoteVersion:
    """What a note said before. `refused`: came too late, beside a newer text: never was the note."""

    note: str
    version: int
    text: str
    at: datetime
    refused: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a ticket, before and after. `refused`: kept, but not set, since somebody else was first."""

    at: datetime
    by: str
    field: str
    old: str
    new: str
    reason: str
    refused: bool
    version: int


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call as the log shows it, with what matters of its ticket."""

    id: str
    number: str | None
    e164: str | None
    shown: str
    origin: str
    callable: bool
    name: str | None
    dialled: str
    location: str
    recording: str
    recording_since: datetime | None
    trunk: str
    test: bool
    stage: str
    outcome: str
    arrived_at: datetime  # t0
    queued_at: datetime | None
    rang_at: datetime | None
    answered_at: datetime | None
    overflowed_at: datetime | None  # an overflow line took the caller: no t3
    forwarded_at: datetime | None
    agency_answered_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    answered_by: str
    overflowed_to: str
    person: str
    position: str
    waited_s: float | None
    cause: int
    disconnected_early: bool
    end_seen: bool
    kind: str  # ARRIVAL, or a call that we made
    about: str
    by: str
    dialled_at: datetime | None
    ringing_at: datetime | None
    result: str
    ticket: str
    ticket_created_at: datetime  # t4
    location_verified_at: datetime | None  # t5
    call_class: str
    category: str
    priority: int | None
    status: str
    disposition: str
    place: str
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """How often a number's calls were of one class, and when the last one came."""

    call_class: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One line of an agency, dialled once. `accepted_name` was typed; all else is the telephone's word."""

    leg: str
    call: str
    agency: str
    line: int
    turn: int
    number: str
    by: str
    result: str
    dialled_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    accepted_at: datetime | None
    accepted_by: str
    ended_at: datetime | None
    cause: int
    accepted_name: str
    named_by: str
    named_at: datetime | None

    @property
    def taken_at(self) -> datetime | None:
        """When the agency took it: by a key, or by its word that a call taker typed."""
        return self.accepted_at or self.named_at


@dataclass(frozen=True, slots=True)
class ForwardLine:
    """One agency's share of a ticket. Each answer with its moment, who gave it and through what (`forwards.Source`)."""

    id: str
    ticket: int
    ticket_number: str  # where it was made
    call: str | None  # None: a message without a call
    agency: str
    turn: int
    mode: str
    status: str
    asked_at: datetime | None
    by: str
    escalated_from: str
    text: str
    ended_at: datetime | None
    stopped_by: str
    accepted_at: datetime | None
    accepted_by: str
    accepted_source: str
    accepted_name: str
    en_route_at: datetime | None
    en_route_by: str
    en_route_source: str
    on_scene_at: datetime | None
    on_scene_by: str
    on_scene_source: str
    handled_at: datetime | None
    handled_by: str
    handled_source: str


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact of the journal."""

    id: int
    kind: str
    call: str | None
    at: datetime | None
    heard_at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TicketPoint:
    """One point that was told for a ticket."""

    at: datetime
    by: str
    latitude: float
    longitude: float
    radius_m: float | None
    source: str


@dataclass(frozen=True, slots=True)
class QuarantineLine:
    """An entry of the telephone that could not be stored."""

    id: int
    at: datetime
    kind: str
    call: str
    why: str
    body: str
    released_at: datetime | None = None  # a person has dealt with it


def record(cls: type[R], row: Row[Any]) -> R:
    """The record that this row is. Columns that the record does not have are left out."""
    found = row._mapping
    return cls(**{f.name: found[f.name] for f in fields(cls) if f.name in found})  # type: ignore[arg-type]
