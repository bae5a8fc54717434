"""Calls are drawn by lot, scored on the city's sheet, and talked over.

Revision 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _id(name: str, **more: object) -> "sa.Column[int]":
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, **{"nullable": False, **more})  # type: ignore[arg-type]


def _must(name: str, kind: object) -> "sa.Column[object]":
    return sa.Column(name, kind, nullable=False)  # type: ignore[call-overload,no-any-return]


def upgrade() -> None:
    op.create_table(
        "quality_draws",
        _must("month", sa.Date()),
        _must("seed", sa.String(64)),
        _must("population", sa.Text()),
        _must("sha256", sa.String(64)),
        _must("size", sa.Integer()),
        _must("nobody", sa.Integer()),
        _must("drawn_by", sa.Text()),
        _must("drawn_at", MOMENT),
        sa.PrimaryKeyConstraint("month", name="pk_quality_draws"),
    )
    op.create_table(
        "quality_drawn",
        _must("month", sa.Date()),
        _must("call", sa.String(200)),
        _must("person", sa.Text()),
        _must("why", sa.String(10)),
        _must("place", sa.Integer()),
        sa.ForeignKeyConstraint(["month"], ["quality_draws.month"], name="fk_quality_drawn_month"),
        sa.PrimaryKeyConstraint("month", "call", name="pk_quality_drawn"),
    )
    op.create_index("ix_quality_drawn_call", "quality_drawn", ["call"])
    op.create_table(
        "score_forms",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        _must("questions", sa.JSON()),
        _must("changed_by", sa.Text()),
        _must("changed_at", MOMENT),
        sa.PrimaryKeyConstraint("version", name="pk_score_forms"),
    )
    _reviews()
    op.create_table(
        "coaching_notes",
        _id("id", autoincrement=True),
        _must("person", sa.String(64)),
        _must("at", MOMENT),
        _must("by", sa.Text()),
        _must("text", sa.Text()),
        _id("review", nullable=True),
        sa.Column("seen_at", MOMENT),
        sa.ForeignKeyConstraint(["person"], ["users.name"], name="fk_coaching_notes_person"),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], name="fk_coaching_notes_review"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_notes"),
    )
    op.create_index("ix_coaching_notes_person", "coaching_notes", ["person"])


def _reviews() -> None:
    op.create_table(
        "reviews",
        _id("id", autoincrement=True),
        _must("call", sa.String(200)),
        _must("call_at", MOMENT),
        _must("person", sa.String(64)),
        _must("reviewer", sa.String(64)),
        _must("month", sa.Date()),
        _must("form", sa.Integer()),
        _must("version", sa.Integer()),
        _must("state", sa.String(10)),
        _must("answers", sa.JSON()),
        _must("remark", sa.Text()),
        _must("earned", sa.Integer()),
        _must("possible", sa.Integer()),
        _must("failed", sa.Integer()),
        _must("calibration", sa.Boolean()),
        _must("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        _must("revision", sa.Integer()),
        sa.Column("read_at", MOMENT),
        _must("reply", sa.Text()),
        sa.ForeignKeyConstraint(["reviewer"], ["users.name"], name="fk_reviews_reviewer"),
        sa.ForeignKeyConstraint(["form"], ["score_forms.version"], name="fk_reviews_form"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.UniqueConstraint("call", "reviewer", name="uq_reviews_call_reviewer"),
    )
    op.create_index("ix_reviews_month_person", "reviews", ["month", "person"])
    op.create_index("ix_reviews_person_state", "reviews", ["person", "state"])


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
