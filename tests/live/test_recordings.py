"""Is it being recorded? On a real Asterisk: each side in its file, through hold; what is told within 10 s."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from callcenter import wav
from callcenter.core.coverage import (
    CALIBRATED_S,
    CALLER_LOST,
    NOT_THERE,
    STANDS_STILL,
    Found,
    Hearing,
    Judged,
    Verdict,
    judge,
)
from callcenter.core.desk_wishes import Unhold
from callcenter.core.recorded import Piece, pieces_of
from callcenter.recorder import Recorder
from tests.live.conftest import Room
from tests.live.desk import Desk, desk_of, now
from tests.live.test_control import CALLER, HER, Talk, talk
from tests.live.tone import heard, samples_of
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENCE_S = 30.0
"""Told within ten seconds: tests/test_recorder.py and tests/core/test_coverage.py hold it by clocks of their own. Here
the machine may be busy; told too late would be a "perhaps" after 45 s, or nothing."""


@dataclass
class Watch:
    """The recorder over the room's Asterisk, and what it raised."""

    room: Room
    desk: Desk
    raised: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder = self.room.exchange.home / "asterisk" / "spool" / "monitor"
        self.recorder = Recorder(
            self.folder,
            floor=lambda: self.desk.board.floor,
            name=lambda call: call.id,
            clock=now,
            alarm=self._alarm,
        )

    def _alarm(self, code: str, sentence: str | None) -> None:
        self.raised.pop(code, None)
        if sentence:
            self.raised[code] = sentence

    def said(self, sentence: str, call: str) -> bool:
        return sentence.format(call=call) in self.raised.values()

    async def alarms_in_time(self, sentence: str, call: str) -> None:
        await until(lambda: self.said(sentence, call), sentence, PATIENCE_S)

    def well(self, call: str) -> Hearing:
        """What is known of how he sounds when all is well."""
        return self.recorder._watched[(call, *self.piece(call)[0].key)].sides.get("in", Hearing())

    def piece(self, call: str) -> tuple[Piece, Path]:
        piece = next(pieces_of(self.desk.calls[call]))
        return piece, self.folder / piece.places[0]

    def judged(self, call: str) -> Judged:
        """As the keeper judges it."""
        piece, path = self.piece(call)
        assert piece.since
        seen, state = self.recorder.seen(call, piece), wav.look(path) if path.exists() else None
        found = Found(state.seconds, state.closed) if state else None
        return judge(found, piece.since, piece.until, seen=seen.gaps, began=seen.began)


@pytest_asyncio.fixture(loop_scope="session")
async def watch(room: Room) -> AsyncIterator[Watch]:
    async with desk_of(room) as desk:
        made = Watch(room, desk)
        task = asyncio.create_task(made.recorder.run())
        yield made
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def his_line_is_known(watch: Watch, story: Talk) -> None:
    """As it is when all is well. A packet that a busy machine brought late leaves a doubt until they are heard anew."""
    for _ in range(20):
        await until(lambda: watch.well(story.id).full, "they are heard anew")
        await until(lambda: watch.well(story.id).heard_s >= 2 * CALIBRATED_S or not watch.well(story.id).full, "sound")
        if watch.well(story.id).full:
            return
        await story.hold()
        await watch.desk.wish(Unhold(story.id, "101", "ayu"))
        await story.hears_her()
    raise AssertionError("his line is never known")


async def passes(seconds: float, story: Talk, path: Path) -> None:
    """So much more of the call is written down."""
    before = wav.look(path).seconds
    await until(lambda: wav.look(path).seconds >= before + seconds, f"{seconds} s more are recorded of {story.id}")


async def test_each_side_is_in_its_file_through_hold_and_a_side_that_is_lost_and_a_stop_alarm_within_ten_seconds(
    room: Room, watch: Watch, tmp_path: Path
) -> None:
    story = await talk(room, watch.desk)
    _, path = watch.piece(story.id)
    await until(lambda: path.exists() and wav.look(path).seconds > 5, "some seconds are recorded")
    for side, speaks, silent in (("in", CALLER, HER), ("out", HER, CALLER)):
        alone = samples_of(path.with_name(f"{path.stem}-{side}.wav"), 1.0)
        assert heard(alone, speaks) and not heard(alone, silent), side
    await story.hold()
    await passes(7, story, path)
    await watch.desk.wish(Unhold(story.id, "101", "ayu"))
    await story.hears_her()
    await his_line_is_known(watch, story)
    assert watch.raised == {}
    again = tmp_path / "again.wav"  # as instant recall reads it while it grows: before, in and after the hold
    sound = wav.look(path).sound
    again.write_bytes(wav.header(sound) + wav.read(path, wav.HEADER, wav.HEADER + sound))
    for seconds in (None, 3.0):
        assert heard(samples_of(again, seconds), CALLER) and heard(samples_of(again, seconds), HER)
    async with room.exchange.watch() as ami:
        await ami.do("MixMonitorMute", Channel=story.id, Direction="read", State="1")
        await watch.alarms_in_time(CALLER_LOST, story.id)
        await ami.do("MixMonitorMute", Channel=story.id, Direction="read", State="0")
        await until(lambda: not watch.raised, "it is over")
        await ami.do("StopMixMonitor", Channel=story.id)
        stopped = now()
        await watch.alarms_in_time(STANDS_STILL, story.id)
    await passing(story)
    await until(lambda: not watch.raised, "the alarm goes with the call")
    judged = watch.judged(story.id)
    assert judged.verdict is Verdict.GAP
    (gap,) = judged.gaps
    assert abs((gap.since - stopped).total_seconds()) < 3 and gap.until == watch.desk.calls[story.id].ended_at


async def passing(story: Talk) -> None:
    """She hangs up."""
    await story.her.hang_up()
    await until(lambda: not story.desk.calls[story.id].live, "it is over")


async def test_a_quiet_caller_alarms_nobody_and_a_file_deleted_by_hand_does_within_ten_seconds(
    room: Room, watch: Watch
) -> None:
    story = await talk(room, watch.desk)
    _, path = watch.piece(story.id)
    await until(lambda: path.exists() and wav.look(path).seconds > 5, "some seconds are recorded")
    await story.caller.order("mute")
    await until(lambda: not story.her.hears(CALLER), "he says nothing")
    await passes(12, story, path)
    assert watch.raised == {}
    path.unlink()
    await watch.alarms_in_time(NOT_THERE, story.id)
    await story.caller.order("mute")
    await passing(story)
    assert watch.judged(story.id).verdict is Verdict.MISSING
