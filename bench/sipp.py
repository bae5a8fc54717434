"""SIPp as a crowd: callers at a fixed rate, and phones that lift by themselves.

In:  a scenario of bench/scenarios, where it talks to, how fast. Out: whether each call went as the scenario says.
Never: sound, a judgement.
"""

import asyncio
import contextlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from bench.phone import Phone
from bench.room import TRUNK, Room
from tests.live.places import free_block

SCENARIOS = Path(__file__).parent / "scenarios"
LIFT_MS = 3  # the first phone; each next one is so much slower, so that one is first


@dataclass
class Sipp:
    """One process."""

    scenario: str
    room: Room
    folder: Path
    host: str
    more: tuple[str, ...] = ()
    ring_ms: int = 0
    port: int = field(default_factory=lambda: free_block(4))

    async def start(self) -> "Sipp":
        program = shutil.which("sipp")
        assert program, "no sipp: ./test brings it"
        self.folder.mkdir(parents=True)
        scenario = self.folder / "scenario.xml"  # sipp puts no keyword into a timeout
        text = (SCENARIOS / f"{self.scenario}.xml").read_text("utf-8")
        scenario.write_text(text.replace("[ring]", str(self.ring_ms)), "utf-8")
        with (self.folder / "sipp.log").open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(program, "-sf", str(scenario), self.room.exchange.server, *self.more),
                *("-i", self.host, "-p", str(self.port), "-mp", str(self.port + 2), "-nostdin", "-aa", "-trace_err"),
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    async def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


async def phones(room: Room, folder: Path) -> list[Sipp]:
    """One for each position, signed in. Asterisk believes the address that a REGISTER came from: sipp takes it over."""
    found = []
    for place, name in enumerate(room.positions):
        phone = Sipp("a-phone-lifts-at-once", room, folder / name, "127.0.0.1", ring_ms=LIFT_MS * (1 + place))
        signs_in = await Phone(name, room.secrets.phones[name], room.exchange.sip_port).sign_in(phone.port)
        signs_in.close()
        found.append(await phone.start())
    return found


async def callers(room: Room, folder: Path, rate: int, seconds: int) -> Sipp:
    """So many calls a second."""
    calls = str(rate * seconds)
    more = ("-r", str(rate), "-rp", "1000", "-m", calls, "-l", calls)
    return await Sipp("a-caller-speaks-and-hangs-up", room, folder, TRUNK, more).start()
