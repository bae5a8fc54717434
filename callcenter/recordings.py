"""The recordings' parts, wired; and `./run recordings verify`.

In:  settings, the database, the floor. Out: one thing to run; and, for the command line, which recording is not what
its row says, in words.
Never: a file changed by verifying.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from callcenter import flac, wav
from callcenter.core.call import Call
from callcenter.core.errors import BadInput
from callcenter.keeper import Keeper
from callcenter.reach import out_of_reach
from callcenter.recorder import Recorder
from callcenter.settings import Settings
from callcenter.storage import Database, Recording, Recordings
from callcenter.storage.recording_files import files_of, smaller_of
from callcenter.switchboard import Switchboard

AT_ONCE = 500
NO_FOLDER = "The folder of recordings {folder} is not there. Is CALLCENTER_HOME right, is its disk mounted?"
GONE = "{call} ({part}): {file} is not there."
CHANGED = "{call} ({part}): {file} is not what was written: somebody or something changed it."
STILL = "{call} ({part}): {file} was deleted {at:%Y-%m-%d} and is there."
NOTHING = "There is no recording yet."
GOOD = "{count} recordings are as they were written; {deleted} were deleted."
BAD = "{bad} of {count} recordings are not as they were written."


class RecordingParts:
    """Listens while calls run, keeps what is over."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        board: Switchboard,
        *,
        clock: Callable[[], datetime],
        alarm: Callable[[str, str | None], None],
    ) -> None:
        self._settings, self._board, self._alarm, folder = settings, board, alarm, settings.recordings
        self.recorder = Recorder(
            folder, floor=lambda: board.floor, name=self._name, clock=clock, alarm=alarm, reached=self._reached
        )
        self.keeper = Keeper(
            folder,
            Recordings(database, folder, clock=clock),
            seen=self.recorder.seen,
            clock=clock,
            days=settings.recording_days,
            pack_after_s=settings.recording_pack_after_s,
            alarm=alarm,
            reached=self._reached,
        )

    async def _reached(self) -> bool:
        """The folder is here. Where it should be and is not, that is an alarm."""
        away = await asyncio.to_thread(out_of_reach, self._settings)
        self._alarm("recordings-folder", str(away) if away and self._settings.recordings_folder else None)
        return away is None

    def _name(self, call: Call) -> str:
        """How people name a call: never by its number."""
        ticket = self._board.tickets.get(call.id, call.id)
        return f"{ticket} ({call.position})" if call.position else ticket

    def ended(self, calls: Iterable[str]) -> None:
        """These are over, and committed."""
        self.keeper.stir(calls)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.recorder.run(), name="recorder")
            tasks.create_task(self.keeper.run(), name="keeper")


async def verify(settings: Settings, clock: Callable[[], datetime]) -> tuple[int, list[str]]:
    """0 and one line; or 1 and a line for each recording that is not as it was written. Raises CallCenterError where it
    cannot be told (the command line's 2): no folder, another machine, no database."""
    away = out_of_reach(settings)
    if away is not None:
        raise away
    if not settings.recordings.is_dir():
        raise BadInput(NO_FOLDER, folder=settings.recordings)
    database = Database(settings.database_url)
    rows = Recordings(database, settings.recordings, clock=clock)
    said: list[str] = []
    count = deleted = bad = after = 0
    try:
        while found := await rows.all(after=after, limit=AT_ONCE):
            after = found[-1].id
            for row in found:
                count, deleted = count + bool(row.path), deleted + bool(row.deleted_at)
                wrong = [line async for line in _wrong(settings.recordings, row)]
                said, bad = said + wrong, bad + bool(wrong)
    finally:
        await database.close()
    if said:
        return 1, [*said, BAD.format(bad=bad, count=count)]
    return 0, [GOOD.format(count=count - deleted, deleted=deleted) if count else NOTHING]


async def _wrong(folder: Path, row: Recording) -> AsyncIterator[str]:
    about = {"call": row.call, "part": row.part, "file": row.path}
    file = folder / row.path
    if not row.path:
        return
    if row.deleted_at is not None:
        if await asyncio.to_thread(lambda: any(each.exists() for each in files_of(folder, row))):
            yield STILL.format(**about, at=row.deleted_at)
    elif await asyncio.to_thread(file.is_file):
        kept = {file.name: {"bytes": row.bytes, "sha256": row.sha256}}
        for name, known in (kept if row.packed_at else {**kept, **row.originals}).items():
            sentence = await asyncio.to_thread(_compared, file.with_name(name), known)
            if sentence:
                yield sentence.format(**about | {"file": Path(row.path).with_name(name)})
    elif row.packed_at is None and await asyncio.to_thread(smaller_of(file).is_file):
        # The database is of a backup that is older than the compression: the sums of what it was made from are in it.
        if not await flac.proves(smaller_of(file), row.originals):
            yield CHANGED.format(**about | {"file": smaller_of(Path(row.path))})
    else:
        yield GONE.format(**about)


def _compared(file: Path, known: Mapping[str, Any]) -> str:
    """What is to be said of this file, or nothing."""
    if not file.is_file():
        return GONE
    return "" if wav.digest(file) == (known["bytes"], known["sha256"]) else CHANGED
