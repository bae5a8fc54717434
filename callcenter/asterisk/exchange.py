"""The telephone's side of the switchboard: messages become facts, wishes become orders.

In:  messages from the link, in order; wishes that the rules let pass.
Out: facts to whoever listens; orders to Asterisk, one after the other.
Never: an exception back into the link, an order sent twice, an order after one that Asterisk refused.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from panoramisk.message import Message

from callcenter.asterisk import flags, pauses
from callcenter.asterisk.agency_lines import AgencyLines
from callcenter.asterisk.astdb import note
from callcenter.asterisk.control import Road, begin
from callcenter.asterisk.desks import ringing_phone
from callcenter.asterisk.fallback import PRACTICE, SELF_TEST
from callcenter.asterisk.inbox import READERS, House, read
from callcenter.asterisk.ledger import JOURNAL, from_database
from callcenter.asterisk.link import Link
from callcenter.asterisk.link_state import LinkState, Phase, Session
from callcenter.asterisk.order import Order
from callcenter.asterisk.outbox import orders
from callcenter.asterisk.places import Places
from callcenter.asterisk.records import Records
from callcenter.asterisk.short_codes import ShortCodes
from callcenter.asterisk.snapshot import HEARD, look
from callcenter.asterisk.wire import fields, text
from callcenter.core import help
from callcenter.core.account import Arrival
from callcenter.core.agency import OverflowLine
from callcenter.core.call import Call
from callcenter.core.catalogue import Newest
from callcenter.core.control import leg_for as leg_of_colleague
from callcenter.core.desk_facts import ColleagueAsked, DeskCallMade, HelpAsked, HelpStopped, ListenerAsked
from callcenter.core.desk_wishes import (
    BeReady,
    CallBack,
    CallHelp,
    Consult,
    HelpNext,
    Practise,
    Relay,
    StopHelp,
    TakePause,
)
from callcenter.core.errors import CallCenterError, Refused
from callcenter.core.facts import CallDescribed, Fact, LineLost, Unreadable
from callcenter.core.kind import Kind, made_id
from callcenter.core.listen_wishes import Listen
from callcenter.core.listening import leg_of as leg_of_listener
from callcenter.core.wishes import Wish

log = logging.getLogger(__name__)

FORGOTTEN_PER_ORDER = 10
"""How many ended calls one Originate takes out of Asterisk's journal: a header line holds 1,022 bytes."""

NOTED_EVERY_S = 2.0

NO_SUCH_LEG = "No such channel"
"""Asterisk's answer where a leg that is to end has ended already: then it is as it was wished."""

ASKED_AT_ONCE = 500
"""How many calls the database is asked about in one question."""


class Known(NamedTuple):
    """What the database says of calls in Asterisk's journals."""

    over: set[str]  # ended and committed: nothing that the journals say of them is news
    unsure: set[str]  # it could not be asked: left alone now, looked at again when it can


Ended = Callable[[Sequence[str]], Awaitable[Known]]


class Exchange:
    """Owns the link. `run` it; it hears, asks and orders."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        secret: str,
        house: House,
        positions: Sequence[str],
        catalogue: Newest,
        hear: Callable[[Fact], None],
        on_state: Callable[[LinkState], None],
        ended: Ended,
        clock: Callable[[], datetime],
        records: Records | None = None,
        since: Callable[[datetime | None], datetime | None] = lambda heard: heard,
        zone: tzinfo = UTC,
        out: Road | None = None,
        distrusted: frozenset[str] = frozenset(),
        safe_until: Callable[[], datetime | None] | None = None,
    ) -> None:
        """`ended`: which of these are over and committed; Asterisk's journals may have them still. `records`: its
        timeline, where it can be read; `since`: from when on, given until when a former life heard. `zone`: of the
        agencies' hours. `out`: how our calls leave the house. `distrusted`: trunks that do not tell where a caller is.
        `safe_until`: until when what was heard outlives our death; None: some of it is still open."""
        self._out, self.places = out or Road(), Places(port, secret, hear, distrusted)
        self._made = itertools.count(clock().microsecond // 1000)  # two lives in one second do not make the same ids
        self.records, self._since = records, since
        self._house, self._positions, self._catalogue = house, positions, catalogue
        self._hear, self._on_state, self._ended = hear, on_state, ended
        self._clock, self._safe_until = clock, safe_until or clock
        self.link = self._line(host, port, secret)
        self.short_codes = ShortCodes(self.link, catalogue, lambda: self.state.phase is Phase.UP, clock, zone)

    def _line(self, host: str, port: int, secret: str) -> Link:
        return Link(
            host=host,
            port=port,
            username="desk",
            secret=secret,
            hear=self._message,
            on_up=self._look,
            on_state=self._state,
            on_unreadable=self._unreadable,
            names=READERS,
        )

    async def run(self) -> None:
        """Live as long as the service."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self.link.run(), name="link")
            parts.create_task(self._note_hearing(), name="hearing")
            parts.create_task(self.places.run(), name="places")
            parts.create_task(self.short_codes.run(), name="short codes")

    async def _note_hearing(self) -> None:
        """Asterisk keeps until when we heard it; there our next life reads since when it is blind."""
        while True:
            await asyncio.sleep(NOTED_EVERY_S)
            if self.link.state.phase is Phase.UP:
                await self._note()

    async def _note(self) -> None:
        if until := self._safe_until():  # otherwise our next life reads from where this one began to
            with suppress(CallCenterError):  # the link's own state tells it
                await self.link.ask("Setvar", {"Variable": HEARD, "Value": f"{until.timestamp():.3f}"})

    @property
    def state(self) -> LinkState:
        """How the link stands."""
        return self.link.state

    def _message(self, message: Message) -> None:
        plain = fields(message)
        try:
            fact = read(self._house, plain, self._clock())
        except (ValueError, KeyError, OverflowError, OSError) as wrong:
            fact = Unreadable(self._clock(), repr(wrong), {k: str(v)[:500] for k, v in plain.items()})
        if isinstance(fact, CallDescribed):
            fact = self.places.filled(fact)
        if fact is not None:
            self._hear(fact)

    async def _look(self, session: Session) -> None:
        seen = await look(self.link, self._house, self._positions, session.boot, self._clock, self.records, self._since)
        known = await self._known([record.call for record in seen.recalled])
        left_alone = known.over | (
            known.unsure - {leg.leg for leg in seen.legs}
        )  # who is up is not over, whoever says it
        news = tuple(record for record in seen.recalled if record.call not in left_alone)
        self._hear(replace(seen, recalled=news, over=tuple(sorted(known.over))))
        await self._note()

    async def _known(self, calls: Sequence[str]) -> Known:
        over, unsure = set[str](), set[str]()
        for start in range(0, len(calls), ASKED_AT_ONCE):
            some = await self._ended(calls[start : start + ASKED_AT_ONCE])
            over, unsure = over | some.over, unsure | some.unsure
        return Known(over, unsure)

    def look_again(self) -> None:
        """Begin a new session, whose first step is the look at everything. Calls are not touched."""
        self.link.renew()

    def _state(self, state: LinkState) -> None:
        if state.phase not in ("up", "syncing"):
            self._hear(LineLost(self._clock(), state.sentence))
        self.short_codes.stir()
        self._on_state(state)

    def _unreadable(self, frame: bytes, why: str) -> None:
        self._hear(Unreadable(self._clock(), why, {"frame": frame[:2000].decode("utf-8", "replace")}))

    async def carry_out(self, wish: Wish, call: Call) -> None:
        """Order what the wish needs, in order. Raises Refused, LineDown or Unconfirmed, and then orders no more."""
        if isinstance(wish, CallBack | Relay):
            await self._make_call(wish)
            return
        if isinstance(wish, TakePause | BeReady):
            for order in pauses.orders(wish, self._house.queue):
                await self._order(order)
            return
        if isinstance(wish, Practise):
            await self._call_itself(f"112*{wish.position}*{wish.story}", PRACTICE, wish.story)
            return
        now = self._clock()
        if isinstance(wish, StopHelp):
            self._hear(HelpStopped(call.id, now, wish.by))  # before the order: no next one is rung meanwhile
        for order in orders(wish, call, self._out):
            await self._order(order)
        if isinstance(wish, Consult):
            told = (leg_of_colleague(call, wish.colleague), wish.colleague, wish.by, wish.passing)
            self._hear(ColleagueAsked(call.id, now, *told))
        if isinstance(wish, CallHelp):
            self._hear(HelpAsked(call.id, now, wish.by, wish.lines))
            self._rung_for_help(call, wish.lines[0], 1, wish.by)
        if isinstance(wish, HelpNext) and call.help is not None:
            self._rung_for_help(call, help.line_of(call, wish.place), wish.place, call.help.by)
        if isinstance(wish, Listen):
            ear = leg_of_listener(call, wish.position)
            self._hear(ListenerAsked(call.id, now, ear, wish.position, wish.by, wish.mode.value))

    def _rung_for_help(self, call: Call, line: OverflowLine, place: int, by: str) -> None:
        """Asterisk took the order to ring that one; `call` as it was before."""
        leg, who = help.leg_for(call, line), help.number_of(line)
        self._hear(ColleagueAsked(call.id, self._clock(), leg, who, by, help=place, name=line.name))

    async def _make_call(self, wish: CallBack | Relay) -> None:
        """Her phone first. Told as soon as Asterisk has taken the order; her leg tells it again when she lifts."""
        now = self._clock()
        kind, number = (Kind.RELAY, "") if isinstance(wish, Relay) else (Kind.CALLBACK, wish.number)
        id_ = made_id(int(now.timestamp()), next(self._made))
        made = DeskCallMade(id_, now, kind, wish.position, f"desk-{wish.position}-1-{id_}", number, wish.about, wish.by)
        call = Call(id_, now, number or None, kind=kind, about=wish.about, by=wish.by, position=wish.position)
        for order in begin(replace(call, leg=made.leg), self._out):
            await self._order(order)
        self._hear(made)

    def lines(self, category_of: Callable[[str], str]) -> AgencyLines:
        """How agencies are reached. `category_of` a call: who lifts there hears it."""
        return AgencyLines(
            self.link.ask,
            catalogue=self._catalogue,
            category_of=category_of,
            hear=self._hear,
            look_again=self.look_again,
            clock=self._clock,
        )

    async def _order(self, order: Order) -> None:
        try:
            await self.link.ask(order.action, await ringing_phone(self.link, self._positions, order.headers))
        except Refused as refused:
            if order.action != "Hangup" or refused.values.get("words") != NO_SUCH_LEG:
                raise
            log.info("%s had ended by itself", order.headers["Channel"])  # the last order's doing, or its own

    async def trunks(self, names: Sequence[str]) -> dict[str, bool]:
        """Whether each operator's trunk answers: Asterisk asks its peers every 30 s."""
        found = {}
        for name in names:
            said = await self.link.ask("Getvar", {"Variable": f"DEVICE_STATE(PJSIP/trunk-{name})"})
            found[name] = text(fields(said), "Value") not in ("UNAVAILABLE", "INVALID")
        return found

    async def call_itself(self) -> None:
        """The self-test's call (self-test.conf)."""
        await self._call_itself("112", SELF_TEST, "listen")

    async def _call_itself(self, number: str, context: str, exten: str) -> None:
        """`context`: what its caller says, or hears."""
        where = {"Context": context, "Exten": exten, "Priority": "1"}
        channel = {"Channel": f"PJSIP/{number}@{SELF_TEST}", "CallerID": "112", "Timeout": "40000"}
        await self.link.ask("Originate", {**channel, **where, "Async": "true"})

    async def in_database(self) -> list[Arrival]:
        """The calls that Asterisk's own database has: those that run, and those that we have not committed for long."""
        answers = await self.link.ask_list("DBGetTree", {"Family": JOURNAL}, deadline=10.0)
        return [Arrival(each.call, each.arrived_at) for each in from_database(map(fields, answers))]

    async def forget(self, calls: Sequence[str]) -> None:
        """Take ended calls out of Asterisk's own journal: ours has them now."""
        for start in range(0, len(calls), FORGOTTEN_PER_ORDER):
            some = calls[start : start + FORGOTTEN_PER_ORDER]
            await note(self.link, "forget", {"CALLS": "&".join(some)})

    async def put_flags(self, wanted: Mapping[str, str]) -> int:
        """Asterisk's flags as wanted (number -> `until|effect`), writing what differs: how many orders it took."""
        answers = await self.link.ask_list("DBGetTree", {"Family": flags.FAMILY})
        needed = list(flags.orders(flags.there(fields(answer) for answer in answers), wanted))
        for values in needed:
            await note(self.link, "flag", values, "flag-ledger")
        return len(needed)
