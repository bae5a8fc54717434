"""Complaints are written out for the national system once, each in one file.

Revision 0020.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _id(name: str, **more: object) -> "sa.Column[int]":
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, nullable=False, **more)  # type: ignore[arg-type]


def upgrade() -> None:
    op.create_table(
        "lapor_files",
        _id("id", autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("contacts", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lapor_files"),
    )
    op.create_table(
        "lapor_tickets",
        _id("ticket"),
        _id("file"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="fk_lapor_tickets_ticket"),
        sa.ForeignKeyConstraint(["file"], ["lapor_files.id"], name="fk_lapor_tickets_file"),
        sa.PrimaryKeyConstraint("ticket", name="pk_lapor_tickets"),
    )
    op.create_index("ix_lapor_tickets_file", "lapor_tickets", ["file"])


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
