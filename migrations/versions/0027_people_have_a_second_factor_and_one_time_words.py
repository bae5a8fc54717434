"""People have a second factor and recovery codes, one-time words, and sessions that somebody can end.

Revision 0027.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("users", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("second_secret", sa.Text(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("second_at", sa.DateTime(timezone=True)))
    op.add_column("users", sa.Column("second_step", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("ended_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("half", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("sessions", sa.Column("wanted", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "recovery_codes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
        sa.ForeignKeyConstraint(["person"], ["users.name"], name="fk_recovery_codes_person"),
    )
    op.create_index("ix_recovery_codes_person", "recovery_codes", ["person"])


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
