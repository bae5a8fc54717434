"""The self-test's light: how far its call came, in words."""

from collections.abc import Callable
from datetime import datetime

import pytest

from callcenter import selftest
from callcenter.core.call import Call
from callcenter.core.catalogue import always
from callcenter.core.errors import CallCenterError, LineDown
from callcenter.core.facts import CallAnswered, CallArrived, CallQueued, Fact, LegEnded
from callcenter.core.wishes import Wish
from callcenter.selftest import SelfTest
from callcenter.switchboard import Switchboard
from tests.core.test_floor import BUDI, START, after

TEST = "e112-1768352500.1"
GOOD: tuple[Fact, ...] = (
    CallArrived(TEST, after(1), "112", test=True),
    CallQueued(TEST, after(1.1)),
    CallAnswered(TEST, after(1.3), "self-test-phone", "leg"),
    LegEnded("leg", after(3), 16),
    LegEnded(TEST, after(3), 16),
)


class Up:
    phase = "up"
    since = START
    why: CallCenterError | None = None


class Line:
    """A telephone whose test call goes as told."""

    def __init__(self, board: Switchboard, *story: Fact, ticket: bool = True, fails: CallCenterError | None = None):
        self.board, self.story, self.ticket, self.fails = board, story, ticket, fails
        self.state = Up()
        self.dialled = 0

    async def carry_out(self, wish: Wish, call: Call) -> None:
        raise AssertionError("a self-test wishes nothing")

    async def dial(self) -> None:
        self.dialled += 1
        if self.fails:
            raise self.fails
        for fact in self.story:
            self.board.hear(fact)
        if self.ticket:
            self.board.committed({TEST: "260114-T001"})


def made(*story: Fact, ticket: bool = True, fails: CallCenterError | None = None) -> tuple[SelfTest, Line, list[str]]:
    board = Switchboard(catalogue=always(), keep=lambda fact, changed: None)
    line = Line(board, *story, ticket=ticket, fails=fails)
    board.connect(line)
    alarms: list[str] = []

    def alarm(code: str, sentence: str | None) -> None:
        alarms.append(f"{code}: {sentence}")

    clock: Callable[[], datetime] = lambda: START  # noqa: E731
    return SelfTest(board, line.dial, every_s=300, clock=clock, alarm=alarm, patience_s=0.05), line, alarms


async def test_a_call_that_came_all_the_way_to_its_ticket_is_a_green_light() -> None:
    test, _, alarms = made(*GOOD)
    assert await test.once()
    assert (test.light.ok, test.light.why, test.light.last_ok) == (True, "", START)
    assert alarms == ["self-test: None"]


@pytest.mark.parametrize(
    ("story", "ticket", "why"),
    [
        ((), False, selftest.NOT_ARRIVED),
        (GOOD[:2], True, selftest.NOT_ANSWERED),
        (GOOD[:3], True, selftest.NOT_ENDED),
        ((*GOOD[:4], LegEnded(TEST, after(3), selftest.NO_SOUND)), True, selftest.NOT_HEARD),
        (GOOD, False, selftest.NO_TICKET),
    ],
)
async def test_one_that_did_not_says_how_far_it_came(story: tuple[Fact, ...], ticket: bool, why: str) -> None:
    test, _, alarms = made(*story, ticket=ticket)
    assert await test.once()
    assert (test.light.ok, test.light.why) == (False, why)
    assert alarms == [f"self-test: {why}"]


async def test_an_order_that_asterisk_refuses_is_the_reason() -> None:
    test, _, _ = made(fails=LineDown("There is no link to Asterisk."))
    await test.once()
    assert (test.light.ok, test.light.why) == (False, "There is no link to Asterisk.")


async def test_the_last_good_one_is_remembered_through_bad_ones() -> None:
    test, line, _ = made(*GOOD)
    await test.once()
    line.story, line.ticket = (), False
    await test.once()
    assert (test.light.ok, test.light.last_ok) == (False, START)


async def test_while_a_caller_waits_it_is_not_made() -> None:
    test, line, _ = made(*GOOD)
    line.board.hear(CallArrived(BUDI, after(0)))
    line.board.hear(CallQueued(BUDI, after(0.1)))
    assert not await test.once()
    assert line.dialled == 0


async def test_a_real_call_in_between_is_not_taken_for_it() -> None:
    test, _, _ = made(CallArrived(BUDI, after(0)), CallQueued(BUDI, after(0.1)), *GOOD)
    await test.once()
    assert test.light.ok
