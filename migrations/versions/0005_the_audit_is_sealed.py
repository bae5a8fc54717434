"""Each row of the audit carries the digest of the one before; the rows of before are sealed as they stand.

Revision 0005.
"""

import sqlalchemy as sa
from alembic import op

from callcenter.core.seal import FIRST, digest

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("audit") as audit:
        audit.add_column(sa.Column("previous", sa.String(64), nullable=True))
        audit.add_column(sa.Column("digest", sa.String(64), nullable=True))
    op.create_table(
        "audit_head",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    seal()
    with op.batch_alter_table("audit") as audit:
        audit.alter_column("previous", nullable=False, existing_type=sa.String(64))
        audit.alter_column("digest", nullable=False, existing_type=sa.String(64))
        audit.create_unique_constraint("uq_audit_previous", ["previous"])
        audit.create_unique_constraint("uq_audit_digest", ["digest"])


def seal() -> None:
    """Oldest first, a thousand at a time."""
    from callcenter.storage.columns import Utc

    columns = [sa.column(name) for name in ("id", "by", "action", "target", "address", "previous", "digest")]
    audit = sa.table("audit", *columns, sa.column("at", Utc()), sa.column("details", sa.JSON()))
    there = op.get_bind()
    previous, count, last = FIRST, 0, 0
    while rows := there.execute(sa.select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(1000)).all():
        for row in rows:
            said = {"by": row.by, "action": row.action, "target": row.target, "address": row.address}
            new = digest(previous, at=row.at, details=row.details, **said)
            there.execute(sa.update(audit).where(audit.c.id == row.id).values(previous=previous, digest=new))
            previous, last, count = new, row.id, count + 1
    if count:
        head = sa.table("audit_head", sa.column("id"), sa.column("size"), sa.column("digest"))
        there.execute(sa.insert(head).values(id=1, size=count, digest=previous))


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
