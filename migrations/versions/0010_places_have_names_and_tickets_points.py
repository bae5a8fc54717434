"""The city's places by name, and every point that was told for a ticket.

Revision 0010. Points of older tickets are taken over as they stand.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kelurahan", "kecamatan", "also")),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_places"),
    )
    op.create_table(
        "ticket_points",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("radius_m", sa.Float()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="fk_ticket_points_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_points"),
    )
    op.create_index("ix_ticket_points_ticket", "ticket_points", ["ticket"])
    op.execute(
        'INSERT INTO ticket_points (ticket, at, "by", latitude, longitude, radius_m, source) '
        "SELECT id, created_at, '', latitude, longitude, radius_m, location_source FROM tickets "
        "WHERE latitude IS NOT NULL AND longitude IS NOT NULL"
    )


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
