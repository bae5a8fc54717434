"""Three who read the same stream, each in a process of its own: our road, a bare reader, and cacofonisk.

In:  which one, the port, how many events will come. Out: one JSON line: events and CPU seconds.
Never: a share of the work left out: each one takes every byte from the socket and keeps its state.
"""

import asyncio
import json
import sys
import time
import warnings
from datetime import UTC, datetime
from typing import Any


async def ours(port: int, expected: int) -> int:
    """link + inbox + floor, as the service runs them."""
    from callcenter.asterisk.exchange import Exchange, Known
    from callcenter.asterisk.inbox import House
    from callcenter.core.catalogue import always
    from callcenter.switchboard import Switchboard

    async def ended(_: object) -> Known:
        return Known(set(), set())

    board = Switchboard(catalogue=always(), keep=lambda fact, calls: None)
    exchange = Exchange(
        host="127.0.0.1",
        port=port,
        secret="x",
        house=House(queue="*"),
        positions=(),
        catalogue=always(),
        hear=board.hear,
        on_state=lambda state: None,
        ended=ended,
        clock=lambda: datetime.now(UTC),
    )
    task = asyncio.create_task(exchange.run())
    counts = exchange.link.counts
    while counts.heard + counts.skipped < expected:
        await asyncio.sleep(0.01)
    task.cancel()
    return counts.heard + counts.skipped


async def bare(port: int, expected: int) -> int:
    """A reader that makes a dict of every event and keeps the last one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(b"Action: Login\r\nActionID: 1\r\n\r\n")
    await reader.readline()
    seen = 0
    while seen < expected:
        frame = await reader.readuntil(b"\r\n\r\n")
        event = dict(line.partition(": ")[::2] for line in frame.decode("utf-8", "replace").split("\r\n") if line)
        seen += "Event" in event and event["Event"] != "FullyBooted"
    writer.close()
    return seen


def cacofonisk(port: int, expected: int) -> int:
    """cacofonisk 0.7 with its own runner and a reporter that drops everything."""
    warnings.simplefilter("ignore")
    asyncio.set_event_loop(asyncio.new_event_loop())
    from cacofonisk.reporters import BaseReporter
    from cacofonisk.runners.ami_runner import AmiRunner

    runner = AmiRunner([f"tcp://a:b@127.0.0.1:{port}"], BaseReporter())  # type: ignore[no-untyped-call]
    runner.attach_all()  # type: ignore[no-untyped-call]
    manager = next(iter(runner.ami_managers))
    seen = 0

    def count(_manager: Any, event: Any) -> None:
        nonlocal seen
        seen += 1
        if seen >= expected:
            runner.loop.stop()

    manager.register_event("*", count)
    runner.loop.run_forever()
    return seen


def main(who: str, port: int, expected: int) -> None:
    """Read the stream and say what it took."""
    began = time.process_time()
    if who == "cacofonisk":
        events = cacofonisk(port, expected)
    else:
        events = asyncio.run({"ours": ours, "bare": bare}[who](port, expected))
    print(json.dumps({"events": events, "cpu": time.process_time() - began}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
