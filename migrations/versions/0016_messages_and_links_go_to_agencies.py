"""Messages to agencies wait in a table until a gateway takes them; links open one request without an account.

Revision 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("forward", sa.String(300), nullable=False),
        at("created_at", known=True),
        words("created_by"),
        at("expires_at", known=True),
        at("revoked_at"),
        words("revoked_by"),
        at("opened_at"),
        sa.Column("opened", sa.Integer(), nullable=False),
        words("name"),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.ForeignKeyConstraint(["forward"], ["forwards.id"], name="fk_links_forward"),
    )
    op.create_index("ix_links_forward", "links", ["forward"])
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("forward", sa.String(300), nullable=False),
        *(words(name) for name in ("agency", "address", "text")),
        sa.Column("link", sa.String(64)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        at("created_at", known=True),
        at("next_at"),
        at("sent_at"),
        words("error"),
        sa.Column("status", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("key", name="uq_messages_key"),
        sa.UniqueConstraint("forward", name="uq_messages_forward"),
        sa.ForeignKeyConstraint(["forward"], ["forwards.id"], name="fk_messages_forward"),
        sa.ForeignKeyConstraint(["link"], ["links.id"], name="fk_messages_link"),
    )
    op.create_index("ix_messages_state_next_at", "messages", ["state", "next_at"])


def words(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False)


def at(name: str, *, known: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not known)


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
