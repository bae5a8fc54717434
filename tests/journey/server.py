"""The whole server as a person starts it: `./run`, in a home and on ports of its own.

In:  an empty folder, more settings. Out: a running server; its command line; its API; its processes.
Never: a second set of programs: .tools is seen through links, so that `./run` finds all set up and fetches nothing.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from tests.live.places import ROOT, free_block, tools
from tests.live.waiting import until

PORTS = 80
STARTS_S, STOPS_S = 120.0, 60.0


class Server:
    """One `./run`."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder, self.home = folder, folder / "home"
        first = free_block(PORTS)
        self.sip_port, self.web_port = first, first + 3
        self.said: list[str] = []
        self.scheme = "https" if "tls = true" in settings else "http"
        self.home.mkdir(mode=0o700, parents=True)
        (self.home / "settings.toml").write_text(
            f"sip_port = {first}\nami_port = {first + 1}\nws_port = {first + 2}\nweb_port = {first + 3}\n"
            f"rtp_start = {first + 6}\nrtp_end = {first + PORTS - 1}\n{settings}"
        )
        # The bytecode may be kept: `./run` is started often here.
        own = {k: v for k, v in os.environ.items() if not k.startswith(("CALLCENTER_", "PYTHONDONTWRITE"))}
        self.environment = own | {"CALLCENTER_HOME": str(self.home), "CALLCENTER_TOOLS": str(_tools(folder))}

    @property
    def sip(self) -> str:
        return f"127.0.0.1:{self.sip_port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.web_port}/"

    async def start(self) -> None:
        """Until it has said where it is."""
        before = len(self.said)
        with (self.folder / "run.err").open("ab") as err:
            self.process = await asyncio.create_subprocess_exec(
                ROOT / "run", stdin=asyncio.subprocess.DEVNULL, stdout=-1, stderr=err, env=self.environment
            )
        self._reader = asyncio.create_task(self._read())
        await until(lambda: self.said[before:] or self._dead(), "./run says its address", STARTS_S, every=0.05)

    def _dead(self) -> bool:
        assert self.process.returncode is None, (self.folder / "run.err").read_text()
        return False

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.said.append(line.decode().rstrip("\n"))

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        async with asyncio.timeout(STOPS_S):
            code = await self.process.wait()
            await self._reader
        return code

    async def end(self) -> None:
        """For fixtures: nothing of it stays, whatever the test did."""
        left = [psutil.Process(pid) for pid in self.processes("asterisk", "serve")]
        with contextlib.suppress(TimeoutError):
            await self.stop()
        for each in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()

    async def command(self, *words: str, deadline: float = 180.0) -> tuple[int, str, str]:
        """`./run WORD ...`: exit code, standard output, standard error."""
        one = await asyncio.create_subprocess_exec(
            ROOT / "run", *words, stdin=asyncio.subprocess.DEVNULL, stdout=-1, stderr=-1, env=self.environment
        )
        try:
            async with asyncio.timeout(deadline):
                out, err = await one.communicate()
        finally:
            if one.returncode is None:
                one.terminate()
        assert one.returncode is not None
        return one.returncode, out.decode(), err.decode()

    async def last_word(self, *words: str) -> str:
        """A password or a token: it is told last."""
        code, out, err = await self.command(*words)
        assert code == 0, err
        return out.split()[-1]

    async def get(self, path: str, token: str = "") -> tuple[int, Any]:
        """Status and JSON; status 0 while nobody answers."""
        return await asyncio.to_thread(self._get, path, token)

    def _get(self, path: str, token: str) -> tuple[int, Any]:
        request = urllib.request.Request(self.url + path.removeprefix("/"))
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)
        except OSError:
            return 0, None

    async def healthy(self) -> bool:
        return (await self.get("healthz"))[0] == 200

    def processes(self, *kinds: str) -> list[int]:
        """Process numbers of this home's Asterisk ("asterisk") and of our service ("serve")."""
        found = []
        for each in psutil.process_iter(["pid", "cmdline"]):
            words = each.info["cmdline"] or []
            if "asterisk" in kinds and str(self.home / "asterisk" / "etc" / "asterisk.conf") in words and "-f" in words:
                found.append(each.info["pid"])
            if "serve" in kinds and words[-3:-1] == ["serve", "--under"] and self._ours(each):
                found.append(each.info["pid"])
        return found

    def _ours(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            return process.environ().get("CALLCENTER_HOME") == str(self.home)
        return False

    def phones(self) -> dict[str, str]:
        """Position -> SIP password, as its first run made them."""
        found: dict[str, str] = json.loads((self.home / "secrets.json").read_text())["phones"]
        return found

    def message_key(self) -> str:
        """What signs messages to the gateway."""
        key: str = json.loads((self.home / "secrets.json").read_text())["messages"]
        return key

    def recording(self, call: str) -> Path | None:
        return next((self.home / "asterisk" / "spool" / "monitor").rglob(f"{call}.wav"), None)


def _tools(folder: Path) -> Path:
    """What `./run` finds set up: the real Asterisk, and this very Python under the name that it looks for."""
    made = folder / "tools"
    lock = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()[:12]
    python = made / f"run-{lock}" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (python.parents[1] / "complete").touch()
    (made / "asterisk").symlink_to(tools() / "asterisk")
    return made
