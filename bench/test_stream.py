"""(d) AMI events a second through link + inbox + floor, against a bare asyncio reader and cacofonisk 0.7."""

import json
import statistics
import subprocess
import sys

import pytest

from bench.report import line

pytestmark = pytest.mark.bench
REPEATS, ROUNDS = 4, 3
EVENTS = 50_000 * REPEATS - 10


def cpu_seconds(who: str) -> float:
    """One reader, one stream, each in its own process; CPU time, since the machine may be shared."""
    python = [sys.executable, "-W", "ignore", "-m"]
    with subprocess.Popen([*python, "bench.server", str(REPEATS)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        reader = [*python, "bench.readers", who, port, str(EVENTS)]
        done = subprocess.run(reader, capture_output=True, text=True, timeout=120, check=True)
        server.kill()
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["events"] >= EVENTS
    return float(told["cpu"])


def test_events_a_second() -> None:
    rounds = [{who: cpu_seconds(who) for who in ("ours", "bare", "cacofonisk")} for _ in range(ROUNDS)]
    rate = {who: EVENTS / statistics.median(r[who] for r in rounds) for who in rounds[0]}
    ours = f"{rate['ours']:,.0f}/s of CPU"
    for reference, goal in (("cacofonisk", "at least 4"), ("bare", "at least 0.5")):
        ratio = statistics.median(r[reference] / r["ours"] for r in rounds)
        line(f"(d) AMI events against {reference}", ours, f"{rate[reference]:,.0f}/s", ratio, goal)
