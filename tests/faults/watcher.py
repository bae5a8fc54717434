"""Somebody who looks at a screen: the live channel of a page, and when each caller was first to be seen on it.

In:  a running house, who signs in, at which position. Out: `seen`: number as it is shown -> the first moment.
Never: a browser; the bytes that one would be painted from.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self

import aiohttp

from tests.faults.citizens import now
from tests.faults.house import House
from tests.faults.typists import CSRF, PASSWORD

SHOWN = re.compile(r"08\d\d-\d{4}-\d{4}")


def shown(number: str) -> str:
    """+6281200001234 as people write it."""
    digits = "0" + number.removeprefix("+62")
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


class Watcher:
    """One open page."""

    def __init__(self) -> None:
        self.seen: dict[str, datetime] = {}
        self.messages = 0

    @classmethod
    @asynccontextmanager
    async def at(cls, house: House, name: str, position: str) -> AsyncIterator[Self]:
        """Signed in and looking, while the block lasts."""
        one, jar = cls(), aiohttp.CookieJar(unsafe=True)
        base = house.settings.url
        async with aiohttp.ClientSession(base, cookie_jar=jar) as http:
            async with http.get("/sign-in") as answer:
                token = CSRF.search(await answer.text())
            assert token
            form = {"name": name, "password": PASSWORD, "position": position, "csrf": token[1]}
            async with http.post("/sign-in", data=form, allow_redirects=False) as answer:
                assert answer.status == 303, await answer.text()
            async with http.ws_connect("/live", headers={"Origin": base.rstrip("/")}) as socket:
                task = asyncio.create_task(one._look(socket))
                try:
                    yield one
                finally:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task

    async def _look(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            moment, html = now(), json.loads(message.data)["html"]
            self.messages += 1
            for number in SHOWN.findall(" ".join(html.values())):
                self.seen.setdefault(number, moment)
