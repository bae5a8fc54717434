"""A campaign: calls come, people type, and at moments that a seed chooses something dies, hangs or fills up.

In:  a running house, a plan, a seed. Out: the callers' log, the desks' log, the notes, and what was done when.
Never: a fault that is only counted: each one that had nothing to hit is tried again.
"""

import asyncio
import contextlib
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from tests.faults.browsers import CallTaker
from tests.faults.citizens import Citizens, Dialled
from tests.faults.desks import Desk, Lifted
from tests.faults.house import House
from tests.faults.people import desks_of
from tests.faults.typists import Typist, hire
from tests.live.waiting import until

SETTLES_S = 60.0


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    calls: int
    every_s: float  # between two callers, on average
    faults: dict[str, int]
    pause_s: tuple[float, float]  # between two faults
    typists: int = 2


@dataclass
class Told:
    """What was done, for the table."""

    done: Counter[str] = field(default_factory=Counter)
    worst: dict[str, float] = field(default_factory=dict)

    def took(self, what: str, seconds: float) -> None:
        self.worst[what] = max(self.worst.get(what, 0.0), seconds)

    def table(self) -> str:
        lines = [f"  {count:>6}  {what}" for what, count in sorted(self.done.items())]
        return "\n".join([*lines, *(f"  {seconds:>6.1f}  s at most: {what}" for what, seconds in self.worst.items())])


def callers(plan: Plan, chance: random.Random) -> Iterator[tuple[float, Dialled]]:
    """Who dials, and how long after the one before."""
    for count in range(plan.calls):
        kind = chance.random()
        number = "" if kind < 0.04 else f"+62812{chance.randrange(10**4):04}{count:04}"
        waits = chance.uniform(0.2, 9.0) if chance.random() < 0.35 else 40.0
        yield chance.expovariate(1 / plan.every_s), Dialled(number, waits, chance.uniform(0.3, 5.0), kind < 0.12)


class Campaign:
    """One run of it."""

    def __init__(self, house: House, plan: Plan, seed: int) -> None:
        self.house, self.plan, self.seed, self.told = house, plan, seed, Told()
        self.chance = random.Random(f"{seed} faults")
        self.citizens = Citizens(house.settings.sip_port)
        self.desks: list[Desk] = []
        self.ends = contextlib.AsyncExitStack()
        self.typists = [Typist(house, f"typist{number}") for number in range(plan.typists)]
        self.call_taker = CallTaker(house, "siti", house.positions[-1])
        self.held: list[asyncio.Task[None]] = []
        self.faults: dict[str, Callable[[], Awaitable[bool]]] = {
            "AMI link cut": self.cut,
            "AMI link half open": self.swallow,
            "service killed -9": self.kill_service,
            "Asterisk killed -9": lambda: self.end_asterisk(killed=True),
            "Asterisk restarted": lambda: self.end_asterisk(killed=False),
            "database locked": self.lock,
            "disk of the database full": self.fill,
            "database stopped": lambda: self.away(signal.SIGINT),
            "database killed": lambda: self.away(signal.SIGQUIT),
            "browser killed -9": self.kill_browser,
        }

    @property
    def lifted(self) -> list[Lifted]:
        return [each for desk in self.desks for each in desk.lifted]

    async def run(self) -> None:
        """All of it, until the last caller is gone and everything is written down."""
        await self._people_come()
        typing = [asyncio.create_task(each.run()) for each in self.typists]
        if "browser killed -9" in self.plan.faults:
            typing.append(asyncio.create_task(self.call_taker.run()))
        try:
            await asyncio.gather(self._calls(), self._worst())
            await asyncio.gather(*self.held)
            await self.citizens.hang_up_all()
            await until(lambda: not self.citizens.open, "every caller is gone", 60, every=0.1)
            await asyncio.sleep(1.0)  # more is typed about the last ones
        finally:
            for task in (*typing, *self.held):
                task.cancel()
            await asyncio.gather(*typing, *self.held, return_exceptions=True)
            self.call_taker.kill(counted=False)
        await self.settled()

    async def _people_come(self) -> None:
        await hire(self.house, self.call_taker.name, *(each.name for each in self.typists))
        await self.citizens.start()
        self.house.on_death.append(self.citizens.asterisk_died)
        self.desks = await self.ends.enter_async_context(desks_of(self.house, seed=self.seed))

    async def _calls(self) -> None:
        for pause, who in callers(self.plan, random.Random(f"{self.seed} callers")):
            await asyncio.sleep(pause)
            self.citizens.dial(who)

    async def _worst(self) -> None:
        """The faults, in an order of the seed's."""
        todo = [name for name, count in self.plan.faults.items() for _ in range(count)]
        self.chance.shuffle(todo)
        for name in todo:
            await asyncio.sleep(self.chance.uniform(*self.plan.pause_s))
            async with asyncio.timeout(90):
                while not await self.faults[name]():  # nothing to hit: it is dead or unlinked already
                    await asyncio.sleep(0.1)
            self.told.done[name] += 1

    async def settled(self) -> None:
        """Linked, nothing waits, nobody is on the floor."""
        started = time.monotonic()
        await until(self._quiet, "all is written down", SETTLES_S, every=0.2)
        self.told.took("until all was written down", time.monotonic() - started)

    async def _quiet(self) -> bool:
        told = await self.house.health()
        return bool(told) and told["line"]["phase"] == "up" and not told["journal"]["waiting"] + told["calls"]["live"]

    async def close(self) -> None:
        await self.ends.aclose()
        self.citizens.close()

    # What is done to it -------------------------------------------------------------------------------------------

    async def cut(self) -> bool:
        return self.house.wire.cut()

    async def swallow(self) -> bool:
        return self.house.wire.swallow()

    async def kill_browser(self) -> bool:
        return self.call_taker.kill()

    async def kill_service(self) -> bool:
        return self.house.kill_service()

    async def end_asterisk(self, *, killed: bool) -> bool:
        life = len(self.house.asterisk)
        if not self.house.end_asterisk(killed=killed):
            return False
        await self.house.asterisk_is_back(life)
        return True

    async def lock(self) -> bool:
        """Another program holds the database; other faults come meanwhile."""
        seconds = self.chance.uniform(2.0, 8.0)
        self.held.append(asyncio.create_task(asyncio.to_thread(self._hold, seconds)))
        return True

    async def away(self, how: signal.Signals) -> bool:
        """PostgreSQL is gone for a while; other faults come meanwhile."""
        server = self.house.server
        assert server, "the database is a file"
        if any(not held.done() for held in self.held):
            return False  # one thing at a time is done to it
        seconds = self.chance.uniform(2.0, 8.0)
        self.held.append(asyncio.create_task(asyncio.to_thread(server.away, seconds, how)))
        return True

    def _hold(self, seconds: float) -> None:
        if self.house.server:
            self.house.server.hold(seconds)
            return
        with contextlib.closing(sqlite3.connect(self.house.database, timeout=60, isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            db.execute("ROLLBACK")

    async def fill(self) -> bool:
        """Nothing more goes onto the disk of the database, for a while."""
        assert self.house.disk, "the database has no disk of its own"
        await asyncio.to_thread(self._fill, self.chance.uniform(6.0, 12.0))
        return True

    def _fill(self, seconds: float) -> None:
        assert self.house.disk
        ballast = self.house.disk / "ballast"
        end = time.monotonic() + seconds
        try:
            with ballast.open("wb", buffering=0) as file:
                while time.monotonic() < end:
                    try:
                        file.write(b"\0" * 65536)
                    except OSError:  # full; what is freed meanwhile is taken, too
                        time.sleep(0.05)
        finally:
            ballast.unlink()
