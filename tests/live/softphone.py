"""A real SIP phone for tests: baresip, driven over its control socket (JSON in netstrings).

In:  account, server, tone to speak. Out: its events, and what it hears as a growing WAV file.
Never: shared between tests without `quiet()`.
"""

import asyncio
import contextlib
import json
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.live.places import free_block
from tests.live.tone import heard, samples_of, write_tone
from tests.live.waiting import PATIENT_S, until

CONFIG = """
poll_method epoll
sip_listen {host}:{port}
call_local_timeout 120
call_max_calls 4
audio_player aubridge,sink
audio_source aufile,{mouth}
audio_alert aubridge,alert
ausrc_srate {rate}
auplay_srate {rate}
ausrc_channels 1
auplay_channels 1
ausrc_format s16
auplay_format s16
rtp_ports {rtp}-{rtp_end}
rtp_timeout 0
jitter_buffer_delay 1-2
net_interface {host}
module_path {modules}
module g711.so
module g722.so
module gsm.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {ear}
"""


SETTLED = ("CALL_ESTABLISHED", "CALL_CLOSED")


def baresip_modules() -> Path | None:
    places = (Path("/usr/lib/baresip/modules"), *Path("/usr/lib").glob("*/baresip/modules"))
    return next((each for each in places if each.is_dir()), None)


@dataclass
class Phone:
    """One telephone on somebody's desk, or in a citizen's hand."""

    name: str
    server: str  # host:port
    home: Path
    hertz: int
    password: str = ""  # empty: it does not sign in
    user: str = ""  # the number that reaches it, where that is not its name
    host: str = "127.0.0.1"
    port: int = 0
    transport: str = "udp"
    codecs: str = "pcma/8000/1,pcmu/8000/1"
    rate: int = 8000  # of its sound
    events: list[dict[str, Any]] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _before: set[Path] = field(default_factory=set)  # what it had heard when it was lifted last
    _tokens: int = 0
    _killed: bool = False
    _reader_task: asyncio.Task[None] | None = None

    async def start(self) -> "Phone":
        program, modules = shutil.which("baresip"), baresip_modules()
        assert program and modules, "baresip is not installed"
        first = free_block(24)
        self.port = self.port or first
        self.ear = self.home / "heard"
        self.ear.mkdir(parents=True, exist_ok=True)
        mouth = write_tone(self.home / "speaks.wav", self.hertz, rate=self.rate)
        values = {
            "host": self.host,
            "port": self.port,
            "mouth": mouth,
            "modules": modules,
            "ear": self.ear,
            "rate": self.rate,
        }
        ports = {"control": first + 2, "rtp": first + 4, "rtp_end": first + 23}  # port + 1 is its TLS port
        (self.home / "config").write_text(CONFIG.format(**values, **ports))
        (self.home / "accounts").write_text(self._account())
        with (self.home / "log").open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                program, "-f", str(self.home), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )
        await until(lambda: self._connect(ports["control"]), f"baresip {self.name} listens")
        self._reader_task = asyncio.create_task(self._read())
        if self.password:
            await until(self._signed_in, f"{self.name} signed in")
        return self

    async def _signed_in(self) -> bool:
        return "OK" in await self.order("reginfo")

    def _account(self) -> str:
        sign_in = f"auth_user={self.name};auth_pass={self.password};regint=60" if self.password else "regint=0"
        return (
            f"<sip:{self.user or self.name}@{self.server};transport={self.transport}>;{sign_in}"
            f";answermode=manual;audio_codecs={self.codecs};ptime=20\n"
        )

    async def _connect(self, port: int) -> bool:
        try:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        return True

    async def _read(self) -> None:
        buffer = b""
        while chunk := await self._reader.read(65536):
            buffer += chunk
            while b":" in buffer:
                size, rest = buffer.split(b":", 1)
                if len(rest) < int(size) + 1:
                    break
                message, buffer = json.loads(rest[: int(size)]), rest[int(size) + 1 :]
                waiting = self._waiting.pop(message.get("token", ""), None) if message.get("response") else None
                if waiting:
                    waiting.set_result(message)
                elif not message.get("response"):
                    self.events.append(message)

    async def order(self, command: str, params: str = "") -> str:
        self._tokens += 1
        token = str(self._tokens)
        answer = self._waiting[token] = asyncio.get_running_loop().create_future()
        text = json.dumps({"command": command, "params": params, "token": token}).encode()
        self._writer.write(b"%d:%s," % (len(text), text))
        return str((await asyncio.wait_for(answer, PATIENT_S)).get("data", ""))

    def has(self, kind: str) -> dict[str, Any] | None:
        return next((each for each in self.events if each.get("type") == kind), None)

    async def event(self, kind: str, deadline: float = PATIENT_S) -> dict[str, Any]:
        found = await until(lambda: self.has(kind), f"{self.name}: {kind}, got {self.kinds()}", deadline)
        assert found
        return found

    def kinds(self) -> list[str]:
        return [str(each.get("type")) for each in self.events]

    async def ringing(self, deadline: float = PATIENT_S) -> None:
        await self.event("CALL_INCOMING", deadline)

    def times(self, kind: str) -> int:
        return self.kinds().count(kind)

    async def rung(self, times: int) -> None:
        """It has been rung so often. What an earlier call left need not be cleared away, nor can that lose a ring."""
        await until(lambda: self.times("CALL_INCOMING") >= times, f"{self.name} is rung {times} times: {self.kinds()}")

    def rings(self) -> set[str]:
        """The calls that ring now."""
        settled = {each.get("id") for each in self.events if each.get("type") in SETTLED}
        return {each["id"] for each in self.events if each.get("type") == "CALL_INCOMING"} - settled

    async def answer(self) -> None:
        """Whose ringing ended while the hand was on its way is lifted when it rings again."""
        self._before = set(self.sound())
        await until(self._lifted, f"{self.name} rings and is lifted")

    async def _lifted(self) -> bool:
        if not (calls := self.rings()):
            return False
        await self.order("accept")

        def how() -> str:
            settled = (each for each in self.events if each.get("type") in SETTLED and each.get("id") in calls)
            return next((str(each["type"]) for each in settled), "")

        return await until(how, f"{self.name} is lifted: {self.kinds()}") == "CALL_ESTABLISHED"

    async def rung_along(self) -> None:
        """Another phone was lifted: this one rang too, that is over, and it is forgotten."""
        await until(lambda: self.has("CALL_INCOMING") and not self.rings(), f"{self.name} rang along: {self.kinds()}")
        self.events.clear()

    async def asked(self) -> None:
        """Lifted, and a voice asks for a key: lifting is earlier, and a key that is pressed then is heard by nobody."""
        await self.answer()
        await until(self._hears_new, f"{self.name} is asked to press a key")

    async def accepts(self) -> None:
        await self.asked()
        await self.press("1")

    def _hears_new(self) -> bool:
        new = [file for file in self.sound() if file not in self._before]
        return any(abs(sample) > 1000 for file in new for sample in samples_of(file, 0.4, self.rate))

    async def dial(self, number: str, server: str = "") -> None:
        await self.order("dial", f"sip:{number}@{server or self.server};transport={self.transport}")

    async def press(self, keys: str) -> None:
        for key in keys:
            await self.order("sndcode", key)

    async def hang_up(self) -> None:
        await self.order("hangup")
        await self.event("CALL_CLOSED")

    async def closed(self, deadline: float = PATIENT_S) -> None:
        await self.event("CALL_CLOSED", deadline)

    def sound(self) -> list[Path]:
        return sorted(self.ear.glob("*dec*.wav"), key=lambda file: file.stat().st_mtime_ns)

    def hears(self, *hertz: int) -> bool:
        """All of these tones, in the last 0.4 s."""
        files = self.sound()
        if not files:
            return False
        samples = samples_of(files[-1], 0.4, self.rate)
        return len(samples) > self.rate / 5 and all(heard(samples, each, self.rate) for each in hertz)

    async def quiet(self) -> None:
        """Nothing going on, nothing remembered."""
        await self.order("hangup")
        await until(self._idle, f"{self.name} is idle")
        self.events.clear()
        for file in self.ear.glob("*.wav"):
            file.unlink()

    async def _idle(self) -> bool:
        return "active calls (0)" in (await self.order("listcalls")).lower().replace("--- ", "")

    def die(self) -> None:
        """Power cut: not a word to anybody."""
        self.process.send_signal(signal.SIGKILL)
        self._killed = True

    @property
    def alive(self) -> bool:
        return not self._killed and self.process.returncode is None

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), 3)
            if self.process.returncode is None:
                self.process.kill()
                await self.process.wait()
        if self._reader_task:
            self._reader_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader_task
            self._writer.close()


async def speak(*phones: Phone) -> None:
    """Each hears all the others. Lifting is earlier than the bridge: before it nobody can be moved or passed on."""

    def together() -> bool:
        return all(one.hears(*(other.hertz for other in phones if other is not one)) for one in phones)

    await until(together, f"{[phone.name for phone in phones]} hear each other")
