"""The recordings' parts, wired; and `./run recordings verify`.

In:  settings, the database, the floor. Out: one thing to run; and, for the command line, which recording is not what
its row says, in words.
Never: a file changed by verifying.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from callcenter import wav
from callcenter.core.call import Call
from callcenter.keeper import Keeper
from callcenter.recorder import Recorder
from callcenter.settings import Settings
from callcenter.storage import Database, Recording, Recordings
from callcenter.storage.recordings import files_of
from callcenter.switchboard import Switchboard

AT_ONCE = 500
GONE = "{call} ({part}): {file} is not there."
CHANGED = "{call} ({part}): {file} is not what was written: somebody or something changed it."
STILL = "{call} ({part}): {file} was deleted {at:%Y-%m-%d} and is there."
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
        self._board, folder = board, settings.recordings
        self.recorder = Recorder(folder, floor=lambda: board.floor, name=self._name, clock=clock, alarm=alarm)
        self.keeper = Keeper(
            folder,
            Recordings(database, folder, clock=clock),
            seen=self.recorder.seen,
            clock=clock,
            days=settings.recording_days,
            pack_after_s=settings.recording_pack_after_s,
            alarm=alarm,
        )

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
    """0 and one line; or 1 and a line for each recording that is not as it was written. Raises CallCenterError."""
    database = Database(settings.database_url)
    rows = Recordings(database, settings.recordings, clock=clock)
    said: list[str] = []
    count = deleted = after = 0
    try:
        while found := await rows.all(after=after, limit=AT_ONCE):
            after = found[-1].id
            for row in found:
                count, deleted = count + bool(row.path), deleted + bool(row.deleted_at)
                said += await asyncio.to_thread(_wrong, settings, row)
    finally:
        await database.close()
    if said:
        return 1, [*said, BAD.format(bad=len(said), count=count)]
    return 0, [GOOD.format(count=count - deleted, deleted=deleted)]


def _wrong(settings: Settings, row: Recording) -> list[str]:
    return list(_found_wrong(settings, row))


def _found_wrong(settings: Settings, row: Recording) -> Iterator[str]:
    about = {"call": row.call, "part": row.part, "file": row.path}
    if not row.path:
        return
    file = settings.recordings / row.path
    if row.deleted_at is not None:
        left = [each for each in files_of(settings.recordings, row) if each.exists()]
        if left:
            yield STILL.format(**about, at=row.deleted_at)
    elif not file.is_file():
        yield GONE.format(**about)
    elif wav.digest(file) != (row.bytes, row.sha256):
        yield CHANGED.format(**about)
