"""The audit's end, written down outside of the database; `./run audit verify`, `./run audit seal`.

In:  the database. Out: one line in audit-heads.jsonl for each new end; what does not fit any more, in words.
Never: a row or a line changed. Who can write the database cannot at the same time hide what he took off its end; who
can write both is found by a seal that was kept elsewhere.
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callcenter.core.errors import BadInput, CallCenterError
from callcenter.core.seal import Head, Seal, read_seal, written
from callcenter.settings import Settings
from callcenter.storage import Database, Trail, histories
from callcenter.words import some

log = logging.getLogger(__name__)

EVERY_S = 5.0
SEAL_EVERY = timedelta(minutes=5)
HEADS = "audit-heads.jsonl"
UNREADABLE = "{file} cannot be read at line {line}: put the file of a backup there, or look who changed it."
ALONE = "{file} is not there or empty, so nothing beside the database says where the audit ended. {how}"
WINDOW = (
    "What people typed is sealed every {minutes:.0f} minutes, a note once it rests; what is younger is not checked yet."
)
HOW = "Compare with a seal that was kept elsewhere: ./run audit verify --against SEAL"


class Heads:
    """Keeps the file, for as long as the service lives."""

    def __init__(self, settings: Settings, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._file, self._database, self._clock = settings.home / HEADS, database, clock
        self._last, self._sealed = "", datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """Until cancelled. What cannot be read or written now is tried again."""
        while True:
            try:
                if self._clock() - self._sealed >= SEAL_EVERY:
                    await self.seal_histories()
                await self.look()
            except (CallCenterError, OSError) as away:
                log.info("the audit's end is not written down now: %s", away)
            await asyncio.sleep(EVERY_S)

    async def seal_histories(self) -> None:
        """What people typed since the last time is in the audit's chain too."""
        now = self._clock()
        more = await self._database.write(lambda connection: histories.seal(connection, now))
        self._sealed = self._sealed if more else now

    async def look(self) -> None:
        """One line, when the audit has grown."""
        found = await Trail(self._database).head()
        if found is None or found[1] == self._last:
            return
        line = {"at": self._clock().isoformat(), "count": found[0], "digest": found[1]}
        await asyncio.to_thread(_append, self._file, json.dumps(line) + "\n")
        self._last = found[1]


def _append(file: Path, line: str) -> None:
    with open(file, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
        out.write(line)
        out.flush()
        os.fsync(out.fileno())


def read_heads(file: Path) -> Iterator[Head]:
    """What was written down; nothing where there is no file. BadInput names a line that is no such line."""
    if not file.exists():
        return
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith("\n"):
                return  # cut off in a power cut: the next one is written whole
            try:
                said = json.loads(line)
                yield Head(datetime.fromisoformat(said["at"]), int(said["count"]), str(said["digest"]))
            except (ValueError, KeyError, TypeError) as wrong:
                raise BadInput(UNREADABLE, file=file, line=number) from wrong


async def seal(settings: Settings) -> tuple[int, list[str]]:
    """`./run audit seal`: the end of now as one line, to be kept where nobody of this machine can change it."""
    async with Database(settings.database_url).running() as database:
        await database.check()
        kept = await Trail(database).head()
    return (
        (0, [written(Head(None, *kept))]) if kept else (1, ["The audit has no row yet, so there is nothing to seal."])
    )


async def verify(
    settings: Settings, clock: Callable[[], datetime], against: Sequence[str] = ()
) -> tuple[int, list[str]]:
    """`./run audit verify`: exit code and lines; 1 when a row was changed, added between or taken out."""
    elsewhere, file = [read_seal(text) for text in against], settings.home / HEADS
    async with Database(settings.database_url).running() as database:
        await database.check()
        count, wrong = await check(database, file, clock(), elsewhere)
    if wrong:
        return 1, [*wrong, f"The audit was tampered with: {some(len(wrong), 'finding')} in {some(count, 'row')}."]
    said = [f"The audit is whole: {some(count, 'row')}, each as it was written."]
    if elsewhere:
        said.append(
            f"It holds each of the {len(elsewhere)} seals given, up to row {max(each.count for each in elsewhere)}."
        )
    elif count and next(read_heads(file), None) is None:
        said.append(ALONE.format(file=file, how=HOW))
    return 0, [*said, WINDOW.format(minutes=SEAL_EVERY.total_seconds() / 60)]


async def check(database: Database, file: Path, now: datetime, elsewhere: Sequence[Head] = ()) -> tuple[int, list[str]]:
    """How many rows there are, and what does not fit."""
    trail, heads = Trail(database), [*read_heads(file), *elsewhere]
    before = await trail.head()
    seal, wrong = Seal([*heads, *([Head(now, *before)] if before else [])]), list[str]()
    async for line in trail.rows():
        wrong.extend(seal.next(line))
    after = await trail.head()
    wrong += await histories.check(database)
    return seal.count, [*wrong, *seal.end(), *seal.beside(before[0] if before else 0, after[0] if after else 0)]
