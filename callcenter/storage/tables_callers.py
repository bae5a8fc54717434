"""The tables about callers beyond one call: whom we owe a callback, whose number is flagged, who reports the same.

In:  nothing. Out: SQLAlchemy tables.
Never: two open callbacks for one number: the database says so.

    callbacks         one open row for each number
    callback_calls    the calls that it is owed for; each call once
    callback_tries    each time that somebody called back
    number_flags      flags and blocks; one runs for each number
    ticket_links      tickets that belong together
    ticket_merges     tickets that were one incident, with what an undo restores
"""

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table, text

from callcenter.storage.columns import key, metadata, moment, number, whole, words
from callcenter.storage.tables import calls, tickets

NOT_CLOSED = text("closed_at IS NULL")

callbacks = Table(
    "callbacks",
    metadata,
    number(),
    Column("e164", String(32), nullable=False),
    words("number"),  # as received
    Column("state", String(20), nullable=False),
    Column("reason", String(20), nullable=False),  # of the newest call
    moment("owed_since", known=True),  # the first call's end
    moment("last_call_at", known=True),  # the newest call's arrival
    whole("tries"),
    whole("not_reached"),
    words("owner"),
    words("position"),
    moment("claimed_at"),
    moment("held_until"),  # then the claim is nobody's any more
    moment("closed_at"),
    words("closed_by"),
    words("why"),
    Index(
        "uq_callbacks_e164_open",
        "e164",
        unique=True,
        sqlite_where=NOT_CLOSED,
        postgresql_where=NOT_CLOSED,
    ),
    Index("ix_callbacks_closed_at_owed_since", "closed_at", "owed_since"),
    Index("ix_callbacks_owed_since", "owed_since"),
)

FREE = {"owner": "", "position": "", "claimed_at": None, "held_until": None}
"""The columns of a callback that nobody is at."""

callback_calls = Table(
    "callback_calls",
    metadata,
    Column("call", ForeignKey(calls.c.id), primary_key=True),
    Column("callback", ForeignKey(callbacks.c.id), nullable=False, index=True),
    moment("at", known=True),  # the call's arrival
    Column("reason", String(20), nullable=False),
)

callback_tries = Table(
    "callback_tries",
    metadata,
    key("leg", 300),  # the call that was made, or a name of ours: the same try is written once
    Column("callback", ForeignKey(callbacks.c.id), nullable=False, index=True),
    words("by"),
    words("position"),
    words("call"),  # the call that was made; empty: dialled by hand
    Column("result", String(20), nullable=False),
    moment("asked_at", known=True),
    moment("dialled_at"),
    moment("ringing_at"),
    moment("answered_at"),
    moment("ended_at"),
)

number_flags = Table(
    "number_flags",
    metadata,
    number(),
    Column("e164", String(32), nullable=False),
    words("number"),  # as people write it
    Column("effect", String(10), nullable=False),  # flag, block
    words("reason"),
    words("by"),
    moment("at", known=True),
    moment("until", known=True),
    words("ticket"),
    moment("ended_at"),  # before its time, or noticed afterwards
    words("ended_by"),  # a person, or "time"
    words("end_reason"),
    Index(
        "uq_number_flags_e164_running",
        "e164",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

ticket_links = Table(
    "ticket_links",
    metadata,
    number(),
    Column("ticket", ForeignKey(tickets.c.id), nullable=False),
    Column("other", ForeignKey(tickets.c.id), nullable=False, index=True),
    Column("kind", String(10), nullable=False),  # CHILD: `ticket` belongs to `other`; RELATED
    moment("at", known=True),
    words("by"),
    moment("ended_at"),
    words("ended_by"),
    Index(
        "uq_ticket_links_ticket_other_now",
        "ticket",
        "other",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

ticket_merges = Table(
    "ticket_merges",
    metadata,
    number(),
    Column("child", ForeignKey(tickets.c.id), nullable=False),
    Column("parent", ForeignKey(tickets.c.id), nullable=False, index=True),
    moment("at", known=True),
    words("by"),
    Column("before", JSON, nullable=False),  # all that an undo restores
    moment("undone_at"),
    words("undone_by"),
    Index(
        "uq_ticket_merges_child_now",
        "child",
        unique=True,
        sqlite_where=text("undone_at IS NULL"),
        postgresql_where=text("undone_at IS NULL"),
    ),
)
