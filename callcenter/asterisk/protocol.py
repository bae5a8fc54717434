"""One TCP connection to Asterisk, as panoramisk's protocol: bytes in, frames out, and the moment it ends.

In:  bytes from the socket.
Out: `take(wire, frame)` for each frame, in order; futures for the milestones of one session.
Never: lets an exception out into asyncio (it would close the connection), decodes, queues.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from panoramisk.ami_protocol import AMIProtocol

from callcenter.asterisk.link_state import CLOSED, TOO_LONG, Lost, Session
from callcenter.asterisk.wire import BANNER, MAX_FRAME, Frames, question

log = logging.getLogger(__name__)
Result = TypeVar("Result")

PING = question("Ping", "ping", {})
PONG = b"\r\nActionID: ping"


@dataclass(frozen=True)
class Hooks:
    """Whom a connection tells what. `tap` gets every byte as it came, to make recordings."""

    take: Callable[["Wire", bytes], None]
    on_lost: Callable[[], None]
    tap: Callable[[bytes], None] | None = None


class Wire(AMIProtocol):
    """panoramisk's AMIProtocol with its reading replaced: that one decodes chunk by chunk (letters get lost),
    dies of an exception in a callback, and keeps unanswered actions in order to send them again."""

    transport: asyncio.Transport

    def __init__(self, hooks: Hooks) -> None:
        self._loop = asyncio.get_running_loop()
        self._hooks = hooks
        self._frames = Frames()
        self._opening = b""
        self.booted: asyncio.Future[float] = self._loop.create_future()  # Asterisk said FullyBooted: when it started
        self.ready: asyncio.Future[Session] = self._loop.create_future()  # signed in, its life is known
        self.heard: asyncio.Future[None] = self._loop.create_future()  # on_up is through
        self.lost: asyncio.Future[Lost] = self._loop.create_future()
        self.last_byte = self._loop.time()
        self.paused_at: float | None = None

    @property
    def is_open(self) -> bool:
        return not self.lost.done() and not self.transport.is_closing()

    @property
    def is_stranger(self) -> bool:
        """What answers does not begin as Asterisk does."""
        return not BANNER.encode().startswith(self._opening[: len(BANNER)])

    @property
    def outlived_its_first_second(self) -> bool:
        """Asterisk tells its start to the second. Where it was heard after that second, no later life can have it."""
        return self.booted.done() and self.last_byte - self.booted.result() >= 1

    def has_booted(self, uptime: float) -> None:
        if not self.booted.done():
            self.booted.set_result(self._loop.time() - uptime)

    def data_received(self, data: bytes) -> None:
        self.last_byte = self._loop.time()
        if len(self._opening) < len(BANNER):
            self._opening += data[: len(BANNER)]
        if self._hooks.tap:
            self._contained(self._hooks.tap, data)
        for frame in self._frames.feed(data):
            try:  # spelt out, for this line runs for everything that Asterisk says
                self._hooks.take(self, frame)
            except Exception:
                log.exception("a message was dropped: %.200r", frame)
        if self._frames.waiting > MAX_FRAME:
            self.drop(Lost(TOO_LONG))

    def _contained(self, tell: Callable[[bytes], None], data: bytes) -> None:
        try:
            tell(data)
        except Exception:
            log.exception("the tap failed")

    def connection_lost(self, exc: Exception | None) -> None:
        self.drop(Lost(CLOSED))

    def drop(self, why: Lost) -> None:
        """End the connection; only the first reason counts."""
        if not self.lost.done():
            self.lost.set_result(why)
            self._hooks.on_lost()
        self.transport.abort()

    def close(self) -> None:  # panoramisk's would put unanswered actions aside for sending them again
        self.drop(Lost(CLOSED))

    def ping(self) -> None:
        self.transport.write(PING)

    def is_pong(self, frame: bytes) -> bool:
        return PONG in frame

    def pause(self) -> None:
        if self.paused_at is None and self.is_open:
            self.paused_at = self._loop.time()
            self.transport.pause_reading()

    def resume(self) -> None:
        """Read on. The silence while we did not read was ours, not Asterisk's."""
        if self.paused_at is not None and self.is_open:
            self.paused_at, self.last_byte = None, self._loop.time()
            self.transport.resume_reading()

    def overslept(self, seconds: float) -> None:
        """Woken so much later than it was due: this whole program stood still, and could neither ask nor read. That
        silence was ours, not Asterisk's."""
        if seconds > 0:
            self.last_byte = min(self.last_byte + seconds, self._loop.time())
            if self.paused_at is not None:
                self.paused_at = min(self.paused_at + seconds, self._loop.time())

    async def until(self, what: asyncio.Future[Any] | None = None, deadline: float | None = None) -> None:
        """Wait for `what`, or the end of the connection, or the deadline, whichever is first."""
        either: set[asyncio.Future[Any]] = {self.lost} if what is None else {self.lost, what}
        await asyncio.wait(either, timeout=deadline, return_when=asyncio.FIRST_COMPLETED)

    async def while_open(self, what: Awaitable[Result], deadline: float, late: Lost) -> Result:
        """Wait for `what`, but no longer than the connection lives, nor than the deadline."""
        task = asyncio.ensure_future(what)
        try:
            await self.until(task, deadline)
            if task.done():
                return task.result()
            raise self.lost.result() if self.lost.done() else late
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
