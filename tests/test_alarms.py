"""Alarms come, go and are sent on; nothing that fails on their way stops anything else."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from callcenter.alarms import Alarms
from callcenter.core.alarms import Alarm
from callcenter.core.errors import CallCenterError, LineDown
from callcenter.core.floor import Floor
from tests.core.test_floor import START


class Room:
    """Its parts, as the alarms see them."""

    def __init__(self) -> None:
        self.at = START
        self.line: CallCenterError | None = None
        self.trunks: Mapping[str, bool] = {"main": True}
        self.fails: CallCenterError | None = None
        self.told: list[tuple[str, bool]] = []
        self.room: dict[Path, tuple[int, int | None]] = {
            Path("/recordings"): (10**9, None),
            Path("/spool"): (10**9, 10_000),
        }
        self.alarms = Alarms(
            floor=Floor,
            troubles=lambda: {"line": self.line},
            trunks=self._ask,
            disk=Path("/recordings"),
            places=[Path("/spool")],
            room_for=lambda place: self.room[place],
            clock=lambda: self.at,
            changed=lambda alarm, raised: self.told.append((alarm.code, raised)),
        )

    async def _ask(self) -> Mapping[str, bool]:
        if self.fails:
            raise self.fails
        return self.trunks

    async def later(self, seconds: float) -> list[Alarm]:
        self.at += timedelta(seconds=seconds)
        await self.alarms.look()
        return self.alarms.now()


async def test_a_lost_line_is_told_once_after_its_grace_and_once_when_it_is_back() -> None:
    room = Room()
    room.line = LineDown("No link.")
    assert await room.later(0) == []
    (alarm,) = await room.later(11)
    assert (alarm.code, alarm.sentence, alarm.since) == ("line", "No link.", START)
    await room.later(5)
    room.line = None
    assert await room.later(1) == []
    assert room.told == [("line", True), ("line", False)]


async def test_a_disk_that_takes_no_more_bytes_or_no_more_files_is_named_whatever_lies_on_it() -> None:
    room = Room()
    assert await room.later(1) == []
    for place, left, words in (
        ("/recordings", (10**7, None), "The disk is full"),
        ("/recordings", (10**9, 3), "under /recordings takes no more files"),
        ("/spool", (10**5, None), "under /spool is full"),
        ("/spool", (10**9, 3), "under /spool takes no more files"),
    ):
        before, room.room[Path(place)] = room.room[Path(place)], left
        (alarm,) = await room.later(1)
        assert words in alarm.sentence
        room.room[Path(place)] = before
        assert await room.later(1) == []


async def test_another_part_raises_its_own_and_ends_it() -> None:
    room = Room()
    room.alarms.set("self-test", "No sound passed.")
    assert [alarm.sentence for alarm in await room.later(0)] == ["No sound passed."]
    room.alarms.set("self-test", None)
    assert await room.later(5) == []


async def test_a_question_that_fails_is_no_alarm_of_the_trunk() -> None:
    room = Room()
    room.fails = LineDown("gone")
    assert await room.later(100) == []
    room.fails, room.trunks = None, {"main": False}
    await room.later(0)
    assert [alarm.code for alarm in await room.later(46)] == ["trunks"]


async def test_a_mistake_in_one_look_does_not_end_the_watch() -> None:
    room = Room()
    looked = asyncio.Event()

    def clock() -> datetime:
        looked.set()
        raise RuntimeError("a mistake")

    room.alarms._clock = clock
    running = asyncio.create_task(room.alarms.run())
    await asyncio.wait_for(looked.wait(), 30)
    await asyncio.sleep(0)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
