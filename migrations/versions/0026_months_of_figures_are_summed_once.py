"""Months of figures are summed once, and again when one of their days was counted anew.

Revision 0026.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure_months",
        sa.Column("dimension", sa.String(20), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("dimension", "month", "key", name=op.f("pk_figure_months")),
    )
    op.create_index("ix_figure_months_month", "figure_months", ["month"])
    op.create_table(
        "figure_month_marks",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_figure_month_marks")),
    )


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
