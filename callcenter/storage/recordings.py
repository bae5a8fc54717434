"""The rows of recordings: what each is, what was said of it, whether and why it is gone.

In:  a call that is over and what was found of its sound; who deletes, and why. Out: records; files taken away.
Never: a file deleted whose ticket is under hold, before its row says so, or without a line in the audit; a row deleted.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Call
from callcenter.core.codec import from_plain
from callcenter.core.coverage import Judged, Verdict
from callcenter.core.errors import NotFound
from callcenter.core.recorded import Part, Piece, Span
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.holds import held_calls
from callcenter.storage.recording_files import KEPT_AS, by_call, call_in, days_before, remove
from callcenter.storage.records import record
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables import calls, ticket_calls, tickets
from callcenter.storage.tables_recordings import recordings

AT_ONCE = 50
SEALED_WITHIN = timedelta(days=31)
"""No call is judged and sealed later than this after it came."""
NO_RECORDING = "There is no such recording."


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording of a call that is over."""

    id: int
    call: str
    part: str
    leg: str
    position: str
    path: str
    bytes: int
    sha256: str
    originals: Mapping[str, Mapping[str, Any]]
    began_at: datetime | None
    seconds: float
    sides: int
    verdict: str
    missing_s: float
    gaps: Sequence[Sequence[str]]
    silent_side: str
    sealed_at: datetime
    packed_at: datetime | None
    deleted_at: datetime | None
    deleted_by: str
    deleted_why: str

    @property
    def spans(self) -> tuple[Span, ...]:
        """When nothing was recorded."""
        return tuple(Span(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in self.gaps)


@dataclass(frozen=True, slots=True)
class Erased:
    """What a deletion did. `held`: calls whose recordings stay, since their ticket is under hold."""

    calls: tuple[str, ...] = ()
    files: int = 0
    held: tuple[str, ...] = ()


class Recordings:
    """`folder`: where the files are."""

    def __init__(self, database: Database, folder: Path, *, clock: Clock) -> None:
        self._database, self._folder, self._clock = database, folder, clock

    async def of(self, call_ids: Iterable[str]) -> dict[str, list[Recording]]:
        """Call -> its recordings, its own first; calls without any row are left out."""
        found: dict[str, list[Recording]] = {}
        query = select(recordings).where(recordings.c.call.in_(list(call_ids))).order_by(recordings.c.id)
        async with self._database.read() as connection:
            for row in await connection.execute(query):
                found.setdefault(row.call, []).append(record(Recording, row))
        return {call: sorted(rows, key=lambda row: row.part != "MAIN") for call, rows in found.items()}

    async def one(self, call: str, part: str, leg: str) -> Recording:
        """NotFound."""
        rows = (await self.of([call])).get(call, [])
        found = next((row for row in rows if (row.part, row.leg) == (part, leg)), None)
        if found is None:
            raise NotFound(NO_RECORDING)
        return found

    async def unsealed(self, since: datetime) -> list[Call]:
        """Calls since then that are over and spoke, and have no row yet; the oldest first."""
        done = calls.c.done.is_not(False)  # so written, no index of it is walked: it holds every call of all years
        spoke = or_(calls.c.answered_at.is_not(None), calls.c.overflowed_at.is_not(None))
        main = recordings.c.part == Part.MAIN.value  # the last that is written of a call
        known = exists().where(recordings.c.call == calls.c.id, main).correlate(calls)
        query = (
            select(calls.c.state)
            .where(calls.c.arrived_at >= since, done, calls.c.test.is_(False), spoke, ~known)
            .order_by(calls.c.arrived_at)
            .limit(AT_ONCE)
        )
        async with self._database.read() as connection:
            return [from_plain(Call, state) for state in (await connection.execute(query)).scalars()]

    async def seal(
        self,
        call: str,
        piece: Piece,
        judged: Judged,
        *,
        path: str = "",
        originals: Mapping[str, tuple[int, str]] | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Write down what this recording is; the first word stays."""
        found = {name: {"bytes": size, "sha256": digest} for name, (size, digest) in (originals or {}).items()}
        whole = found.get(Path(path).name, {"bytes": 0, "sha256": ""})
        gaps = [[span.since.isoformat(), span.until.isoformat()] for span in judged.gaps]
        values = {
            "call": call, "part": piece.part.value, "leg": piece.leg, "position": piece.position, "path": path,
            "bytes": whole["bytes"], "sha256": whole["sha256"], "originals": found, "began_at": judged.began,
            "seconds": seconds, "sides": 1, "verdict": judged.verdict.value, "missing_s": judged.missing_s,
            "gaps": gaps, "silent_side": judged.silent_side, "sealed_at": self._clock(),
        }  # fmt: skip

        async def unit(connection: AsyncConnection) -> None:
            row = insert(connection, recordings).values(**values)
            await connection.execute(row.on_conflict_do_nothing(index_elements=["call", "part", "leg"]))

        await self._database.write(unit)

    async def unpacked(self, before: datetime, *, but: Iterable[int] = ()) -> list[Recording]:
        """Sealed before then, kept as Asterisk wrote it, the oldest first; those left out that are named."""
        query = select(recordings).where(
            recordings.c.packed_at.is_(None), recordings.c.deleted_at.is_(None), recordings.c.path != "",
            recordings.c.seconds > 0, recordings.c.sealed_at <= before, recordings.c.id.not_in(list(but)),
        ).order_by(recordings.c.sealed_at, recordings.c.id).limit(AT_ONCE)  # fmt: skip
        return await self._records(query)

    async def packed(self, id_: int, path: str, size: int, digest: str, sides: int) -> None:
        """It is kept in this file now."""
        values = {"path": path, "bytes": size, "sha256": digest, "sides": sides, "packed_at": self._clock()}
        await self._database.write(
            lambda connection: connection.execute(update(recordings).where(recordings.c.id == id_).values(**values))
        )

    async def newest(self) -> datetime | None:
        """When the last one was written down."""
        async with self._database.read() as connection:
            moment: datetime | None = (await connection.execute(select(func.max(recordings.c.sealed_at)))).scalar()
            return moment

    async def all(self, *, after: int = 0, limit: int = 1000) -> list[Recording]:
        """Every row with a file, in their order."""
        query = select(recordings).where(recordings.c.id > after).order_by(recordings.c.id).limit(limit)
        return await self._records(query)

    async def older(self, before: datetime) -> list[str]:
        """Calls that arrived before then and still have a file; those under hold left out. Looked for among the files
        that are there and old enough to be of such a call: rows of what is gone are kept for ever."""
        query = (
            select(recordings.c.call)
            .join_from(recordings, calls, calls.c.id == recordings.c.call)
            .where(recordings.c.sealed_at < before + SEALED_WITHIN, calls.c.arrived_at < before)
            .where(recordings.c.deleted_at.is_(None), recordings.c.path != "")
            .where(recordings.c.call.not_in(held_calls()))
            .order_by(recordings.c.sealed_at)
            .limit(AT_ONCE)
        )
        async with self._database.read() as connection:
            return list(dict.fromkeys((await connection.execute(query)).scalars()))

    async def erase(self, call_ids: Iterable[str], *, by: str, why: str, address: str = "") -> Erased:
        """Take these calls' recordings away, for ever: the row and the audit first, then the files. What is under hold
        stays and is named. Calls whose sound was never sealed are left to their time."""
        wanted = list(dict.fromkeys(call_ids))
        at, why = self._clock(), clean(why)[:500]

        async def unit(connection: AsyncConnection) -> tuple[list[Recording], set[str]]:
            held = await _held(connection, wanted)
            free = _there(recordings.c.call.in_([call for call in wanted if call not in held]))
            gone = [record(Recording, row) for row in await connection.execute(select(recordings).where(free))]
            ids = [row.id for row in gone]
            said = {"deleted_at": at, "deleted_by": clean(by)[:200], "deleted_why": why}
            await connection.execute(update(recordings).where(recordings.c.id.in_(ids)).values(**said))
            for row in gone:
                told = {"why": why, "part": row.part, "sha256": row.sha256}
                await audit(
                    connection, by=by, action="recording.delete", at=at, target=row.call, details=told, address=address
                )
            return gone, held

        gone, held = await self._database.write(unit)
        for row in gone:
            remove(self._folder, row)
        names = tuple(dict.fromkeys(row.call for row in gone))
        return Erased(names, len(gone), tuple(call for call in wanted if call in held))

    async def erase_unknown(self, before: datetime, *, by: str, why: str) -> int:
        """Files of days before then that no row knows (from before there were rows; a phone's own calls), but those of
        calls under hold. How many."""
        gone = 0
        for day in await asyncio.to_thread(days_before, self._folder, before):
            for stem, files in (await asyncio.to_thread(by_call, day)).items():
                if not await self._unknown(f"{day.relative_to(self._folder)}/{stem}", files, by, why):
                    continue
                for file in files:
                    file.unlink(missing_ok=True)
                gone += len(files)
        return gone

    async def _unknown(self, place: str, files: Sequence[Path], by: str, why: str) -> bool:
        """No row keeps a file of that name, and its call is under no hold: then the audit has it that they go."""
        stem = place.rpartition("/")[2]
        call, kept = call_in(stem), [f"{place}{ending}" for ending in KEPT_AS]
        known = select(recordings.c.id).where(
            or_(recordings.c.call == stem, recordings.c.leg == stem, recordings.c.path.in_(kept)),
            recordings.c.deleted_at.is_(None),
        )

        async def unit(connection: AsyncConnection) -> bool:
            if await _held(connection, [call]) or (await connection.execute(known.limit(1))).first() is not None:
                return False
            told = {"why": why, "files": sorted(file.name for file in files)}
            await audit(
                connection, by=by, action="recording.delete", at=self._clock(), target=stem, details=told, address=""
            )
            return True

        return await self._database.write(unit)

    async def sweep(self) -> None:
        """Files whose row says that they are gone, or are kept otherwise, after a crash between the two."""
        late = self._clock() - timedelta(days=2)
        for row in await self._records(select(recordings).where(recordings.c.deleted_at >= late)):
            remove(self._folder, row)
        for row in await self._records(select(recordings).where(recordings.c.packed_at >= late)):
            kept = self._folder / row.path
            for name in row.originals.keys() - {kept.name}:
                (kept.parent / name).unlink(missing_ok=True)

    async def _records(self, query: Select[Any]) -> list[Recording]:
        async with self._database.read() as connection:
            return [record(Recording, row) for row in await connection.execute(query)]

    async def verdicts(self, call_ids: Iterable[str]) -> dict[str, str]:
        """Call -> the worst that was said of its recordings."""
        order = {Verdict.COMPLETE: 0, Verdict.ONE_SIDED: 1, Verdict.GAP: 2, Verdict.MISSING: 3}
        return {
            call: max((Verdict(row.verdict) for row in rows), key=order.__getitem__).value
            for call, rows in (await self.of(call_ids)).items()
        }

    async def tickets_of(self, call_ids: Iterable[str]) -> dict[str, str]:
        """Call -> its ticket's number, for the names of downloads."""
        query = (
            select(ticket_calls.c.call, tickets.c.number)
            .join_from(ticket_calls, tickets, tickets.c.id == ticket_calls.c.ticket)
            .where(ticket_calls.c.call.in_(list(call_ids)))
        )
        async with self._database.read() as connection:
            return {row.call: row.number for row in await connection.execute(query)}


async def _held(connection: AsyncConnection, wanted: Sequence[str]) -> set[str]:
    """Which of these calls are under hold. Their tickets are locked first, as they are by who sets a hold: so it is set
    before this, or finds nothing left to keep."""
    own = select(ticket_calls.c.ticket).where(ticket_calls.c.call.in_(wanted))
    lock = select(tickets.c.id).where(or_(tickets.c.id.in_(own), tickets.c.merged_into.in_(own)))
    await connection.execute(lock.order_by(tickets.c.id).with_for_update())
    return set((await connection.execute(held_calls().where(ticket_calls.c.call.in_(wanted)))).scalars())


def _there(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return condition & recordings.c.deleted_at.is_(None) & (recordings.c.path != "")
