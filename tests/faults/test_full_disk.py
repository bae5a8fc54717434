"""The one disk of the room is full: database, spool, Asterisk's journals and recordings. The telephone goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.citizens import Citizens, Dialled
from tests.faults.desks import Desk
from tests.faults.house import House
from tests.faults.people import desks_of
from tests.faults.verdict import QUERY
from tests.live.waiting import until

pytestmark = pytest.mark.faults


@asynccontextmanager
async def full(disk: Path) -> AsyncIterator[None]:
    """Not a byte more, until the block ends; what is freed meanwhile is taken, too."""
    ballast = disk / "ballast"

    def fill() -> None:
        with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"\0" * 65536):
                pass

    async def keep() -> None:
        while True:
            await asyncio.to_thread(fill)
            await asyncio.sleep(0.02)

    await asyncio.to_thread(fill)
    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        ballast.unlink()


async def test_with_the_whole_disk_full_calls_are_answered_screens_say_it_and_all_lands_when_there_is_room(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, small_disk=True, all_on_it=True)
    if house.disk is None:
        print("\nnot root: no disk can be made here")
        return
    async with contextlib.AsyncExitStack() as ends:
        ends.push_async_callback(house.stop)
        await house.start()
        citizens = await Citizens(house.settings.sip_port).start()
        ends.callback(citizens.close)
        desks = await ends.enter_async_context(desks_of(house, speaks=(20.0, 30.0)))  # the callers hang up
        before = await calls(citizens, 3, 0)
        await until(lambda: quiet(house), "all is written down", 20, every=0.2)
        async with full(house.disk):
            during = await calls(citizens, 6, 10)
            told = await house.health()
            assert told["status"] == "trouble" and any("disk" in why.lower() for why in told["reasons"]), told
            assert told["line"]["phase"] == "up" and told["journal"]["waiting"] > 0
        await until(lambda: quiet(house), "all has landed", 30, every=0.2)
        after = await calls(citizens, 2, 20)
        await until(lambda: quiet(house), "all is written down", 20, every=0.2)
        assert len(after) <= len(house.arrivals()), "Asterisk writes its own records again"
        waiting = citizens.dial(Dialled("+6281200000099", waits_s=15, speaks_s=5.0))
        await until(lambda: waiting.answered_at, "he is answered", 10)
        assert any(key.endswith("/in") for key in await house.exchange.journal()), "and its own database, too"
        await citizens.hang_up_all()
        assert all_are_right(house, [*before, *during, *after], desks) == []


async def calls(citizens: Citizens, count: int, first: int) -> list[Dialled]:
    """One after the other: each is answered, speaks, and hangs up."""
    dialled = []
    for number in range(first, first + count):
        dialled.append(citizens.dial(Dialled(f"+62812000{number:05}", waits_s=15, speaks_s=1.0)))
        await until(lambda: dialled[-1].answered_at, "he is answered", 10)
        await until(lambda: dialled[-1].end, "he has hung up", 10)
    return dialled


async def quiet(house: House) -> bool:
    told = await house.health()
    return bool(told) and not told["journal"]["waiting"] + told["calls"]["live"] and told["database"]["ok"]


def all_are_right(house: House, dialled: list[Dialled], desks: list[Desk]) -> list[str]:
    rows = house.rows(QUERY)
    wrong = []
    for who in dialled:
        mine = [row for row in rows if row["number"] == who.number]
        if len(mine) != 1 or mine[0]["outcome"] != "ANSWERED" or not mine[0]["ticket"] or not mine[0]["end_seen"]:
            wrong.append(f"{who.number}: {mine}")
        elif mine[0]["answered_by"] not in {each.desk for desk in desks for each in desk.lifted}:
            wrong.append(f"{who.number}: answered by {mine[0]['answered_by']}")
    return wrong
