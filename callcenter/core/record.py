"""A call as other programs read it: the API, `replay --json`, exports.

In:  a Call. Out: plain values with stable names; moments as ISO 8601 in UTC, null where they are not known.
Never: display text, and never a moment that nobody saw.
"""

from datetime import datetime
from typing import Any

from callcenter.core.attempt import Attempt
from callcenter.core.call import Call
from callcenter.core.codec import to_plain
from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.core.phone import read
from callcenter.core.share import Share

CLOCK = (
    "arrived_at",
    "queued_at",
    "rang_at",
    "answered_at",
    "overflowed_at",
    "forwarded_at",
    "agency_answered_at",
    "accepted_at",
    "ended_at",
)
"""t0, t1, t2, t3, an overflow line's answer, t6, t7, t8, t9: what the telephone tells. The ticket has the others."""

ATTEMPT_CLOCK = ("dialled_at", "ringing_at", "answered_at", "accepted_at", "ended_at")


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC; None for a moment that is not known."""
    return None if value is None or value == UNKNOWN_MOMENT else str(to_plain(value))


def call_record(call: Call, region: str = "ID") -> dict[str, Any]:
    """One call with its times and attempts."""
    number = read(call.number, region)
    return {
        "id": call.id,
        "number": call.number,
        "e164": number.e164,
        "callable": number.callable,
        "number_source": call.number_source or None,
        "name": call.name,
        "dialled": call.dialled,
        "outcome": call.outcome.value,
        "stage": call.stage.value,
        "kind": call.kind.value,
        "about": call.about or None,
        "result": call.result.value if call.result else None,
        "dialled_at": moment(call.dialled_at),
        "ringing_at": moment(call.ringing_at),
        **{name: moment(getattr(call, name)) for name in CLOCK},
        "answered_by": call.answered_by or None,
        "overflowed_to": call.overflowed_to or None,
        "phones_rung": call.rung,
        "forwards": [share_record(share) for share in call.forwards],
        "attempts": [attempt_record(attempt) for attempt in call.attempts],
        "disconnected_early": call.disconnected_early,
        "end_seen": call.end_seen,
        "cause": call.cause,
        "location": call.location or None,
        "trunk": call.trunk or None,
        "test": call.test,
    }


def attempt_record(attempt: Attempt) -> dict[str, Any]:
    """One attempt with its own times."""
    return {
        "leg": attempt.leg,
        "agency": attempt.agency or None,
        "line": attempt.line,
        "turn": attempt.turn,
        "number": attempt.number or None,
        "result": attempt.result.value,
        "accepted_by": attempt.accepted_by or None,
        "by": attempt.by or None,
        "cause": attempt.cause,
        **{name: moment(getattr(attempt, name)) for name in ATTEMPT_CLOCK},
    }


def share_record(share: Share) -> dict[str, Any]:
    """One agency's share of the call, as far as the telephone tells."""
    return {
        "agency": share.agency,
        "turn": share.turn,
        "mode": share.mode.value,
        "status": share.status.value,
        "asked_at": moment(share.asked_at),
        "accepted_at": moment(share.accepted_at),
        "ended_at": moment(share.ended_at),
        "escalated_from": share.escalated_from or None,
        "by": share.by or None,
    }
