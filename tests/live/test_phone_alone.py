"""What the room can do with its phones alone: our service is never started in these tests."""

import pytest

from tests.live.ami import Ami, first
from tests.live.conftest import Room
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_star_one_and_a_short_code_reaches_the_fire_departments_line(room: Room) -> None:
    her, fire = await room.phone("101"), await room.phone("damkar")
    await her.dial("*1113")
    await fire.answer()
    assert "112" in fire.events[0]["peeruri"]
    await until(lambda: her.hears(1700) and fire.hears(800), "they hear each other")
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
    await psc.ringing(12)
    await psc.answer()
    await her.hang_up()


async def test_a_code_that_nobody_has_ends_at_once(room: Room) -> None:
    her = await room.phone("101")
    await her.dial("*199")
    await her.closed()


async def test_a_phones_own_transfer_takes_the_caller_to_the_agency_and_the_recording_goes_on(
    room: Room, ami: Ami
) -> None:
    caller, her, fire = await room.phone("caller"), await room.phone("101"), await room.phone("damkar")
    await caller.dial("112")
    await her.answer()
    arrival = await ami.event("UserEvent", UserEvent="Arrival")
    await until(lambda: caller.hears(800) and her.hears(500), "they hear each other")
    await her.order("transfer", f"sip:*1113@{room.exchange.server}")
    await fire.answer()
    assert "112" in fire.has("CALL_INCOMING")["peeruri"]  # type: ignore[index]
    await until(lambda: caller.hears(1700) and fire.hears(500), "they hear each other")
    name = first(arrival, "Recording")
    await room.exchange.on_record(name.replace(".wav", "-in.wav"), 500, last=0.4)
    await room.exchange.on_record(name.replace(".wav", "-out.wav"), 1700, last=0.4)
    await fire.hang_up()
    await caller.closed()
    assert len(ami.events("QueueCallerJoin")) == 1


async def test_the_keys_of_a_transfer_do_the_same(room: Room, ami: Ami) -> None:
    caller, her, fire = await room.phone("caller"), await room.phone("101"), await room.phone("damkar")
    await caller.dial("112")
    await her.answer()
    await until(lambda: caller.hears(800) and her.hears(500), "they hear each other")
    await her.press("##*1113")
    await fire.answer()
    await until(lambda: caller.hears(1700) and fire.hears(500), "they hear each other")


async def test_a_caller_passed_to_an_agency_that_does_not_answer_is_the_next_one(room: Room, ami: Ami) -> None:
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await room.exchange.cli(f'database put agency 113/1 "PJSIP/1@road-127.0.0.4_{room.ports["nobody"]}|112|1"')
    await caller.dial("112")
    await her.answer()
    await him.closed()
    him.events.clear()
    await her.order("transfer", f"sip:*1113@{room.exchange.server}")
    await him.ringing()
    await until(lambda: len(ami.events("QueueCallerJoin")) == 2, "he is told to wait again")
    assert first(ami.events("QueueCallerJoin")[1], "Position") == "1"
    assert caller.has("CALL_CLOSED") is None


async def test_a_caller_passed_to_a_colleague_speaks_with_her(room: Room, ami: Ami) -> None:
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await caller.dial("112")
    await her.answer()
    await him.closed()
    him.events.clear()
    await her.order("transfer", f"sip:102@{room.exchange.server}")
    await him.answer()
    await until(lambda: caller.hears(1100) and him.hears(500), "they hear each other")


async def test_a_caller_passed_to_112_is_back_in_the_queue_as_the_same_call(room: Room, ami: Ami) -> None:
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await caller.dial("112")
    await her.answer()
    await him.closed()
    him.events.clear()
    before = await room.exchange.journal()
    await her.order("transfer", f"sip:112@{room.exchange.server}")
    await him.ringing()
    joined = ami.events("QueueCallerJoin")
    assert first(joined[0], "Uniqueid") == first(joined[1], "Uniqueid")
    key = f"e112/{first(joined[0], 'Uniqueid')}/in"
    assert (await room.exchange.journal())[key] == before[key]
