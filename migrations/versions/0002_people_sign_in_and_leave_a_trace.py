"""People sign in, sit at positions, and leave a trace.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    audit()
    throttles()
    tokens()
    users()
    sessions()
    sign_ins()


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def words(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names.split()]


def known(names: str) -> list[sa.Column[sa.DateTime]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names.split()]


def moments(names: str) -> list[sa.Column[sa.DateTime]]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names.split()]


def flags(names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names.split()]


def wholes(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names.split()]


def audit() -> None:
    op.create_table(
        "audit",
        number("id"),
        *known("at"),
        *words("by action target"),
        sa.Column("details", sa.JSON(), nullable=False),
        *words("address"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_by_at", "audit", ["by", "at"])
    op.create_index("ix_audit_target", "audit", ["target"])


def throttles() -> None:
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(200), nullable=False),
        *wholes("failures"),
        *known("last_at"),
        *moments("blocked_until"),
        sa.PrimaryKeyConstraint("key", name="pk_throttles"),
    )


def tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        *words("created_by"),
        *known("created_at"),
        *moments("used_at revoked_at"),
        *words("revoked_by"),
        sa.PrimaryKeyConstraint("name", name="pk_tokens"),
        sa.UniqueConstraint("digest", name="uq_tokens_digest"),
    )


def users() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.String(64), nullable=False),
        *words("display"),
        sa.Column("role", sa.String(20), nullable=False),
        *words("password_hash"),
        *flags("disabled"),
        *known("created_at password_at"),
        sa.PrimaryKeyConstraint("name", name="pk_users"),
    )


def sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        *words("csrf"),
        *known("created_at seen_at expires_at"),
        *moments("ended_at"),
        *words("address agent"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["person"], ["users.name"], name="fk_sessions_person"),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])


def sign_ins() -> None:
    op.create_table(
        "sign_ins",
        number("id"),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("position", sa.String(32), nullable=False),
        *known("started_at"),
        *moments("ended_at"),
        *words("ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.ForeignKeyConstraint(["person"], ["users.name"], name="fk_sign_ins_person"),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_sign_ins_session"),
    )
    op.create_index("ix_sign_ins_person", "sign_ins", ["person"])
    op.create_index("ix_sign_ins_position_started_at", "sign_ins", ["position", "started_at"])
    op.create_index("ix_sign_ins_session", "sign_ins", ["session"])
    now = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_sign_ins_position_now", "sign_ins", ["position"], unique=True, sqlite_where=now, postgresql_where=now
    )
