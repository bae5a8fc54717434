"""The one loop: a fact changes the floor, goes to the journal and to the screens; a wish is checked and sent on.

In:  facts, in order, from the telephone; wishes from people.
Out: the newest floor to every listener at once; each fact with the calls it changed to the journal.
Never: waits for the database or a screen; changes the floor for a wish; lets one listener spoil the others.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from callcenter.core.apply import apply
from callcenter.core.call import Call
from callcenter.core.catalogue import Newest
from callcenter.core.chain import next_turn
from callcenter.core.desk_wishes import BeReady, CallBack, Practise, Relay, Release, TakePause
from callcenter.core.errors import CallCenterError, LineDown, Refused
from callcenter.core.facts import UNKNOWN_MOMENT, Fact, ForwardAsked, ForwardStopped, ForwardTaken
from callcenter.core.floor import Floor, Gap, put
from callcenter.core.forward import USUAL, allow
from callcenter.core.readiness import aimed
from callcenter.core.seen import GapClosed
from callcenter.core.share import Status
from callcenter.core.wishes import CancelForward, Forward, HangUp, Wish

log = logging.getLogger(__name__)

REMEMBERED_TICKETS = 2000

NO_CALL = Call("", UNKNOWN_MOMENT)
"""Stands in a wish that makes a call, or that lets a leg go whose call is over."""


@dataclass(frozen=True, slots=True)
class News:
    """What the screens are told."""

    floor: Floor
    changed: tuple[Call, ...] = ()
    tickets: Mapping[str, str] = field(default_factory=dict)


Listener = Callable[[News], None]


class LineState(Protocol):
    """How the link to Asterisk stands; `why` is None only while all is well."""

    @property
    def phase(self) -> str: ...
    @property
    def since(self) -> datetime: ...
    @property
    def why(self) -> CallCenterError | None: ...


class Telephone(Protocol):
    """Where wishes go, and the line they go over."""

    @property
    def state(self) -> LineState: ...

    async def carry_out(self, wish: Wish, call: Call) -> None:
        """Raises Refused, LineDown or Unconfirmed."""
        ...


class Switchboard:
    """Holds the floor. One writer: `hear`, called in one task."""

    def __init__(
        self,
        *,
        catalogue: Newest,
        keep: Callable[[Fact, tuple[Call, ...]], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        zone: tzinfo = UTC,
        modes: Collection[str] = USUAL,
    ) -> None:
        """`keep` is the journal's ear; it neither blocks nor raises. `zone`: the city's, by which lines are staffed.
        `modes`: the ways to forward that the settings allow."""
        self.floor = Floor()
        self.tickets: dict[str, str] = {}
        self.catalogue, self.clock = catalogue, clock
        self._keep, self._zone, self._modes = keep, zone, modes
        self._listeners: list[Listener] = []
        self.ordering = asyncio.Lock()  # one order after the other, wishes' and chains'
        self._telephone: Telephone | None = None

    def connect(self, telephone: Telephone) -> None:
        """Whom wishes go to; the telephone needs our ear first, so it comes second."""
        self._telephone = telephone

    @property
    def line(self) -> LineState:
        """How the link to Asterisk stands."""
        return self._phone().state

    def _phone(self) -> Telephone:
        if self._telephone is None:
            raise LineDown("There is no link to Asterisk. Nothing was sent; use the phone itself.")
        return self._telephone

    def resume(self, calls: Iterable[Call], gaps: Iterable[GapClosed] = ()) -> None:
        """Before the first fact: the calls that were open when the service ended, and the gaps of before, oldest first.
        The first snapshot tells the rest."""
        known = tuple(Gap(gap.since, gap.at, gap.found, gap.unknown, gap.cut) for gap in gaps)
        self.floor = replace(self.floor, gaps=known)
        for call in calls:
            self.floor, _ = put(self.floor, call, *call.legs)

    def hear(self, fact: Fact) -> None:
        """One fact. Never raises: a fact that trips the floor is kept, told in the log, and the next ones go on."""
        changed: tuple[Call, ...] = ()
        gaps = self.floor.gaps
        try:
            self.floor, changed = apply(self.floor, fact)
        except Exception:
            log.exception("the floor tripped over %r", fact)
        self._keep(fact, changed)
        if self.floor.gaps is not gaps:
            gap = self.floor.gaps[-1]
            self._keep(GapClosed(gap.until, gap.since, gap.found, gap.unknown, gap.cut), ())
        self._tell(News(self.floor, changed))

    def committed(self, numbers: Mapping[str, str]) -> None:
        """These calls have their tickets now."""
        self.tickets.update(numbers)
        for call in list(self.tickets)[: max(0, len(self.tickets) - REMEMBERED_TICKETS)]:
            if call not in self.floor.calls:
                del self.tickets[call]
        self._tell(News(self.floor, (), numbers))

    def local(self) -> datetime:
        """This moment on the city's own clock."""
        return self.clock().astimezone(self._zone)

    def refresh(self) -> None:
        """Something beside the floor changed (the line's state): tell the screens."""
        self._tell(News(self.floor))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call this with everything that happens, in order; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def wish(self, wish: Wish) -> None:
        """Check it against the floor and order it. Raises Refused, LineDown, Unconfirmed.

        One at a time: the second of two people who press the same button meets the floor that the first one changed.
        """
        async with self.ordering:
            agencies = self.catalogue().agencies
            refused = allow(self.floor, wish, agencies, now=self.local(), modes=self._modes)
            if refused is not None:
                raise refused
            if isinstance(wish, TakePause | BeReady):
                await self._phone().carry_out(aimed(self.floor, wish), NO_CALL)
                return
            call = self.floor.calls.get(wish.call)
            if call is None and not isinstance(wish, CallBack | Practise | Relay | Release):
                raise Refused("This call has ended.")
            call = call or NO_CALL
            self._take_back(wish, call)
            await self._phone().carry_out(wish, call)
            if isinstance(wish, Forward):
                turn, mode = next_turn(call, wish.agency), "RELAY" if call.relay else wish.mode
                self.hear(ForwardAsked(call.id, self.clock(), wish.agency, turn, wish.by, mode))

    def taken(self, call: str, agency: str, turn: int, by: str) -> None:
        """The agency said elsewhere that it comes: its chain ends."""
        known = self.floor.calls.get(call)
        share = known.forward(agency, turn) if known else None
        if share is not None and share.accepted_at is None:
            self.hear(ForwardTaken(call, self.clock(), agency, turn, by))

    def _take_back(self, wish: Wish, call: Call) -> None:
        """Chains that end with this wish: heard before the order, so that no next line is dialled meanwhile."""
        if not isinstance(wish, CancelForward | HangUp):
            return
        for share in call.forwards:
            if share.trying and (isinstance(wish, HangUp) or share.agency == wish.agency):
                status = Status.CANCELLED.value
                self.hear(ForwardStopped(call.id, self.clock(), share.agency, share.turn, status, wish.by))

    def _tell(self, news: News) -> None:
        for listener in list(self._listeners):
            try:
                listener(news)
            except Exception:
                log.exception("a screen could not be told")
