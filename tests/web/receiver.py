"""A city's message gateway, as somebody else would write it: checks the signature, drops doubles by their key.

In:  what it shall answer, one after the other. Out: `accepted`, by key; `tries`, every POST that came.
Never: a message taken twice.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

SLOW = 0  # no answer at all, until the far side gives up
KEY = "messages-key-of-the-tests"


class Receiver:
    """`answers`: statuses, the first ones first; then 202."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.key = list(answers), KEY
        self.accepted: dict[str, dict[str, Any]] = {}
        self.tries: list[tuple[str, bytes]] = []
        self.unsigned = 0
        self._stopped = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        body, key = await request.read(), request.headers["Idempotency-Key"]
        stamp = request.headers["X-112-Timestamp"]
        wanted = hmac.new(self.key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if request.headers["X-112-Signature"] != f"sha256={wanted}":
            self.unsigned += 1
            return web.Response(status=401)
        self.tries.append((key, body))
        status = self.answers.pop(0) if self.answers else 202
        if status == SLOW:
            self.accepted.setdefault(key, json.loads(body))  # taken, but its answer never arrives
            await self._stopped.wait()
            return web.Response(status=202)
        if status < 300:
            self.accepted.setdefault(key, json.loads(body))
        return web.Response(status=status)

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[str]:
        """Its address."""
        app = web.Application()
        app.router.add_post("/send", self.take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/send"
        finally:
            self._stopped.set()
            await runner.cleanup()
