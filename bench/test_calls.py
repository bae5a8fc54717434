"""(c) Calls a second, each answered and each with its ticket, against the same dialplan without our service.

Two rooms with the default queue (all phones ring), one with the service and one without, are offered the same calls in
turn. A rate is kept when nobody is left waiting: every call is answered, and all are over soon after the last one came.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from bench.report import line, load
from bench.room import Room
from bench.sipp import Sipp, callers, phones
from tests.live.waiting import until

pytestmark = pytest.mark.bench
POSITIONS = 10
GOAL, GOAL_S = 10, 20
RATES = (12, 14, 17, 20, 24, 29, 35)
STEP_S, LATE_S = 5, 2.0  # so late may the last call be over
TRIES = 2  # one hiccup of the machine is no limit
LONGEST_S = 60.0


class Hall:
    """A room, its phones, and what it was offered."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.offers = folder, 0
        self.room = Room(folder, POSITIONS, ports=1000)
        self.phones: list[Sipp] = []

    async def open(self, service: bool) -> None:
        await self.room.prepare()
        await self.room.exchange.start()
        if service:
            await self.room.start_service()
        self.phones = await phones(self.room, self.folder / "phones")

    async def close(self) -> None:
        for phone in self.phones:
            await phone.stop()
        await self.room.stop()

    async def offer(self, rate: int, seconds: int, patience: float) -> float | None:
        """How long it took until all were over; None where it took longer than that."""
        self.offers += 1
        crowd = await callers(self.room, self.folder / f"offer-{self.offers}", rate, seconds)
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(seconds + patience):
                assert await crowd.process.wait() == 0, "every call goes as its caller expects"
        except TimeoutError:
            return None
        finally:
            await crowd.stop()
            await self.room.exchange.quiet()
        return asyncio.get_running_loop().time() - began

    def kept(self) -> int:
        """Calls that are over and have a ticket."""
        with closing(sqlite3.connect(f"file:{self.room.home}/callcenter.db?mode=ro", uri=True)) as database:
            wanted = (
                "SELECT count(DISTINCT ticket) FROM calls JOIN ticket_calls ON call = id WHERE ended_at IS NOT NULL"
            )
            return int(database.execute(wanted).fetchone()[0])


@pytest_asyncio.fixture
async def halls(tmp_path: Path) -> AsyncIterator[tuple[Hall, Hall]]:
    """With the service, and without."""
    ours, bare = Hall(tmp_path / "ours"), Hall(tmp_path / "bare")
    try:
        await ours.open(service=True)
        await bare.open(service=False)
        yield ours, bare
    finally:
        await ours.close()
        await bare.close()


async def all_have_tickets(hall: Hall, calls: int) -> None:
    """Exactly so many, as soon as they are committed."""
    await until(lambda: hall.kept() >= calls, f"{calls} calls have their tickets, {hall.kept()} had at first", 15)
    assert hall.kept() == calls


async def highest(hall: Hall, kept: list[int], rate: int) -> bool:
    """Whether this rate is kept, in one of the tries."""
    for _ in range(TRIES):
        if await hall.offer(rate, STEP_S, LATE_S) is not None:
            kept.append(rate)
            return True
    return False


async def test_ten_calls_a_second_and_none_is_lost(halls: tuple[Hall, Hall]) -> None:
    ours, bare = halls
    before = ours.room.cpu_seconds()
    took = await ours.offer(GOAL, GOAL_S, LONGEST_S)
    assert took is not None
    await all_have_tickets(ours, GOAL * GOAL_S)
    used = (ours.room.cpu_seconds() - before) / (GOAL * GOAL_S)
    line(
        f"(c) {GOAL} calls a second for {GOAL_S} s{load()}",
        f"{GOAL * GOAL_S} over in {took:.1f} s, each with its ticket; the service uses {used * 1000:.0f} ms a call",
        "every call that was made",
        1.0,
        "none lost",
    )
    await most_calls(ours, bare)


async def most_calls(ours: Hall, bare: Hall) -> None:
    """Both halls in turn, faster and faster, each until it cannot follow."""
    kept: dict[Hall, list[int]] = {bare: [GOAL], ours: [GOAL]}
    running = [bare, ours]
    for rate in RATES:
        running = [hall for hall in running if await highest(hall, kept[hall], rate)]
    most, reference = max(kept[ours]), max(kept[bare])
    line(
        f"(c) highest rate at which nobody is left waiting{load()}",
        f"{most} calls/s",
        f"{reference} calls/s with the service stopped",
        most / reference,
        "at least 0.95",
    )
