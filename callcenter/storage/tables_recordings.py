"""The tables of recordings and of what may not be deleted.

In:  nothing. Out: SQLAlchemy tables.
Never: sound: the files lie in a folder for each day, and a row says what each must be.

    recordings    one row for each recording of a call that is over, kept when the file is deleted
    legal_holds   one row for each time that a ticket's recordings were put under hold
"""

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Index, String, Table, UniqueConstraint, text

from callcenter.storage.columns import metadata, moment, number, whole, words
from callcenter.storage.tables import calls, tickets

UNPACKED, THERE = text("packed_at IS NULL AND deleted_at IS NULL"), text("deleted_at IS NULL")
PACKED, DELETED = text("packed_at IS NOT NULL"), text("deleted_at IS NOT NULL")
"""What is looked for every two seconds, and every hour: few among years of rows that are kept when the file is gone."""

recordings = Table(
    "recordings",
    metadata,
    number(),
    Column("call", ForeignKey(calls.c.id), nullable=False),
    Column("part", String(20), nullable=False),
    Column("leg", String(200), nullable=False),
    words("position"),
    words("path"),  # below the recordings' folder; empty: there never was a file
    Column("bytes", BigInteger, nullable=False),
    words("sha256"),  # of the file as it is kept
    Column("originals", JSON, nullable=False),  # name -> bytes and sha256 of what Asterisk wrote
    moment("began_at"),
    Column("seconds", Float, nullable=False),
    whole("sides"),  # channels: 2 is caller left, room right
    Column("verdict", String(20), nullable=False),
    Column("missing_s", Float, nullable=False),
    Column("gaps", JSON, nullable=False),  # pairs of moments
    words("silent_side"),
    moment("sealed_at", known=True),
    moment("packed_at"),
    moment("deleted_at"),
    words("deleted_by"),
    words("deleted_why"),
    UniqueConstraint("call", "part", "leg"),
    Index("ix_recordings_verdict_call", "verdict", "call"),
    Index("ix_recordings_sealed_at", "sealed_at"),
    Index("ix_recordings_sealed_at_unpacked", "sealed_at", sqlite_where=UNPACKED, postgresql_where=UNPACKED),
    Index("ix_recordings_sealed_at_there", "sealed_at", sqlite_where=THERE, postgresql_where=THERE),
    Index("ix_recordings_packed_at", "packed_at", sqlite_where=PACKED, postgresql_where=PACKED),
    Index("ix_recordings_deleted_at", "deleted_at", sqlite_where=DELETED, postgresql_where=DELETED),
)

legal_holds = Table(
    "legal_holds",
    metadata,
    number(),
    Column("ticket", ForeignKey(tickets.c.id), nullable=False, index=True),
    words("reason"),
    words("by"),
    moment("at", known=True),
    moment("released_at"),
    words("released_by"),
    words("released_why"),
)
