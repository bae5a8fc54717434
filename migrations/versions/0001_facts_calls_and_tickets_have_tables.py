"""Facts, calls and tickets have tables.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    calls()
    counters()
    facts()
    probe()
    quarantine()
    tickets()
    attempts()
    notes()
    ticket_calls()
    ticket_changes()
    note_revisions()


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def ref(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def words(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names.split()]


def maybe(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text()) for name in names.split()]


def known(names: str) -> list[sa.Column[sa.DateTime]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names.split()]


def moments(names: str) -> list[sa.Column[sa.DateTime]]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names.split()]


def flags(names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names.split()]


def wholes(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names.split()]


def reals(names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float()) for name in names.split()]


def calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        *maybe("number"),
        sa.Column("e164", sa.String(32)),
        *words("shown origin digits_backwards"),
        *flags("callable"),
        *maybe("name"),
        *words("dialled number_source location recording"),
        *moments("recording_since"),
        *words("trunk sip_call_id"),
        *flags("test"),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        *flags("done"),
        *known("arrived_at"),
        *moments("queued_at rang_at answered_at forwarded_at agency_answered_at accepted_at ended_at"),
        *words("answered_by person position"),
        *reals("waited_s"),
        *wholes("rung cause"),
        *flags("disconnected_early end_seen"),
        *known("heard_at"),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_arrived_at_id", "calls", ["arrived_at", "id"])
    op.create_index("ix_calls_digits_backwards", "calls", ["digits_backwards"])
    op.create_index("ix_calls_done", "calls", ["done"])
    op.create_index("ix_calls_e164_arrived_at", "calls", ["e164", "arrived_at"])
    op.create_index("ix_calls_person_arrived_at", "calls", ["person", "arrived_at"])


def counters() -> None:
    op.create_table(
        "counters",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("test", sa.Integer(), nullable=False),
        *wholes("last"),
        sa.PrimaryKeyConstraint("day", "test", name="pk_counters"),
    )


def facts() -> None:
    op.create_table(
        "facts",
        number("id"),
        sa.Column("digest", sa.String(64), nullable=False),
        *words("kind"),
        sa.Column("call", sa.String(200)),
        *moments("at"),
        *known("heard_at"),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
        sa.UniqueConstraint("digest", name="uq_facts_digest"),
    )
    op.create_index("ix_facts_call_id", "facts", ["call", "id"])


def probe() -> None:
    op.create_table(
        "probe",
        number("id"),
        *known("at"),
        sa.PrimaryKeyConstraint("id", name="pk_probe"),
    )


def quarantine() -> None:
    op.create_table(
        "quarantine",
        number("id"),
        *known("at"),
        *words("kind call why body"),
        sa.Column("digest", sa.String(64), nullable=False),
        *moments("released_at"),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sa.UniqueConstraint("digest", name="uq_quarantine_digest"),
    )


def tickets() -> None:
    op.create_table(
        "tickets",
        number("id"),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *wholes("serial"),
        *flags("test"),
        *known("created_at"),
        *wholes("version"),
        *words("call_class"),
        *moments("classed_at"),
        *words("classed_by category"),
        sa.Column("priority", sa.Integer()),
        sa.Column("status", sa.String(20), nullable=False),
        *words("disposition place landmark kelurahan kecamatan"),
        *reals("latitude longitude radius_m"),
        *words("location_source"),
        *moments("location_verified_at"),
        *words("location_verified_by caller_name relation"),
        sa.Column("victims", sa.Integer()),
        *words("hazards summary taken_by"),
        *moments("taken_at wrapped_up_at"),
        *words("wrapped_up_by"),
        *moments("en_route_at on_scene_at handled_at closed_at"),
        *words("closed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("number", name="uq_tickets_number"),
    )
    op.create_index("ix_tickets_day_serial", "tickets", ["day", "serial"])
    op.create_index("ix_tickets_status", "tickets", ["status"])
    op.create_index("ix_tickets_taken_by_status", "tickets", ["taken_by", "status"])


def attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("leg", sa.String(300), nullable=False),
        sa.Column("call", sa.String(200), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        *words("agency"),
        *wholes("line turn"),
        *words("number by"),
        sa.Column("result", sa.String(20), nullable=False),
        *moments("dialled_at ringing_at answered_at accepted_at"),
        *words("accepted_by"),
        *moments("ended_at"),
        *wholes("cause"),
        *words("accepted_name named_by"),
        *moments("named_at"),
        sa.PrimaryKeyConstraint("leg", name="pk_attempts"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_attempts_call"),
    )
    op.create_index("ix_attempts_agency", "attempts", ["agency"])
    op.create_index("ix_attempts_call", "attempts", ["call"])


def notes() -> None:
    op.create_table(
        "notes",
        sa.Column("key", sa.String(200), nullable=False),
        ref("ticket"),
        *words("author text"),
        *wholes("version"),
        *known("created_at changed_at"),
        sa.PrimaryKeyConstraint("key", name="pk_notes"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="fk_notes_ticket"),
    )
    op.create_index("ix_notes_ticket", "notes", ["ticket"])


def ticket_calls() -> None:
    op.create_table(
        "ticket_calls",
        sa.Column("call", sa.String(200), nullable=False),
        ref("ticket"),
        *known("linked_at"),
        *words("linked_by"),
        sa.PrimaryKeyConstraint("call", name="pk_ticket_calls"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_ticket_calls_call"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="fk_ticket_calls_ticket"),
    )
    op.create_index("ix_ticket_calls_ticket", "ticket_calls", ["ticket"])


def ticket_changes() -> None:
    op.create_table(
        "ticket_changes",
        number("id"),
        ref("ticket"),
        *known("at"),
        *words("by field old new reason"),
        *flags("refused"),
        *wholes("version"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_changes"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="fk_ticket_changes_ticket"),
    )
    op.create_index("ix_ticket_changes_ticket_id", "ticket_changes", ["ticket", "id"])


def note_revisions() -> None:
    op.create_table(
        "note_revisions",
        number("id"),
        sa.Column("note", sa.String(200), nullable=False),
        *wholes("version"),
        *words("text"),
        *known("at"),
        *flags("refused"),
        sa.PrimaryKeyConstraint("id", name="pk_note_revisions"),
        sa.ForeignKeyConstraint(["note"], ["notes.key"], name="fk_note_revisions_note"),
    )
    op.create_index("ix_note_revisions_note", "note_revisions", ["note"])
