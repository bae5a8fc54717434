"""What the room can do with its phones alone: our service is never started in these tests."""

import pytest

from tests.live.ami import Ami, first
from tests.live.conftest import Room
from tests.live.softphone import Phone, speak
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def talk(room: Room, ami: Ami) -> tuple[Phone, Phone, int]:
    """A caller in speech with 101; so often he has joined the queue."""
    caller, her = await room.phone("caller"), await room.phone("101")
    await caller.dial("112")
    await her.answer()
    await speak(caller, her)
    await ami.event("AgentConnect")
    return caller, her, len(ami.events("QueueCallerJoin"))


async def test_star_one_and_a_short_code_reaches_the_fire_departments_line(room: Room) -> None:
    her, fire = await room.phone("101"), await room.phone("damkar")
    await her.dial("*1113")
    await fire.answer()
    assert "112" in fire.events[0]["peeruri"]
    await speak(her, fire)
    await her.hang_up()
    await fire.closed()


async def test_the_lines_in_asterisks_own_database_stand_before_those_of_the_last_start(room: Room) -> None:
    her, psc = await room.phone("101"), await room.phone("psc")
    road = f"road-127.0.0.4_{room.ports['psc']}"
    await room.exchange.cli(f'database put agency 113/1 "PJSIP/119@{road}|112|20"')
    await her.dial("*1113")
    await psc.answer()
    await psc.hang_up()


async def test_a_line_that_is_out_of_reach_is_followed_by_the_next_one(room: Room) -> None:
    her, psc = await room.phone("101"), await room.phone("psc")
    await her.dial("*1119")  # nobody is at the first of its lines
    await psc.answer()
    await speak(her, psc)
    await her.hang_up()


async def test_a_code_that_nobody_has_ends_at_once(room: Room) -> None:
    her = await room.phone("101")
    await her.dial("*199")
    await her.closed()


async def test_a_phones_own_transfer_takes_the_caller_to_the_agency_and_the_recording_goes_on(
    room: Room, ami: Ami
) -> None:
    fire = await room.phone("damkar")
    caller, her, joined = await talk(room, ami)
    arrival = await ami.event("UserEvent", UserEvent="Arrival")
    await her.order("transfer", f"sip:*1113@{room.exchange.server}")
    await fire.answer()
    assert "112" in fire.has("CALL_INCOMING")["peeruri"]  # type: ignore[index]
    await speak(caller, fire)
    name = first(arrival, "Recording")
    await room.exchange.on_record(name.replace(".wav", "-in.wav"), 500, last=0.4)
    await room.exchange.on_record(name.replace(".wav", "-out.wav"), 1700, last=0.4)
    await fire.hang_up()
    await caller.closed()
    assert len(ami.events("QueueCallerJoin")) == joined


async def test_the_keys_of_a_transfer_do_the_same_and_a_line_that_dies_does_not_take_him_along(
    room: Room, ami: Ami
) -> None:
    fire = await room.phone("damkar")
    caller, her, _ = await talk(room, ami)
    await her.press("##*1113")
    await fire.answer()
    await speak(caller, fire)
    await her.closed()
    her.events.clear()
    leg = first(await ami.event("UserEvent", UserEvent="ByPhone"), "Leg")
    await ami.do("Hangup", Channel=leg, Cause="38")
    await her.ringing()
    assert caller.has("CALL_CLOSED") is None


async def test_a_caller_passed_to_an_agency_that_does_not_answer_is_the_next_one(room: Room, ami: Ami) -> None:
    him = await room.phone("102")
    await room.exchange.cli(f'database put agency 113/1 "PJSIP/1@road-127.0.0.4_{room.ports["nobody"]}|112|1"')
    caller, her, joined = await talk(room, ami)
    await him.rung_along()
    await her.order("transfer", f"sip:*1113@{room.exchange.server}")
    await him.ringing()
    await until(lambda: len(ami.events("QueueCallerJoin")) > joined, "he is told to wait again")
    assert first(ami.events("QueueCallerJoin")[joined], "Position") == "1"
    assert caller.has("CALL_CLOSED") is None


async def test_a_caller_passed_to_a_colleague_speaks_with_her_and_is_the_next_one_when_her_phone_dies(
    room: Room, ami: Ami
) -> None:
    him = await room.phone("102")
    caller, her, joined = await talk(room, ami)
    await him.rung_along()
    await her.order("transfer", f"sip:102@{room.exchange.server}")
    await him.answer()
    await speak(caller, him)
    await her.closed()
    her.events.clear()
    him.die()
    await her.answer()
    await speak(caller, her)
    assert caller.has("CALL_CLOSED") is None
    assert first(ami.events("QueueCallerJoin")[joined], "Position") == "1"


async def test_a_caller_passed_to_112_is_back_in_the_queue_as_the_same_call(room: Room, ami: Ami) -> None:
    him = await room.phone("102")
    _, her, joined = await talk(room, ami)
    await him.rung_along()
    call = first(ami.events("QueueCallerJoin")[0], "Uniqueid")
    arrived = await room.exchange.entry(call, "in")
    await her.order("transfer", f"sip:112@{room.exchange.server}")
    await him.ringing()
    await until(lambda: len(ami.events("QueueCallerJoin")) > joined, "he is told to wait again")
    assert first(ami.events("QueueCallerJoin")[joined], "Uniqueid") == call
    assert await room.exchange.entry(call, "in") == arrived
