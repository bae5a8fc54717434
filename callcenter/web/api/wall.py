"""What `GET /api/v1/wall` answers, for the description of the API. `web/wall/pages.py` makes it.

In:  nothing. Out: a JSON schema. Never: a caller.
"""

from typing import Any

from callcenter.core.wall import State

Json = dict[str, Any]
WHOLE: Json = {"type": "integer"}
MAYBE: Json = {"type": ["string", "null"], "format": "date-time"}


def _group(optional: tuple[str, ...] = (), **fields: Json) -> Json:
    required = [name for name in fields if name not in optional]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": fields}


TODAY = _group(
    read_at={"type": "string", "format": "date-time"},
    arrivals=WHOLE,
    answered=WHOLE,
    service_level=_group(seconds=WHOLE, numerator=WHOLE, denominator=WHOLE),
    open_tickets={"type": "object", "additionalProperties": WHOLE, "description": "By status."},
)
SEAT = _group(
    ("person",),
    position={"type": "string"},
    state={"type": "string", "enum": [str(state) for state in State]},
    since=MAYBE,
    reason={"type": "string", "description": "Of a pause: a code of the settings; else empty."},
    person={"type": "string", "description": "Who is signed in; not told to viewers."},
)
WALL = _group(
    waiting=WHOLE,
    longest_wait_since=MAYBE,
    talking=WHOLE,
    alone={**WHOLE, "description": "Callers with whom nobody speaks though somebody did."},
    longest_talk_since=MAYBE,
    positions={"type": "array", "items": SEAT},
    callbacks_owed=WHOLE,
    oldest_callback_since=MAYBE,
    today={"description": "Figures so far; null: not read yet.", "anyOf": [{"type": "null"}, TODAY]},
    agencies_late={**WHOLE, "description": "Requests over their limit: nobody on scene, or not handled."},
    agencies_soon_late=WHOLE,
    alarms={"type": "array", "items": {"type": "string"}},
    self_test={"type": "string", "enum": ["good", "bad", "waiting", "off"]},
)
