"""A room to measure in: the product's own set-up, Asterisk and our service, each started and stopped by itself.

In:  a folder, more settings. Out: a home with its ports, its people and its calls.
Never: the supervisor: it would start again what a measure stopped.
"""

import asyncio
import os
import sys
from pathlib import Path

import psutil

from callcenter.health import healthy
from callcenter.keys import Secrets, read_secrets
from callcenter.settings_reader import read_settings
from callcenter.setup import prepare
from tests.live.house import Exchange
from tests.live.places import asterisk_program, free_block, tools
from tests.live.waiting import until

TRUNK = "127.0.0.2"
SETTINGS = """
selftest_every_s = 0
any_phone_networks = ["127.0.0.3/32"]
phone_networks = ["127.0.0.1/32"]

[[trunks]]
name = "main"
hosts = ["127.0.0.2"]
"""


class Room:
    """One home; nothing runs in it yet."""

    def __init__(self, folder: Path, positions: int = 4, ports: int = 200) -> None:
        """`ports`: each leg takes two for its sound."""
        self.home, self.positions = folder / "home", [str(101 + place) for place in range(positions)]
        first = free_block(ports)
        self.home.mkdir(mode=0o700, parents=True)
        (self.home / "settings.toml").write_text(
            f"sip_port = {first}\nami_port = {first + 1}\nws_port = {first + 2}\nweb_port = {first + 3}\n"
            f"rtp_start = {first + 4}\nrtp_end = {first + ports - 1}\npositions = {self.positions}\n{SETTINGS}"
        )
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("CALLCENTER_")}
        self.environment |= {"CALLCENTER_HOME": str(self.home), "CALLCENTER_TOOLS": str(tools())}
        self.settings = read_settings(self.environment)
        program = asterisk_program()
        assert program is not None, "no Asterisk: ./test brings it"
        self.exchange = Exchange(program, self.home, first, first + 1)
        self._service: asyncio.subprocess.Process | None = None

    async def prepare(self, dialplan: str = "") -> None:
        """The files; `dialplan` lies beside 112, for whoever comes over a trunk."""
        await prepare(self.settings)
        with (self.exchange.etc / "city" / "numbers.conf").open("a") as numbers:
            numbers.write(dialplan)

    @property
    def secrets(self) -> Secrets:
        return read_secrets(self.settings)

    async def start_service(self) -> None:
        """Until it is healthy: the link is up, too."""
        with (self.home / "log" / "service.log").open("ab") as out:
            self._service = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "callcenter", "serve"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=self.environment | {"PYTHONPATH": str(Path(__file__).parents[1])},
            )
        await until(lambda: asyncio.to_thread(healthy, self.settings), "the service is healthy", 30, every=0.1)

    def cpu_seconds(self) -> float:
        """What the service has used."""
        assert self._service
        used = psutil.Process(self._service.pid).cpu_times()
        return float(used.user + used.system)

    async def stop_service(self) -> None:
        if self._service and self._service.returncode is None:
            self._service.terminate()
            await self._service.wait()

    async def stop(self) -> None:
        await self.stop_service()
        await self.exchange.stop()
