"""Recordings have rows, with their hashes and verdicts, and a ticket's may be held.

Revision 0025.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    recordings()
    holds()


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")


def recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("call", sa.String(200), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("leg", sa.String(200), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("originals", sa.JSON(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True)),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("sides", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("missing_s", sa.Float(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("silent_side", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("packed_at", sa.DateTime(timezone=True)),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.Column("deleted_by", sa.Text(), nullable=False),
        sa.Column("deleted_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_recordings_call"),
        sa.UniqueConstraint("call", "part", "leg", name="uq_recordings_call_part_leg"),
    )
    op.create_index("ix_recordings_verdict_call", "recordings", ["verdict", "call"])
    op.create_index("ix_recordings_sealed_at", "recordings", ["sealed_at"])


def holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("ticket", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("released_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="fk_legal_holds_ticket"),
    )
    op.create_index("ix_legal_holds_ticket", "legal_holds", ["ticket"])
