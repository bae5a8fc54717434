"""The real server in a home of its own: Asterisk and the service, each kept alive, with a wire between them to cut.

In:  a folder. Out: both running, at faults' mercy; when each of them died and was back; rows as the database has them.
Never: the supervisor: a campaign kills one and not the other, and wants to know to the millisecond when it came back.
"""

import asyncio
import contextlib
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from callcenter.health import healthy, line_to
from callcenter.keys import Secrets, read_secrets
from callcenter.settings_reader import read_settings
from callcenter.setup import prepare
from tests.faults.citizens import now
from tests.faults.postgres import Server
from tests.faults.proxy import Wire
from tests.live.house import Exchange
from tests.live.places import ROOT, asterisk_program, free_block, tools
from tests.live.waiting import until

SETTINGS = """
answer_after_s = 300
ring_timeout_s = 15
any_phone_networks = ["127.0.0.3/32"]
phone_networks = ["127.0.0.1/32"]

[[trunks]]
name = "main"
hosts = ["127.0.0.2"]
"""
"""A waiting caller is not answered toward the network: so a 2xx is a person's answer, also in the callers' log."""

AGAIN_S = 0.5
SMALL_DISK_MB, WHOLE_DISK_MB = 64, 250
"""Below 100 MB the service calls the recordings' disk full."""


@dataclass
class Life:
    """One life of a process, by the wall clock."""

    started_at: datetime
    up_at: datetime | None = None
    died_at: datetime | None = None
    killed: bool = False
    asked_at: datetime | None = None  # to end, where it was asked


class House:
    """One home. `start`, do your worst, `stop`."""

    def __init__(
        self,
        folder: Path,
        *,
        positions: int = 3,
        ports: int = 200,
        small_disk: bool = False,
        server: Server | None = None,
        all_on_it: bool = False,
    ) -> None:
        """`small_disk`: the database has a disk of its own; `all_on_it`: so has everything else, too."""
        self.home = folder / "home"
        self.home.mkdir(mode=0o700, parents=True)
        self.disk: Path | None = None
        if small_disk:
            place, size = (self.home, WHOLE_DISK_MB) if all_on_it else (self.home / "small-disk", SMALL_DISK_MB)
            self.disk = self._small_disk(place, size)
        self.server = server
        url = server.url if server else f"sqlite+aiosqlite:///{self.disk}/callcenter.db" if self.disk else ""
        database = f'database_url = "{url}"\n' if url else ""
        self.positions = [str(101 + place) for place in range(positions)]
        first = free_block(ports)
        (self.home / "settings.toml").write_text(
            f"sip_port = {first}\nami_port = {first + 1}\nws_port = {first + 2}\nweb_port = {first + 3}\n"
            f"rtp_start = {first + 6}\nrtp_end = {first + ports - 1}\npositions = {self.positions}\n"
            f"{database}{SETTINGS}"
        )
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("CALLCENTER_")}
        self.environment |= {"CALLCENTER_HOME": str(self.home), "CALLCENTER_TOOLS": str(tools())}
        self.settings = read_settings(self.environment)
        program = asterisk_program()
        assert program is not None, "no Asterisk: ./test brings it"
        self.exchange = Exchange(program, self.home, first, first + 1)
        self.wire = Wire(first + 1, first + 4)
        self.asterisk: list[Life] = []
        self.service: list[Life] = []
        self.on_death: list[Callable[[datetime], None]] = []
        self._service: asyncio.subprocess.Process | None = None
        self._keepers: list[asyncio.Task[None]] = []

    def _small_disk(self, folder: Path, size: int) -> Path | None:
        """A disk of its own. None: only root can make one."""
        folder.mkdir(exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=0700", "tmpfs", str(folder)]
        return folder if os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0 else None

    @property
    def secrets(self) -> Secrets:
        return read_secrets(self.settings)

    @property
    def database(self) -> Path:
        return (self.disk or self.home) / "callcenter.db"

    async def start(self) -> None:
        await prepare(self.settings)
        await self.wire.start()
        await self._start_asterisk()
        await self._start_service()
        self._keepers = [asyncio.create_task(self._keep_asterisk()), asyncio.create_task(self._keep_service())]
        await self.healthy(120)

    async def stop(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        if self._service and self._service.returncode is None:
            self._service.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._service.wait(), 10)
            if self._service.returncode is None:
                self._service.kill()
                await self._service.wait()
        await self.exchange.stop()
        await self.wire.close()
        if self.disk:
            subprocess.run(["umount", "-l", str(self.disk)], check=False)
        shutil.rmtree(self.settings.recordings, ignore_errors=True)

    async def _start_asterisk(self) -> None:
        self.asterisk.append(Life(now()))
        await self.exchange.start()
        self.asterisk[-1].up_at = now()

    async def _start_service(self) -> None:
        with (self.home / "log" / "service.log").open("ab") as out:
            self.service.append(Life(now()))
            self._service = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "callcenter", "serve"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=self.environment | {"PYTHONPATH": str(ROOT), "CALLCENTER_AMI_PORT": str(self.wire.port)},
            )

    async def _keep_service(self) -> None:
        while True:
            assert self._service
            await self._service.wait()
            self.service[-1].died_at = now()
            await asyncio.sleep(AGAIN_S)
            await self._start_service()

    async def _keep_asterisk(self) -> None:
        while True:
            assert self.exchange.process
            await self.exchange.process.wait()
            died = self.asterisk[-1].died_at = now()
            await asyncio.sleep(0.1)  # what it had sent is still read
            for told in self.on_death:
                told(died)
            await asyncio.sleep(AGAIN_S)
            await self._start_asterisk()

    def kill_service(self) -> bool:
        """kill -9. False: it was dead already."""
        if self._service is None or self._service.returncode is not None:
            return False
        self.service[-1].killed = True
        self._service.kill()
        return True

    def end_asterisk(self, *, killed: bool) -> bool:
        """kill -9, or as a restart of the system's service does it: SIGTERM."""
        process = self.exchange.process
        if process is None or process.returncode is not None or self.asterisk[-1].up_at is None:
            return False
        self.asterisk[-1].killed = killed
        if killed:
            process.kill()
        else:
            self.asterisk[-1].asked_at = now()
            process.terminate()
        return True

    async def asterisk_is_back(self, life: int, deadline: float = 120.0) -> datetime:
        """When that life of Asterisk had booted."""

        def up_at() -> datetime | None:
            return self.asterisk[life].up_at if len(self.asterisk) > life else None

        found = await until(up_at, "Asterisk is back", deadline)
        assert found
        return found

    async def healthy(self, deadline: float) -> None:
        await until(self.is_healthy, "the service is healthy", deadline, every=0.05)

    async def is_healthy(self) -> bool:
        return await asyncio.to_thread(healthy, self.settings)

    async def health(self) -> dict[str, Any]:
        """/healthz, whatever its status; empty while nobody answers."""
        return await asyncio.to_thread(self._health)

    def _health(self) -> dict[str, Any]:
        try:
            with contextlib.closing(line_to(self.settings, timeout=5)) as line:
                line.request("GET", "/healthz")
                told: dict[str, Any] = json.load(line.getresponse())
        except (OSError, ValueError, http.client.HTTPException):
            return {}
        return told

    def rows(self, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """What the database has, read as anybody may."""
        if self.server:
            return self.server.rows(query, values)
        return rows_of(self.database, query, values)

    def arrivals(self) -> set[str]:
        """Calls over the trunk, as Asterisk's own records have them."""
        query = (
            "SELECT uniqueid FROM cel WHERE eventtype = 'CHAN_START' AND context = 'from-operator' AND exten = '112'"
        )
        return {row["uniqueid"] for row in rows_of(self.settings.cel_file, query)}


def rows_of(file: Path, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(query, tuple(values))]
