"""Agencies, their lines and categories are data that a city edits; at the first start filled from the settings.

Revision 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        _code("code"),
        *_wholes("place"),
        sa.Column("short", sa.String(6), nullable=False),
        *_words("name_id name_en escalation languages modes contact"),
        *_kept(),
        sa.PrimaryKeyConstraint("code", name="pk_agencies"),
    )
    op.create_table(
        "categories",
        _code("code"),
        *_wholes("place priority limit_min limit_days"),
        *_words("name_id name_en eido report_row"),
        *_kept(),
        sa.PrimaryKeyConstraint("code", name="pk_categories"),
    )
    op.create_table(
        "agency_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        _code("agency"),
        *_wholes("place ring_s step"),
        *_words("number road show hours"),
        sa.ForeignKeyConstraint(["agency"], ["agencies.code"], name="fk_agency_lines_agency"),
        sa.PrimaryKeyConstraint("id", name="pk_agency_lines"),
    )
    op.create_index("ix_agency_lines_agency", "agency_lines", ["agency"])
    op.create_table(
        "category_agencies",
        _code("category"),
        _code("agency"),
        *_wholes("place"),
        sa.ForeignKeyConstraint(["category"], ["categories.code"], name="fk_category_agencies_category"),
        sa.ForeignKeyConstraint(["agency"], ["agencies.code"], name="fk_category_agencies_agency"),
        sa.PrimaryKeyConstraint("category", "agency", name="pk_category_agencies"),
    )
    op.create_index("ix_category_agencies_agency", "category_agencies", ["agency"])
    op.create_table(
        "book_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_book_revision"),
    )


def _code(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(40), nullable=False)


def _words(names: str) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.Text(), nullable=False) for name in names.split()]


def _wholes(names: str) -> "list[sa.Column[int]]":
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names.split()]


def _kept() -> "list[sa.Column[object]]":
    return [
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
    ]


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
