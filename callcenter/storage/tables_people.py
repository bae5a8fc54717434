"""The tables of people: who they are, where they sit, what they looked at.

In:  nothing. Out: SQLAlchemy tables.
Never: a password, a session token or an API token as it is: only what cannot be turned back.
"""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, String, Table, false, text

from callcenter.storage.columns import BigId, flag, key, metadata, moment, number, whole, words

users = Table(
    "users",
    metadata,
    key("name", 64),  # sign-in name, lower case
    words("display"),
    Column("role", String(20), nullable=False),
    words("agency"),  # whose, for the role agency; else empty
    words("password_hash"),  # argon2id
    flag("disabled"),
    moment("created_at", known=True),
    moment("password_at", known=True),
    flag("must_change", server_default=false()),  # the password was told by somebody else: good for one sign-in
    words("second_secret", server_default=""),  # of the authenticator, enciphered; empty: none
    moment("second_at"),
    Column("second_step", BigInteger, nullable=False, default=0, server_default="0"),  # the newest code's: used once
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    number(),
    Column("person", ForeignKey(users.c.name), nullable=False, index=True),
    Column("digest", String(64), nullable=False),  # with a key that is not in the database
    moment("made_at", known=True),
    moment("used_at"),
)

sessions = Table(
    "sessions",
    metadata,
    key("id", 64),  # sha256 of the token in the cookie
    Column("person", ForeignKey(users.c.name), nullable=False, index=True),
    words("csrf"),
    moment("created_at", known=True),
    moment("seen_at", known=True),
    moment("expires_at", known=True),  # whatever happens
    moment("ended_at"),
    words("address"),
    words("agent"),
    words("ended_by", server_default=""),
    flag("half", server_default=false()),  # the password was right, the authenticator's code is awaited
    words("wanted", server_default=""),  # the position to sit down at then
)

sign_ins = Table(
    "sign_ins",
    metadata,
    number(),
    Column("person", ForeignKey(users.c.name), nullable=False, index=True),
    Column("session", ForeignKey(sessions.c.id), nullable=False, index=True),
    Column("position", String(32), nullable=False),
    moment("started_at", known=True),
    moment("ended_at"),
    words("ended_by"),
    Index(
        "uq_sign_ins_position_now",  # one person at a position: the database says who was first
        "position",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_sign_ins_position_started_at", "position", "started_at"),
)

openings = Table(
    "openings",
    metadata,
    number(),
    Column("person", String(64), nullable=False),
    Column("ticket", String(20), nullable=False),
    moment("at", known=True),
    moment("until", known=True),
    words("reason"),
    Index("ix_openings_person_ticket", "person", "ticket"),
)
"""Protected tickets that somebody opened with a reason."""

data_requests = Table(
    "data_requests",
    metadata,
    number(),
    Column("e164", String(32), nullable=False),  # masked once it is done
    words("reason"),
    words("asked_by"),
    moment("asked_at", known=True),
    words("decided_by"),
    moment("decided_at"),
    Column("decision", String(10), nullable=False, default="", server_default=""),  # done, refused; empty: waits
    Column("result", JSON, nullable=False),
)
"""Requests of people to be made unknown (UU 27/2022)."""

throttles = Table(
    "throttles",
    metadata,
    key("key"),  # name:siti, address:10.0.0.7
    whole("failures"),
    moment("last_at", known=True),
    moment("blocked_until"),
)

tokens = Table(
    "tokens",
    metadata,
    key("name", 64),
    Column("digest", String(64), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    words("created_by"),
    moment("created_at", known=True),
    moment("used_at"),
    moment("revoked_at"),
    words("revoked_by"),
)

audit = Table(
    "audit",
    metadata,
    number(),
    moment("at", known=True),
    words("by"),
    words("action"),
    words("target"),
    Column("details", JSON, nullable=False),
    words("address"),
    Column(
        "previous", String(64), nullable=False, unique=True
    ),  # the digest of the row before: no row has two after it
    Column("digest", String(64), nullable=False, unique=True),
    Index("ix_audit_at", "at"),
    Index("ix_audit_by_at", "by", "at"),
    Index("ix_audit_action_at", "action", "at"),
    Index("ix_audit_by_action_at", "by", "action", "at"),
    Index("ix_audit_target", "target", postgresql_ops={"target": "text_pattern_ops"}),  # also as it begins
)

audit_named = Table(
    "audit_named",
    metadata,
    key("name"),
    Column("audit", BigId, primary_key=True),
    Index("ix_audit_named_name", "name", postgresql_ops={"name": "text_pattern_ops"}),
)
"""Calls and tickets that a row names in its details: an index of what the rows say, made with them."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", BigId, primary_key=True),  # one row
    whole("size"),
    Column("digest", String(64), nullable=False),
)
"""How many rows the audit has, and the newest one's digest: what is cut off at its end is missed here."""
