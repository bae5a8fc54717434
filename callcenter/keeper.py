"""What becomes of a recording when its call is over: judged, hashed, made smaller, and one day deleted.

In:  calls that are over, the files that Asterisk wrote, the settings. Out: a row for each recording (storage), FLAC in
place of WAV, nothing older than the settings say.
Never: a file deleted before what replaces it is compared, on the disk and in its row; a file under hold; work on the
loop.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from callcenter import flac, wav
from callcenter.again import again
from callcenter.core.call import Call
from callcenter.core.coverage import Found, Verdict, judge
from callcenter.core.errors import BadInput
from callcenter.core.recorded import SIDES, Piece, pieces_of, side_of
from callcenter.core.steady import Steady
from callcenter.recorder import Seen, here
from callcenter.storage.recording_files import picture_of, smaller_of
from callcenter.storage.recordings import AT_ONCE, SEALED_WITHIN, Recording, Recordings

log = logging.getLogger(__name__)

LOOK_S = 2.0
AGAIN_S = 60.0
OLD_S = 3600.0
BACK, LONG_BACK = timedelta(days=3), SEALED_WITHIN - timedelta(days=1)
"""So old a call may be that was not judged, because nobody was there. The second is asked for every hour."""
CLOSING = timedelta(seconds=10)
"""For so long a file without its length may still be written."""
KEPT_FOR = "Kept for {days} days, as the settings say."
TIME = "retention"
DAMAGED = (
    "{count} recordings are not what was written, the first of call {first}: somebody or something changed them. Run "
    "./run recordings verify."
)
ALONGSIDE_S = 0.5
"""By which the sides of a call may differ from both in one file, and still be the same sound."""
CLOCK_SET_BACK = timedelta(hours=6)
"""So far in the future a file's last change may lie, by a clock that was set back meanwhile."""


class Keeper:
    """`run` it; `stir` it when calls ended."""

    def __init__(
        self,
        folder: Path,
        recordings: Recordings,
        *,
        seen: Callable[[str, Piece], Seen],
        clock: Callable[[], datetime],
        days: int,
        pack_after_s: int,
        alarm: Callable[[str, str | None], None],
        reached: Callable[[], Awaitable[bool]] = here,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seen`: what was noticed while the call ran. `days`: 0 keeps for ever. `pack_after_s`: 0 never compresses.
        `reached`: the folder is here. `ticks`: a clock that nobody sets."""
        self._folder, self._recordings, self._seen, self._clock = folder, recordings, seen, clock
        self._days, self._pack_after, self._alarm = days, timedelta(seconds=pack_after_s), alarm
        self._reached, self._ticks, self._steady = reached, ticks, Steady()
        self._due = {"seal": 0.0, "old": 0.0, "all": 0.0}
        self._back = BACK
        self._failed: dict[int, str] = {}  # row -> its call, where it is damaged
        self._stirred = False

    def stir(self, calls: Iterable[str]) -> None:
        """These are over, and committed."""
        self._stirred = self._stirred or bool(list(calls))

    async def run(self) -> None:
        """Until cancelled. What cannot be done now is tried again."""
        await again(self.look, LOOK_S, "the recordings are not looked after now")

    async def look(self) -> None:
        """Once: what is due."""
        steady = await self._trusts_the_clock()
        if not await self._reached():
            return
        if self._is_due("all", OLD_S):
            self._back, self._failed = LONG_BACK, {}  # there may be room again, or the right file
        if self._is_due("seal", AGAIN_S) or self._stirred:
            back, self._stirred, self._back = self._back, False, BACK
            if not await self.seal(back):  # there are more, or some were still being written
                self._stirred, self._back = True, back
        await self.pack()
        if steady and self._is_due("old", OLD_S):
            await self.retire()

    async def _trusts_the_clock(self) -> bool:
        newest = await self._recordings.newest() if self._steady.trusted_from is None else None
        now = self._clock()
        steady = self._steady.look(now, self._ticks(), newest)
        self._alarm("clock", self._steady.said(now))
        return steady

    def _is_due(self, what: str, every_s: float) -> bool:
        now = self._ticks()
        if now < self._due[what]:
            return False
        self._due[what] = now + every_s
        return True

    async def seal(self, back: timedelta = BACK) -> bool:
        """Judge and hash what is over. False: there is more to do soon."""
        calls = await self._recordings.unsealed(self._clock() - back)
        done = len(calls) < AT_ONCE
        for call in calls:
            pieces = list(pieces_of(call))
            if await asyncio.to_thread(self._being_written, call, pieces):
                done = False
                continue
            for piece in reversed(pieces):  # the caller's own is the last: its row says that all were looked at
                await self._seal(call, piece)
        return done

    def _being_written(self, call: Call, pieces: Iterable[Piece]) -> bool:
        now = self._clock()
        if call.ended_at and timedelta(0) <= now - call.ended_at < timedelta(seconds=LOOK_S):
            return True
        for path in filter(None, map(self._place, pieces)):
            for file in (path, *_sides(path)):
                changed = datetime.fromtimestamp(file.stat().st_mtime, now.tzinfo)
                if not wav.look(file).closed and -CLOCK_SET_BACK <= now - changed < CLOSING:
                    return True
        return False

    def _place(self, piece: Piece) -> Path | None:
        found = (self._folder / place for place in piece.places)
        return next((path for path in found if self._below(path) and path.is_file()), None)

    def _below(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self._folder.resolve())

    async def _seal(self, call: Call, piece: Piece) -> None:
        path, found, sums = await asyncio.to_thread(self._measure, piece)
        if not piece.needed and (found is None or not found.seconds):
            return
        seen = self._seen(call.id, piece)
        if piece.since is None:
            return
        judged = judge(found, piece.since, piece.until, seen=seen.gaps, began=seen.began)
        if judged.verdict is not Verdict.COMPLETE:
            log.warning("recording of %s (%s): %s, %.0f s", call.id, piece.part, judged.verdict, judged.missing_s)
        relative = str(path.relative_to(self._folder)) if path else ""
        seconds = found.seconds if found else 0.0
        await self._recordings.seal(call.id, piece, judged, path=relative, originals=sums, seconds=seconds)

    def _measure(self, piece: Piece) -> tuple[Path | None, Found | None, dict[str, tuple[int, str]]]:
        path = self._place(piece)
        if path is None:
            return None, None, {}
        state = wav.look(path)
        sides = _sides(path)
        found = Found(state.seconds, state.closed, tuple(map(wav.side, sides)) if len(sides) == len(SIDES) else ())
        return path, found, {file.name: wav.digest(file) for file in (path, *sides)}

    async def pack(self) -> None:
        """Make the oldest ones smaller that are ready."""
        if not self._pack_after:
            return
        rows = await self._recordings.unpacked(self._clock() - self._pack_after, but=self._failed)
        for row in rows:
            try:
                await self._pack(row)
            except (BadInput, OSError) as wrong:
                self._failed[row.id] = ""
                log.warning("%s", wrong)
        bad = [call for call in self._failed.values() if call]
        if bad or len(rows) < AT_ONCE:
            self._alarm("recordings-damaged", DAMAGED.format(count=len(bad), first=bad[0]) if bad else None)

    async def _pack(self, row: Recording) -> None:
        mix = self._folder / row.path
        target = smaller_of(mix)
        gone = not await asyncio.to_thread(mix.is_file)
        sides = await flac.proves(target, row.originals) if gone and await asyncio.to_thread(target.is_file) else 0
        if not sides:
            sides = await self._compress(row, mix, target)
        if not sides:
            self._failed[row.id] = row.call
            return
        size, digest = await asyncio.to_thread(wav.digest, target)
        relative = str(target.relative_to(self._folder))
        await self._recordings.packed(row.id, relative, size, digest, sides)
        for name in row.originals:
            await asyncio.to_thread((mix.parent / name).unlink, missing_ok=True)

    async def _compress(self, row: Recording, mix: Path, target: Path) -> int:
        """How many sides it has now. 0: it is not what was written."""
        sources = await asyncio.to_thread(self._sources, row, mix)
        if sources:
            await flac.pack(target, sources)
            columns = await flac.peaks(target)
            await asyncio.to_thread(picture_of(mix).write_text, json.dumps(columns))
        return len(sources)

    def _sources(self, row: Recording, mix: Path) -> list[Path]:
        """Both sides where they are whole, else the one file; nothing where they are not what was hashed."""
        for name, known in row.originals.items():
            file = mix.parent / name
            if not file.is_file() or wav.digest(file) != (known["bytes"], known["sha256"]):
                return []
        sides = [mix.with_name(side_of(mix.name, side)) for side in SIDES]
        whole = wav.look(mix).seconds
        alike = all(file.name in row.originals and abs(wav.look(file).seconds - whole) < ALONGSIDE_S for file in sides)
        return sides if alike else [mix]

    async def retire(self) -> None:
        """Delete what is older than the settings say, and what a crash left of what was deleted."""
        await self._recordings.sweep()
        if not self._days:
            return
        before = self._clock() - timedelta(days=self._days)
        why = KEPT_FOR.format(days=self._days)
        while old := await self._recordings.older(before):
            if not (await self._recordings.erase(old, by=TIME, why=why)).calls:
                break
        await self._recordings.erase_unknown(before, by=TIME, why=why)


def _sides(path: Path) -> list[Path]:
    """The files of each side beside it that are there."""
    return [file for file in (path.with_name(side_of(path.name, side)) for side in SIDES) if file.is_file()]
