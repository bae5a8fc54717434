"""Years of calls, made once for each database, and how a question is measured.

In:  SCALE_CALLS, SCALE_TIMES, SCALE_AGAIN, SCALE_URL (one that is full already).
Out: a full database with its parts; milliseconds, printed.
Never: the machine's other work hidden: its load stands beside the figures.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from callcenter.storage import Database, Figures, History, Reports, migrate, review_sums, sqlite_url
from tests import postgres
from tests.scale.fill import fill
from tests.scale.looks import look_back
from tests.scale.years import END
from tests.storage.cast import READ_NUMBER, ZONE

MANY = int(os.environ.get("SCALE_CALLS", "500000"))
TIMES = int(os.environ.get("SCALE_TIMES", "25"))
ONCE_MORE = int(os.environ.get("SCALE_AGAIN", "0"))
"""So often a question is asked again; the quickest answer counts. For a machine that has other work."""
GOAL_MS = 300
BIG = (
    "shared_buffers=512MB",
    "work_mem=32MB",
    "maintenance_work_mem=512MB",
    "max_wal_size=4GB",
    "random_page_cost=1.1",
)


def clock() -> datetime:
    """Late in the evening of the last day: all of its calls are there, and it is still today."""
    return END - timedelta(hours=7, minutes=1)


@dataclass
class Room:
    database: Database
    history: History
    figures: Figures
    reports: Reports
    chance: random.Random


FULL = os.environ.get("SCALE_URL", "")


@pytest.fixture(scope="session", params=[FULL.partition(":")[0]] if FULL else ["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if FULL:
        asyncio.run(migrate(FULL))
        yield FULL
        return
    if request.param == "sqlite":
        yield filled(sqlite_url(tmp_path_factory.mktemp("scale") / "years.db"))
        return
    with postgres.server(BIG) as server:
        yield filled(asyncio.run(server.make("years")))


def filled(address: str) -> str:
    """Made, and every day counted."""
    began = time.perf_counter()
    asyncio.run(migrate(address))
    asyncio.run(fill(address, MANY))
    print(f"\n{address.split(':')[0]}: {MANY:,} calls made in {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    asyncio.run(look_back(address))
    print(f"looked at, recorded and reviewed in {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    asyncio.run(counted(address))
    print(f"all days counted in {time.perf_counter() - began:.0f} s")
    return address


async def counted(address: str) -> None:
    """As the program does it in the background."""
    async with Database(address, write_s=600, read_s=60).running() as database:
        figures = Figures(database, zone=ZONE, clock=clock)
        while await figures.count_some(200):
            pass
        while await review_sums.keep_one(database):
            pass


@pytest.fixture
async def room(url: str) -> AsyncIterator[Room]:
    async with Database(url, write_s=600, read_s=60).running() as database:
        history = History(database, read_number=READ_NUMBER, clock=clock)
        figures = Figures(database, zone=ZONE, clock=clock)
        await figures.begin_today()  # as the program does after its start
        yield Room(database, history, figures, Reports(database, clock=clock), random.Random(5))


Question = Callable[[], Awaitable[object]]


async def measured(name: str, ask: Callable[[], Question], times: int = TIMES) -> float:
    """p95 in milliseconds over so many questions; printed."""
    took = []
    for _ in range(times):
        question, best = ask(), float("inf")
        for _ in range(1 + ONCE_MORE):
            began = time.perf_counter()
            await question()
            best = min(best, (time.perf_counter() - began) * 1000)
        took.append(best)
    took.sort()
    p95 = took[min(len(took) - 1, int(len(took) * 0.95))]
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"  {name:44} p50 {took[len(took) // 2]:7.1f} ms   p95 {p95:7.1f} ms   {load}", flush=True)
    return p95


def too_slow(found: dict[str, float]) -> dict[str, str]:
    """What is beyond the goal."""
    return {name: f"{ms:.0f} ms" for name, ms in found.items() if ms > GOAL_MS}
