"""What people type has histories of its own, which only grow; the audit seals them.

In:  the database, the moment. Out: every few minutes rows of the audit with the digest of what came since; what does
not fit any more, in words.
Never: a line of a history read as true because it is there: the seal says what it was. Who makes a person unknown
writes both digests of each line into the audit (`data.erase`), so that nobody else can.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.seal import Row
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Database
from callcenter.storage.notes import PAUSE
from callcenter.storage.records import record
from callcenter.storage.tables import note_revisions, notes, ticket_changes
from callcenter.storage.tables_people import audit as trail

SEAL, ERASE, BY = "history.seal", "data.erase", "service"
NOTES = "notes"
SETTLED = max(PAUSE, timedelta(minutes=2))
"""A note that is changed after so long keeps what it said before."""
MOST = 2000
CHECK_S = 3600.0
TAMPERED = "{name}: lines {after} to {to} are not what was sealed on {at}: a line was changed, added or taken out."
NOTE_CHANGED = "A note ({key}, version {version}) is not what was sealed on {at}: it was changed or taken out."

SEALED: Mapping[str, tuple[Column[Any], ...]] = {
    "ticket_changes": tuple(
        ticket_changes.c[name]
        for name in ("id", "ticket", "at", "by", "field", "old", "new", "reason", "refused", "version")
    ),
    "note_revisions": tuple(note_revisions.c[name] for name in ("id", "note", "version", "text", "at", "refused")),
}
"""Columns that a seal covers; one that comes later is not in it."""

Digests = dict[str, dict[str, str]]


def digest(cells: Iterable[Any]) -> str:
    """SHA-256, hexadecimal, of one line; moments count in UTC."""
    said = [
        each.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(each, datetime) else each
        for each in cells
    ]
    return hashlib.sha256(json.dumps(said, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


def together(digests: Sequence[str]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()


async def seal(connection: AsyncConnection, now: datetime) -> bool:
    """Seal what came since the last time. True: there is more, as after an upgrade."""
    sealed = [await _seal_rows(connection, name, now) for name in SEALED]
    await _seal_notes(connection, now)
    return max(sealed) == MOST


async def _seal_rows(connection: AsyncConnection, name: str, now: datetime) -> int:
    """How many lines."""
    last = await _last(connection, name)
    after = int(last["to"]) if last else 0
    rows = await _rows(connection, name, after, limit=MOST)
    if not rows:
        return 0
    told = {"after": after, "to": int(rows[-1][0]), "rows": len(rows), "digest": together([digest(r) for r in rows])}
    await audit(connection, by=BY, action=SEAL, at=now, target=name, details=told)
    return len(rows)


async def _seal_notes(connection: AsyncConnection, now: datetime) -> None:
    """Notes as they are by now; those of before the first seal are not in it."""
    last, until = await _last(connection, NOTES), now - SETTLED
    rows: Sequence[Any] = ()
    if last is not None:
        window = notes.c.changed_at > datetime.fromisoformat(last["until"]), notes.c.changed_at <= until
        found = select(notes.c.key, notes.c.version, notes.c.text).where(*window).order_by(notes.c.key)
        rows = (await connection.execute(found)).all()
        if not rows:
            return
    told = {"until": until.isoformat(), "notes": {row.key: f"{row.version} {digest(row)}" for row in rows}}
    await audit(connection, by=BY, action=SEAL, at=now, target=NOTES, details=told)


async def _last(connection: AsyncConnection, name: str) -> dict[str, Any] | None:
    wanted = trail.c.target == name, trail.c.action == SEAL
    found = select(trail.c.details).where(*wanted).order_by(trail.c.id.desc()).limit(1)
    return (await connection.execute(found)).scalar_one_or_none()


async def _rows(
    connection: AsyncConnection, name: str, after: int, *, to: int | None = None, limit: int | None = None
) -> list[Sequence[Any]]:
    id_ = SEALED[name][0]
    query = select(*SEALED[name]).where(id_ > after).order_by(id_)
    query = query.where(id_ <= to) if to is not None else query.limit(limit)
    return [tuple(row) for row in await connection.execute(query)]


async def digests(connection: AsyncConnection, tickets: Iterable[int], keys: Iterable[str]) -> Digests:
    """Of all lines about these tickets and notes, as they are now."""
    mine, theirs = list(tickets), list(keys)
    about = {"ticket_changes": ticket_changes.c.ticket.in_(mine), "note_revisions": note_revisions.c.note.in_(theirs)}
    found: Digests = {NOTES: {}}
    for name, where in about.items():
        rows = await connection.execute(select(*SEALED[name]).where(where))
        found[name] = {str(row[0]): digest(row) for row in rows}
    said = note_revisions.c.note, note_revisions.c.version, note_revisions.c.text
    kept = select(*said).where(note_revisions.c.note.in_(theirs), note_revisions.c.refused.is_(False))
    newest = select(notes.c.key, notes.c.version, notes.c.text).where(notes.c.key.in_(theirs))
    for query in (kept, newest):
        found[NOTES] |= {f"{row[0]} {row[1]}": digest(row) for row in await connection.execute(query)}
    return found


def rewritten(before: Digests, after: Digests) -> dict[str, dict[str, list[str]]]:
    """What stands in the audit of lines that were made unknown: each with both digests."""
    return {
        name: {id_: [old, after[name].get(id_, "")] for id_, old in lines.items() if after[name].get(id_) != old}
        for name, lines in before.items()
    }


class _Undone:
    """Lines as they were when a seal was made: what was made unknown after it is taken back, digest by digest."""

    def __init__(self, erasures: list[Row], sealed: int) -> None:
        self._later = [row.details["rewritten"] for row in reversed(erasures) if row.id > sealed]

    def __call__(self, name: str, id_: str, now: str) -> str:
        for lines in self._later:
            before, after = lines.get(name, {}).get(id_, (now, now))
            now = before if after == now else ""
        return now


async def check(database: Database) -> list[str]:
    """What is not as it was sealed, in words."""
    async with database.read(deadline=CHECK_S) as connection:
        return [wrong async for wrong in findings(connection)]


async def findings(connection: AsyncConnection) -> AsyncIterator[str]:
    """The same, inside a connection."""
    query = select(trail).where(trail.c.action.in_([SEAL, ERASE])).order_by(trail.c.id)
    known = [record(Row, row) for row in await connection.execute(query)]
    erasures = [row for row in known if row.action == ERASE and "rewritten" in row.details]
    for row in known:
        if row.action == SEAL:
            undone, told = _Undone(erasures, row.id), row.details
            look = _notes(connection, told, undone) if row.target == NOTES else _lines(connection, row, undone)
            async for wrong in look:
                yield wrong.replace("{at}", f"{row.at:%Y-%m-%d %H:%M:%S}")


async def _lines(connection: AsyncConnection, row: Row, undone: _Undone) -> AsyncIterator[str]:
    name, told = row.target, row.details
    rows = await _rows(connection, name, int(told["after"]), to=int(told["to"]))
    now = [undone(name, str(each[0]), digest(each)) for each in rows]
    if len(now) != told["rows"] or together(now) != told["digest"]:
        yield TAMPERED.format(name=name, after=int(told["after"]) + 1, to=told["to"], at="{at}")


async def _notes(connection: AsyncConnection, told: Mapping[str, Any], undone: _Undone) -> AsyncIterator[str]:
    wanted = {(key, int(text.split()[0])): text.split()[1] for key, text in told["notes"].items()}
    said, now = (note_revisions.c.note, note_revisions.c.version), (notes.c.key, notes.c.version)
    kept = select(*said, note_revisions.c.text).where(tuple_(*said).in_(wanted), note_revisions.c.refused.is_(False))
    newest = select(*now, notes.c.text).where(tuple_(*now).in_(wanted))
    found: dict[tuple[str, int], str] = {}
    for query in (kept, newest) if wanted else ():
        found |= {(row[0], row[1]): digest(row) for row in await connection.execute(query)}
    for (key, version), sealed in wanted.items():
        if undone(NOTES, f"{key} {version}", found.get((key, version), "")) != sealed:
            yield NOTE_CHANGED.format(key=key, version=version, at="{at}")
