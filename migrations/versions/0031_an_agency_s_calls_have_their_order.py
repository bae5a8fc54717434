"""An agency's calls stand in the order of their arrival, so that they are walked and not looked for among all.

The rows are made by `storage/derived.py` when it finds its triggers missing.

Revision 0031.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_agencies",
        sa.Column("call", sa.String(200), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("call", "agency", name=op.f("pk_call_agencies")),
    )
    op.create_index("ix_call_agencies_agency_arrived_at_call", "call_agencies", ["agency", "arrived_at", "call"])


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
