"""The call that Asterisk makes to itself: the real way in, a phone that answers, nobody disturbed."""

import pytest

from tests.live.ami import Ami, first
from tests.live.conftest import Room
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def calls_itself(ami: Ami) -> str:
    """The id of the call, once it has ended."""
    await ami.do(
        "Originate",
        Channel="PJSIP/112@self-test",
        Context="self-test",
        Exten="listen",
        Priority="1",
        CallerID="112",
        Timeout="10000",
        Async="true",
    )
    arrival = await ami.event("UserEvent", UserEvent="Arrival", Test="1")
    await ami.event("Hangup", Uniqueid=first(arrival, "Uniqueid"))
    return first(arrival, "Uniqueid")


async def test_the_test_call_arrives_over_sip_is_answered_and_both_sides_hear(room: Room, ami: Ami) -> None:
    call = await calls_itself(ami)
    came = (await room.exchange.entry(call, "in")).split("|")
    assert (came[2], came[4]) == ("112", "1")
    began = await ami.event("Newchannel", Uniqueid=call)
    assert (first(began, "Context"), first(began, "Exten")) == ("from-self-test", "112")
    assert first(await ami.event("AgentConnect", Uniqueid=call), "Queue") == "self-test"
    assert first(await ami.event("Hangup", Uniqueid=call), "Cause") == "16"
    assert (await room.exchange.entry(call, "ans")).endswith("|self-test-phone")
    await until(room.exchange._empty, "no channel is left")


async def test_it_rings_no_position_and_all_of_them_share_one_recording(room: Room, ami: Ami) -> None:
    her, him = await room.phone("101"), await room.phone("102")
    await calls_itself(ami)
    assert her.has("CALL_INCOMING") is None and him.has("CALL_INCOMING") is None
    arrival = await ami.event("UserEvent", UserEvent="Arrival")
    assert first(arrival, "Recording") == "self-test.wav"
    assert {first(each, "Queue") for each in ami.events("AgentCalled")} == {"self-test"}


async def test_where_no_sound_passes_it_ends_with_another_cause(room: Room, ami: Ami) -> None:
    await room.exchange.cli("dialplan remove extension answer@from-self-test")
    try:
        await room.exchange.cli("dialplan add extension answer,1,Answer into from-self-test")
        await room.exchange.cli("dialplan add extension answer,2,Wait,20 into from-self-test")
        call = await calls_itself(ami)
        assert first(await ami.event("Hangup", Uniqueid=call), "Cause") == "41"
    finally:
        await room.exchange.cli("dialplan reload")


async def test_a_phone_cannot_make_a_test_call(room: Room, ami: Ami) -> None:
    her, him = await room.phone("101"), await room.phone("102")
    caller = await room.phone("caller")
    await caller.dial("answer")
    await caller.closed()
    caller.events.clear()
    await caller.dial("112")
    await her.ringing()
    await him.ringing()
    assert first(await ami.event("UserEvent", UserEvent="Arrival"), "Test") == ""
