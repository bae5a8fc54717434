"""Reports of one incident are linked, or merged so that it can be undone.

Revision 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("merged_into", BIG))
    op.create_index("ix_tickets_merged_into", "tickets", ["merged_into"])
    links()
    merges()


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")


def links() -> None:
    op.create_table(
        "ticket_links",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("ticket", BIG, nullable=False),
        sa.Column("other", BIG, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_links"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="fk_ticket_links_ticket"),
        sa.ForeignKeyConstraint(["other"], ["tickets.id"], name="fk_ticket_links_other"),
    )
    now = sa.text("ended_at IS NULL")
    op.create_index("ix_ticket_links_other", "ticket_links", ["other"])
    op.create_index(
        "uq_ticket_links_ticket_other_now",
        "ticket_links",
        ["ticket", "other"],
        unique=True,
        sqlite_where=now,
        postgresql_where=now,
    )


def merges() -> None:
    op.create_table(
        "ticket_merges",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("child", BIG, nullable=False),
        sa.Column("parent", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_merges"),
        sa.ForeignKeyConstraint(["child"], ["tickets.id"], name="fk_ticket_merges_child"),
        sa.ForeignKeyConstraint(["parent"], ["tickets.id"], name="fk_ticket_merges_parent"),
    )
    now = sa.text("undone_at IS NULL")
    op.create_index("ix_ticket_merges_parent", "ticket_merges", ["parent"])
    op.create_index(
        "uq_ticket_merges_child_now", "ticket_merges", ["child"], unique=True, sqlite_where=now, postgresql_where=now
    )
