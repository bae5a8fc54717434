"""The JSON of a call, an attempt, a ticket: one table of fields, from which the answer and its description are made.

In:  what storage read. Out: plain JSON values; `schema` of the same table for the OpenAPI page.
Never: a field in the one that is not in the other. Moments are ISO 8601 in UTC; null reads "not known".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from callcenter.core.attempt import Result
from callcenter.core.call import Outcome, Stage
from callcenter.core.kind import Kind
from callcenter.core.ticket import CallClass, Disposition, TicketStatus
from callcenter.storage import AttemptLine, CallLine, ForwardLine, Note, Related, Ticket
from callcenter.web.api.fields import Field, code, figure, flag, many, maybe, moment, shaped, text, whole
from callcenter.web.api.shape_callers import CALLERS, LINK
from callcenter.web.api.shape_forwards import FORWARD
from callcenter.web.api.shape_responders import RESPONDERS


@dataclass(frozen=True)
class CallRow:
    """A call with what the API tells beside its row."""

    line: CallLine
    attempts: Sequence[AttemptLine] = ()
    forwards: Sequence[ForwardLine] = ()


@dataclass(frozen=True)
class TicketRow:
    """A ticket; with its calls and notes where one ticket is asked for."""

    ticket: Ticket
    calls: Sequence[CallLine] = ()
    notes: Sequence[Note] = ()
    forwards: Sequence[ForwardLine] = ()
    related: Related = field(default_factory=Related)


ATTEMPT = (
    text("leg", "Names this attempt."),
    text("agency", "Code of the agency; empty: a transfer by the phone's own keys to somebody else."),
    whole("line", "1 is the first line of the agency's chain."),
    whole("turn", "Of which forward: 1 is this agency's first on the call."),
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
    many(
        "forwards",
        "Every agency's share, also messages without a call.",
        "Forward",
        lambda row: [shaped(FORWARD, each) for each in row.forwards],
    ),
    Field(
        "merged_into",
        {"type": ["string", "null"], "description": "Number of the ticket that has its calls now; null: none."},
        lambda row: row.related.into or None,
    ),
    many("links", "Tickets that belong to it.", "Link", lambda row: [shaped(LINK, each) for each in row.related.links]),
    Field(
        "merged",
        {"type": "array", "items": {"type": "string"}, "description": "Numbers of the tickets merged into it."},
        lambda row: [each.number for each in row.related.merged],
    ),
    many("notes", "What was written, in order.", "Note", lambda row: [shaped(NOTE, note) for note in row.notes]),
)

SCHEMAS: Mapping[str, Sequence[Field]] = {
    "Attempt": ATTEMPT,
    "Forward": FORWARD,
    "Call": CALL,
    "Note": NOTE,
    "Ticket": TICKET,
    "TicketWhole": TICKET_WHOLE,
    **CALLERS,
    **RESPONDERS,
}
