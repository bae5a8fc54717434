"""A core Call as columns.

In:  a Call and how numbers are read. Out: values for the tables calls and attempts.
Never: SQL; a text that a database would refuse.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from callcenter.core.attempt import Attempt
from callcenter.core.call import Call
from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.core.phone import Number
from callcenter.storage.sql import clean

ReadNumber = Callable[[str | None], Number]
Row = dict[str, Any]

MOST_DIGITS = 32
TEXTS = (
    "dialled",
    "number_source",
    "location",
    "recording",
    "trunk",
    "sip_call_id",
    "answered_by",
    "overflowed_to",
    "position",
    "about",
    "by",
)
TIMES = (
    "recording_since",
    "queued_at",
    "rang_at",
    "answered_at",
    "overflowed_at",
    "forwarded_at",
    "agency_answered_at",
    "accepted_at",
    "ended_at",
    "dialled_at",
    "ringing_at",
)
SAME = ("test", "waited_s", "rung", "cause", "disconnected_early", "end_seen", "done")


def call_row(call: Call, revision: int, heard_at: datetime, state: Mapping[str, Any], read: ReadNumber) -> Row:
    """One row of `calls`. A call whose first moment is unknown is kept at the moment we heard of it."""
    number = read(call.number)
    row: Row = {name: clean(getattr(call, name)) for name in TEXTS}
    row |= {name: known(getattr(call, name)) for name in TIMES}
    row |= {name: getattr(call, name) for name in SAME}
    return row | {
        "id": clean(call.id),
        "revision": revision,
        "number": None if call.number is None else clean(call.number),
        "e164": number.e164,
        "shown": clean(number.shown),
        "origin": clean(number.origin),
        "digits_backwards": backwards(number.e164 or number.shown),
        "callable": number.callable,
        "name": None if call.name is None else clean(call.name),
        "stage": call.stage.value,
        "outcome": call.outcome.value,
        "kind": call.kind.value,
        "result": call.result.value if call.result else "",
        "arrived_at": known(call.arrived_at) or heard_at,
        "heard_at": heard_at,
        "state": dict(state),
    }


def attempt_row(attempt: Attempt, call: str, revision: int) -> Row:
    """One row of `attempts`, without what people type there."""
    return {
        "leg": clean(attempt.leg),
        "call": clean(call),
        "revision": revision,
        "agency": clean(attempt.agency),
        "line": attempt.line,
        "turn": attempt.turn,
        "number": clean(attempt.number),
        "by": clean(attempt.by),
        "result": attempt.result.value,
        "dialled_at": known(attempt.dialled_at),
        "ringing_at": known(attempt.ringing_at),
        "answered_at": known(attempt.answered_at),
        "accepted_at": known(attempt.accepted_at),
        "accepted_by": clean(attempt.accepted_by),
        "ended_at": known(attempt.ended_at),
        "cause": attempt.cause,
    }


def known(at: datetime | None) -> datetime | None:
    """None for a moment that nobody knows."""
    return None if at == UNKNOWN_MOMENT else at


def backwards(text: str) -> str:
    """The digits from the last to the first, for searching by how a number ends."""
    return "".join(c for c in reversed(text) if c in "0123456789")[:MOST_DIGITS]
