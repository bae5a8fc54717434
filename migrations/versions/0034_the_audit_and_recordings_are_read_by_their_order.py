"""The audit is read in the order of time by every filter; what is due of recordings is found without reading all.

Revision 0034.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BEGINNING = {"target": "text_pattern_ops"}


def upgrade() -> None:
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_action_at", "audit", ["action", "at"])
    op.create_index("ix_audit_by_action_at", "audit", ["by", "action", "at"])
    op.drop_index("ix_audit_target", "audit")
    op.create_index("ix_audit_target", "audit", ["target"], postgresql_ops=BEGINNING)
    op.create_index("ix_audit_named_name", "audit_named", ["name"], postgresql_ops={"name": "text_pattern_ops"})
    _those_of("sealed_at_unpacked", "sealed_at", "packed_at IS NULL AND deleted_at IS NULL")
    _those_of("sealed_at_there", "sealed_at", "deleted_at IS NULL")
    _those_of("packed_at", "packed_at", "packed_at IS NOT NULL")
    _those_of("deleted_at", "deleted_at", "deleted_at IS NOT NULL")


def _those_of(name: str, column: str, which: str) -> None:
    """Only of rows that are so: a whole index begins with all that are not."""
    where = sa.text(which)
    op.create_index(f"ix_recordings_{name}", "recordings", [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
