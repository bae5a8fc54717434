"""An overflow line that takes a caller has its own time, which is no answer of ours.

Revision 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("overflowed_at", sa.DateTime(timezone=True)))
    op.add_column("calls", sa.Column("overflowed_to", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
