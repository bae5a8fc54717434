"""(e) Memory after 20,000 calls through floor, journal and database, against after 2,000."""

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bench.report import line
from callcenter.core import facts
from callcenter.core.catalogue import always
from callcenter.core.phone import read
from callcenter.storage import Database, Entry, Journal, migrate, sqlite_url
from callcenter.switchboard import Switchboard

pytestmark = pytest.mark.bench
FEW, MANY = 2_000, 20_000
START = datetime(2026, 1, 14, tzinfo=UTC)


def resident_mb() -> float:
    """What the kernel counts for this process."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def one_call(board: Switchboard, number: int) -> None:
    """A call from arrival to end, with everything in between."""
    at, call, leg = START + timedelta(seconds=number), f"e112-{1768352400 + number}.0", f"e112-{1768352400 + number}.1"
    board.hear(facts.CallArrived(call, at, f"+62812{number:08d}"))
    board.hear(facts.CallQueued(call, at))
    board.hear(facts.PhoneCalled(call, at, "101", leg))
    board.hear(facts.CallAnswered(call, at + timedelta(seconds=3), "101", leg))
    board.hear(facts.LegEnded(leg, at + timedelta(seconds=9), 16))
    board.hear(facts.LegEnded(call, at + timedelta(seconds=9), 16))


async def measure(folder: Path) -> dict[int, float]:
    """Resident megabytes after so many calls."""
    url = sqlite_url(folder / "bench.db")
    await migrate(url)
    database, found = Database(url), {}
    zone = ZoneInfo("Asia/Jakarta")
    board: Switchboard
    journal = Journal(
        database,
        folder / "spool",
        zone=zone,
        read_number=read,
        clock=lambda: START,
        committed=lambda n: board.committed(n),
    )
    board = Switchboard(catalogue=always(), keep=lambda fact, calls: journal.write(Entry(fact, calls)))
    journal.open()
    tasks = [asyncio.create_task(database.run()), asyncio.create_task(journal.run())]
    for number in range(MANY):
        one_call(board, number)
        if number % 200 == 199:
            await journal.settled(60)
        if number + 1 in (FEW, MANY):
            found[number + 1] = resident_mb()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await database.close()
    return found


def test_memory_stays_flat() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bench.test_memory"], capture_output=True, text=True, check=True, timeout=600
    )
    few, many = json.loads(told.stdout.splitlines()[-1])
    line("(e) memory after 20,000 calls", f"{many:.0f} MB", f"{few:.0f} MB after 2,000", many / few, "flat")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(list(asyncio.run(measure(Path(scratch))).values())))
