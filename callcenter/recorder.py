"""Listens whether the calls that run are being recorded, every second, and says within ten when one is not.

In:  the floor, the files that Asterisk writes. Out: an alarm that names the call; for later, when nothing was recorded,
and at which moment a file began.
Never: a file changed; a header trusted that is not written yet; work on the loop.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from callcenter import wav
from callcenter.again import again
from callcenter.core.call import Call, Stage
from callcenter.core.coverage import STALL_S, Hearing, Trouble, heard, sentence, side_trouble
from callcenter.core.floor import Floor
from callcenter.core.recorded import SIDES, Piece, Span, pieces_of, side_of

EVERY_S = 1.0
LEAP_S = 1.0
"""By which the clock may be put right without anybody minding."""
REMEMBERED = 500
SPEAKS = 300
"""Louder than a quiet line, of 32767."""
FRAME = 2 * wav.FRAME

Key = tuple[str, str, str]
"""A call, and which of its recordings."""


async def here() -> bool:
    """The recordings are on this machine."""
    return True


@dataclass
class Watched:
    """One recording that should grow."""

    grown_at: datetime
    sound: int = 0
    began: datetime | None = None
    stalled_since: datetime | None = None
    gaps: list[Span] = field(default_factory=list)
    read: int = 0  # bytes of sound of the sides that were heard
    who: object = None  # who speaks with whom: another constellation is heard anew
    sides: dict[str, Hearing] = field(default_factory=dict)
    said: str | None = None

    def shift(self, leap: timedelta) -> None:
        """The clock says so much more, or less, than it did."""
        self.grown_at += leap
        self.began = self.began and self.began + leap
        self.stalled_since = self.stalled_since and self.stalled_since + leap
        self.gaps = [Span(gap.since + leap, gap.until + leap) for gap in self.gaps]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a recording while its call ran."""

    began: datetime | None = None
    gaps: tuple[Span, ...] = ()


class Recorder:
    """`run` it."""

    def __init__(
        self,
        folder: Path,
        *,
        floor: Callable[[], Floor],
        name: Callable[[Call], str],
        clock: Callable[[], datetime],
        alarm: Callable[[str, str | None], None],
        reached: Callable[[], Awaitable[bool]] = here,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`name`: how people name that call. `alarm(code, sentence)`: None when it is over. `reached`: the folder is
        here. `ticks`: a clock that nobody sets."""
        self._folder, self._floor, self._name, self._clock, self._alarm = folder, floor, name, clock, alarm
        self._reached, self._ticks, self._base = reached, ticks, timedelta()
        self._watched: OrderedDict[Key, Watched] = OrderedDict()
        self._over: OrderedDict[Key, Seen] = OrderedDict()

    def seen(self, call: str, piece: Piece) -> Seen:
        """What was seen of it; nothing where nobody was there."""
        key = (call, *piece.key)
        now = self._watched.get(key)
        return _told(now, self._clock()) if now else self._over.get(key, Seen())

    async def run(self) -> None:
        """Until cancelled."""
        await again(self.look, EVERY_S, "nobody listens now whether calls are recorded")

    async def look(self) -> None:
        """Once."""
        if not await self._reached():
            return
        now = self._clock()
        self._follow(now)
        running = {
            (call.id, *piece.key): (call, piece)
            for call in self._floor().calls.values()
            for piece in pieces_of(call)
            if piece.watched and piece.until is None and not call.done
        }
        for key in [key for key in self._watched if key not in running]:
            self._end(key, now)
        for key, (call, piece) in running.items():
            known = self._watched.setdefault(key, Watched(max(piece.since or now, now - timedelta(seconds=STALL_S))))
            trouble = await asyncio.to_thread(self._hear, call, piece, known, now)
            self._say(key, known, trouble and sentence(*_with(trouble, self._name(call))))

    def _follow(self, now: datetime) -> None:
        """The clock was set: what was noticed before is told by the new one, and nothing stood still meanwhile."""
        base = now - datetime.fromtimestamp(self._ticks(), now.tzinfo)
        if abs(base - self._base) > timedelta(seconds=LEAP_S):
            for known in self._watched.values():
                known.shift(base - self._base)
        self._base = base

    def _end(self, key: Key, now: datetime) -> None:
        known = self._watched.pop(key)
        self._say(key, known, None)
        self._over[key] = _told(known, now)
        while len(self._over) > REMEMBERED:
            self._over.popitem(last=False)

    def _say(self, key: Key, known: Watched, said: str | None) -> None:
        if said != known.said:
            known.said = said
            self._alarm("recording:" + ":".join(filter(None, key)), said)

    def _hear(self, call: Call, piece: Piece, known: Watched, now: datetime) -> tuple[Trouble, str] | None:
        """What is wrong with it now, and on which side."""
        path = next((self._folder / place for place in piece.places if (self._folder / place).exists()), None)
        sound = wav.look(path).sound if path else 0
        _grow(known, sound, now)
        late = (now - known.grown_at).total_seconds() > STALL_S
        if not sound and not piece.needed:
            return None
        if late:
            known.stalled_since = known.stalled_since or _end_of(known)
            return (Trouble.STOPPED if path and sound else Trouble.MISSING), ""
        if path is None or call.held_since or call.held or call.stage not in (Stage.TALKING, Stage.HANDED_OVER):
            known.who = None
            return None
        return self._sides(path, known, (call.stage, call.position, call.in_room))

    def _sides(self, path: Path, known: Watched, who: object) -> tuple[Trouble, str] | None:
        files = [path.with_name(side_of(path.name, side)) for side in SIDES]
        if not all(file.exists() for file in files):
            return None
        until = min(wav.look(file).sound for file in files) // FRAME * FRAME
        if who != known.who:
            known.who, known.sides, known.read = who, {side: Hearing() for side in SIDES}, until
        new = [_piece(file, known.read, until) for file in files]
        known.read = max(known.read, until)
        for one, other in zip(*map(_frames, new), strict=True):
            known.sides["in"] = _frame(known.sides["in"], one, other)
            known.sides["out"] = _frame(known.sides["out"], other, one)
        found = ((side_trouble(known.sides[side]), side) for side in SIDES)
        return next(((trouble, side) for trouble, side in found if trouble), None)


def _with(trouble: tuple[Trouble, str], name: str) -> tuple[Trouble, str, str]:
    return trouble[0], name, trouble[1]


def _grow(known: Watched, sound: int, now: datetime) -> None:
    """It is longer than it was. The earliest beginning that fits any step is the best: steps are seen late, never
    early."""
    if sound <= known.sound:
        return
    if known.stalled_since is not None:
        new = timedelta(seconds=(sound - known.sound) / wav.BYTES_S)
        known.gaps.append(Span(known.stalled_since, max(known.stalled_since, now - new)))
        known.stalled_since = None
    elif not known.gaps:
        began = now - timedelta(seconds=sound / wav.BYTES_S)
        known.began = min(known.began or began, began)
    known.sound, known.grown_at = sound, now


def _end_of(known: Watched) -> datetime:
    """The moment of the last sample that is there, as well as it is known."""
    if known.began is None or known.gaps:
        return known.grown_at
    return known.began + timedelta(seconds=known.sound / wav.BYTES_S)


def _told(known: Watched, now: datetime) -> Seen:
    open_ = (Span(known.stalled_since, now),) if known.stalled_since else ()
    return Seen(known.began, (*known.gaps, *open_))


def _piece(file: Path, since: int, until: int) -> array[int]:
    with file.open("rb") as sound:
        sound.seek(wav.HEADER + since)
        raw = sound.read(max(0, until - since))
    return array("h", raw[: len(raw) // FRAME * FRAME])


def _frames(sound: array[int]) -> Iterable[array[int]]:
    return (sound[at : at + wav.FRAME] for at in range(0, len(sound), wav.FRAME))


def _frame(before: Hearing, frame: array[int], other: array[int]) -> Hearing:
    nothing = frame.count(0)
    return heard(
        before,
        len(frame) / wav.RATE,
        empty=nothing == len(frame),
        full=nothing == 0,
        other=max(other) > SPEAKS,
    )
