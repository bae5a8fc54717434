"""The tables of calls and tickets. Those of people are in `tables_people.py`, those about callers beyond one call in
`tables_callers.py`, those of agencies in `tables_agencies.py`.

In:  nothing. Out: SQLAlchemy tables; a new column goes here, into a migration, and into the record that shows it.
Never: a rule, a query. `test_migrations` holds this page and the migrations together.

    facts       the journal: what the telephone told, once each
    calls       one row per arrival, and per call that we make (`kind`); `state` is the whole core Call, the other
                columns are for searching and printing
    attempts    one row per agency's line dialled
    forwards    one row per agency's share of a ticket: of a call, or a message without any
    tickets     what people typed; exactly one for each call, through ticket_calls
"""

from sqlalchemy import JSON, BigInteger, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from callcenter.storage.columns import BigId, flag, key, metadata, moment, number, whole, words

facts = Table(
    "facts",
    metadata,
    number(),
    Column("digest", String(64), nullable=False, unique=True),  # the same fact heard twice is one row
    words("kind"),
    Column("call", String(200)),  # None: about no call, or about several
    moment("at"),  # None: the message carried no moment
    moment("heard_at", known=True),
    Column("body", JSON, nullable=False),
    Index("ix_facts_call_id", "call", "id"),
    Index("ix_facts_kind_id", "kind", "id"),
)

calls = Table(
    "calls",
    metadata,
    key("id"),
    Column("revision", BigInteger, nullable=False),  # grows with every entry of the journal: an older one never wins
    Column("number", Text),  # as received
    Column("e164", String(32)),
    words("shown"),
    words("origin"),
    words("digits_backwards"),  # for "ends with"
    flag("callable"),
    Column("name", Text),
    words("dialled"),
    words("number_source"),
    words("location"),
    words("recording"),
    moment("recording_since"),
    words("trunk"),
    words("sip_call_id"),
    flag("test"),
    Column("stage", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),
    flag("done"),
    moment("arrived_at", known=True),  # t0
    moment("queued_at"),  # t1
    moment("rang_at"),  # t2
    moment("answered_at"),  # t3
    moment("overflowed_at"),  # an overflow line took the caller
    words("overflowed_to"),
    moment("forwarded_at"),  # t6
    moment("agency_answered_at"),  # t7
    moment("accepted_at"),  # t8
    moment("ended_at"),  # t9
    words("answered_by"),
    words("person"),  # who was signed in there at t3
    words("position"),
    Column("waited_s", Float),
    whole("rung"),
    whole("cause"),
    flag("disconnected_early"),
    flag("end_seen", default=True),
    Column("kind", String(20), nullable=False, default="ARRIVAL", server_default="ARRIVAL"),
    words("about"),  # of a call that we make: the earlier call, on whose ticket it hangs
    words("by"),  # who made it
    moment("dialled_at"),  # its four times, with answered_at and ended_at
    moment("ringing_at"),
    words("result"),  # how it went, in an attempt's words
    moment("heard_at", known=True),
    Column("state", JSON, nullable=False),
    Index("ix_calls_arrived_at_id", "arrived_at", "id"),
    Index("ix_calls_e164_arrived_at", "e164", "arrived_at"),
    Index("ix_calls_digits_backwards", "digits_backwards"),
    Index("ix_calls_person_arrived_at", "person", "arrived_at"),
    Index("ix_calls_done", "done"),
    Index("ix_calls_about", "about"),
)

attempts = Table(
    "attempts",
    metadata,
    key("leg", 300),
    Column("call", ForeignKey(calls.c.id), nullable=False, index=True),
    Column("revision", BigInteger, nullable=False),
    words("agency"),
    whole("line"),
    whole("turn"),
    words("number"),
    words("by"),
    Column("result", String(20), nullable=False),
    moment("dialled_at"),
    moment("ringing_at"),
    moment("answered_at"),
    moment("accepted_at"),
    words("accepted_by"),  # key, desk
    moment("ended_at"),
    whole("cause"),
    words("accepted_name"),  # typed by a person: never overwritten by the telephone
    words("named_by"),
    moment("named_at"),
    Index("ix_attempts_agency", "agency"),
    Index("ix_attempts_call_agency", "call", "agency"),  # was this agency tried for this call?
)

counters = Table(
    "counters",
    metadata,
    Column("day", Date, primary_key=True),
    Column("test", Integer, primary_key=True),  # 1: the series of test calls
    whole("last"),
)

tickets = Table(
    "tickets",
    metadata,
    number(),
    Column("number", String(20), nullable=False, unique=True),
    Column("day", Date, nullable=False),
    whole("serial"),
    flag("test"),
    moment("created_at", known=True),  # t4
    Column("version", Integer, nullable=False, default=1),  # grows with every change
    words("call_class"),
    moment("classed_at"),
    words("classed_by"),
    words("category"),
    Column("priority", Integer),
    Column("status", String(20), nullable=False, default="NEW"),
    words("disposition"),
    words("place"),
    words("landmark"),
    words("kelurahan"),
    words("kecamatan"),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("radius_m", Float),
    words("location_source"),
    moment("location_verified_at"),  # t5
    words("location_verified_by"),
    words("caller_name"),
    words("relation"),
    Column("victims", Integer),
    words("hazards"),
    words("summary"),
    words("taken_by"),
    moment("taken_at"),
    moment("wrapped_up_at"),  # t10
    words("wrapped_up_by"),
    moment("en_route_at"),  # t11
    moment("on_scene_at"),  # t12
    moment("handled_at"),  # t13
    moment("closed_at"),  # t14
    words("closed_by"),
    Column("merged_into", BigId, index=True),  # the ticket that has its calls now; no key, since a table cannot be
    # changed to point to itself on SQLite
    Index("ix_tickets_day_serial", "day", "serial"),
    Index("ix_tickets_status", "status"),
    Index("ix_tickets_taken_by_status", "taken_by", "status"),
)

ticket_calls = Table(
    "ticket_calls",
    metadata,
    Column("call", ForeignKey(calls.c.id), primary_key=True),  # one call, one ticket
    Column("ticket", ForeignKey(tickets.c.id), nullable=False, index=True),  # one ticket, several calls
    moment("linked_at", known=True),
    words("linked_by"),
)

forwards = Table(
    "forwards",
    metadata,
    key("id", 300),  # of a call: agency-turn-call, as the telephone names it; else made by who records it
    Column("ticket", ForeignKey(tickets.c.id), nullable=False, index=True),  # where it was made: see `forwards.py`
    Column("call", ForeignKey(calls.c.id), index=True),  # None: no call, a message
    Column("revision", BigInteger, nullable=False, default=0),  # of the call's row that it was last told by
    words("agency"),
    whole("turn"),
    Column("mode", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    moment("asked_at"),
    words("by"),
    words("escalated_from"),  # id of the forward that reached nobody
    words("text"),  # of a message
    moment("ended_at"),  # unreached, or cancelled
    words("stopped_by"),
    moment("accepted_at"),  # each of the four answers with who gave it, and through what: `forwards.Source`
    words("accepted_by"),
    words("accepted_source"),
    words("accepted_name"),
    moment("en_route_at"),
    words("en_route_by"),
    words("en_route_source"),
    moment("on_scene_at"),
    words("on_scene_by"),
    words("on_scene_source"),
    moment("handled_at"),
    words("handled_by"),
    words("handled_source"),
    Index("ix_forwards_agency_status", "agency", "status"),
    Index("ix_forwards_asked_at", "asked_at"),
)

notes = Table(
    "notes",
    metadata,
    key("key"),  # made by the page: a repeated save finds its own note
    Column("ticket", ForeignKey(tickets.c.id), nullable=False, index=True),
    words("author"),
    words("text"),
    whole("version"),
    moment("created_at", known=True),
    moment("changed_at", known=True),
)

note_revisions = Table(
    "note_revisions",
    metadata,
    number(),
    Column("note", ForeignKey(notes.c.key), nullable=False, index=True),
    whole("version"),
    words("text"),
    moment("at", known=True),
    flag("refused"),  # came too late, beside a newer text: kept, not shown as the note
)

ticket_changes = Table(
    "ticket_changes",
    metadata,
    number(),
    Column("ticket", ForeignKey(tickets.c.id), nullable=False),
    moment("at", known=True),
    words("by"),  # a sign-in name, or "telephone"
    words("field"),
    words("old"),
    words("new"),
    words("reason"),
    flag("refused"),  # typed, but somebody else had changed the field meanwhile: kept, not set
    whole("version"),  # the ticket's version after this change
    Index("ix_ticket_changes_ticket_id", "ticket", "id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    number(),
    moment("at", known=True),
    words("kind"),
    words("call"),
    words("why"),
    words("body"),  # the entry as it stood in the spool
    Column("digest", String(64), nullable=False, unique=True),  # the same entry is put aside once
    moment("released_at"),
)

probe = Table("probe", metadata, Column("id", BigId, primary_key=True), moment("at", known=True))
"""One row, written again and again: the only honest answer to "can you write?"."""
