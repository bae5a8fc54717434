"""The schema says which is the oldest program that may use it, so that a version can be taken back with calls up.

A migration that only adds (a table; a column that may be empty or has a default in the database; an index) leaves the
row alone. Any other one writes its own revision there.

Revision 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "schema_readers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schema_readers")),
    )
    op.bulk_insert(table, [{"id": 1, "revision": revision}])


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
