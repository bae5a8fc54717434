"""A wire between our service and Asterisk's manager that can be cut, or that swallows what is sent.

In:  the port of the manager. Out: a port of its own; bytes pass both ways until something is done to them.
Never: a byte changed.
"""

import asyncio
import contextlib
import socket
import struct
from typing import Self

RESET = struct.pack("ii", 1, 0)


class Wire:
    """Every connection that is open through it."""

    def __init__(self, target: int, port: int) -> None:
        self.target, self.port = target, port
        self.cuts = self.swallowed = 0
        self._open: set[Pair] = set()

    async def start(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        return self

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = Pair(writer, far)
        self._open.add(pair)
        try:
            await asyncio.wait(
                [
                    asyncio.create_task(pair.carry(reader, far)),
                    asyncio.create_task(pair.carry(far_reader, writer)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            self._open.discard(pair)
            pair.reset()

    @property
    def connected(self) -> bool:
        return any(not pair.deaf for pair in self._open)

    def cut(self) -> bool:
        """Both ends get a reset. False: nothing was connected."""
        pairs = [pair for pair in self._open if not pair.deaf]
        for pair in pairs:
            pair.reset()
        self.cuts += bool(pairs)
        return bool(pairs)

    def swallow(self) -> bool:
        """From now on nothing passes, and neither end is told. New connections are not touched."""
        pairs = [pair for pair in self._open if not pair.deaf]
        for pair in pairs:
            pair.deaf = True
        self.swallowed += bool(pairs)
        return bool(pairs)

    def swallow_answers(self) -> bool:
        """From now on what is sent arrives, and what comes back does not."""
        pairs = [pair for pair in self._open if not pair.deaf]
        for pair in pairs:
            pair.mute = True
        return bool(pairs)

    async def close(self) -> None:
        self._server.close()
        for pair in list(self._open):
            pair.reset()


class Pair:
    """One connection, both halves."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near, self.far, self.deaf, self.mute = near, far, False, False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                if not self.deaf and not (self.mute and writer is self.near):
                    writer.write(chunk)
                    await writer.drain()

    def reset(self) -> None:
        for end in (self.near, self.far):
            if (sock := end.get_extra_info("socket")) is not None:
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.transport.abort()
