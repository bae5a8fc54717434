"""The audit's end, written down outside of the database, and `./run audit verify`.

In:  the database. Out: one line in audit-heads.jsonl for each new end; what does not fit any more, in words.
Never: a row or a line changed. Who can write the database cannot at the same time hide what he took off its end.
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from callcenter.core.errors import BadInput, CallCenterError
from callcenter.core.seal import Head, Seal
from callcenter.settings import Settings
from callcenter.storage import Database, Trail

log = logging.getLogger(__name__)

EVERY_S = 5.0
HEADS = "audit-heads.jsonl"
UNREADABLE = "{file} cannot be read at line {line}: put the file of a backup there, or look who changed it."


class Heads:
    """Keeps the file, for as long as the service lives."""

    def __init__(self, settings: Settings, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._file, self._database, self._clock = settings.home / HEADS, database, clock
        self._last = ""

    async def run(self) -> None:
        """Until cancelled. What cannot be read or written now is tried again."""
        while True:
            try:
                await self.look()
            except (CallCenterError, OSError) as away:
                log.info("the audit's end is not written down now: %s", away)
            await asyncio.sleep(EVERY_S)

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


async def verify(settings: Settings, clock: Callable[[], datetime]) -> tuple[int, list[str]]:
    """`./run audit verify`: exit code and lines; 1 when a row was changed, added between or taken out."""
    async with Database(settings.database_url).running() as database:
        await database.check()
        count, wrong = await check(database, settings.home / HEADS, clock())
    if wrong:
        return 1, [*wrong, f"The audit was tampered with: {len(wrong)} findings in {count} rows."]
    return 0, [f"The audit is whole: {count} rows, each as it was written."]


async def check(database: Database, file: Path, now: datetime) -> tuple[int, list[str]]:
    """How many rows there are, and what does not fit."""
    heads = list(read_heads(file))
    kept = await Trail(database).head()
    seal, wrong = Seal([*heads, *([Head(now, *kept)] if kept else [])]), list[str]()
    async for line in Trail(database).rows():
        wrong.extend(seal.next(line))
    return seal.count, [*wrong, *seal.end()]
