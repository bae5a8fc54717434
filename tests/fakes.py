"""Stand-ins for the world outside: an Asterisk manager on a real socket, and a line that remembers what it was asked.

In:  what the test wants Asterisk to say, or to do wrong.
Out: `asked`, what it was told; `until`, which waits for a state with a deadline.
Never: sleeps, decides by itself what a test should see.
"""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from panoramisk.message import Message

from callcenter.asterisk.wire import Fields, Frames, fields, parse, text


class Watch:
    """Something changed: whoever waits for a state looks again."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def touch(self, *_: object) -> None:
        self._changed.set()

    async def until(self, true: Callable[[], object], within: float = 30.0) -> None:
        """Wait until `true()`; fail after `within` seconds. Every change it looks at must `touch`."""
        async with asyncio.timeout(within):
            await asyncio.sleep(0)  # also where it is true already: everybody gets a turn
            while not true():
                self._changed.clear()
                await self._changed.wait()


def event(name: str, **headers: str) -> bytes:
    """One event as Asterisk writes it."""
    lines = [f"Event: {name}", *(f"{key}: {value}" for key, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def reply(asked: Fields, *headers: str) -> bytes:
    """One response to a question; headers as `Name: value`."""
    return "\r\n".join([headers[0], f"ActionID: {text(asked, 'ActionID')}", *headers[1:], "", ""]).encode()


def listing(asked: Fields, items: Sequence[Mapping[str, str]], name: str = "Item") -> bytes:
    """A whole list answer: start, items, complete."""
    own = {"ActionID": text(asked, "ActionID")}
    start = reply(asked, "Response: Success", "EventList: start", "Message: will follow")
    rows = b"".join(event(name, **own, **item) for item in items)
    return start + rows + event(f"{name}ListComplete", EventList="Complete", ListItems=str(len(items)), **own)


Answer = Callable[[Fields], bytes]


@dataclass
class FakeAsterisk:
    """Asterisk's manager, as far as the link sees it, and all that can go wrong with it. One writer for each client."""

    port: int = 0
    user: str = "desk"
    secret: str = "s3cret"
    startup: str = "01:00:00"  # its time of start; changes with restart()
    uptime: int = 539
    booted: bool = True
    frozen: bool = False  # takes connections and bytes, says nothing
    login_words: str = ""  # refuses every login with these words
    banner: bytes = b"Asterisk Call Manager/11.0.0\r\n"
    byte_by_byte: bool = False
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Fields] = field(default_factory=list)
    raw: bytes = b""  # everything that was ever received
    connections: int = 0
    watch: Watch = field(default_factory=Watch)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Gone, as after kill -9: nobody listens, and every connection is reset."""
        self.drop()
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def restart(self) -> None:
        self.startup = f"01:00:{self.connections + 10}"
        await self.start()

    def drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def say(self, *messages: bytes) -> None:
        """To every client that is signed in."""
        for writer in list(self._writers):
            await self._write(writer, b"".join(messages))

    def names(self) -> list[str]:
        """The actions that were asked, without those of the link itself."""
        own = ("Challenge", "Login", "Ping", "CoreStatus")
        return [text(asked, "Action") for asked in self.asked if text(asked, "Action") not in own]

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        for part in (data[i : i + 1] for i in range(len(data))) if self.byte_by_byte else (data,):
            writer.write(part)
            await writer.drain()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections += 1
        self.watch.touch()
        frames = Frames()
        self._writers.append(writer)
        try:
            if not self.frozen:
                await self._write(writer, self.banner)
            while data := await reader.read(65536):
                self.raw += data
                for frame in frames.feed(data):  # a question is a message but for its first line
                    await self._told(writer, parse(b"Response: none\r\n" + frame).fields)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _told(self, writer: asyncio.StreamWriter, asked: Fields) -> None:
        self.asked.append(asked)
        self.watch.touch()
        if self.frozen:
            return
        name = text(asked, "Action")
        usual: dict[str, Answer] = {
            "Challenge": self._challenge,
            "Login": self._login,
            "CoreStatus": self._core_status,
            "Ping": self._ping,
        }
        answer = self.answers.get(name) or usual.get(name, self._queued)
        await self._write(writer, answer(asked))

    def _challenge(self, asked: Fields) -> bytes:
        return reply(asked, "Response: Success", "Challenge: 112112112")

    def _login(self, asked: Fields) -> bytes:
        key = hashlib.md5(b"112112112" + self.secret.encode(), usedforsecurity=False).hexdigest()
        if self.login_words or text(asked, "Key") != key or text(asked, "Username") != self.user:
            return reply(asked, "Response: Error", f"Message: {self.login_words or 'Authentication failed'}")
        boot = event("FullyBooted", Uptime=str(self.uptime), Status="Fully Booted") if self.booted else b""
        return reply(asked, "Response: Success", "Message: Authentication accepted") + boot

    def _core_status(self, asked: Fields) -> bytes:
        return reply(asked, "Response: Success", "CoreStartupDate: 2026-11-21", f"CoreStartupTime: {self.startup}")

    def _ping(self, asked: Fields) -> bytes:
        return reply(asked, "Response: Success", "Ping: Pong", "Timestamp: 1795305182.170421")

    def _queued(self, asked: Fields) -> bytes:
        return reply(asked, "Response: Success", f"Message: {text(asked, 'Action')} queued")


@asynccontextmanager
async def fake_asterisk() -> AsyncIterator[FakeAsterisk]:
    asterisk = FakeAsterisk()
    await asterisk.start()
    try:
        yield asterisk
    finally:
        await asterisk.stop()


def plain(messages: Sequence[Message]) -> list[Fields]:
    return [fields(message) for message in messages]
