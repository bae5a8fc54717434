"""What comes next by our own doing is wished once, also when the line was away; eight who press make one call."""

import asyncio

from callcenter.core import facts
from callcenter.core.call import Call
from callcenter.core.catalogue import always
from callcenter.core.desk_wishes import CallBack, DialCallee, Release
from callcenter.core.errors import CallCenterError, LineDown, Refused
from callcenter.core.seen import PositionSeen
from callcenter.core.wishes import Wish
from callcenter.follow import Follower
from callcenter.switchboard import Switchboard
from tests.core.test_desk_call import BACK, HERS, MADE, NUMBER, RINGS, THERE
from tests.core.test_floor import BUDI, after
from tests.live.waiting import until
from tests.test_switchboard import Line1


class Telephone:
    """Remembers its orders; tells what Asterisk would."""

    def __init__(self, board: Switchboard) -> None:
        self.board, self.state = board, Line1()
        self.fails: CallCenterError | None = None
        self.done: list[Wish] = []

    async def carry_out(self, wish: Wish, call: Call) -> None:
        await asyncio.sleep(0)
        if self.fails:
            raise self.fails
        self.done.append(wish)
        if isinstance(wish, CallBack):
            self.board.hear(MADE)


class Desk:
    """A switchboard with its follower."""

    def __init__(self) -> None:
        self.board = Switchboard(catalogue=always(), keep=lambda fact, calls: None)
        self.telephone = Telephone(self.board)
        self.board.connect(self.telephone)
        self.up = True
        self.follower = Follower(self.board, up=lambda: self.up)
        self.board.listen(self.follower.hear)

    def hear(self, *told: facts.Fact) -> None:
        for fact in told:
            self.board.hear(fact)


async def test_he_is_dialled_once_and_her_phone_is_free_when_nobody_answered() -> None:
    desk = Desk()
    running = asyncio.create_task(desk.follower.run())
    desk.hear(*THERE)
    desk.board.refresh()
    await until(lambda: desk.telephone.done, "he is dialled")
    desk.hear(*RINGS[4:], facts.LegEnded(BACK, after(120), 17))
    await until(lambda: len(desk.telephone.done) == 2, "her phone is set free")
    assert desk.telephone.done == [DialCallee(BACK), Release(BACK, HERS)]
    running.cancel()


async def test_what_was_not_sent_is_tried_again_when_the_line_is_back() -> None:
    desk = Desk()
    running = asyncio.create_task(desk.follower.run())
    desk.telephone.fails = LineDown("away")
    desk.hear(*THERE)
    await until(lambda: not desk.follower._wished, "it could not be sent")
    desk.telephone.fails = None
    desk.board.refresh()
    await until(lambda: desk.telephone.done == [DialCallee(BACK)], "he is dialled")
    running.cancel()


async def test_of_eight_who_press_callback_at_once_one_wins_and_the_others_read_who_did() -> None:
    desk = Desk()
    desk.hear(*(PositionSeen(str(101 + n), after(0), "IDLE") for n in range(8)))
    wishes = [CallBack(NUMBER, BUDI, str(101 + n), f"person{n}") for n in range(8)]
    results = await asyncio.gather(*(desk.board.wish(wish) for wish in wishes), return_exceptions=True)
    assert results.count(None) == 1
    assert {str(r) for r in results if isinstance(r, Refused)} == {"Position 101 is calling this number already."}
