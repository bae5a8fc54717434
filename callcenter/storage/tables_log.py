"""The tables that searching looks through; the database itself keeps the first three, see `kept.py`.

In:  nothing. Out: SQLAlchemy tables.
Never: anything in the first three that is not made from calls, attempts, tickets and notes.

    call_log        one narrow row for each call: what lists filter and sort by, of the call and of its ticket
    call_agencies   one row for each agency that was tried for a call: an agency's calls in the order of arrival
    ticket_words    every word of a ticket: place, names, summary, hazards, notes
    saved_filters   what a person looks for again and again
    saved_defaults  which of them she sees first
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text, false
from sqlalchemy.dialects.postgresql import TSVECTOR

from callcenter.storage.columns import BigId, flag, key, metadata, moment, words
from callcenter.storage.tables_people import users

call_log = Table(
    "call_log",
    metadata,
    key("call"),
    Column("ticket", BigId, nullable=False),
    moment("arrived_at", known=True),
    flag("test"),
    Column("kind", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),
    words("answered_by"),
    words("person"),
    words("call_class"),
    words("category"),
    words("status"),
    Index("ix_call_log_arrived_at_call", "arrived_at", "call"),
    Index("ix_call_log_ticket_arrived_at", "ticket", "arrived_at"),
    *(
        Index(f"ix_call_log_{name}_arrived_at_call", name, "arrived_at", "call")
        for name in ("outcome", "answered_by", "person", "call_class", "category", "status")
    ),
)

call_agencies = Table(
    "call_agencies",
    metadata,
    key("call"),
    Column("agency", Text, primary_key=True),
    moment("arrived_at", known=True),
    Index("ix_call_agencies_agency_arrived_at_call", "agency", "arrived_at", "call"),
)

ticket_words = Table(
    "ticket_words",
    metadata,
    Column("ticket", BigId, primary_key=True, autoincrement=False),
    Column("words", Text, nullable=False),
    Column("vector", Text().with_variant(TSVECTOR(), "postgresql")),  # PostgreSQL's own form of them
    Index("ix_ticket_words_vector", "vector", postgresql_using="gin"),
)

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("person", ForeignKey(users.c.name), primary_key=True),
    key("name", 60),
    Column("query", Text, nullable=False),
    moment("at", known=True),
    Column("shared", Boolean, nullable=False, default=False, server_default=false()),  # with all who read the log
)

saved_defaults = Table(
    "saved_defaults",
    metadata,
    Column("person", ForeignKey(users.c.name), primary_key=True),
    Column("owner", String(64), nullable=False),  # whose filter it is; no key: it may be gone
    Column("name", String(60), nullable=False),
)
