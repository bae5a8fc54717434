"""The audit's seal: each row carries the digest of the one before, so that no row can be changed, added between, or
taken out unseen. Pure.

In:  what a row says, the digest of the row before. Out: its digest; what does not fit, in words.
Never: trust in the row's own word. What is cut off at the end shows in the heads that are kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64
"""What the first row names as the digest before it."""

CHANGED = "Row {id} ({action}, {at}) is not what was written: its contents or its digest were changed."
BROKEN = "Before row {id} ({action}, {at}) something is missing or was put in between: it follows another row."
CUT = "The audit ends too early: on {at} it had {count} rows, the newest of them is not there any more."


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the audit as it is stored."""

    id: int
    at: datetime
    by: str
    action: str
    target: str
    details: Mapping[str, Any]
    address: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Head:
    """What the newest row was at a moment, kept outside of the table."""

    at: datetime
    count: int
    digest: str


def digest(
    previous: str, *, at: datetime, by: str, action: str, target: str, details: Mapping[str, Any], address: str
) -> str:
    """SHA-256, hexadecimal, over the row's contents and the digest before it. The moment counts in UTC."""
    said = [previous, at.astimezone(UTC).isoformat(timespec="microseconds"), by, action, target, details, address]
    plain = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()


class Seal:
    """Fed with the rows, oldest first; says what does not fit."""

    def __init__(self, heads: Iterable[Head]) -> None:
        """`heads`: what was written down outside; each must be met."""
        self._missing = {head.digest: head for head in heads}
        self._before = FIRST
        self.count = 0

    def next(self, row: Row) -> Iterator[str]:
        """What is wrong with this row; nothing when it is as it was written."""
        names = {"id": row.id, "action": row.action, "at": f"{row.at:%Y-%m-%d %H:%M:%S}"}
        if row.previous != self._before:
            yield BROKEN.format(**names)
        said = {"by": row.by, "action": row.action, "target": row.target, "address": row.address}
        if digest(row.previous, at=row.at, details=row.details, **said) != row.digest:
            yield CHANGED.format(**names)
        self._before, self.count = row.digest, self.count + 1
        self._missing.pop(row.digest, None)

    def end(self) -> Iterator[str]:
        """After the last row: what was cut off."""
        for head in sorted(self._missing.values(), key=lambda head: head.at):
            yield CUT.format(at=f"{head.at:%Y-%m-%d %H:%M:%S}", count=head.count)
