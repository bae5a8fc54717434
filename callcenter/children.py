"""A process that is kept alive.

In:  how to start it (or to find it running), and whom to tell.
Out: it runs; when it dies it is started again, after 0.5 s at first, after 10 s at most.
Never: gives up, and never leaves a process behind when it is told to stop.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
STEADY_S = 30.0  # a process that lived so long did not die of its start


class Process(Protocol):
    """What asyncio's processes and adopted ones have in common."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...
    def send_signal(self, number: int, /) -> None: ...


class Adopted:
    """A process that somebody else started: it can be watched and told, but its exit code stays unknown."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handle = os.pidfd_open(pid)  # names this very process, even when its number is given again

    async def wait(self) -> int:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(self._handle, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._handle)
        self.returncode = -1
        return -1

    def send_signal(self, number: int, /) -> None:
        signal.pidfd_send_signal(self._handle, number)

    def __del__(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.close(self._handle)


class Kept:
    """One process, kept alive until `stop`."""

    def __init__(
        self,
        name: str,
        start: Callable[[], Awaitable[Process]],
        say: Callable[[str], None],
        last_words: Callable[[], str] = lambda: "",
    ) -> None:
        """`last_words`: what it wrote last, read after it died of something."""
        self.name = name
        self._last_words = last_words
        self.process: Process | None = None
        self._start = start
        self._say = say

    async def keep(self) -> None:
        """Runs until it is cancelled."""
        pause = FIRST_PAUSE_S
        while True:
            born = time.monotonic()
            try:
                self.process = await self._start()
                code = await self.process.wait()
                how = f"ended with code {code}" if code >= 0 else "ended"
            except OSError as wrong:
                how = f"cannot be started ({wrong.strerror})"
            if time.monotonic() - born > STEADY_S:
                pause = FIRST_PAUSE_S
            words = self._last_words() if how.startswith("ended with") else ""
            self._say(f"{self.name} {how}{f' ({words})' if words else ''}; it is started again in {pause:g} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def stop(self, ask: Callable[[], Awaitable[None]] | None, patience: float) -> None:
        """Ask in words where there are words; then SIGTERM; then SIGKILL."""
        if ask and self._alive():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await ask()
                    await self._ended()
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self._alive():
                return
            assert self.process
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._ended()

    def _alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def _ended(self) -> None:
        if self.process:
            await self.process.wait()
