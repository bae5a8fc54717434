"""A running link, and all that it told, for the tests of the link.

In:  where Asterisk is, and what a test wants to be different.
Out: `Linked`: the link, what it heard, its states and sessions; all gone at the end of the block.
Never: decides what is right.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from panoramisk.message import Message

from callcenter.asterisk.link import Link
from callcenter.asterisk.link_state import Limits, LinkState, Phase, Session
from callcenter.asterisk.wire import fields, text
from tests.fakes import Watch

FAST = Limits(
    connect=1.0,
    login=0.5,
    boot=1.0,
    sync=0.5,
    ping=0.05,
    dead=0.3,
    retry_first=0.01,
    retry_most=0.05,
    retry_refused=0.4,
    pause=0.3,
    queue=200,
)


@dataclass
class Linked:
    """A running link and everything that it told."""

    watch: Watch
    story: list[str] = field(default_factory=list)  # names of events, "up 1" for on_up
    heard: list[Message] = field(default_factory=list)
    states: list[LinkState] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    unreadable: list[tuple[bytes, str]] = field(default_factory=list)
    link: Link = field(init=False)

    def hear(self, message: Message) -> None:
        self.heard.append(message)
        name = text(fields(message), "Event")
        if name != "FullyBooted":
            self.story.append(name)
        self.watch.touch()

    async def on_up(self, session: Session) -> None:
        self.sessions.append(session)
        self.story.append(f"up {len(self.sessions)}")
        self.watch.touch()

    def on_state(self, state: LinkState) -> None:
        self.states.append(state)
        self.watch.touch()

    def on_unreadable(self, frame: bytes, why: str) -> None:
        self.unreadable.append((frame, why))
        self.watch.touch()

    async def is_up(self, sessions: int = 1, within: float = 30.0) -> None:
        await self.watch.until(lambda: self.link.state.phase is Phase.UP and len(self.sessions) >= sessions, within)

    async def is_down(self, phase: Phase = Phase.DOWN, within: float = 30.0) -> LinkState:
        """The next time the link shows this phase; a state that came and went between two looks counts."""
        seen = len(self.states)
        await self.watch.until(lambda: any(s.phase is phase for s in self.states[seen:]), within)
        return next(s for s in self.states[seen:] if s.phase is phase)

    async def says(self, words: str) -> None:
        """At any time until now, or soon: on a busy machine it may have had something else to say before."""
        await self.watch.until(lambda: any(words in state.sentence for state in self.states))


class Place(Protocol):
    """A fake or a real Asterisk."""

    port: int
    user: str
    secret: str
    watch: Watch


@asynccontextmanager
async def linked(
    asterisk: Place,
    *,
    limits: Limits = FAST,
    names: Iterable[str] = ("*",),
    secret: str | None = None,
    cls: type[Linked] = Linked,
) -> AsyncIterator[Linked]:
    """A link to this Asterisk, running until the end of the block."""
    it = cls(asterisk.watch)
    it.link = Link(
        host="127.0.0.1",
        port=asterisk.port,
        username=asterisk.user,
        secret=asterisk.secret if secret is None else secret,
        hear=it.hear,
        on_up=it.on_up,
        on_state=it.on_state,
        on_unreadable=it.on_unreadable,
        names=names,
        limits=limits,
    )
    running = asyncio.create_task(it.link.run())
    try:
        yield it
        assert not running.done(), "the link must never end by itself"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
