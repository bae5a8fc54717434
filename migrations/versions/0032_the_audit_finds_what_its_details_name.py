"""The audit's rows are found by the calls and tickets that their details name.

Revision 0032.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMED = re.compile(r"\d{6}-(?:\d{4,6}|T\d{3,6})|[A-Za-z][A-Za-z0-9_]{0,40}-\d{1,12}\.\d{1,12}")
AT_ONCE = 1000


def upgrade() -> None:
    named = op.create_table(
        "audit_named",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("audit", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", "audit", name=op.f("pk_audit_named")),
    )
    assert named is not None
    last = 0
    while rows := _after(last):
        found = [{"name": name, "audit": id_} for id_, target, text in rows for name in _named(text, target)]
        if found:
            op.bulk_insert(named, found)
        last = rows[-1][0]


def _after(last: int) -> list[tuple[int, str, str]]:
    """Rows whose details may name something; looked for by the database."""
    wanted = "SELECT id, target, CAST(details AS TEXT) FROM audit WHERE id > :last AND CAST(details AS TEXT) LIKE '%-%'"
    rows = op.get_bind().execute(sa.text(f"{wanted} ORDER BY id LIMIT {AT_ONCE}"), {"last": last})
    return [(row[0], row[1], row[2]) for row in rows]


def _named(text: str, target: str) -> list[str]:
    return sorted(set(_names_in(json.loads(text))) - {target})


def _names_in(details: Any) -> Iterator[str]:
    if isinstance(details, str) and NAMED.fullmatch(details):
        yield details
    for each in details.values() if isinstance(details, dict) else details if isinstance(details, list) else ():
        yield from _names_in(each)


def downgrade() -> None:
    raise NotImplementedError("A schema is never taken back: restore the backup made before the upgrade.")
