"""A recording that should grow and does not: when it is told, what is remembered, and when nothing is."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from callcenter import wav
from callcenter.core.call import Call, Stage
from callcenter.core.coverage import NOT_THERE, STANDS_STILL
from callcenter.core.floor import Floor
from callcenter.core.recorded import pieces_of
from callcenter.recorder import Recorder
from tests.storage.cast import NOON, Clock, a_call, answered

SECOND = b"\x08\x00\xf8\xff" * (wav.BYTES_S // 4)


@dataclass
class Room:
    folder: Path
    call: Call
    clock: Clock = field(default_factory=Clock)
    raised: list[str | None] = field(default_factory=list)
    here: bool = True

    def __post_init__(self) -> None:
        self.recorder = Recorder(
            self.folder,
            floor=lambda: Floor(calls={self.call.id: self.call}),
            name=lambda call: call.id,
            clock=self.clock,
            alarm=lambda code, sentence: self.raised.append(sentence),
            reached=self.reached,
            ticks=lambda: self.ticks,
        )
        self.ticks = 0.0

    async def reached(self) -> bool:
        return self.here

    @property
    def file(self) -> Path:
        return self.folder / self.call.recording

    async def passes(self, seconds: int, *, written: bool) -> None:
        """Second by second; Asterisk writes every two of them."""
        for second in range(seconds):
            self.clock.pass_(1)
            self.ticks += 1
            if written and second % 2:
                with self.file.open("ab") as file:
                    file.write(SECOND * 2)
            await self.recorder.look()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    call = answered(a_call(), after_s=0)
    room = Room(tmp_path, replace(call, recording=f"2026/01/14/{call.id}.wav"))
    room.file.parent.mkdir(parents=True)
    return room


async def test_a_full_disk_stops_the_file_and_is_told_in_time_and_what_is_missing_is_remembered(room: Room) -> None:
    room.file.write_bytes(wav.header(0))
    await room.passes(30, written=True)
    assert room.raised == []
    await room.passes(4, written=False)
    assert room.raised == []
    await room.passes(3, written=False)  # within seven seconds of the last step
    assert room.raised == [STANDS_STILL.format(call=room.call.id)]
    await room.passes(13, written=False)
    await room.passes(10, written=True)
    assert room.raised == [STANDS_STILL.format(call=room.call.id), None]
    (piece,) = pieces_of(room.call)
    seen = room.recorder.seen(room.call.id, piece)
    (gap,) = seen.gaps
    assert seen.began is not None and abs((seen.began - NOON).total_seconds()) <= 1
    assert abs(gap.seconds - 20) <= 2 and abs((gap.since - NOON).total_seconds() - 30) <= 1


async def test_a_call_without_a_file_is_told_and_the_alarm_goes_with_the_call(room: Room) -> None:
    await room.passes(8, written=False)
    assert room.raised == [NOT_THERE.format(call=room.call.id)]
    room.call = replace(room.call, stage=Stage.ENDED, ended_at=room.clock.at)
    await room.passes(1, written=False)
    assert room.raised[-1] is None


@pytest.mark.parametrize(
    "other",
    [
        lambda call: replace(call, answered_at=None, stage=Stage.WAITING),  # nobody speaks yet
        lambda call: replace(call, test=True),
        lambda call: replace(call, stage=Stage.ENDED, ended_at=NOON),
    ],
)
async def test_who_waits_a_test_and_who_is_gone_alarm_nobody(room: Room, other: Callable[[Call], Call]) -> None:
    room.call = other(room.call)
    await room.passes(20, written=False)
    assert room.raised == []


async def test_with_the_recordings_on_another_machine_nothing_is_watched(room: Room) -> None:
    room.here = False
    await room.passes(20, written=False)
    assert room.raised == []


async def test_a_clock_that_is_set_in_mid_call_alarms_nobody_and_makes_no_gap(room: Room) -> None:
    room.file.write_bytes(wav.header(0))
    for leap in (3600, -7200):
        await room.passes(10, written=True)
        room.clock.pass_(leap)
    await room.passes(10, written=True)
    (piece,) = pieces_of(room.call)
    seen = room.recorder.seen(room.call.id, piece)
    assert (room.raised, seen.gaps) == ([], ())
    assert seen.began is not None and abs((seen.began - NOON).total_seconds() + 3600) <= 2
