"""The tables of what goes out to agencies: links to one request, and messages that bring them.

In:  nothing. Out: SQLAlchemy tables.
Never: a link's token, nor what it could be made from without the house's key.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from callcenter.storage.columns import key, metadata, moment, number, whole, words
from callcenter.storage.tables import forwards

links = Table(
    "links",
    metadata,
    key("id", 64),  # sha256 of the token in the address
    Column("seed", String(64), nullable=False),
    Column("forward", ForeignKey(forwards.c.id), nullable=False, index=True),
    moment("created_at", known=True),
    words("created_by"),
    moment("expires_at", known=True),
    moment("revoked_at"),
    words("revoked_by"),
    moment("opened_at"),  # last
    whole("opened"),  # how often
    words("name"),  # who used it last, as typed there
)

messages = Table(
    "messages",
    metadata,
    number(),
    Column("key", String(64), nullable=False, unique=True),  # the same in every try: the gateway tells doubles by it
    Column("forward", ForeignKey(forwards.c.id), nullable=False, unique=True),  # a forward is announced once
    words("agency"),
    words("address"),
    words("text"),
    Column("link", ForeignKey(links.c.id)),
    Column("state", String(20), nullable=False),  # QUEUED, SENT, FAILED
    whole("tries"),
    moment("created_at", known=True),
    moment("next_at"),  # None: not tried any more
    moment("sent_at"),
    words("error"),
    Column("status", Integer),  # what the gateway answered last
    Index("ix_messages_state_next_at", "state", "next_at"),
)
