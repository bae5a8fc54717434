"""A real PostgreSQL server that a campaign may stop, kill and hold, and that comes back with its data.

In:  a folder. Out: a running server, its rows; what was done to it.
Never: a server that survives the campaign; the machine's own server touched.
"""

import asyncio
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from tests.live.places import free_block
from tests.postgres import as_other_user, programs, wait_until_ready

DURABLE = ("shared_buffers=16MB", "max_connections=60", "listen_addresses=127.0.0.1", "unix_socket_directories=")
"""As in a room: a commit is on the disk."""

COMES_BACK_S = 45.0


class Server:
    """One server. `start`, do your worst, `stop`, `remove`."""

    def __init__(self) -> None:
        found = programs()
        assert found is not None, "PostgreSQL is not installed: apt-get install postgresql"
        self._programs, self._folder = found, Path(tempfile.mkdtemp(prefix="callcenter-faults-postgres-"))
        self._before, self.port = as_other_user(self._folder), free_block(1)
        self._process: subprocess.Popen[str] | None = None
        kind = ("-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        make: list[str | Path] = [*self._before, self._programs / "initdb", "-D", self._folder / "data", *kind]
        subprocess.run(make, check=True, capture_output=True, cwd="/")

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://tester@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = [part for setting in (*DURABLE, f"port={self.port}") for part in ("-c", setting)]
        self._process = subprocess.Popen(
            [*self._before, self._programs / "postgres", "-D", self._folder / "data", *options],
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )
        wait_until_ready(self._process)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: whoever is connected is cut off. SIGQUIT: at once, as in a crash; it recovers from its own log."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(timeout=30)

    def away(self, seconds: float, how: signal.Signals) -> None:
        """It is stopped, and back after a while."""
        self.stop(how)
        time.sleep(seconds)
        self.start()

    def hold(self, seconds: float) -> None:
        """Another program has the tables for itself."""
        _elsewhere(self._hold(seconds))

    async def _hold(self, seconds: float) -> None:
        connection = await self._connected()
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE calls, tickets, facts IN ACCESS EXCLUSIVE MODE")
                await asyncio.sleep(seconds)
        finally:
            await connection.close()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """What it has; waits for it while it is away."""
        for place in range(len(values)):
            query = query.replace("?", f"${place + 1}", 1)
        found: list[dict[str, Any]] = _elsewhere(self._rows(query, values))
        return found

    async def _rows(self, query: str, values: Sequence[object]) -> list[dict[str, Any]]:
        connection = await self._connected()
        try:
            return [dict(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close()

    async def _connected(self) -> Any:
        end = time.monotonic() + COMES_BACK_S
        while True:
            try:
                return await asyncpg.connect(f"postgresql://tester@127.0.0.1:{self.port}/postgres")
            except (OSError, asyncpg.PostgresError):
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(0.2)


def _elsewhere(work: Any) -> Any:
    """In a loop of its own, from anywhere."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
