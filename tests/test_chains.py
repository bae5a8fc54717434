"""Chains are driven by facts and moments, go on after a restart, and wait while the line is down."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcenter.chains import Chains
from callcenter.core.agency import Agency, Line
from callcenter.core.call import Call
from callcenter.core.catalogue import always
from callcenter.core.chain import Dial
from callcenter.core.codec import from_plain, to_plain
from callcenter.core.errors import CallCenterError, LineDown
from callcenter.core.facts import (
    AttemptAccepted,
    AttemptDialled,
    AttemptQueued,
    Fact,
    ForwardAsked,
    ForwardStopped,
    LegAnswered,
    LegEnded,
    RoomJoined,
)
from callcenter.core.share import Status
from callcenter.core.wishes import CancelForward, Forward, Wish
from callcenter.switchboard import Switchboard
from tests.core.test_floor import ANSWERED, AYU, BUDI, after
from tests.fakes import Watch

LINES = (Line("1", "trunk:op"), Line("2", "trunk:op"))
AGENCIES = always(
    [
        Agency("damkar", "113", "Damkar", "", LINES, escalation="bpbd"),
        Agency("bpbd", "117", "BPBD", "", (Line("7", "trunk:op"),)),
    ]
)
FORWARD = Forward(BUDI, "damkar", "101", "ayu")


class Phone:
    """Dials, and tells it as Asterisk would. `why` set: the line is down."""

    def __init__(self, board: Switchboard, watch: Watch) -> None:
        self.board, self.watch = board, watch
        self.dialled: list[str] = []
        self.ended: list[str] = []
        self.phase, self.since, self.why = "up", after(0), None
        self.fails: CallCenterError | None = None
        self.tries = self.looks = 0

    @property
    def state(self) -> "Phone":
        self.looks += 1
        self.watch.touch()
        return self

    async def carry_out(self, wish: Wish, call: Call) -> None:
        for leg in (call.id, call.leg):
            self.board.hear(RoomJoined(leg, self.board.clock(), "r"))

    async def dial_line(self, step: Dial, call: Call) -> None:
        self.tries += 1
        self.watch.touch()
        if self.fails:
            raise self.fails
        told = step.share.agency, step.place, step.share.turn
        leg = f"fwd-{told[0]}-{told[1]}-{told[2]}-{call.id}"
        self.board.hear(AttemptDialled(call.id, self.board.clock(), leg, *told))
        self.dialled.append(leg.removesuffix(f"-{BUDI}"))
        self.watch.touch()

    async def end_leg(self, leg: str, cause: int) -> None:
        self.ended.append(leg.removesuffix(f"-{BUDI}"))
        self.board.hear(LegEnded(leg, self.board.clock(), cause))
        self.watch.touch()


class Room:
    """One switchboard with a chain's driver, and a clock that is moved by hand."""

    def __init__(self, *told: Fact) -> None:
        self.now, self.watch = after(10), Watch()
        self.kept: list[Fact] = []
        self.board = Switchboard(catalogue=AGENCIES, keep=self._keep, clock=lambda: self.now)
        self.phone = Phone(self.board, self.watch)
        self.board.connect(self.phone)
        for fact in told:
            self.board.hear(fact)

    def _keep(self, fact: Fact, _: tuple[Call, ...]) -> None:
        self.kept.append(fact)
        self.watch.touch()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Room"]:
        task = asyncio.create_task(Chains(self.board, self.phone).run())
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def ends(self, name: str, cause: int) -> None:
        self.board.hear(LegEnded(f"{name}-{BUDI}", self.now, cause))

    @property
    def shares(self) -> list[tuple[str, Status]]:
        return [(share.agency, share.status) for share in self.board.floor.calls[BUDI].forwards]


async def test_line_after_line_and_the_next_agency_follow_by_themselves() -> None:
    async with Room(*ANSWERED).running() as room:
        await room.board.wish(FORWARD)
        await room.watch.until(lambda: room.phone.dialled == ["fwd-damkar-1-1"])
        room.ends("fwd-damkar-1-1", 17)
        await room.watch.until(lambda: room.phone.dialled[1:] == ["fwd-damkar-2-1"])
        room.ends("fwd-damkar-2-1", 19)
        await room.watch.until(lambda: room.phone.dialled[2:] == ["fwd-bpbd-1-1"])
        assert room.shares == [("damkar", Status.UNREACHED), ("bpbd", Status.TRYING)]
        asked = [(fact.agency, fact.by, fact.escalated_from) for fact in room.kept if isinstance(fact, ForwardAsked)]
        assert asked == [("damkar", "ayu", ""), ("bpbd", "ayu", "damkar-1")]
        room.ends("fwd-bpbd-1-1", 19)
        await room.watch.until(lambda: room.shares[1] == ("bpbd", Status.UNREACHED))
        assert len(room.phone.dialled) == 3


async def test_a_lifted_line_without_a_key_is_followed_by_the_next_when_its_time_is_over() -> None:
    async with Room(*ANSWERED).running() as room:
        await room.board.wish(FORWARD)
        await room.watch.until(lambda: len(room.phone.dialled) == 1)
        room.board.hear(LegAnswered(f"fwd-damkar-1-1-{BUDI}", room.now))
        room.now = after(25)
        room.board.refresh()
        await room.watch.until(lambda: room.phone.dialled[1:] == ["fwd-damkar-2-1"])
        room.board.hear(AttemptAccepted(f"fwd-damkar-1-1-{BUDI}", room.now, "key"))
        await room.watch.until(lambda: room.phone.ended == ["fwd-damkar-2-1"])
        assert room.shares == [("damkar", Status.ACCEPTED)]


async def test_what_is_taken_back_rings_no_longer_and_nothing_follows() -> None:
    async with Room(*ANSWERED).running() as room:
        await room.board.wish(FORWARD)
        await room.watch.until(lambda: len(room.phone.dialled) == 1)
        await room.board.wish(CancelForward(BUDI, "damkar", "101", "ayu"))
        await room.watch.until(lambda: room.phone.ended == ["fwd-damkar-1-1"])
        assert room.shares == [("damkar", Status.CANCELLED)]
        stopped = [fact for fact in room.kept if isinstance(fact, ForwardStopped)]
        assert [(fact.status, fact.by) for fact in stopped] == [("CANCELLED", "ayu")]
        assert len(room.phone.dialled) == 1


async def test_while_the_line_is_down_nothing_is_dialled_and_then_it_goes_on() -> None:
    async with Room(*ANSWERED).running() as room:
        room.phone.fails = LineDown("There is no link to Asterisk.")
        await room.board.wish(FORWARD)
        await room.watch.until(lambda: room.phone.tries)
        room.phone.fails, room.phone.phase = None, "down"
        seen, tried = room.phone.looks, room.phone.tries
        room.board.refresh()
        await room.watch.until(lambda: room.phone.looks > seen + 1)
        assert room.phone.tries == tried, "with the line down nothing is tried"
        room.phone.phase = "up"
        room.board.refresh()
        await room.watch.until(lambda: room.phone.dialled == ["fwd-damkar-1-1"])


async def test_after_a_restart_the_chain_goes_on_from_the_floor_as_it_was_kept() -> None:
    before = Room(*ANSWERED, ForwardAsked(BUDI, after(10), "damkar", 1, "ayu"))
    leg = f"fwd-damkar-1-1-{BUDI}"
    told: tuple[Fact, ...] = (
        *(RoomJoined(each, after(10), "r") for each in (BUDI, AYU)),
        AttemptQueued(BUDI, after(10), leg, "damkar", 1, 1, "1", "ayu"),
        AttemptDialled(BUDI, after(10), leg, "damkar", 1, 1),
        LegEnded(leg, after(12), 17),
    )
    for fact in told:
        before.board.hear(fact)
    room = Room()
    room.board.resume([from_plain(Call, to_plain(before.board.floor.calls[BUDI]))])
    async with room.running():
        room.board.refresh()
        await room.watch.until(lambda: room.phone.dialled == ["fwd-damkar-2-1"])
