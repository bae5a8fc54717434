"""Nobody answers: paused phones ring too, then the overflow lines; and he never leaves the queue for it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.live.ami import Ami, first
from tests.live.callers import Sipp, alaw_keys
from tests.live.conftest import Room
from tests.live.raw_sip import Invite
from tests.live.softphone import Phone
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, HER, HIM, FIRE, PSC = 500, 800, 1100, 1700, 2100
Lines = Callable[..., Awaitable[None]]


@pytest_asyncio.fixture(loop_scope="session")
async def lines(room: Room, ami: Ami) -> AsyncIterator[Lines]:
    """Set the overflow lines, and how patient callers are; all of it is as before afterwards."""

    async def set_them(*names: str, after: int = 2, ring_s: int = 20, accept: str = "press") -> None:
        await ami.do("Setvar", Variable="OVERFLOW_AFTER", Value=str(after))
        for place, name in enumerate(names, 1):
            number = {"damkar": "113", "psc": "119"}[name]
            dial = f"PJSIP/{number}@road-127.0.0.4_{room.ports[name]}"
            await ami.do(
                "Setvar", Variable=f"OVERFLOW_{place}", Value=f"{dial}|0231112|{ring_s}|{accept}|on-call {name}"
            )

    yield set_them
    await ami.do("Setvar", Variable="OVERFLOW_AFTER", Value="30")
    await ami.do("Setvar", Variable="SERVICE_HEARD", Value="")
    for place in (1, 2, 3):
        await ami.do("Setvar", Variable=f"OVERFLOW_{place}", Value="")
    for position in ("101", "102"):
        await pause(ami, position, False)


async def pause(ami: Ami, position: str, away: bool = True) -> None:
    await ami.do("QueuePause", Queue="emergency", Interface=f"PJSIP/{position}", Paused=str(away).lower())


async def service_lives(ami: Ami, age_s: float = 0) -> None:
    await ami.do("Setvar", Variable="SERVICE_HEARD", Value=f"{time.time() - age_s:.3f}")


async def nobody(room: Room, *names: str) -> None:
    """These phones are not there."""
    for name in names or ("101", "102"):
        await room.phones.pop(name).stop()
        await until(lambda name=name: _gone(room, name), f"{name} is not registered")  # type: ignore[misc]


async def _gone(room: Room, name: str) -> bool:
    return "Unavail" in await room.exchange.cli(f"pjsip show endpoint {name}")


async def picks_up(phone: Phone) -> None:
    """Also when it is just being rung anew: a new round in the queue begins."""

    async def lifted() -> bool:
        await phone.order("accept")
        return phone.has("CALL_ESTABLISHED") is not None

    await until(lifted, f"{phone.name} has lifted", every=0.2)


async def taken(caller: Phone, line: Phone, ami: Ami) -> str:
    """The line presses 1; the call's id."""
    await line.answer()
    await line.press("1")
    told = await ami.event("UserEvent", UserEvent="Overflowed")
    await until(lambda: caller.hears(line.hertz) and line.hears(CALLER), "they hear each other")
    return first(told, "Call")


async def test_when_our_service_is_dead_paused_phones_ring_too_and_within_3_seconds(room: Room, ami: Ami) -> None:
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await service_lives(ami, age_s=11)
    await pause(ami, "101")
    began = time.monotonic()
    await caller.dial("112")
    await her.ringing(3)
    await him.ringing(3)
    assert time.monotonic() - began < 3
    await pause(ami, "101", False)


async def test_while_our_service_lives_a_paused_phone_is_left_in_peace_until_nobody_answers(
    room: Room, ami: Ami, lines: Lines
) -> None:
    await lines(after=3)
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await service_lives(ami)
    await pause(ami, "101")
    began = time.monotonic()
    await caller.dial("112")
    await him.ringing()
    assert her.has("CALL_INCOMING") is None
    await her.ringing()
    assert time.monotonic() - began > 2.5
    await picks_up(her)
    await until(lambda: caller.hears(HER) and her.hears(CALLER), "they hear each other")


async def test_when_all_are_busy_or_away_the_paused_phones_ring_at_once(room: Room, ami: Ami) -> None:
    caller, her, him, fire = [await room.phone(name) for name in ("caller", "101", "102", "damkar")]
    await him.dial("*1113")
    await fire.answer()
    await service_lives(ami)
    await pause(ami, "101")
    await caller.dial("112")
    await her.ringing(3)
    assert him.has("CALL_INCOMING") is None  # nothing beeps into a conversation
    await pause(ami, "101", False)


async def test_with_no_phone_registered_the_first_line_is_dialled_at_once_and_has_him_when_it_presses_1(
    room: Room, ami: Ami, lines: Lines
) -> None:
    await lines("damkar", after=30)
    await nobody(room)
    caller, fire = await room.phone("caller"), await room.phone("damkar")
    await service_lives(ami)
    await caller.dial("112")
    await fire.ringing(3)
    assert "0231112" in fire.has("CALL_INCOMING")["peeruri"]  # type: ignore[index]
    assert caller.has("CALL_ESTABLISHED") is None
    call = await taken(caller, fire, ami)
    assert (await room.exchange.entry(call, "over")).split("|")[1:] == ["1", "on-call damkar"]
    name = first(await ami.event("UserEvent", UserEvent="Arrival"), "Recording")
    await room.exchange.on_record(name.replace(".wav", "-in.wav"), CALLER)
    await room.exchange.on_record(name.replace(".wav", "-out.wav"), FIRE)
    await fire.hang_up()
    await caller.closed()
    assert f"e112/{call}/ans" not in await room.exchange.journal()
    assert ami.events("AgentConnect") == []


async def test_a_line_that_does_not_answer_is_followed_by_the_next_and_then_it_begins_again(
    room: Room, ami: Ami, lines: Lines
) -> None:
    await lines("damkar", "psc", after=1, ring_s=2)
    caller, fire, psc = await room.phone("caller"), await room.phone("damkar"), await room.phone("psc")
    her = await room.phone("101")
    await caller.dial("112")
    join = await ami.event("QueueCallerJoin")
    later = {"Variable": "SINCE", "Value": str(int(time.time()) + 3600)}  # the clock is set back by an hour
    await ami.do("Setvar", Channel=first(join, "Channel"), **later)
    await fire.ringing()
    await psc.ringing()
    assert len([each for each in fire.kinds() if each == "CALL_CLOSED"]) == 1
    assert her.kinds().count("CALL_INCOMING") > her.kinds().count("CALL_CLOSED")  # hers rings all the time
    fire.events.clear()
    await fire.ringing(12)
    await picks_up(her)
    await fire.closed(2)
    await until(lambda: caller.hears(HER) and her.hears(CALLER), "they hear each other")


async def test_a_line_of_ours_that_is_forwarded_to_112_does_not_call_us_in_a_circle(room: Room) -> None:
    async with room.exchange.watch() as watcher:  # what Asterisk does by itself when the line says 302
        where = {"Channel": "Local/112@from-operator", "Application": "Wait", "Data": "1", "Timeout": "3000"}
        assert first(await watcher.do("Originate", **where), "Response") == "Error"
    assert not any(key.startswith("e112/") for key in await room.exchange.journal())


async def test_a_voice_box_does_not_take_him_from_the_queue(room: Room, ami: Ami, lines: Lines) -> None:
    await lines("damkar", after=1)
    caller, fire, her = await room.phone("caller"), await room.phone("damkar"), await room.phone("101")
    await caller.dial("112")
    await fire.answer()  # and presses nothing
    assert ami.events("UserEvent", UserEvent="Overflowed") == []
    await until(lambda: her.kinds().count("CALL_INCOMING") > her.kinds().count("CALL_CLOSED"), "hers still rings")
    await picks_up(her)
    await until(lambda: caller.hears(HER) and her.hears(CALLER), "they hear each other")
    await fire.closed(12)


async def test_where_people_cannot_press_a_key_lifting_is_enough(room: Room, ami: Ami, lines: Lines) -> None:
    await lines("damkar", after=1, accept="lift")
    caller, fire = await room.phone("caller"), await room.phone("damkar")
    await caller.dial("112")
    await fire.answer()
    await until(lambda: caller.hears(FIRE) and fire.hears(CALLER), "they hear each other")


async def test_a_gateway_that_sends_keys_as_sound_takes_him_with_1_as_well(
    room: Room, ami: Ami, lines: Lines, tmp_path: Path
) -> None:
    (tmp_path / "1.alaw").write_bytes(alaw_keys(697, 1209))
    scenario = "a-phone-rings-answers-and-speaks"
    gateway = Sipp(scenario, room.exchange.server, tmp_path, "127.0.0.4", hertz=1, port=room.ports["timed"])
    await gateway.start()
    await lines(after=1)
    dial = f"PJSIP/118@road-127.0.0.4_{gateway.port}"
    await ami.do("Setvar", Variable="OVERFLOW_1", Value=f"{dial}|0231112|20|press|gateway")
    caller = await Invite(room.exchange.sip_port, "112").send()
    told = await ami.event("UserEvent", UserEvent="Overflowed")
    await caller.status(200)
    await room.exchange.cli("channel request hangup all")
    caller.close()
    await gateway.stop()
    assert first(told, "Name") == "gateway"


async def test_when_he_gives_up_the_line_stops_ringing(room: Room, ami: Ami, lines: Lines) -> None:
    await lines("damkar", after=1)
    caller, fire = await room.phone("caller"), await room.phone("damkar")
    await caller.dial("112")
    await fire.ringing()
    await caller.order("hangup")
    await fire.closed(2)
    await until(room.exchange._empty, "no channel is left")


async def test_when_he_hangs_up_on_the_line_it_is_not_left_with_silence(room: Room, ami: Ami, lines: Lines) -> None:
    await lines("damkar", after=1)
    caller, fire = await room.phone("caller"), await room.phone("damkar")
    await caller.dial("112")
    await taken(caller, fire, ami)
    await caller.hang_up()
    await fire.closed(3)


async def test_when_the_lines_phone_dies_he_is_the_next_one_and_the_lines_are_tried_again(
    room: Room, ami: Ami, lines: Lines
) -> None:
    await lines("damkar", after=2)
    caller, fire, her = await room.phone("caller"), await room.phone("damkar"), await room.phone("101")
    await caller.dial("112")
    await taken(caller, fire, ami)
    before = len(ami.events("QueueCallerJoin"))
    leg = first(ami.events("UserEvent", UserEvent="Overflowed")[0], "Leg")
    her.events.clear()
    fire.events.clear()
    await ami.do("Hangup", Channel=leg, Cause="38")
    await her.ringing()
    await until(lambda: len(ami.events("QueueCallerJoin")) > before, "he is told to wait again")
    assert first(ami.events("QueueCallerJoin")[before], "Position") == "1"
    assert caller.has("CALL_CLOSED") is None
    await fire.ringing()
    await picks_up(her)
    await until(lambda: caller.hears(HER) and her.hears(CALLER), "they hear each other")


async def test_a_caller_whose_call_takers_phone_died_is_still_recorded_from_both_sides(room: Room, ami: Ami) -> None:
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await caller.dial("112")
    await her.answer()
    await him.closed()
    name = first(await ami.event("UserEvent", UserEvent="Arrival"), "Recording")
    await until(lambda: her.hears(CALLER), "she hears him")
    him.events.clear()
    her.die()
    await him.ringing(12)
    await him.answer()
    await until(lambda: caller.hears(HIM) and him.hears(CALLER), "they hear each other")
    await room.exchange.on_record(name.replace(".wav", "-in.wav"), CALLER, last=0.4)
    await room.exchange.on_record(name.replace(".wav", "-out.wav"), HIM, last=0.4)
