"""Calls are found by their words and filters: a narrow log, full text, filters that people save.

The rows are made by `storage/derived.py` when it finds its triggers missing.

Revision 0018.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FILTERED = ("outcome", "answered_by", "person", "call_class", "category", "status")


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "call_log",
        sa.Column("call", sa.String(200), nullable=False),
        sa.Column("ticket", number, nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in FILTERED[1:]),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_call_log")),
    )
    op.create_index("ix_call_log_arrived_at_call", "call_log", ["arrived_at", "call"])
    op.create_index("ix_call_log_ticket_arrived_at", "call_log", ["ticket", "arrived_at"])
    for name in FILTERED:
        op.create_index(f"ix_call_log_{name}_arrived_at_call", "call_log", [name, "arrived_at", "call"])
    op.create_table(
        "ticket_words",
        sa.Column("ticket", number, autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("vector", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_ticket_words")),
    )
    op.create_index("ix_ticket_words_vector", "ticket_words", ["vector"], postgresql_using="gin")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE ticket_search USING fts5(words, content='ticket_words', content_rowid='ticket',"
            " tokenize='unicode61 remove_diacritics 0')"
        )
    op.create_table(
        "saved_filters",
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["users.name"], name=op.f("fk_saved_filters_person")),
        sa.PrimaryKeyConstraint("person", "name", name=op.f("pk_saved_filters")),
    )


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
