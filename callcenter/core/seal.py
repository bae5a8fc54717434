"""The audit's seal: each row carries the digest of the one before, so that no row can be changed, added between, or
taken out unseen. Pure.

In:  what a row says, the digest of the row before. Out: its digest; what does not fit, in words.
Never: trust in the row's own word. What is cut off at the end shows in the heads that are kept elsewhere, and who
changes all that this machine has is found by a seal that was carried away from it (`written`, `read_seal`).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from callcenter.core.errors import BadInput

FIRST = "0" * 64
"""What the first row names as the digest before it."""

CHANGED = "Row {id} ({action}, {at}) is not what was written: its contents or its digest were changed."
BROKEN = "Before row {id} ({action}, {at}) something is missing or was put in between: it follows another row."
CUT = "The audit ends too early: on {at} it had {count} rows, the newest of them is not there any more."
MOVED = "On {at} the audit had {count} rows up to the one that is number {now} of it: rows were added or taken out."
FORGED = (
    "The seal of {count} rows that was kept elsewhere does not fit: its newest row is not there any more as it was."
)
SHIFTED = (
    "The seal kept elsewhere counts {count} rows up to the one that is number {now} here: rows were added or taken out."
)
HEAD_OFF = "The audit has {rows} rows, but its own count beside them says {count}: rows or the count were changed."
NO_SEAL = "{text} is no seal. It is the line that ./run audit seal printed: a number, and 64 digits and letters a to f."
GROUP = 8


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

    at: datetime | None  # None: it came from paper, or from a backup
    count: int
    digest: str


def written(head: Head) -> str:
    """A head as one word that can be copied by hand: 20-9f86d081-884c7d65-..."""
    return "-".join([str(head.count), *(head.digest[at : at + GROUP] for at in range(0, len(head.digest), GROUP))])


def read_seal(text: str) -> Head:
    """What `written` made, also with blanks in it. BadInput."""
    count, _, rest = "".join(text.split()).lower().partition("-")
    found = rest.replace("-", "")
    if not (re.fullmatch("[0-9]{1,18}", count) and re.fullmatch("[0-9a-f]{64}", found)):
        raise BadInput(NO_SEAL, text=text[:100] or '""')
    return Head(None, int(count), found)


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
        self._missing: dict[str, list[Head]] = {}
        for head in heads:
            self._missing.setdefault(head.digest, []).append(head)
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
        for head in self._missing.pop(row.digest, ()):
            if head.count != self.count:
                yield _said(MOVED, SHIFTED, head, now=self.count)

    def end(self) -> Iterator[str]:
        """After the last row: what was cut off."""
        for head in sorted((each for same in self._missing.values() for each in same), key=lambda head: head.count):
            yield _said(CUT, FORGED, head)

    def beside(self, before: int, after: int) -> Iterator[str]:
        """The rows against the count that stands beside them, read before and after them: it grows meanwhile."""
        if not before <= self.count <= after:
            yield HEAD_OFF.format(rows=self.count, count=after)


def _said(own: str, elsewhere: str, head: Head, **more: int) -> str:
    if head.at is None:
        return elsewhere.format(count=head.count, **more)
    return own.format(at=f"{head.at:%Y-%m-%d %H:%M:%S}", count=head.count, **more)
