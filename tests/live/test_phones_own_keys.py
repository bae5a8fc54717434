"""Transfers with a phone's own keys are attempts on the ticket, with what Asterisk tells of them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from callcenter.core.attempt import Attempt, Result
from callcenter.core.call import Call, Stage
from callcenter.core.desk_wishes import Hold, Unhold
from callcenter.core.recorded import Part, pieces_of
from tests.live.ami import Ami, first
from tests.live.conftest import Room
from tests.live.desk import Desk, desk_of
from tests.live.softphone import Phone, speak
from tests.live.tone import heard, samples_of
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, HER, HIM, FIRE = 500, 800, 1100, 1700


@pytest_asyncio.fixture(loop_scope="session")
async def desk(room: Room) -> AsyncIterator[Desk]:
    async with desk_of(room) as here:
        yield here


async def talk(room: Room, desk: Desk) -> tuple[Phone, Phone, str]:
    caller, her = await room.phone("caller"), await room.phone("101")
    await caller.dial("112")
    await her.answer()
    await speak(caller, her)
    await until(lambda: any(c.position == "101" for c in desk.board.floor.calls.values()), "it is hers")
    return caller, her, desk.only().id


def tried(desk: Desk, call: str) -> Attempt:
    (attempt,) = desk.calls[call].attempts
    return attempt


def times_of(attempt: Attempt) -> list[object]:
    return [attempt.dialled_at, attempt.ringing_at, attempt.answered_at, attempt.ended_at]


async def test_a_blind_transfer_to_an_agency_has_its_four_times_and_its_result(room: Room, desk: Desk) -> None:
    caller, her, call = await talk(room, desk)
    fire = await room.phone("damkar")
    await her.order("transfer", f"sip:*1113@{room.exchange.server}")
    await fire.answer()
    await speak(caller, fire)
    await until(lambda: desk.calls[call].stage is Stage.HANDED_OVER, f"he is handed over: {desk.calls[call].stage}")
    assert (tried(desk, call).number, tried(desk, call).by) == ("*1113", "phone")
    await fire.hang_up()
    await caller.closed()
    await until(lambda: desk.calls[call].stage is Stage.ENDED, "it is over")
    done = tried(desk, call)
    assert (done.result, done.line) == (Result.ANSWERED, 1)
    assert all(times_of(done)) and times_of(done) == sorted(times_of(done), key=str)


async def test_a_blind_transfer_to_a_colleague_makes_her_the_call_taker(room: Room, desk: Desk) -> None:
    caller, her, call = await talk(room, desk)
    him = await room.phone("102")
    await him.rung_along()
    await her.order("transfer", f"sip:102@{room.exchange.server}")
    await him.answer()
    await speak(caller, him)
    await until(lambda: desk.calls[call].position == "102", f"it is his: {desk.calls[call].stage}")
    assert (desk.calls[call].stage, tried(desk, call).number) == (Stage.TALKING, "102")


async def test_a_caller_passed_on_to_nowhere_is_the_next_one(room: Room, desk: Desk) -> None:
    caller, her, call = await talk(room, desk)
    him = await room.phone("102")
    await him.rung_along()
    await her.order("transfer", f"sip:999@{room.exchange.server}")
    await him.ringing()
    assert caller.has("CALL_CLOSED") is None
    await until(lambda: desk.calls[call].stage is Stage.WAITING, "he waits")


async def test_an_attended_transfer_to_an_agency_is_an_attempt_and_the_caller_is_not_alone(
    room: Room, desk: Desk
) -> None:
    caller, her, call = await talk(room, desk)
    fire = await asks_the_brigade(room, her)
    await until(lambda: desk.calls[call].attempts and tried(desk, call).answered_at, "it is on his ticket already")
    own = own_recording(desk, call)
    await room.exchange.on_record(own, HER, FIRE, last=1.0)  # it is recorded as a call of its own
    assert not heard(samples_of(room.exchange.recording(own), 1.0), CALLER)
    async with room.exchange.watch() as ami:
        await her.order("transfer", await _replaces(ami, desk.calls[call], room))
    await speak(caller, fire)
    await until(lambda: desk.calls[call].stage is Stage.HANDED_OVER, f"handed over: {desk.calls[call].stage}")
    await fire.hang_up()
    await caller.closed()
    assert tried(desk, call).result is Result.ANSWERED


def own_recording(desk: Desk, call: str) -> str:
    """Of her second call."""
    (piece,) = [piece for piece in pieces_of(desk.calls[call]) if piece.part is Part.PHONE]
    return piece.places[0]


async def in_room(room: Room, desk: Desk) -> tuple[Phone, Phone, str]:
    """She had him on hold: the two speak in the room."""
    caller, her, call = await talk(room, desk)
    await desk.wish(Hold(call, "101", "ayu"))
    await until(lambda: desk.calls[call].held_since and not caller.hears(HER), "he is on hold")
    await desk.wish(Unhold(call, "101", "ayu"))
    await until(lambda: caller.hears(HER) and her.hears(CALLER), "he is back")
    return caller, her, call


async def test_a_blind_transfer_out_of_the_room_is_refused_before_the_phone_lets_go(room: Room, desk: Desk) -> None:
    _, her, _ = await in_room(room, desk)
    fire = await room.phone("damkar")
    await her.order("transfer", f"sip:*1113@{room.exchange.server}")
    assert "404" in str(await her.event("TRANSFER_FAILED"))  # not 202 and a failure later: many phones hang up on a 202
    assert fire.kinds() == []


@pytest.mark.parametrize("line", [1, 2])
async def test_an_attended_transfer_out_of_the_room_leaves_caller_and_agency_together(
    room: Room, desk: Desk, line: int
) -> None:
    """Phones pass on by the first call, most of them, or by the second."""
    caller, her, call, fire = await in_room_beside_the_brigade(room, desk)
    async with room.exchange.watch() as ami:
        target = await _replaces(ami, desk.calls[call], room, second=line == 1)
        await her.order("line", str(line))
        await her.order("transfer", target)
        if not await _together(ami, caller, fire):
            assert line == 1  # her BYE was faster than Asterisk, as below
            return
    await until(lambda: desk.calls[call].stage is Stage.HANDED_OVER, f"handed over: {desk.calls[call].stage}")
    await fire.hang_up()
    await until(lambda: tried(desk, call).ended_at, "the agency is gone")
    assert tried(desk, call).result is Result.ANSWERED  # nobody pressed 1


async def test_a_phone_that_lets_go_before_asterisk_has_moved_the_agency_loses_nobody(room: Room, desk: Desk) -> None:
    """Asterisk says that the transfer is done and then moves the agency into her place: her phone's BYE may be faster,
    and then it ends the agency. Either they speak with each other, or he is the next in the queue."""
    caller, her, call, fire = await in_room_beside_the_brigade(room, desk)
    async with room.exchange.watch() as ami:
        target = await _replaces(ami, desk.calls[call], room, second=True)
        await her.order("line", "1")
        await asyncio.gather(her.order("transfer", target), her.order("hangup"))
        if not await _together(ami, caller, fire):
            joined = await ami.event("QueueCallerJoin", Uniqueid=call)
            assert first(joined, "Position") == "1"
            await (await room.phone("102")).answer()
            await speak(caller, await room.phone("102"))
    assert caller.has("CALL_CLOSED") is None


async def asks_the_brigade(room: Room, her: Phone) -> Phone:
    """She puts him on hold and speaks with the fire brigade, called with her phone's own keys."""
    fire = await room.phone("damkar")
    await her.order("hold")
    await her.dial("*1113")
    await fire.answer()
    await speak(fire, her)
    return fire


async def in_room_beside_the_brigade(room: Room, desk: Desk) -> tuple[Phone, Phone, str, Phone]:
    """He waits in the room; she speaks with the fire brigade, called with her phone's own keys."""
    caller, her, call = await in_room(room, desk)
    fire = await asks_the_brigade(room, her)
    return caller, her, call, fire


async def _together(ami: Ami, caller: Phone, fire: Phone) -> bool:
    """Whether they speak with each other; otherwise he is in the queue again."""

    def spoken() -> bool:
        return caller.hears(FIRE) and fire.hears(CALLER)

    await until(lambda: spoken() or ami.events("QueueCallerJoin"), "he is not alone")
    return not ami.events("QueueCallerJoin")


async def _replaces(ami: Ami, call: Call, room: Room, *, second: bool = False) -> str:
    """Refer-To for one of the phone's calls: the dialog of the other one is what it takes over."""
    leg = call.leg
    if second:
        await ami.do("CoreShowChannels")
        await ami.event("CoreShowChannelsComplete")
        hers = [m for m in ami.events("CoreShowChannel") if first(m, "Channel").startswith("PJSIP/101-")]
        (leg,) = (first(m, "Uniqueid") for m in hers if first(m, "Uniqueid") != call.leg)

    async def of(what: str) -> str:
        return first(await ami.do("Getvar", Channel=leg, Variable=f"CHANNEL(pjsip,{what})"), "Value")

    dialog = f"{await of('call-id')};to-tag={await of('local_tag')};from-tag={await of('remote_tag')}"
    quoted = dialog.replace("@", "%40").replace(";", "%3B").replace("=", "%3D")
    return f"<sip:101@{room.exchange.server}?Replaces={quoted}>"
