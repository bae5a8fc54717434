"""Calls that we make are kept beside the arrivals, on the ticket of the call that they are about.

Revision 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("kind", sa.String(20), nullable=False, server_default="ARRIVAL"))
    for name in ("about", "by", "result"):
        op.add_column("calls", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in ("dialled_at", "ringing_at"):
        op.add_column("calls", sa.Column(name, sa.DateTime(timezone=True)))
    op.create_index("ix_calls_about", "calls", ["about"])


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
