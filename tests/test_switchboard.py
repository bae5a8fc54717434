"""Facts in, floor out to journal and screens; wishes checked, sent on, and changing nothing by themselves."""

import asyncio
from datetime import datetime

import pytest

from callcenter.core.agency import Agency, Line
from callcenter.core.call import Call
from callcenter.core.catalogue import always
from callcenter.core.chain import Dial
from callcenter.core.errors import CallCenterError, Refused, Unconfirmed
from callcenter.core.facts import AttemptDialled, CallArrived, Fact, LegEnded, LineLost
from callcenter.core.seen import FloorSeen, GapClosed
from callcenter.core.wishes import Forward, Wish
from callcenter.switchboard import News, Switchboard
from tests.core.test_floor import ANSWERED, BUDI, after

FIRE = Agency("damkar", "113", "Pemadam Kebakaran", "Fire brigade", (Line("113", "trunk:op"),))
FORWARD = Forward(BUDI, "damkar", "101", "ayu")


class Line1:
    """A line that is up."""

    phase = "up"
    since: datetime = after(0)
    why: CallCenterError | None = None


class FakeTelephone:
    """Remembers what it was told to do; can fail, and tells the board what Asterisk would."""

    def __init__(self, board: Switchboard, fails: CallCenterError | None = None) -> None:
        self.board, self.fails = board, fails
        self.done: list[Wish] = []
        self.dialled: list[int] = []
        self.ended: list[tuple[str, int]] = []
        self.state = Line1()

    async def carry_out(self, wish: Wish, call: Call) -> None:
        await asyncio.sleep(0)  # a real one waits for Asterisk here, and others press meanwhile
        if self.fails:
            raise self.fails
        self.done.append(wish)

    async def dial_line(self, step: Dial, call: Call) -> None:
        if self.fails:
            raise self.fails
        self.dialled.append(step.place)
        leg = f"fwd-{step.share.agency}-{step.place}-{step.share.turn}-{call.id}"
        told = leg, step.share.agency, step.place, step.share.turn
        self.board.hear(AttemptDialled(call.id, after(10), *told))

    async def end_leg(self, leg: str, cause: int) -> None:
        self.ended.append((leg, cause))
        self.board.hear(LegEnded(leg, after(11), cause))


class Room:
    """A switchboard with its journal and one screen."""

    def __init__(self, fails: CallCenterError | None = None) -> None:
        self.kept: list[tuple[Fact, tuple[Call, ...]]] = []
        self.news: list[News] = []
        self.board = Switchboard(catalogue=always([FIRE]), keep=lambda fact, calls: self.kept.append((fact, calls)))
        self.telephone = FakeTelephone(self.board, fails)
        self.board.connect(self.telephone)
        self.board.listen(self.news.append)
        for fact in ANSWERED:
            self.board.hear(fact)


def test_every_fact_is_kept_with_the_calls_it_changed_and_told_to_the_screens() -> None:
    room = Room()
    assert [fact for fact, _ in room.kept] == list(ANSWERED)
    assert room.kept[0][1][0].id == BUDI
    assert room.news[-1].floor is room.board.floor


def test_a_screen_that_fails_does_not_spoil_the_others() -> None:
    room = Room()

    def broken(_: News) -> None:
        raise RuntimeError("a broken screen")

    room.board._listeners.insert(0, broken)
    room.board.hear(CallArrived("e112-1.9", after(30)))
    assert "e112-1.9" in room.news[-1].floor.calls


async def test_of_two_who_press_at_once_one_wins_and_the_other_reads_why() -> None:
    room = Room()
    results = await asyncio.gather(*(room.board.wish(FORWARD) for _ in range(8)), return_exceptions=True)
    assert results.count(None) == 1
    assert len(room.telephone.done) == 1
    refused = [r for r in results if isinstance(r, Refused)]
    assert {str(r) for r in refused} == {"Pemadam Kebakaran is already being called by ayu."}


async def test_a_wish_that_is_not_confirmed_changes_nothing() -> None:
    room = Room(fails=Unconfirmed("Asterisk has not confirmed."))
    before = room.board.floor
    with pytest.raises(Unconfirmed):
        await room.board.wish(FORWARD)
    assert room.board.floor is before


def test_ticket_numbers_reach_the_screens_after_the_commit() -> None:
    room = Room()
    room.board.committed({BUDI: "260114-0001"})
    assert room.board.tickets[BUDI] == "260114-0001"
    assert room.news[-1].tickets == {BUDI: "260114-0001"}


def test_calls_that_were_open_come_back_after_a_restart() -> None:
    room = Room()
    again = Switchboard(catalogue=always(), keep=lambda fact, calls: None)
    again.resume(room.board.floor.calls.values())
    assert again.floor.calls == room.board.floor.calls


def test_a_gap_is_kept_with_its_proof_and_known_again_after_a_restart() -> None:
    room = Room()
    room.board.hear(FloorSeen(after(10), "boot"))
    room.board.hear(LineLost(after(20), "gone"))
    room.board.hear(FloorSeen(after(40), "boot"))
    closed = [fact for fact, _ in room.kept if isinstance(fact, GapClosed)]
    assert (closed[-1].since, closed[-1].at) == (after(20), after(40))
    again = Switchboard(catalogue=always(), keep=lambda fact, calls: None)
    again.resume([], closed)
    assert again.floor.gaps == room.board.floor.gaps
