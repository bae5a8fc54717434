"""The JSON of a call, an attempt, a ticket: one table of fields, from which the answer and its description are made.

In:  what storage read. Out: plain JSON values; `schema` of the same table for the OpenAPI page.
Never: a field in the one that is not in the other. Moments are ISO 8601 in UTC; null reads "not known".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from callcenter.core.attempt import Result
from callcenter.core.call import Outcome, Stage
from callcenter.core.callback import CUT_OFF, UNANSWERED, Ended, State, Tried
from callcenter.core.kind import Kind
from callcenter.core.ticket import CallClass, Disposition, TicketStatus
from callcenter.storage import AttemptLine, CallLine, Note, Ticket
from callcenter.web.times import unknown

Json = dict[str, Any]


@dataclass(frozen=True)
class CallRow:
    """A call with what the API tells beside its row."""

    line: CallLine
    attempts: Sequence[AttemptLine] = ()


@dataclass(frozen=True)
class TicketRow:
    """A ticket; with its calls and notes where one ticket is asked for."""

    ticket: Ticket
    calls: Sequence[CallLine] = ()
    notes: Sequence[Note] = ()


@dataclass(frozen=True)
class Field:
    name: str
    schema: Json
    read: Callable[[Any], Any]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return None if unknown(value) else value.astimezone(UTC).isoformat(timespec="milliseconds")
    return value


def _field(name: str, schema: Json, source: Callable[[Any], Any]) -> Field:
    return Field(name, schema, source)


def text(name: str, says: str, part: str = "") -> Field:
    """A text that may be empty."""
    return _field(name, {"type": "string", "description": says}, _reader(name, part, ""))


def figure(name: str, says: str, part: str = "") -> Field:
    """A number; null where it is not known."""
    return _field(name, {"type": ["number", "null"], "description": says}, _reader(name, part, None))


def maybe(name: str, says: str, part: str = "") -> Field:
    """A text, or null."""
    return _field(name, {"type": ["string", "null"], "description": says}, _reader(name, part, None))


def moment(name: str, says: str, part: str = "", of: str = "") -> Field:
    """A moment, or null where nobody knows it."""
    schema = {"type": ["string", "null"], "format": "date-time", "description": says}
    return _field(name, schema, _reader(of or name, part, None))


def flag(name: str, says: str, part: str = "") -> Field:
    return _field(name, {"type": "boolean", "description": says}, _reader(name, part, False))


def whole(name: str, says: str, part: str = "") -> Field:
    return _field(name, {"type": "integer", "description": says}, _reader(name, part, 0))


def code(name: str, says: str, codes: Sequence[str], part: str = "") -> Field:
    """One of a closed list, or null."""
    schema = {"type": ["string", "null"], "enum": [*(str(c) for c in codes), None], "description": says}
    return _field(name, schema, lambda row: str(_value(row, name, part)) or None if _value(row, name, part) else None)


def many(name: str, says: str, item: str, source: Callable[[Any], Any]) -> Field:
    schema = {"type": "array", "items": {"$ref": f"#/components/schemas/{item}"}, "description": says}
    return _field(name, schema, source)


def _value(row: Any, name: str, part: str) -> Any:
    return getattr(getattr(row, part) if part else row, name)


def _reader(name: str, part: str, empty: Any) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        value = _plain(_value(row, name, part))
        return empty if value is None or (value == "" and empty is None) else value

    return read


ATTEMPT = (
    text("leg", "Names this attempt."),
    text("agency", "Code of the agency; empty: a transfer by the phone's own keys to somebody else."),
    whole("line", "1 is the first line of the agency's chain."),
    whole("turn", "1 is the first time round the chain."),
    text("number", "What was dialled."),
    text("by", "Sign-in name of who asked for it."),
    code("result", "How it stands. ANSWERED is not ACCEPTED.", list(Result)),
    moment("dialled_at", "Dialled."),
    moment("ringing_at", "The far phone rang."),
    moment("answered_at", "Somebody lifted it."),
    moment("accepted_at", "The agency took it: a key was pressed there, or the call taker said so."),
    text("accepted_by", "key or desk; empty while not accepted."),
    text("accepted_name", "Who accepted, as the call taker wrote it."),
    moment("ended_at", "The agency's part ended."),
    whole("cause", "ISDN cause of the end; 0 where none is known."),
)

CALL = (
    text("id", "Names the call for ever.", "line"),
    maybe("number", "The caller's number as received; null: withheld, or none was sent.", "line"),
    maybe("e164", "The same as +62...; null where it names nobody who could be called.", "line"),
    flag("callable", "It can be called back.", "line"),
    maybe("name", "The caller's name as the network sent it. Hostile text.", "line"),
    text("dialled", "What the caller dialled.", "line"),
    code("outcome", "How the call went, by the telephone alone.", list(Outcome), "line"),
    code("stage", "Where the call is in its life.", list(Stage), "line"),
    code("kind", "ARRIVAL, or a call that we made: it hangs on the ticket of an arrival.", list(Kind), "line"),
    maybe("about", "Id of the call that a call of ours is about.", "line"),
    code("result", "How a call of ours went; null for an arrival.", list(Result), "line"),
    moment("dialled_at", "The other side of a call of ours was dialled.", "line"),
    moment("ringing_at", "It rang there.", "line"),
    moment("arrived_at", "t0: first event of the caller's channel.", "line"),
    moment("queued_at", "t1: entered the queue.", "line"),
    moment("rang_at", "t2: the first phone rang.", "line"),
    moment("answered_at", "t3: speech with a call taker could begin.", "line"),
    moment("ticket_created_at", "t4: the ticket's row exists.", "line"),
    moment("location_verified_at", "t5: the place was verified.", "line"),
    moment("forwarded_at", "t6: the first agency was dialled.", "line"),
    moment("agency_answered_at", "t7: an agency answered.", "line"),
    moment("accepted_at", "t8: an agency accepted.", "line"),
    moment("ended_at", "t9: the caller's leg ended.", "line"),
    moment("overflowed_at", "An overflow line took the caller: no t3.", "line"),
    maybe("overflowed_to", "Which overflow line.", "line"),
    text("answered_by", "Position that answered first.", "line"),
    text("person", "Sign-in name of who sat there then; empty where nobody had signed in.", "line"),
    many(
        "attempts",
        "Every try to reach an agency, or an overflow line (no agency, by overflow).",
        "Attempt",
        lambda row: [shaped(ATTEMPT, a) for a in row.attempts],
    ),
    maybe("ticket", "Number of its ticket.", "line"),
    code("call_class", "What kind of call it was, by the call taker.", list(CallClass), "line"),
    maybe("category", "What it was about: a code of the city's list.", "line"),
    Field(
        "recording",
        {
            "type": ["string", "null"],
            "format": "uri-reference",
            "description": "Where the recording is; null: there is none.",
        },
        lambda row: (
            f"/api/v1/calls/{row.line.id}/recording"
            if row.line.recording and (row.line.answered_at or row.line.overflowed_at)
            else None
        ),
    ),
    maybe("location", "The place that the network sent, as Asterisk prints it.", "line"),
    flag("test", "A trial, a drill: out of every figure.", "line"),
    flag("disconnected_early", "Cut after the answer: owed a callback.", "line"),
)

NOTE = (
    text("author", "Sign-in name."),
    text("text", "As typed."),
    moment("created_at", "Begun."),
    moment("changed_at", "Last change."),
)

TICKET = (
    text("number", "Names the ticket: 260114-0007.", "ticket"),
    moment("created_at", "t4", "ticket"),
    flag("test", "Of a trial call.", "ticket"),
    code("call_class", "What kind of call it was.", list(CallClass), "ticket"),
    maybe("category", "What it is about: a code of the city's list.", "ticket"),
    Field(
        "priority",
        {"type": ["integer", "null"], "description": "1 life, 2 urgent, 3 routine; null: not said yet."},
        lambda row: row.ticket.priority or None,
    ),
    code("status", "Where the incident stands.", list(TicketStatus), "ticket"),
    code("disposition", "What became of it.", list(Disposition), "ticket"),
    text("place", "Where, as typed.", "ticket"),
    text("landmark", "What stands near it.", "ticket"),
    figure("latitude", "WGS 84; null: not known.", "ticket"),
    figure("longitude", "WGS 84; null: not known.", "ticket"),
    figure("radius_m", "How far off that may be, in metres; null: not said.", "ticket"),
    text("location_source", "Where that is from: SIP, AML, MAP, CALLER, SMS_LINK.", "ticket"),
    text("kelurahan", "Village.", "ticket"),
    text("kecamatan", "District.", "ticket"),
    text("caller_name", "Who calls, as typed.", "ticket"),
    text("relation", "victim, witness, agency, as typed.", "ticket"),
    text("summary", "In one line, as typed.", "ticket"),
    moment("location_verified_at", "t5", "ticket"),
    moment("wrapped_up_at", "t10", "ticket"),
    moment("en_route_at", "t11", "ticket"),
    moment("on_scene_at", "t12", "ticket"),
    moment("handled_at", "t13", "ticket"),
    moment("closed_at", "t14", "ticket"),
)

TICKET_WHOLE = (
    *TICKET,
    Field(
        "calls",
        {"type": "array", "items": {"type": "string"}, "description": "Ids of its calls."},
        lambda row: [line.id for line in row.calls],
    ),
    many("notes", "What was written, in order.", "Note", lambda row: [shaped(NOTE, note) for note in row.notes]),
)

TRY = (
    text("by", "Sign-in name of who called back."),
    text("position", "From where."),
    text("call", "Id of the call that was made; empty: dialled by hand."),
    code("result", "What became of it.", list(Tried)),
    moment("asked_at", "The button was pressed, or the word was said."),
    moment("dialled_at", "The caller's number was dialled."),
    moment("ringing_at", "It rang there."),
    moment("answered_at", "Somebody lifted it."),
    moment("ended_at", "The call was over."),
)

CALLBACK = (
    whole("id", "Names the callback."),
    text("e164", "Who is called back: +62..."),
    code("state", "Where it stands.", list(State)),
    code("reason", "How the newest call ended.", [*sorted(UNANSWERED), CUT_OFF]),
    moment("owed_since", "End of the first call."),
    moment("last_call_at", "Arrival of the newest call."),
    whole("tries", "How often somebody called back."),
    text("owner", "Sign-in name of who is at it."),
    moment("claimed_at", "Since when."),
    moment("closed_at", "Done."),
    text("closed_by", "Sign-in name, or telephone: by itself."),
    code("why", "Why it is done.", list(Ended)),
    Field(
        "calls",
        {"type": "array", "items": {"type": "string"}, "description": "Ids of the calls that it is owed for."},
        lambda line: [owed.call for owed in line.calls],
    ),
    many("tried", "Every try, the newest first.", "Try", lambda line: [shaped(TRY, each) for each in line.tried]),
)

SCHEMAS: Mapping[str, Sequence[Field]] = {
    "Attempt": ATTEMPT,
    "Call": CALL,
    "Callback": CALLBACK,
    "Note": NOTE,
    "Ticket": TICKET,
    "TicketWhole": TICKET_WHOLE,
    "Try": TRY,
}


def shaped(fields: Sequence[Field], row: Any) -> Json:
    """The row as JSON values."""
    return {field.name: field.read(row) for field in fields}


def schema(fields: Sequence[Field]) -> Json:
    """The JSON schema of that."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in fields],
        "properties": {field.name: field.schema for field in fields},
    }
