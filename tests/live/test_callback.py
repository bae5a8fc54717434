"""A call that we make, against a real Asterisk: her phone, then the caller, and all that can go wrong between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from callcenter.core.attempt import Result
from callcenter.core.call import Call, Outcome, Stage
from callcenter.core.desk_wishes import CallBack, Hold, Relay, Unhold
from callcenter.core.kind import Kind
from callcenter.core.wishes import Forward
from tests.live.ami import Ami
from tests.live.conftest import BUDI, Room
from tests.live.desk import Desk, desk_of
from tests.live.softphone import Phone, speak
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

HIS, HER = 500, 800
EARLIER = "e112-1768352400.0"


@pytest_asyncio.fixture(loop_scope="session")
async def desk(room: Room) -> AsyncIterator[Desk]:
    async with desk_of(room) as here:
        yield here


@dataclass
class Try:
    """101 calls Budi back; 102 is free."""

    desk: Desk
    her: Phone
    him: Phone
    budi: Phone
    id: str = ""

    @property
    def call(self) -> Call:
        return self.desk.calls[self.id]

    async def met(self) -> None:
        await self.budi.answer()
        await speak(self.budi, self.her)
        await until(lambda: self.call.stage is Stage.TALKING, "the floor knows")


async def begun(room: Room, desk: Desk) -> Try:
    her, him, budi = await room.phone("101"), await room.phone("102"), await room.phone("budi")
    await until(lambda: desk.board.floor.positions["101"].phone == "IDLE", "101 is free")
    await desk.wish(CallBack(BUDI, EARLIER, "101", "ayu"))
    story = Try(desk, her, him, budi, desk.only().id)
    assert (story.call.kind, story.call.position, story.call.about) == (Kind.CALLBACK, "101", EARLIER)
    await her.answer()
    return story


async def test_her_phone_rings_then_his_and_they_speak_and_it_is_recorded(room: Room, desk: Desk) -> None:
    story = await begun(room, desk)
    await story.budi.ringing()
    assert "112" in str(story.budi.has("CALL_INCOMING"))
    await story.met()
    await desk.wish(Hold(story.id, "101", "ayu"))
    await until(lambda: story.call.held_since and not story.budi.hears(HER), "he is on hold")
    await desk.wish(Unhold(story.id, "101", "ayu"))
    await until(lambda: story.budi.hears(HER), "he is back")
    await story.budi.hang_up()
    await story.her.closed()  # her phone is free, as after any call
    await until(lambda: story.call.stage is Stage.ENDED, "it is over")
    call = story.call
    assert (call.outcome, call.result) == (Outcome.ANSWERED, Result.ANSWERED)
    assert call.dialled_at and call.ringing_at and call.answered_at and call.ended_at
    assert call.dialled_at <= call.ringing_at <= call.answered_at <= call.ended_at
    await room.exchange.on_record(call.recording, HIS, HER)


async def test_a_caller_who_is_busy_is_said_so_and_her_phone_is_free_again(room: Room, desk: Desk) -> None:
    story = await begun(room, desk)
    await story.budi.ringing()
    await story.budi.order("hangup")
    await story.her.closed()
    await until(lambda: story.call.stage is Stage.ENDED, "it is over")
    assert (story.call.result, story.call.outcome) == (Result.BUSY, Outcome.NOT_REACHED)


async def test_when_her_phone_dies_he_is_the_first_in_the_queue(room: Room, desk: Desk) -> None:
    story = await begun(room, desk)
    await story.met()
    story.her.die()
    await story.him.answer()
    await speak(story.budi, story.him)
    await until(lambda: story.call.position == "102", "it is 102's")


async def test_a_service_that_dies_in_the_middle_dials_him_once_and_cuts_nobody_off(
    room: Room, desk: Desk, ami: Ami
) -> None:
    her, budi = await room.phone("101"), await room.phone("budi")
    await until(lambda: desk.board.floor.positions["101"].phone == "IDLE", "101 is free")
    await desk.wish(CallBack(BUDI, EARLIER, "101", "ayu"))
    story = Try(desk, her, await room.phone("102"), budi, desk.only().id)
    await her.ringing()
    await desk.kill()
    await her.answer()
    await ami.event("ConfbridgeJoin")
    await desk.start()  # she waits in the room: he is dialled now
    await budi.ringing()
    await desk.again()
    await story.met()
    await desk.again()
    assert (desk.only().stage, desk.only().position) == (Stage.TALKING, "101")
    await speak(story.budi, story.her)
    assert not story.budi.has("CALL_CLOSED")
    assert len(ami.events("Newchannel", Uniqueid=story.id)) == 1


async def test_when_she_hangs_up_before_he_answers_his_phone_stops_ringing(room: Room, desk: Desk) -> None:
    story = await begun(room, desk)
    await story.budi.ringing()
    await story.her.hang_up()
    await story.budi.closed()
    await until(lambda: story.call.stage is Stage.ENDED, "it is over")
    assert story.call.outcome is Outcome.NOT_REACHED


async def test_a_relay_reaches_the_agency_without_the_caller_and_ends_with_her(room: Room, desk: Desk) -> None:
    her, fire = await room.phone("101"), await room.phone("damkar")
    await until(lambda: desk.board.floor.positions["101"].phone == "IDLE", "101 is free")
    await desk.wish(Relay(EARLIER, "101", "ayu"))
    await her.answer()
    call = desk.only().id
    await until(lambda: desk.calls[call].stage is Stage.TALKING, "she is there")
    await desk.wish(Forward(call, "damkar", "101", "ayu"))
    await fire.accepts()
    await speak(fire, her)
    (attempt,) = desk.calls[call].attempts
    await until(lambda: desk.calls[call].attempts[0].accepted_at, "it is accepted")
    assert (attempt.agency, desk.calls[call].about) == ("damkar", EARLIER)
    await her.hang_up()
    await fire.closed()
    await until(lambda: desk.calls[call].done, "it is over")
