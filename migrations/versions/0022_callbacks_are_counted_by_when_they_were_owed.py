"""Callbacks are counted by when they were owed, days of figures are taken away by the day, and an agency is
looked for at a call.

Revision 0022.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_callbacks_owed_since", "callbacks", ["owed_since"])
    op.create_index("ix_figure_cells_day", "figure_cells", ["day"])
    op.create_index("ix_attempts_call_agency", "attempts", ["call", "agency"])


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
