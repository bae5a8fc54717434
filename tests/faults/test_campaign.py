"""No call is lost, whatever dies: the campaign, short (`./test`) and long (`./test faults`).

CALLCENTER_FAULTS_SEED repeats one; the seed is printed with the table. CALLCENTER_FAULTS_DATABASE=postgresql runs the
long one, too, on a real PostgreSQL server, which is stopped and killed in its turn.
"""

import os
import random
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.campaign import Campaign, Plan
from tests.faults.house import House
from tests.faults.postgres import Server
from tests.faults.typists import lost
from tests.faults.verdict import verdict

Build = Callable[..., House]

SHORT = Plan(
    calls=40,
    every_s=0.7,
    pause_s=(1.0, 4.0),
    faults={
        "AMI link cut": 2,
        "AMI link half open": 1,
        "service killed -9": 2,
        "Asterisk killed -9": 1,
        "database locked": 1,
    },
)
LONG = Plan(
    calls=1050,
    every_s=0.75,
    pause_s=(2.0, 14.0),
    typists=3,
    faults={
        "AMI link cut": 21,
        "AMI link half open": 5,
        "service killed -9": 21,
        "Asterisk killed -9": 4,
        "Asterisk restarted": 3,
        "database locked": 6,
        "disk of the database full": 1,
        "browser killed -9": 20,
    },
)


ON_POSTGRESQL = Plan(
    calls=150,
    every_s=0.75,
    pause_s=(2.0, 6.0),
    typists=2,
    faults={
        "AMI link cut": 3,
        "AMI link half open": 1,
        "service killed -9": 4,
        "Asterisk killed -9": 1,
        "Asterisk restarted": 1,
        "database locked": 2,
        "database stopped": 3,
        "database killed": 2,
    },
)


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    try:
        one.start()
        yield one
    finally:
        one.remove()


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("CALLCENTER_FAULTS_SEED") or random.randrange(10**6))


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[Build]:
    houses: list[House] = []

    def build(small_disk: bool, server: Server | None = None) -> House:
        houses.append(House(tmp_path, small_disk=small_disk, server=server))
        return houses[-1]

    yield build
    for each in houses:
        await each.stop()


async def run(house: House, plan: Plan, seed: int) -> None:
    await house.start()
    campaign = Campaign(house, plan, seed)
    try:
        await campaign.run()
    finally:
        print(f"\nseed {seed}\n{campaign.told.table()}")
        await campaign.close()
    told = verdict(house, campaign.citizens.log, campaign.lifted)
    notes = [*lost(house, campaign.typists), *campaign.call_taker.lost()]
    told.counts["notes that were acknowledged, text by text"] = sum(each.acknowledged for each in campaign.typists)
    told.counts["notes that a page called saved"] = len(campaign.call_taker.stored)
    print(told.table())
    print(f"  {len(notes):>6}  notes lost")
    assert not told.wrong
    assert not notes
    assert not house.rows("SELECT why, body FROM quarantine")


@pytest.mark.live
async def test_some_calls_while_everything_dies_once(house: Build, seed: int) -> None:
    await run(house(False), SHORT, seed)


@pytest.mark.faults
async def test_a_thousand_calls_while_everything_dies_again_and_again(house: Build, seed: int) -> None:
    one, faults = house(True), dict(LONG.faults)
    if one.disk is None:
        faults.pop("disk of the database full")
        print("\nnot root: the disk is not filled here; tests/storage/test_durability.py does it with max_page_count")
    await run(one, Plan(LONG.calls, LONG.every_s, faults, LONG.pause_s, LONG.typists), seed)


@pytest.mark.faults
async def test_a_campaign_on_postgresql_which_is_stopped_and_killed_in_its_turn(
    house: Build, server: Server, seed: int
) -> None:
    plan = ON_POSTGRESQL
    if os.environ.get("CALLCENTER_FAULTS_DATABASE") == "postgresql":
        faults = {**LONG.faults, "database stopped": 5, "database killed": 5}
        faults.pop("disk of the database full")
        plan = Plan(LONG.calls, LONG.every_s, faults, LONG.pause_s, LONG.typists)
    await run(house(False, server), plan, seed)
