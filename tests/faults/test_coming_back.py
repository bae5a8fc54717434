"""How soon the floor is right again, with nobody lifting a hand."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.faults.citizens import Citizens, Dialled, now
from tests.faults.house import House
from tests.faults.people import desks_of
from tests.faults.verdict import verdict
from tests.live.waiting import until

ASTERISK_BACK_S, SERVICE_BACK_S = 10.0, 5.0
PATIENT_S = 60.0


@asynccontextmanager
async def waiting_room(folder: Path, callers: int) -> AsyncIterator[tuple[House, Citizens]]:
    """So many callers wait; three telephones ring, and nobody lifts."""
    house = House(folder, ports=max(200, 2 * callers + 100))
    async with contextlib.AsyncExitStack() as ends:
        ends.push_async_callback(house.stop)
        await house.start()
        citizens = await Citizens(house.settings.sip_port).start()
        house.on_death.append(citizens.asterisk_died)
        ends.callback(citizens.close)
        await ends.enter_async_context(desks_of(house, answers=False))
        await dial(citizens, callers, 0)
        await until(lambda: right(house, citizens), f"{callers} callers on the floor", PATIENT_S, every=0.1)
        yield house, citizens


async def dial(citizens: Citizens, callers: int, first: int) -> None:
    for count in range(first, first + callers):
        citizens.dial(Dialled(f"+62812000{count:05}", waits_s=600, speaks_s=1))
        await asyncio.sleep(0.04)
    await until(lambda: all(who.ringing_at for who in citizens.open), "they hear it ring", PATIENT_S)


async def right(house: House, citizens: Citizens) -> bool:
    """Linked, the telephones known, and exactly those on the floor who wait, each with a ticket."""
    told = await house.health()
    if not told or told["line"]["phase"] != "up" or told["calls"]["live"] != len(citizens.open):
        return False
    query = "SELECT c.number FROM calls c JOIN ticket_calls l ON l.call = c.id WHERE c.stage = 'WAITING'"
    numbers = await asyncio.to_thread(house.rows, query)
    same = sorted(row["number"] for row in numbers) == sorted(who.number for who in citizens.open)
    return same and bool(told["positions"]["registered"] == len(house.positions))


async def they_give_up(house: House, citizens: Citizens) -> None:
    """And every one of them has his row, his ticket, his outcome."""
    await citizens.hang_up_all()
    await until(lambda: right(house, citizens), "the floor is empty", PATIENT_S, every=0.1)
    told = verdict(house, citizens.log, [])
    assert not told.wrong, told.table()


def seconds_since(start: datetime) -> float:
    return (now() - start).total_seconds()


async def killed_service(folder: Path, callers: int) -> float:
    """Seconds from its start until the floor is right."""
    async with waiting_room(folder, callers) as (house, citizens):
        life = len(house.service)
        assert house.kill_service()
        await until(lambda: len(house.service) > life, "the service is started again")
        await until(lambda: right(house, citizens), "the floor is right", PATIENT_S)
        took = seconds_since(house.service[life].started_at)
        await they_give_up(house, citizens)
        return took


async def killed_asterisk(folder: Path, callers: int, killed: bool) -> float:
    """Seconds from its being back until the floor is right: who waited is gone, who dialled again is there."""
    async with waiting_room(folder, callers) as (house, citizens):
        life = len(house.asterisk)
        assert house.end_asterisk(killed=killed)
        back = await house.asterisk_is_back(life)
        started = time.monotonic()
        await dial(citizens, 3, callers)
        await until(lambda: right(house, citizens), "the floor is right", PATIENT_S)
        took = min(seconds_since(back), time.monotonic() - started + 1)
        await they_give_up(house, citizens)
        return took


@pytest.mark.live
async def test_a_killed_service_finds_all_who_wait(tmp_path: Path) -> None:
    await killed_service(tmp_path, 15)


@pytest.mark.live
async def test_after_a_restart_of_asterisk_the_floor_is_right_by_itself(tmp_path: Path) -> None:
    await killed_asterisk(tmp_path, 5, killed=False)


@pytest.mark.faults
async def test_two_hundred_wait_and_a_killed_service_knows_them_five_seconds_after_its_start(tmp_path: Path) -> None:
    took = await killed_service(tmp_path, 200)
    print(f"\nthe floor was right {took:.1f} s after the start of the service, with 200 callers waiting")
    assert took < SERVICE_BACK_S


@pytest.mark.faults
@pytest.mark.parametrize("killed", [True, False])
async def test_ten_seconds_after_asterisk_is_back_the_floor_is_right(tmp_path: Path, killed: bool) -> None:
    took = await killed_asterisk(tmp_path, 20, killed)
    print(f"\nthe floor was right {took:.1f} s after Asterisk was back ({'kill -9' if killed else 'restarted'})")
    assert took < ASTERISK_BACK_S
