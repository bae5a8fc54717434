"""A forward, one agency's share of a ticket, has a row of its own; its attempts keep theirs.

Revision 0006. Attempts that are older belong to no forward.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ANSWERS = ("accepted", "en_route", "on_scene", "handled")


def upgrade() -> None:
    answers: list[sa.Column[object]] = []
    for answer in ANSWERS:
        answers += [_moment(f"{answer}_at"), _words(f"{answer}_by"), _words(f"{answer}_source")]
    op.create_table(
        "forwards",
        sa.Column("id", sa.String(300), nullable=False),
        sa.Column("ticket", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call", sa.String(200)),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        _words("agency"),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        _moment("asked_at"),
        *(_words(name) for name in ("by", "escalated_from", "text", "stopped_by", "accepted_name")),
        _moment("ended_at"),
        *answers,
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="fk_forwards_ticket"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_forwards_call"),
        sa.PrimaryKeyConstraint("id", name="pk_forwards"),
    )
    for name, columns in (
        ("ticket", ["ticket"]),
        ("call", ["call"]),
        ("agency_status", ["agency", "status"]),
        ("asked_at", ["asked_at"]),
    ):
        op.create_index(f"ix_forwards_{name}", "forwards", columns)


def _words(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True))


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
