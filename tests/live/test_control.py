"""What she does with her call, on a real Asterisk and with sound: hold, a colleague, the queue, a silent caller."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from callcenter.core.agency import OverflowLine
from callcenter.core.call import Call, Stage
from callcenter.core.control import may_be_ghost
from callcenter.core.desk_wishes import AskSilent, BackToQueue, CallHelp, Consult, Hold, SendKeys, StopHelp, Unhold
from callcenter.core.help import Standing, standing
from callcenter.core.silent import Step
from callcenter.core.wishes import HangUp, Leave
from tests.live.ami import Ami, first
from tests.live.conftest import BUDI, Room
from tests.live.desk import Desk, desk_of, now
from tests.live.softphone import Phone, speak
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, HER, HIM = 500, 800, 1100


@pytest_asyncio.fixture(loop_scope="session")
async def desk(room: Room) -> AsyncIterator[Desk]:
    async with desk_of(room) as here:
        yield here


@dataclass
class Talk:
    """A caller in speech with 101; 102 is free."""

    desk: Desk
    caller: Phone
    her: Phone
    him: Phone
    id: str

    @property
    def call(self) -> Call:
        return self.desk.board.floor.calls[self.id]

    async def hears_her(self) -> None:
        await speak(self.caller, self.her)

    async def he_takes_over(self) -> None:
        await self.him.answer()
        await speak(self.caller, self.him)

    async def hold(self) -> None:
        await self.desk.wish(Hold(self.id, "101", "ayu"))
        await until(lambda: self.call.held_since, "he is on hold")
        await until(lambda: not self.caller.hears(HER) and not self.her.hears(CALLER), "they do not hear each other")


async def talk(room: Room, desk: Desk) -> Talk:
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    positions = ("101", "102")
    await until(lambda: all(desk.board.floor.positions[n].phone == "IDLE" for n in positions), "both are free")
    await caller.dial("112")
    await her.answer()
    await speak(caller, her)
    await him.closed()  # it rang, too
    await until(lambda: any(c.position == "101" for c in desk.board.floor.calls.values()), "it is hers")
    await until(lambda: desk.board.floor.positions["102"].phone == "IDLE", "102 is free")
    him.events.clear()
    return Talk(desk, caller, her, him, desk.only().id)


async def test_a_caller_on_hold_comes_back_and_the_recording_goes_on(room: Room, desk: Desk) -> None:
    story = await talk(room, desk)
    await story.hold()
    await desk.again()  # the service dies: nothing changes for anybody
    found = story.call
    assert found.held_since is not None and found.position == "101"
    await desk.wish(Unhold(story.id, "101", "ayu"))
    await story.hears_her()
    await until(lambda: story.call.held_since is None, "he is not on hold")
    await story.her.hang_up()
    await story.caller.closed()  # and does not wait again
    await until(lambda: desk.calls[story.id].stage is Stage.ENDED, "it is over")
    assert not desk.calls[story.id].disconnected_early


async def test_when_her_phone_dies_during_hold_he_is_the_next_one_also_without_the_service(
    room: Room, desk: Desk, ami: Ami
) -> None:
    story = await talk(room, desk)
    await story.hold()
    await desk.kill()
    story.her.die()
    await story.he_takes_over()
    assert await joined_again(story, ami) == "1"
    await desk.start()
    assert (story.call.position, story.call.held_since) == ("102", None)


async def joined_again(story: Talk, ami: Ami) -> str:
    """His place in the queue when he came back."""
    again = await until(lambda: ami.events("QueueCallerJoin", Uniqueid=story.id)[1:], "he is in the queue again")
    return first(again[0], "Position")


async def test_a_colleague_is_asked_without_the_caller_then_has_the_call(room: Room, desk: Desk) -> None:
    story = await talk(room, desk)
    await story.hold()
    await desk.wish(Consult(story.id, "102", "101", "ayu"))
    await story.him.answer()
    await speak(story.him, story.her)
    assert not story.him.hears(CALLER)
    await desk.wish(Unhold(story.id, "101", "ayu"))
    await until(lambda: story.caller.hears(HER, HIM) and story.him.hears(CALLER, HER), "all three hear each other")
    await desk.wish(Leave(story.id, "101", "ayu"))
    await until(lambda: story.call.position == "102", "it is his")
    await until(lambda: story.caller.hears(HIM) and not story.caller.hears(HER), "he hears 102 alone")
    assert story.call.stage is Stage.TALKING
    await story.him.hang_up()
    await story.caller.closed()


async def test_a_call_is_passed_in_one_wish_and_the_service_may_die_meanwhile(room: Room, desk: Desk) -> None:
    story = await talk(room, desk)
    await desk.wish(Consult(story.id, "102", "101", "ayu", passing=True))
    await story.him.ringing()
    await desk.kill()
    await story.he_takes_over()
    await speak(story.caller, story.her, story.him)  # nobody is cut off
    await desk.start()
    await story.her.closed()
    await until(lambda: story.call.position == "102", "it is his")
    await speak(story.caller, story.him)
    assert not story.caller.has("CALL_CLOSED")


async def test_when_she_dies_while_a_colleague_is_there_nobody_waits_again(room: Room, desk: Desk, ami: Ami) -> None:
    story = await talk(room, desk)
    await desk.wish(Consult(story.id, "102", "101", "ayu"))
    await story.he_takes_over()
    story.her.die()
    await until(lambda: story.call.position == "102", "it is his")
    await speak(story.caller, story.him)
    assert len(ami.events("QueueCallerJoin", Uniqueid=story.id)) == 1


async def test_given_back_to_the_queue_he_is_the_first_in_line(room: Room, desk: Desk, ami: Ami) -> None:
    story = await talk(room, desk)
    await desk.wish(BackToQueue(story.id, "101", "ayu"))
    await story.her.closed()
    await story.he_takes_over()
    assert await joined_again(story, ami) == "1"
    await until(lambda: story.call.position == "102", "it is his")


async def test_a_silent_caller_is_asked_twice_and_his_keys_are_seen_at_once(room: Room, desk: Desk) -> None:
    story = await talk(room, desk)
    assert may_be_ghost(story.call) is not None
    await desk.wish(AskSilent(story.id, "101", "ayu"))
    await until(lambda: story.call.silent and story.call.silent.step is Step.LISTEN_1, "she listens")
    pressed = now()
    await story.caller.press("1")
    await until(lambda: story.call.keys, "his key is seen", 3)  # at once: before the 4 s of listening are over
    assert story.call.keys[0].key == "1" and 0 < (story.call.keys[0].at - pressed).total_seconds() < 3
    assert may_be_ghost(story.call) is not None
    await desk.again()
    await until(lambda: story.call.silent and story.call.silent.step is Step.DONE, "he was asked twice")
    assert may_be_ghost(story.call) is None
    await story.hears_her()
    await desk.wish(HangUp(story.id, "101", "ayu"))
    await story.caller.closed()
    await story.her.closed()


async def test_keys_reach_the_others_from_the_page_and_from_her_own_phone(room: Room, desk: Desk) -> None:
    story = await talk(room, desk)
    await desk.wish(Consult(story.id, "102", "101", "ayu"))
    await story.he_takes_over()
    await desk.wish(SendKeys(story.id, "7", "101", "ayu"))
    await until(lambda: _heard(story.him) == "7", f"the page's key, got {_heard(story.him)}")
    await story.her.press("3")
    await until(lambda: _heard(story.him) == "73", f"her phone's key, got {_heard(story.him)}")


def _heard(phone: Phone) -> str:
    return "".join(str(e.get("param", "")) for e in phone.events if e.get("type") == "CALL_DTMF_START")


async def test_help_is_called_in_order_and_whoever_is_on_call_outside_presses_1(room: Room, desk: Desk) -> None:
    story, chief = await talk(room, desk), await room.phone("budi")
    at_leisure = OverflowLine("102", "position", 60, name="Bima")
    bima = replace(at_leisure, ring_s=3)
    on_call = OverflowLine(BUDI, f"sip:127.0.0.4:{room.ports['budi']}", name="on call")
    await desk.wish(CallHelp(story.id, (at_leisure, on_call), "101", "ayu"))
    await story.him.ringing()
    await until(lambda: story.caller.hears(HER), "the caller is not left alone meanwhile")
    await desk.wish(StopHelp(story.id, "101", "ayu"))
    await story.him.closed()
    await until(lambda: standing(story.call) is Standing.STOPPED, "it is stopped")

    await desk.again()  # what was asked is kept: the next life goes on from it
    story.him.events.clear()
    await desk.wish(CallHelp(story.id, (bima, on_call), "101", "ayu"))
    await story.him.ringing()
    await desk.again()
    await chief.ringing()  # Bima does not lift for 3 s
    await chief.asked()
    assert not chief.hears(CALLER), "a voice box would not be let in"
    await chief.press("1")
    await until(lambda: standing(story.call) is Standing.THERE, "help is there")
    await until(lambda: chief.hears(CALLER, HER) and story.caller.hears(HER), "all three speak")
    assert chief.kinds().count("CALL_INCOMING") == 1, "nobody more was rung once she stopped it"
    await story.her.hang_up()
    await until(lambda: story.call.position == "6281234567890", "she may go: the call is his")
    await story.caller.hang_up()
    await chief.closed()
