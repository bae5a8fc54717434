"""A bad night: a caller each second, three positions."""

import asyncio
import contextlib
import random
from pathlib import Path

import pytest

from tests.faults.citizens import Citizens, Dialled
from tests.faults.house import House
from tests.faults.people import desks_of
from tests.faults.typists import hire
from tests.faults.verdict import verdict
from tests.faults.watcher import Watcher, shown
from tests.live.waiting import until

SCREEN_P95_S = 1.0


async def surge(folder: Path, calls: int) -> list[float]:
    """A caller each second. Seconds from each dialling until he is to be seen, on the slowest of three screens."""
    chance = random.Random(calls)
    house = House(folder)
    async with contextlib.AsyncExitStack() as ends:
        ends.push_async_callback(house.stop)
        await house.start()
        citizens = await Citizens(house.settings.sip_port).start()
        ends.callback(citizens.close)
        names = [f"at{position}" for position in house.positions]
        await hire(house, *names)
        seats = zip(names, house.positions, strict=True)
        screens = [await ends.enter_async_context(Watcher.at(house, *seat)) for seat in seats]
        desks = await ends.enter_async_context(desks_of(house, rings=(0.3, 1.0), speaks=(0.5, 3.5)))
        for count in range(calls):
            citizens.dial(Dialled(f"+62812{chance.randrange(10**4):04}{count:04}", waits_s=60, speaks_s=30))
            await asyncio.sleep(1.0)
        await until(lambda: not citizens.open, "every caller was spoken with", 120, every=0.1)
        await until(lambda: _settled(house), "all is written down", 60, every=0.2)
        told = verdict(house, citizens.log, [each for desk in desks for each in desk.lifted])
        print(f"\n{told.table()}")
        assert not told.wrong
        assert told.counts["rows in the database"] == calls
        return [max(_delays(screens, who)) for who in citizens.log]


def _delays(screens: list[Watcher], who: Dialled) -> list[float]:
    assert who.dialled_at
    return [(screen.seen[shown(who.number)] - who.dialled_at).total_seconds() for screen in screens]


async def _settled(house: House) -> bool:
    told = await house.health()
    return bool(told) and not told["journal"]["waiting"] + told["calls"]["live"]


@pytest.mark.live
async def test_in_a_short_surge_every_caller_is_seen_and_has_his_row(tmp_path: Path) -> None:
    assert len(await surge(tmp_path, 10)) == 10


@pytest.mark.faults
async def test_in_ten_minutes_of_a_caller_each_second_every_screen_shows_each_within_a_second(tmp_path: Path) -> None:
    late = sorted(await surge(tmp_path, 600))
    p95 = late[int(len(late) * 0.95)]
    print(f"\na caller is on the screens {late[len(late) // 2]:.3f} s (median), {p95:.3f} s (p95) after he dialled")
    assert p95 < SCREEN_P95_S
