"""Callers who hung up, or were cut off, are owed a callback: one open row for each number.

Revision 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOT_CLOSED = sa.text("closed_at IS NULL")


def upgrade() -> None:
    callbacks()
    callback_calls()
    callback_tries()


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")


def at(name: str, *, known: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not known)


def words(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names.split()]


def callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("e164", sa.String(32), nullable=False),
        *words("number"),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        at("owed_since", known=True),
        at("last_call_at", known=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_reached", sa.Integer(), nullable=False),
        *words("owner position"),
        at("claimed_at"),
        at("held_until"),
        at("closed_at"),
        *words("closed_by why"),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
    )
    op.create_index(
        "uq_callbacks_e164_open",
        "callbacks",
        ["e164"],
        unique=True,
        sqlite_where=NOT_CLOSED,
        postgresql_where=NOT_CLOSED,
    )
    op.create_index("ix_callbacks_closed_at_owed_since", "callbacks", ["closed_at", "owed_since"])


def callback_calls() -> None:
    op.create_table(
        "callback_calls",
        sa.Column("call", sa.String(200), nullable=False),
        sa.Column("callback", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        at("at", known=True),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("call", name="pk_callback_calls"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_callback_calls_call"),
        sa.ForeignKeyConstraint(["callback"], ["callbacks.id"], name="fk_callback_calls_callback"),
    )
    op.create_index("ix_callback_calls_callback", "callback_calls", ["callback"])


def callback_tries() -> None:
    op.create_table(
        "callback_tries",
        sa.Column("leg", sa.String(300), nullable=False),
        sa.Column("callback", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *words("by position call"),
        sa.Column("result", sa.String(20), nullable=False),
        at("asked_at", known=True),
        at("dialled_at"),
        at("ringing_at"),
        at("answered_at"),
        at("ended_at"),
        sa.PrimaryKeyConstraint("leg", name="pk_callback_tries"),
        sa.ForeignKeyConstraint(["callback"], ["callbacks.id"], name="fk_callback_tries_callback"),
    )
    op.create_index("ix_callback_tries_callback", "callback_tries", ["callback"])
