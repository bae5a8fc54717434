"""Callbacks are counted by when they were owed, and days of figures are taken away by the day.

Revision 0019.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_callbacks_owed_since", "callbacks", ["owed_since"])
    op.create_index("ix_figure_cells_day", "figure_cells", ["day"])


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
