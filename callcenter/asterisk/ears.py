"""What Asterisk says, in order: frames from the socket to the one task that hears them.

In:  frames, from the protocol; the start of each session.
Out: answers to `Questions`; `on_up(session)` and `hear(message)`, from one task: old events, on_up, new events.
Never: lets a listener's exception out, parses what nobody wants, keeps more than its limit, tells an event of a session
whose on_up is not through: who does not know what is going on takes the end of a call for all of it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from panoramisk.message import Message

from callcenter.asterisk import link_state as say
from callcenter.asterisk.link_state import Counts, Limits, Lost, Session
from callcenter.asterisk.protocol import Wire
from callcenter.asterisk.questions import Questions
from callcenter.asterisk.wire import Unreadable, event_name, has_id, is_name, parse, text
from callcenter.core.errors import CallCenterError

log = logging.getLogger(__name__)

SLICE = 0.02  # seconds of hearing before the socket gets its turn
Route = Callable[[Wire, bytes], None]


@dataclass(frozen=True)
class Listeners:
    """Whom the link tells what. `on_unreadable` gets each frame that could not be read or heard, and why."""

    hear: Callable[[Message], None]
    on_up: Callable[[Session], Awaitable[None]]
    on_unreadable: Callable[[bytes, str], None]


class Ears:
    """The queue between the socket and the listeners. In it a Wire stands for the start of its session."""

    def __init__(
        self, listeners: Listeners, wants: Callable[[str], bool], questions: Questions, limits: Limits, counts: Counts
    ) -> None:
        self._tell, self._wants, self._questions = listeners, wants, questions
        self._limits, self._counts = limits, counts
        self._queue: deque[bytes | Wire] = deque()
        self._wake = asyncio.Event()
        self._routes: dict[bytes, Route | None] = {}

    # From the socket ----------------------------------------------------------------------------------------------

    def begin(self, wire: Wire) -> None:
        """A session starts here: whatever is queued already belongs to older ones."""
        self._queue.append(wire)
        self._wake.set()

    def take(self, wire: Wire, frame: bytes) -> None:
        """One frame as it came. Most are of names that nobody wants: those cost one look-up and no parsing."""
        if frame[:1] in (b"\r", b"\n"):  # stray blank lines, seen from Debian's builds
            frame = frame.lstrip(b"\r\n")
        name = event_name(frame)
        if name is None:
            self._take_reply(wire, frame)
            return
        try:
            route = self._routes[name]
        except KeyError:
            route = self._learn(name)
        if (route or self._questions) and has_id(frame) and name != b"OriginateResponse" and self._take_item(frame):
            return
        if route is None:
            self._counts.skipped += 1
        else:
            route(wire, frame)

    def _learn(self, name: bytes) -> Route | None:
        """Where events of this name go; panoramisk's patterns decide, once for each name."""
        known = name.decode("ascii", "replace")
        special: dict[str, Route] = {"FullyBooted": self._booted, "Shutdown": self._shut_down}
        route: Route | None = special.get(known, self._enqueue if self._wants(known) else None)
        if not is_name(known):
            route = self._misnamed
        elif len(self._routes) < 1000:
            self._routes[name] = route
        return route

    def _take_item(self, frame: bytes) -> bool:
        """An item of a list that was asked for, now or too late for anybody to wait."""
        message = parse(frame)
        if self._questions.take(message):
            return True
        late = self._questions.is_ours(message)
        self._counts.late += late
        return late

    def _take_reply(self, wire: Wire, frame: bytes) -> None:
        if not frame or wire.is_pong(frame):
            return
        try:
            message = parse(frame)
        except Unreadable as why:
            self._set_aside(frame, str(why))
            return
        if "Event" in message.fields:  # its name did not come first: no Asterisk does that, but hear it
            self._enqueue_wanted(wire, frame, text(message.fields, "Event"))
        elif not self._questions.take(message):
            self._counts.late += 1

    def _booted(self, wire: Wire, frame: bytes) -> None:
        uptime = text(parse(frame).fields, "Uptime")
        wire.has_booted(float(uptime) if uptime.isdecimal() else 0)
        self._enqueue_wanted(wire, frame, "FullyBooted")

    def _shut_down(self, wire: Wire, frame: bytes) -> None:
        self._enqueue_wanted(wire, frame, "Shutdown")
        restarts = text(parse(frame).fields, "Restart").lower() == "true"
        wire.drop(Lost(say.RESTARTING if restarts else say.STOPPING))

    def _misnamed(self, wire: Wire, frame: bytes) -> None:
        self._set_aside(frame, "bad name of an event")

    def _enqueue_wanted(self, wire: Wire, frame: bytes, name: str) -> None:
        if self._wants(name):
            self._enqueue(wire, frame)

    def _enqueue(self, wire: Wire, frame: bytes) -> None:
        self._queue.append(frame)
        self._wake.set()
        if len(self._queue) < self._limits.queue:
            return
        if wire.heard.done():
            if wire.paused_at is None:
                self._counts.pauses += 1
            wire.pause()
        elif len(self._queue) >= 4 * self._limits.queue:  # on_up needs its answers, so reading cannot stand still
            wire.drop(Lost(say.TOO_SLOW))

    # To the listeners ---------------------------------------------------------------------------------------------

    async def listen(self) -> None:
        """The only place where listeners are called: one thing at a time, in the order of the wire."""
        loop = asyncio.get_running_loop()
        current: Wire | None = None
        while True:
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
            pause_at = loop.time() + SLICE
            while self._queue and loop.time() < pause_at:
                item = self._queue.popleft()
                if isinstance(item, bytes):
                    if current is None or current.heard.done():  # otherwise the next session's look finds it
                        self._hear(item)
                else:
                    current = item
                    await self._start(item)
            if current is not None and len(self._queue) <= self._limits.queue // 2:
                current.resume()
            await asyncio.sleep(0)

    def _hear(self, frame: bytes) -> None:
        try:
            message = parse(frame)  # here and not at the socket: what waits takes little room
            self._tell.hear(message)
            self._counts.heard += 1
        except Unreadable as why:
            self._set_aside(frame, str(why))
        except Exception as error:
            self._counts.failed += 1
            log.exception("a message could not be heard: %.200r", frame)
            self._set_aside(frame, f"{type(error).__name__}: {error}")

    async def _start(self, wire: Wire) -> None:
        """Let on_up ask what is going on, before anything new is heard."""
        await wire.until(wire.ready)
        if wire.lost.done():
            return
        try:
            await wire.while_open(self._tell.on_up(wire.ready.result()), self._limits.sync, Lost(say.SYNC_LATE))
        except CallCenterError as why:
            log.warning("what is going on is not known: %s", why)
            wire.drop(why if isinstance(why, Lost) else Lost(say.SYNC_FAILED))
        except Exception:
            log.exception("on_up failed")
            wire.drop(Lost(say.SYNC_FAILED))
        else:
            wire.heard.set_result(None)

    def _set_aside(self, frame: bytes, why: str) -> None:
        """One bad record must not stop the line; a person gets to see it."""
        self._counts.unreadable += 1
        log.warning("unreadable message (%s): %.200r", why, frame)
        try:
            self._tell.on_unreadable(frame, why)
        except Exception:
            log.exception("on_unreadable failed")
