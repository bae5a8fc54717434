"""A published report carries the audit's seal of that moment.

Revision 0033.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("seal", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
