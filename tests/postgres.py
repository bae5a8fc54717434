"""A real PostgreSQL server for the tests, from Debian's packages, in a folder of its own.

In:  nothing. Out: a running server that only this machine reaches, and fresh databases in it.
Never: the machine's own server touched; anything left running.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from tests.live.places import free_block

FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=16MB", "max_connections=60")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int

    def url(self, name: str) -> str:
        """The URL of a database in it."""
        return f"postgresql://tester@127.0.0.1:{self.port}/{name}"

    @asynccontextmanager
    async def connected(self, name: str = "postgres") -> AsyncIterator[Any]:
        """A plain connection, past the program."""
        connection = await asyncpg.connect(self.url(name))
        try:
            yield connection
        finally:
            await connection.close()

    async def make(self, name: str, template: str = "template1") -> str:
        """A fresh database; its URL."""
        async with self.connected() as connection:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    async def drop(self, name: str) -> None:
        """Gone, with whoever is still connected."""
        async with self.connected() as connection:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def programs() -> Path | None:
    """Where Debian keeps the server's programs, the newest version; None: not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def as_other_user(folder: Path) -> list[str]:
    """The beginning of a command line that dies with us and is not run by root, which PostgreSQL refuses."""
    dies_with_us = ["setpriv", "--pdeathsig", "INT"]
    if os.getuid() != 0:
        return dies_with_us
    names = {entry.pw_name for entry in pwd.getpwall()}
    other = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, other.pw_uid, other.pw_gid)
    return [*dies_with_us, "--reuid", str(other.pw_uid), "--regid", str(other.pw_gid), "--clear-groups", "--"]


def wait_until_ready(process: "subprocess.Popen[str]") -> None:
    """Read its log until it says so, and go on reading: a full pipe would stop it."""
    assert process.stderr is not None
    log, ready = process.stderr, threading.Event()

    def read() -> None:
        for line in log:
            if "ready to accept connections" in line:
                ready.set()
        log.close()

    threading.Thread(target=read, daemon=True).start()
    assert ready.wait(120), "PostgreSQL did not start"


@contextmanager
def server(more: tuple[str, ...] = ()) -> Iterator[Server]:
    """A server for as long as the block lasts, with these settings beside the usual ones."""
    bin_ = programs()
    assert bin_ is not None, "PostgreSQL is not installed: apt-get install postgresql"
    folder = Path(tempfile.mkdtemp(prefix="callcenter-postgres-"))
    before = as_other_user(folder)
    kind = ("-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    make: list[str | Path] = [*before, bin_ / "initdb", "-D", folder / "data", *kind]
    try:
        subprocess.run(make, check=True, capture_output=True, cwd="/")
        port = free_block(1)  # not one that the kernel gives away to whoever connects somewhere
        places = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", *FAST, *more)
        options = [part for setting in places for part in ("-c", setting)]
        process = subprocess.Popen(
            [*before, bin_ / "postgres", "-D", folder / "data", *options], stderr=subprocess.PIPE, text=True, cwd="/"
        )
        try:
            wait_until_ready(process)
            yield Server(port)
        finally:
            process.send_signal(signal.SIGINT)  # whoever is still connected is cut off
            process.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
