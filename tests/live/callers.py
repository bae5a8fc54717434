"""SIPp: the citizen who calls, and a phone that answers by itself, as real SIP with real sound.

In:  a scenario, named as a sentence (scenarios/*.xml), and its values. Out: a running sipp.
Never: a judgement; tests look at Asterisk and at what the other phones hear.
"""

import asyncio
import contextlib
import math
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.live.places import free_block
from tests.live.tone import RATE, samples_of, write_tone

SCENARIOS = Path(__file__).parent / "scenarios"


def alaw_tone(folder: Path, hertz: int) -> Path:
    """Ten seconds of a tone as raw A-law, which sipp sends as it is."""
    file = folder / f"{hertz}.alaw"
    if not file.exists():
        samples = samples_of(write_tone(folder / f"{hertz}.wav", hertz, 10))
        file.write_bytes(bytes(map(_alaw, samples)))
    return file


def alaw_keys(*hertz: int) -> bytes:
    """Ten seconds in which a key is pressed each second, as sound: its tones together for 0.2 s."""

    def sample(n: int) -> int:
        tones = sum(math.sin(2 * math.pi * each * n / RATE) for each in hertz)
        return int(9000 * tones) if 0.5 <= n / RATE % 1 < 0.7 else 0

    return bytes(_alaw(sample(n)) for n in range(10 * RATE))


def _alaw(sample: int) -> int:
    """ITU-T G.711, A-law."""
    sign, value = (0x80, sample) if sample >= 0 else (0, -sample - 1)
    value >>= 4
    exponent = max(value.bit_length() - 4, 0)
    code = value if value < 16 else (exponent << 4) | ((value >> (exponent - 1)) & 15)
    return (code | sign) ^ 0x55


@dataclass
class Sipp:
    """One sipp process."""

    scenario: str
    server: str
    folder: Path
    host: str = "127.0.0.2"
    service: str = "112"
    number: str = "+628120000001"
    hertz: int = 500
    calls: int = 1
    rate: int = 10  # calls a second, where there are several
    talk_ms: int = 60_000
    ring_ms: int = 100
    transport: str = "u1"  # t1: TCP
    more: tuple[str, ...] = ()
    port: int = 0
    refusal: str = "486 Busy Here"
    elsewhere: str = "nobody@127.0.0.1"

    async def start(self) -> "Sipp":
        program = shutil.which("sipp")
        assert program, "sipp is not installed"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_block(12)
        with (self.folder / "sipp.log").open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(program, "-sf", str(self._written()), self.server, "-s", self.service, "-t", self.transport),
                *("-i", self.host, "-p", str(self.port), "-mp", str(self.port + 2), "-m", str(self.calls)),
                *("-l", str(self.calls), "-r", str(self.rate), "-nostdin", "-timeout", "300s", "-aa"),
                *("-key", "number", self.number, *self.more),
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def _written(self) -> Path:
        """The scenario with this call's sound and times: sipp puts no keyword into an rtp_stream."""
        text = (SCENARIOS / f"{self.scenario}.xml").read_text("utf-8")
        for word, value in {
            "sound": alaw_tone(self.folder, self.hertz),
            "talk": self.talk_ms,
            "ring": self.ring_ms,
            "refusal": self.refusal,
            "elsewhere": self.elsewhere,
        }.items():
            text = text.replace(f"[{word}]", str(value))
        file = self.folder / "scenario.xml"
        file.write_text(text, "utf-8")
        return file

    async def done(self, deadline: float = 60.0) -> int:
        """sipp's exit code: 0 when every call went as the scenario says."""
        return await asyncio.wait_for(self.process.wait(), deadline)

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            with contextlib.suppress(ProcessLookupError):
                await self.process.wait()


async def refusing_phone(name: str, password: str, server: str, folder: Path, refusal: str, elsewhere: str) -> Sipp:
    """A position's phone on which do-not-disturb or call forwarding is switched on, until it is stopped."""
    account = ("-au", name, "-ap", password)
    signs_in = Sipp("a-phone-signs-in", server, folder / f"{name}-signs-in", "127.0.0.1", name, more=account)
    await signs_in.start()
    assert await signs_in.done() == 0
    phone = Sipp("a-phone-turns-calls-away", server, folder / name, "127.0.0.1", name, calls=10_000)
    phone.port, phone.refusal, phone.elsewhere = signs_in.port, refusal, elsewhere
    return await phone.start()


async def answering_phone(
    name: str, password: str, server: str, folder: Path, hertz: int = 950, ring_ms: int = 100
) -> Sipp:
    """A position's phone that signs in, lifts by itself and speaks, call after call, until it is stopped.

    No limit of calls: sipp would count the exchange's OPTIONS as one.
    """
    account = ("-au", name, "-ap", password)
    signs_in = Sipp("a-phone-signs-in", server, folder / f"{name}-signs-in", "127.0.0.1", name, more=account)
    await signs_in.start()
    assert await signs_in.done() == 0
    # The same port: Asterisk believes the address that a REGISTER came from, not its Contact.
    scenario = "a-phone-rings-answers-and-speaks"
    phone = Sipp(scenario, server, folder / name, "127.0.0.1", name, hertz=hertz, ring_ms=ring_ms, calls=10_000)
    phone.port = signs_in.port
    return await phone.start()
