"""Nobody answers: paused phones ring too, then the overflow lines; and he never leaves the queue for it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.live.ami import Ami, Message, first
from tests.live.callers import Sipp, alaw_keys
from tests.live.conftest import Room
from tests.live.raw_sip import Invite
from tests.live.softphone import Phone, speak
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, HIM, FIRE = 500, 1100, 1700
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


async def rung_after(ami: Ami, position: str) -> float:
    """So many seconds after his arrival the queue rang her, by Asterisk's clock: ours is late on a busy machine."""
    return at(await ami.event("AgentCalled", MemberName=position)) - at(await arrival(ami))


def at(told: Message) -> float:
    """The moment of an event."""
    return float(first(told, "Timestamp"))


async def arrival(ami: Ami) -> Message:
    return await ami.event("UserEvent", UserEvent="Arrival")


def _tried(ami: Ami) -> list[tuple[str, str]]:
    """Which line, in which turn."""
    told = ami.events("UserEvent", UserEvent="OverflowTried")
    return [(first(each, "Line"), first(each, "Turn")) for each in told]


async def taken(caller: Phone, line: Phone, ami: Ami) -> str:
    """The line presses 1; the call's id."""
    await line.accepts()
    told = await ami.event("UserEvent", UserEvent="Overflowed")
    await speak(caller, line)
    return first(told, "Call")


async def test_when_our_service_is_dead_paused_phones_ring_too_and_within_3_seconds(
    room: Room, ami: Ami, lines: Lines
) -> None:
    await lines(after=30)
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await service_lives(ami, age_s=11)
    await pause(ami, "101")
    await caller.dial("112")
    await her.ringing()
    await him.ringing()
    assert await rung_after(ami, "101") < 3
    assert await rung_after(ami, "102") < 3


async def test_while_our_service_lives_a_paused_phone_is_left_in_peace_until_nobody_answers(
    room: Room, ami: Ami, lines: Lines
) -> None:
    await lines(after=3)
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await service_lives(ami)
    await pause(ami, "101")
    await caller.dial("112")
    await him.ringing()
    await her.ringing()
    assert await rung_after(ami, "102") < 2.5 < await rung_after(ami, "101")
    await her.answer()
    await speak(caller, her)


async def test_when_all_are_busy_or_away_the_paused_phones_ring_at_once(room: Room, ami: Ami, lines: Lines) -> None:
    await lines(after=30)
    caller, her, him, fire = [await room.phone(name) for name in ("caller", "101", "102", "damkar")]
    await him.dial("*1113")
    await fire.answer()
    await service_lives(ami)
    await pause(ami, "101")
    await caller.dial("112")
    await her.ringing()
    assert await rung_after(ami, "101") < 3
    assert him.has("CALL_INCOMING") is None  # nothing beeps into a conversation


async def test_with_no_phone_registered_the_first_line_is_dialled_at_once_and_has_him_when_it_presses_1(
    room: Room, ami: Ami, lines: Lines
) -> None:
    await lines("damkar", after=30)
    await nobody(room)
    caller, fire = await room.phone("caller"), await room.phone("damkar")
    await service_lives(ami)
    await caller.dial("112")
    await fire.ringing()
    assert "0231112" in fire.has("CALL_INCOMING")["peeruri"]  # type: ignore[index]
    call = await taken(caller, fire, ami)
    tried = at(await ami.event("UserEvent", UserEvent="OverflowTried"))
    assert tried - at(await arrival(ami)) < 3
    assert tried < at(await ami.event("Newstate", Uniqueid=call, ChannelStateDesc="Up"))  # he was not answered for it
    assert (await room.exchange.entry(call, "over")).split("|")[1:] == ["1", "on-call damkar"]
    name = first(await arrival(ami), "Recording")
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
    await until(her.rings, "hers rings all the time")
    await until(lambda: fire.kinds().count("CALL_INCOMING") > 1, "it begins again")
    tries = await until(lambda: _tried(ami)[2:] and _tried(ami), "it is told")
    assert tries[:3] == [("1", "1"), ("2", "1"), ("1", "2")]
    await her.answer()
    await speak(caller, her)
    await until(lambda: not fire.rings(), "the line rings no more")
    key = f"e112/{first(join, 'Uniqueid')}/chain"
    assert key not in await room.exchange.journal()  # and no line is dialled any more


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
    await until(her.rings, "hers still rings")
    await her.answer()
    await speak(caller, her)
    await fire.closed(20)  # at the end of the prompt; asked five times, it would be after 35 s


async def test_where_people_cannot_press_a_key_lifting_is_enough(room: Room, ami: Ami, lines: Lines) -> None:
    await lines("damkar", after=1, accept="lift")
    caller, fire = await room.phone("caller"), await room.phone("damkar")
    await caller.dial("112")
    await fire.answer()
    await speak(caller, fire)


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
    await fire.closed(12)  # by itself it would ring for 20 s
    await until(room.exchange._empty, "no channel is left")


async def test_when_he_hangs_up_on_the_line_it_is_not_left_with_silence(room: Room, ami: Ami, lines: Lines) -> None:
    await lines("damkar", after=1)
    caller, fire = await room.phone("caller"), await room.phone("damkar")
    await caller.dial("112")
    await taken(caller, fire, ami)
    await caller.hang_up()
    await fire.closed()


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
    await her.answer()
    await speak(caller, her)


async def test_a_caller_whose_call_takers_phone_died_is_still_recorded_from_both_sides(room: Room, ami: Ami) -> None:
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await caller.dial("112")
    await her.answer()
    name = first(await arrival(ami), "Recording")
    await speak(caller, her)
    await him.rung_along()
    her.die()
    await him.answer()
    await speak(caller, him)
    await room.exchange.on_record(name.replace(".wav", "-in.wav"), CALLER, last=0.4)
    await room.exchange.on_record(name.replace(".wav", "-out.wav"), HIM, last=0.4)
