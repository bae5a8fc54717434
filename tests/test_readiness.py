"""The writing after a call begins and ends by itself, also over a new life of the service; a caller comes first."""

import asyncio
from datetime import datetime, timedelta

from callcenter.core import facts
from callcenter.core.call import Call
from callcenter.core.catalogue import always
from callcenter.core.desk_wishes import BeReady, TakePause
from callcenter.core.position import Pause
from callcenter.core.seen import PositionSeen
from callcenter.core.wishes import Wish
from callcenter.readiness import WrapUps
from callcenter.switchboard import Switchboard
from tests.core.test_floor import after
from tests.live.waiting import until
from tests.test_switchboard import Line1


class Room:
    """Siti at 101; a telephone that does at once what it is told."""

    def __init__(self, seconds: int = 30) -> None:
        self.at = after(0)
        self.board = Switchboard(catalogue=always(), keep=lambda fact, calls: None, clock=lambda: self.at)
        self.board.connect(self)
        self.state, self.done = Line1(), list[Wish]()
        self.up, self.written, self.there = True, False, True
        self.deaf = False  # Asterisk takes orders, and nothing is heard of it
        self.looks = 0
        self.wrap_ups = WrapUps(
            self.board, seconds=seconds, up=self._is_up, sits=lambda _: self.there, written=lambda _: self.written
        )
        self.board.hear(PositionSeen("101", self.at, "IDLE", False, True))

    def _is_up(self) -> bool:
        self.looks += 1
        return self.up

    async def looked(self) -> None:
        """It was told, woke up and looked: what it has not done now it will not do."""
        before = self.looks
        self.board.refresh()
        await until(lambda: self.looks >= before + 2, "it looks")

    async def carry_out(self, wish: Wish, call: Call) -> None:
        self.done.append(wish)
        if self.deaf:
            return
        if isinstance(wish, TakePause):
            why = Pause(wish.reason, wish.at, wish.until)
            self.board.hear(PositionSeen("101", self.at, None, True, True, pause=why))
        elif isinstance(wish, BeReady):
            self.board.hear(PositionSeen("101", self.at, None, False, True))

    def call(self, name: str = "c1", ends: bool = True) -> None:
        told: tuple[facts.Fact, ...] = (
            facts.CallArrived(name, self.at, "0812"),
            facts.CallQueued(name, self.at),
            facts.CallAnswered(name, self.at, "101", f"leg-{name}"),
        )
        for fact in (*told, *([facts.LegEnded(name, self.at, 16)] if ends else [])):
            self.board.hear(fact)

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.board.refresh()

    def pause(self) -> Pause | None:
        return self.board.floor.positions["101"].pause


def played(room: Room) -> "asyncio.Task[None]":
    return asyncio.create_task(room.wrap_ups.run())


def ends_at(room: Room) -> datetime | None:
    pause = room.pause()
    return pause.until if pause else None


async def test_it_begins_when_the_call_is_over_and_ends_when_its_time_is_up() -> None:
    room = Room()
    task = played(room)
    room.call()
    await until(lambda: ends_at(room) == after(30), "she writes for 30 s")
    room.later(29)
    await room.looked()
    assert room.pause()
    room.later(1.1)
    await until(lambda: room.pause() is None, "ready again")
    assert [type(wish) for wish in room.done] == [TakePause, BeReady]
    task.cancel()


async def test_the_next_life_of_the_service_ends_what_the_last_one_began() -> None:
    room = Room()
    room.board.hear(PositionSeen("101", room.at, None, True, True, pause=Pause("WRAP_UP", after(-40), after(-10))))
    task = played(room)
    await until(lambda: room.pause() is None, "its time was up meanwhile")
    room.deaf = True
    room.board.hear(PositionSeen("101", room.at, None, True, True, pause=Pause("WRAP_UP", after(-40), after(-10))))
    await until(lambda: len(room.done) == 2, "asked")
    room.later(1)
    await room.looked()
    assert len(room.done) == 2, "not again at once"
    room.later(3)
    await until(lambda: len(room.done) == 3, "and again, since nothing was seen of it")
    task.cancel()


async def test_a_caller_for_whom_nobody_else_is_free_ends_it_at_once() -> None:
    room = Room()
    task = played(room)
    room.call()
    await until(room.pause, "she writes")
    room.board.hear(facts.CallArrived("c2", room.at, "0813"))
    room.board.hear(facts.CallQueued("c2", room.at))
    await until(lambda: room.pause() is None, "her phone may ring")
    task.cancel()


async def test_it_does_not_begin_where_nothing_is_to_be_written() -> None:
    for change in ({"written": True}, {"there": False}, {"up": False}):
        room = Room()
        for name, value in change.items():
            setattr(room, name, value)
        task = played(room)
        room.call()
        room.call("c2")
        room.up = True
        await room.looked()
        assert room.done == [], change
        task.cancel()
    never = Room(seconds=0)
    never.call()
    assert never.looks == 0, "it does not even listen"
