"""Months of score sheets are summed once, and again when a sheet or the draw of one changed; whose draft is found.

Revision 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_review_months")),
    )
    op.create_table(
        "review_marks",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_review_marks")),
    )
    op.create_index("ix_reviews_reviewer_state", "reviews", ["reviewer", "state"])


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
