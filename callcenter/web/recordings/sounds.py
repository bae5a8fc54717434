"""Where the sound of a call is: in which files, since when, and what is said of it.

In:  calls, rows of storage, the recordings' folder. Out: one `Sound` for each recording that is, was, or should be.
Never: a path from outside; a file outside the folder.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from callcenter import wav
from callcenter.core.call import Call
from callcenter.core.errors import NotFound
from callcenter.core.kind import Kind
from callcenter.core.recorded import SIDES, Part, Piece, Span, pieces_of, side_of
from callcenter.reach import out_of_reach
from callcenter.storage import Recording
from callcenter.storage.recording_files import smaller_of
from callcenter.web.parts import Parts

NOT_THERE = "The recording of this call is not there."
GONE = "This recording was deleted at {at} by {by}: {why}"
NONE = "There is no recording of this call."


@dataclass(frozen=True, slots=True)
class Sound:
    """One recording. `path` None: there is no file. `row` None: not judged yet, it may still grow."""

    call: str
    part: Part
    leg: str
    position: str
    began: datetime | None
    seconds: float
    path: Path | None
    row: Recording | None = None
    sides: bool = False  # each side can be heard alone
    away: NotFound | None = None  # why no recording can be reached from here
    kind: Kind = Kind.ARRIVAL  # of its call

    @property
    def gaps(self) -> tuple[Span, ...]:
        return self.row.spans if self.row else ()

    @property
    def query(self) -> str:
        """What stands behind the address of its call."""
        words = [] if self.part is Part.MAIN else [f"part={self.part.lower()}"]
        return "&".join([*words, *([f"leg={self.leg}"] if self.leg else [])])

    @property
    def packed(self) -> bool:
        """Both sides are the channels of one file."""
        return self.path is not None and self.path.suffix == ".flac"

    @property
    def ended(self) -> datetime | None:
        return self.began + timedelta(seconds=self.seconds) if self.began else None


async def sounds_of(here: Parts, calls: Sequence[Call]) -> list[Sound]:
    """Every recording of these calls, call by call, its own first."""
    rows = await here.recordings.of([call.id for call in calls])
    away = await asyncio.to_thread(out_of_reach, here.settings)
    found = []
    for call in calls:
        known = {(row.part, row.leg): row for row in rows.get(call.id, [])}
        pieces = list(pieces_of(call))
        found += await asyncio.to_thread(_all, here.settings.recordings, call, pieces, known)
    return [replace(sound, away=away) for sound in found] if away else found


async def sound_of(here: Parts, call: Call, part: str, leg: str) -> Sound:
    """The one that is asked for. NotFound."""
    wanted = (part.upper() or Part.MAIN.value, leg)
    for sound in await sounds_of(here, [call]):
        if (sound.part.value, sound.leg) == wanted:
            return sound
    raise NotFound(NONE)


def file_of(sound: Sound) -> Path:
    """NotFound: deleted, not there, or on another machine."""
    if sound.row is not None and sound.row.deleted_at is not None:
        row = sound.row
        raise NotFound(GONE, at=row.deleted_at, by=row.deleted_by, why=row.deleted_why)
    if sound.path is None:
        raise sound.away or NotFound(NOT_THERE)
    return sound.path


def _all(folder: Path, call: Call, pieces: Iterable[Piece], known: dict[tuple[str, str], Recording]) -> list[Sound]:
    found = []
    for piece in pieces:
        row = known.get(piece.key)
        sound = _judged(folder, call, row) if row else _growing(folder, call, piece)
        if row is not None or sound.path is not None or piece.needed:
            found.append(replace(sound, kind=call.kind))
    return found


def _judged(folder: Path, call: Call, row: Recording) -> Sound:
    path = _inside(folder, row.path) if row.path and row.deleted_at is None else None
    if path is None and row.path.endswith(".wav") and row.deleted_at is None:
        path = _inside(folder, str(smaller_of(Path(row.path))))  # a backup is older than its compression
    sides = row.sides == len(SIDES) or (path is not None and _has_sides(path))
    part = Part(row.part)
    return Sound(call.id, part, row.leg, row.position, row.began_at, row.seconds, path, row, sides)


def _growing(folder: Path, call: Call, piece: Piece) -> Sound:
    path = next((found for found in (_inside(folder, place) for place in piece.places) if found), None)
    if path is None:
        return Sound(call.id, piece.part, piece.leg, piece.position, piece.since, 0.0, None)
    seconds = wav.look(path).seconds
    began = piece.until - timedelta(seconds=seconds) if piece.until else piece.since
    return Sound(call.id, piece.part, piece.leg, piece.position, began, seconds, path, None, _has_sides(path))


def _inside(folder: Path, relative: str) -> Path | None:
    """That file, proved to lie below the folder, when it is there."""
    root = folder.resolve()
    path = (root / relative).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def _has_sides(path: Path) -> bool:
    return path.suffix == ".wav" and all(side_file(path, side).is_file() for side in SIDES)


def side_file(path: Path, side: str) -> Path:
    """The file of one side beside the file of both, while they are WAV."""
    return path.with_name(side_of(path.name, side))
