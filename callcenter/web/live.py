"""The live channel: the newest picture to every open page.

In:  "something changed" (never what: the newest floor says it all). Out: numbered messages with the parts of the page
that look different, the most urgent part first; a beat every 2 s, by which the page knows that it is not blind.
Never: a queue that grows. A page gets the newest picture, not the history of pictures; who is slow is dropped, not
waited for; who comes back says what he has seen and gets only what is new.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from aiohttp import WSCloseCode, web

log = logging.getLogger(__name__)

BEAT_S = 2.0
SEND_LIMIT_S = 5.0
TICK_S = 1.0
SLICE_S = 0.005  # of painting, before somebody else has a turn


@dataclass(frozen=True)
class Viewer:
    """Who looks: enough to paint for them."""

    person: str
    role: str
    position: str
    language: str
    open_call: str = ""  # whose ticket lies open on that page
    agency: str = ""  # whose page it is, for people of an agency


@dataclass(frozen=True)
class Region:
    """One live part of the page. Viewers with the same scope see the same HTML, painted once for all of them."""

    name: str
    paint: Callable[[Viewer], str]
    scope: Callable[[Viewer], Hashable]
    urgent: bool = False
    ticking: bool = False  # painted again every second, because it also tells what no fact announces


@dataclass(eq=False)
class Client:
    """One open page."""

    viewer: Viewer
    socket: web.WebSocketResponse
    sent: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    seq: int = 0  # of the newest picture offered
    seen: int = 0  # everything up to here has been sent

    def offer(self, region: str, html: str, seq: int, *, wake: bool = True) -> None:
        """The newest picture of that part; replaces an older one that has not left yet."""
        if self.pending.get(region, self.sent.get(region)) == html:
            return
        self.pending[region] = html
        self.seq = seq
        if wake:
            self.wake.set()


class Hub:
    """All open pages."""

    def __init__(self, clock: Callable[[], datetime], *, beat: float = BEAT_S, limit: float = SEND_LIMIT_S) -> None:
        self.boot = secrets.token_hex(4)  # sequence numbers are valid within one life of this service
        self.seq = 0
        self.clients: set[Client] = set()
        self._clock = clock
        self._beat = beat
        self._limit = limit
        self._regions: Sequence[Region] = ()
        self._stirred = asyncio.Event()
        self._news = asyncio.Event()  # the banners do not show it yet
        self._known: dict[tuple[str, Hashable], tuple[str, int]] = {}

    def show(self, regions: Sequence[Region]) -> None:
        """Which parts there are, the urgent ones first."""
        self._regions = sorted(regions, key=lambda region: not region.urgent)

    def stir(self) -> None:
        """Something changed. Never blocks."""
        self._news.set()
        self._stirred.set()

    async def run(self) -> None:
        """Paints until cancelled. A part that cannot be painted is logged and left out, the others go on."""
        while True:
            everything = True
            try:
                async with asyncio.timeout(TICK_S):
                    await self._stirred.wait()
            except TimeoutError:
                everything = False
            self._stirred.clear()
            if everything:
                self._refresh_urgent()
                await asyncio.sleep(0)  # lets the banners leave before the rest is painted
            began = asyncio.get_running_loop().time()
            for region in self._regions:
                if region.ticking or (everything and not region.urgent):
                    await self._refresh(region)
            for client in self.clients:  # the whole round in one message
                if client.pending:
                    client.wake.set()
            await self._rest(asyncio.get_running_loop().time() - began)

    def _refresh_urgent(self) -> None:
        """The banners: all of them at once, before anything else."""
        self._news.clear()
        for region in self._regions:
            if region.urgent:
                fresh: dict[Hashable, tuple[str, int]] = {}
                for client in self.clients:
                    self._refresh_client(region, client, fresh)
                self._forget(region, fresh)

    async def _rest(self, seconds: float) -> None:
        """As long as the round took: half of the time at most goes into parts that can wait. Banners do not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._news.wait()
                    self._refresh_urgent()

    async def _refresh(self, region: Region) -> None:
        """The other parts: a room of fifty costs a tenth of a second, so that a banner goes before what is left."""
        fresh: dict[Hashable, tuple[str, int]] = {}
        slept = asyncio.get_running_loop().time()
        for client in list(self.clients):
            self._refresh_client(region, client, fresh)
            if asyncio.get_running_loop().time() - slept > SLICE_S:
                await asyncio.sleep(0)
                if self._news.is_set():
                    self._refresh_urgent()
                slept = asyncio.get_running_loop().time()
        self._forget(region, fresh)
        await asyncio.sleep(0)

    def _refresh_client(self, region: Region, client: Client, fresh: dict[Hashable, tuple[str, int]]) -> None:
        scope = region.scope(client.viewer)
        if scope not in fresh:
            fresh[scope] = self._paint(region, client.viewer, scope)
        client.offer(region.name, *fresh[scope], wake=region.urgent)

    def _forget(self, region: Region, fresh: Mapping[Hashable, object]) -> None:
        for key in [k for k in self._known if k[0] == region.name and k[1] not in fresh]:
            del self._known[key]

    def _paint(self, region: Region, viewer: Viewer, scope: Hashable) -> tuple[str, int]:
        key = (region.name, scope)
        try:
            html = region.paint(viewer)
        except Exception:
            log.exception("the part %s could not be painted", region.name)
            return self._known.get(key, ("", self.seq))
        known = self._known.get(key)
        if known is None or known[0] != html:
            self.seq += 1
            known = self._known[key] = (html, self.seq)
        return known

    def welcome(self, client: Client, boot: str, since: int) -> None:
        """A page comes, or comes back: it gets what it has not seen."""
        client.seq = client.seen = since if boot == self.boot else 0
        self.clients.add(client)
        self.repaint(client, since if boot == self.boot else -1)

    def repaint(self, client: Client, since: int = -1) -> None:
        """Everything for one page that is newer than `since`."""
        for region in self._regions:
            html, seq = self._paint(region, client.viewer, region.scope(client.viewer))
            if seq > since:
                client.offer(region.name, html, self.seq)
            else:
                client.sent[region.name] = html
        client.wake.set()

    def look_at(self, client: Client, call: str) -> None:
        """That page has another ticket open now."""
        client.viewer = replace(client.viewer, open_call=call)
        self.repaint(client)

    async def serve(self, client: Client) -> None:
        """Sends until the page goes; raises TimeoutError when it takes too long to listen."""
        while True:
            try:
                async with asyncio.timeout(self._beat):
                    await client.wake.wait()
            except TimeoutError:
                await self._send(client, {})
                continue
            client.wake.clear()
            batch, client.pending = client.pending, {}
            newest = client.seq
            client.sent.update(batch)
            urgent = {r.name: batch.pop(r.name) for r in self._regions if r.urgent and r.name in batch}
            if urgent:
                await self._send(client, urgent)
            client.seen = newest  # only now: who is cut off between the two gets the second again
            if batch or not urgent:
                await self._send(client, batch)

    async def _send(self, client: Client, html: dict[str, str]) -> None:
        message = {"boot": self.boot, "seq": client.seen, "now": round(self._clock().timestamp() * 1000), "html": html}
        async with asyncio.timeout(self._limit):
            await client.socket.send_str(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    def leave(self, client: Client) -> None:
        self.clients.discard(client)

    async def close(self) -> None:
        """The service stops: every page is told, none is waited for."""
        clients, self.clients = list(self.clients), set()
        await asyncio.gather(*(self._close(client) for client in clients))

    async def _close(self, client: Client) -> None:
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(1.0):
                await client.socket.close(code=WSCloseCode.GOING_AWAY, message=b"restart")
