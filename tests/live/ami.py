"""A small AMI client for tests: as little between the test and Asterisk's bytes as possible.

In:  host, port, account. Out: every message as a dict of lists, in order.
Never: the product's own link (it has its own tests).
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Self

from tests.live.waiting import PATIENT_S, until

Message = dict[str, list[str]]


class Ami:
    """One session; keeps all that it heard."""

    def __init__(self, port: int, user: str, secret: str) -> None:
        self.port, self.user, self.secret = port, user, secret
        self.heard: list[Message] = []
        self.raw = b""
        self._count = 0

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        await self._reader.readline()
        self._task = asyncio.create_task(self._read())
        answer = await self.do("Login", Username=self.user, Secret=self.secret)
        assert first(answer, "Response") == "Success", answer
        await self.event("FullyBooted")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        buffer = b""
        while chunk := await self._reader.read(65536):
            self.raw += chunk
            buffer += chunk
            while b"\r\n\r\n" in buffer:
                frame, buffer = buffer.split(b"\r\n\r\n", 1)
                message: Message = {}
                for line in frame.strip(b"\r\n").decode(errors="replace").split("\r\n"):
                    key, _, value = line.partition(": ")
                    message.setdefault(key.removesuffix(":"), []).append(value)
                self.heard.append(message)

    async def do(self, action: str, **headers: str | list[str]) -> Message:
        """One action and its response."""
        self._count += 1
        mine = f"test-{self._count}"
        lines = [f"Action: {action}", f"ActionID: {mine}"]
        for key, value in headers.items():
            lines += [f"{key}: {each}" for each in ([value] if isinstance(value, str) else value)]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        return await self.message(lambda m: "Response" in m and m.get("ActionID") == [mine], f"answer to {action}")

    async def message(self, fits: Callable[[Message], bool], what: str, deadline: float = PATIENT_S) -> Message:
        found = await until(lambda: next((m for m in self.heard if fits(m)), None), what, deadline)
        assert found is not None
        return found

    async def event(self, name: str, deadline: float = PATIENT_S, **headers: str) -> Message:
        def fits(m: Message) -> bool:
            return m.get("Event") == [name] and all(m.get(key) == [value] for key, value in headers.items())

        return await self.message(fits, f"{name} {headers}", deadline)

    def events(self, name: str, **headers: str) -> list[Message]:
        return [
            m
            for m in self.heard
            if m.get("Event") == [name] and all(m.get(key) == [value] for key, value in headers.items())
        ]


def first(message: Message, key: str) -> str:
    return message.get(key, [""])[0]
