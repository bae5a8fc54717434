"""The life of the line to Asterisk: connect, sign in, ask what is going on, listen, notice that it died, begin again.

In:  host, account, and who wants to hear; questions (`ask`, `ask_list`).
Out: `on_up(session)` after every login and `hear(message)` for each event, both from one task in the order of the
     wire (old events, on_up, new events); answers within their deadline; `state`, a sentence for people.
Never: sends anything twice, lets an exception of a listener reach the socket, understands what a message means.

panoramisk gives the vocabulary: event patterns, Message, Action, the protocol class. Its own connecting, re-sending,
completion and dispatch are replaced, and what is left of them raises, so that nobody uses it by accident.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import NoReturn

from panoramisk.manager import Manager
from panoramisk.message import Message

from callcenter.asterisk import link_state as say
from callcenter.asterisk.ears import Ears, Listeners
from callcenter.asterisk.link_state import AccountRefused, Counts, Limits, LinkState, Lost, News, Phase, Session
from callcenter.asterisk.protocol import Hooks, Wire
from callcenter.asterisk.questions import NO_LINK, Questions, is_good
from callcenter.asterisk.signin import boot_of, sign_in
from callcenter.asterisk.wire import Given, Heard, text
from callcenter.core.errors import CallCenterError, LineDown, Refused

log = logging.getLogger(__name__)

NOTHING_THERE = ("no active conferences", "no conference by that name", "database entry not found", "no contacts")


class Link(Manager):
    """The one connection to Asterisk's manager. `run()` it in a TaskGroup; it ends only by cancellation."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        username: str,
        secret: str,
        hear: Callable[[Message], None],
        on_up: Callable[[Session], Awaitable[None]],
        on_state: Callable[[LinkState], None] = lambda state: None,
        on_unreadable: Callable[[bytes, str], None] = lambda frame, why: None,
        names: Iterable[str] = ("*",),
        tap: Callable[[bytes], None] | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`names`: panoramisk's event patterns; other events are skipped unparsed. `on_unreadable`: each frame that
        could not be read or heard, and why. `tap`: every byte as it came, to make recordings."""
        super().__init__(host=host, port=port, username=username, secret=secret)  # type: ignore[no-untyped-call]
        self.callbacks.clear()
        self.patterns.clear()  # also drops panoramisk's own hook, which re-sends after a reconnect
        for name in names:  # of these only the patterns are used: calling `hear` is the ears' work
            self.register_event(name, hear)  # type: ignore[no-untyped-call]
        self.limits = limits or Limits()
        self.counts = Counts()
        self.state = LinkState(Phase.DOWN, datetime.now(UTC), Lost(say.NOT_YET))
        self._on_state = on_state
        self._questions = Questions(self.limits.unsent)
        listeners = Listeners(hear, on_up, on_unreadable)
        self._ears = Ears(listeners, self.wants, self._questions, self.limits, self.counts)
        self._hooks = Hooks(self._ears.take, self._questions.give_up, tap)
        self._wire: Wire | None = None
        self._boot: str | None = None  # the life of Asterisk that on_up was told of last
        self._boot_is_sure = False

    def wants(self, event: str) -> bool:
        """Whether any of panoramisk's event patterns matches."""
        return any(pattern.match(event) for _, pattern in self.patterns)

    # Life ---------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._keep_up(), name="link")
            parts.create_task(self._ears.listen(), name="ears")

    async def _keep_up(self) -> None:
        wait = self.limits.retry_first
        while True:
            try:
                why = await self._session()
            except CallCenterError as error:
                why = error
            except Exception:
                log.exception("the session with Asterisk failed")
                why = Lost(say.FAULT)
            if isinstance(why, AccountRefused):
                wait = self.limits.retry_refused
            elif self.state.phase is Phase.UP:
                wait = self.limits.retry_first
            self._show(Phase.REFUSED if isinstance(why, AccountRefused) else Phase.DOWN, why)
            await asyncio.sleep(wait * random.uniform(0.7, 1.3))  # noqa: S311 - jitter, not a secret
            wait = min(wait * 2, self.limits.retry_most)

    async def _session(self) -> CallCenterError:
        """One connection from its beginning to its end; returns or raises why it ended."""
        self._wire = wire = await self._connect()
        try:
            self.counts.sessions += 1
            self._ears.begin(wire)  # before the login: nothing of this session can come before it
            await sign_in(self._questions, wire, self.config["username"], self.config["secret"], self.limits)
            self._show(Phase.CONNECTING, Lost(say.STARTING))
            await wire.while_open(wire.booted, self.limits.boot, Lost(say.NOT_STARTED))
            boot = await boot_of(self._questions, wire, self.limits)
            self._show(Phase.SYNCING, Lost(say.SYNCING))
            wire.ready.set_result(Session(self.counts.sessions, self._news(boot), boot))
            await wire.until(wire.heard)
            if wire.heard.done():
                self._boot = boot  # only now: a snapshot that failed has told nobody about the restart
                self._show(Phase.UP, None)
                await self._stay_up(wire)
                self._boot_is_sure = wire.outlived_its_first_second
            return await wire.lost
        finally:
            wire.drop(Lost(say.ENDED))

    def _news(self, boot: str) -> News:
        if self._boot is None:
            return News.FIRST
        return News.LINK_LOST if boot == self._boot and self._boot_is_sure else News.RESTARTED

    async def _connect(self) -> Wire:
        host, port, limits = self.config["host"], self.config["port"], self.limits
        try:
            async with asyncio.timeout(limits.connect):
                loop = asyncio.get_running_loop()
                _, wire = await loop.create_connection(lambda: Wire(self._hooks), host, port)
        except TimeoutError:
            raise Lost(say.NO_ROUTE, host=host, port=port, seconds=f"{limits.connect:g}") from None
        except ConnectionRefusedError:
            raise Lost(say.NOBODY, host=host, port=port) from None
        except OSError as error:
            raise Lost(say.UNREACHABLE, host=host, port=port, reason=error.strerror or error) from None
        return wire

    async def _stay_up(self, wire: Wire) -> None:
        """Ping, and end the connection after too long a silence: TCP took 938 s to notice a cut, and never noticed a
        frozen Asterisk."""
        loop, limits = asyncio.get_running_loop(), self.limits
        while wire.is_open:
            if wire.paused_at is not None:
                left, why = wire.paused_at + limits.pause - loop.time(), Lost(say.TOO_SLOW)
            else:
                left, why = wire.last_byte + limits.dead - loop.time(), Lost(say.SILENT, seconds=f"{limits.dead:g}")
                wire.ping()
            if left <= 0:
                wire.drop(why)
            else:
                rest = min(limits.ping, left)
                wakes_at = loop.time() + rest
                await wire.until(deadline=rest)
                wire.overslept(loop.time() - wakes_at)

    def renew(self) -> None:
        """End this session; the next one begins by itself, with `on_up`."""
        if self._wire is not None:
            self._wire.drop(Lost(say.RENEWED))

    def _show(self, phase: Phase, why: CallCenterError | None) -> None:
        same = phase is self.state.phase
        if same and str(why) == str(self.state.why):
            return
        self.state = LinkState(phase, self.state.since if same else datetime.now(UTC), why)
        log.info("link %s: %s", phase, self.state.sentence)
        try:
            self._on_state(self.state)
        except Exception:
            log.exception("on_state failed")

    # Questions ----------------------------------------------------------------------------------------------------

    async def ask(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> Message:
        """Asterisk's reply to one action. Raises BadInput or LineDown (not sent), Refused (in Asterisk's words),
        Unconfirmed (sent; outcome unknown). Originate, Redirect: success means "queued", events tell the rest."""
        return (await self._ask(name, given or {}, deadline))[0]

    async def ask_list(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> list[Message]:
        """The items of a list action, without its first and last message. Empty too where Asterisk calls it an error
        that there is nothing to list (conferences, contacts, AstDB keys)."""
        try:
            return list((await self._ask(name, given or {}, deadline))[1:-1])
        except Refused as refused:
            if str(refused.values["words"]).lower().startswith(NOTHING_THERE):
                return []
            raise

    async def _ask(self, name: str, given: Given, deadline: float) -> list[Heard]:
        if self._wire is None or self.state.phase not in (Phase.SYNCING, Phase.UP):  # nothing overtakes the login
            raise LineDown(NO_LINK)
        messages = await self._questions.put(self._wire, name, given, deadline)
        if not is_good(messages[0]):
            words = text(messages[0].fields, "Message").rstrip(".")
            raise Refused("Asterisk refused {action}: {words}.", action=name, words=words)
        return messages

    # What panoramisk would do by itself ---------------------------------------------------------------------------

    def _not_here(self, *_: object, **__: object) -> NoReturn:
        raise NotImplementedError("Link has run(), ask() and ask_list() instead")

    connect = run_forever = send_action = send_command = send_agi_command = dispatch = ping = close = _not_here
