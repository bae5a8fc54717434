"""Caller and call taker in a room, the agency comes in, she leaves; who is put back, and when it is over."""

from dataclasses import dataclass

import pytest

from callcenter.asterisk.conf import dial_string
from callcenter.core.agency import Line
from tests.live.ami import Ami, Message, first
from tests.live.conftest import Room
from tests.live.softphone import Phone, speak
from tests.live.tone import heard, spoken_last
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, HER, HIM, FIRE = 500, 800, 1100, 1700


@dataclass
class Talk:
    """A caller in speech with 101."""

    room: Room
    ami: Ami
    caller: Phone
    her: Phone
    call: str
    recording: str
    joined: int  # so often he has come into the queue

    def again(self) -> list[Message]:
        """He has come into the queue again."""
        return self.ami.events("QueueCallerJoin")[self.joined :]

    @property
    def number(self) -> str:
        return "".join(filter(str.isdigit, self.call))

    async def into_the_room(self) -> None:
        connected = await self.ami.event("AgentConnect")
        both = {"ExtraChannel": first(connected, "DestChannel"), "ExtraContext": "room-staff", "ExtraPriority": "1"}
        answer = await self.ami.do(
            "Redirect",
            Channel=first(connected, "Channel"),
            Context="room-caller",
            Exten=self.number,
            Priority="1",
            ExtraExten=self.number,
            **both,
        )
        assert first(answer, "Response") == "Success"
        await until(lambda: len(self.ami.events("ConfbridgeJoin")) == 2, "both are in the room")

    async def dial(self, name: str, port: int | None = None) -> str:
        line = Line("113", f"sip:127.0.0.4:{port or self.room.ports[name]}")
        leg = f"fwd-{name}-1-1-{self.call}"
        variables = [f"AGENCY={name}", f"ROOM_CALL={self.call}", "CATEGORY_PROMPT=FIRE"]
        answer = await self.ami.do(
            "Originate",
            Channel=dial_string(line),
            Context="room-agency",
            Exten=self.number,
            Priority="1",
            Timeout="20000",
            CallerID="112",
            ChannelId=leg,
            Async="true",
            Variable=variables,
        )
        assert first(answer, "Response") == "Success", answer
        return leg

    async def with_agency(self, fire: Phone) -> str:
        """The fire brigade pressed its key, and all three are in the room. Its leg."""
        await self.into_the_room()
        leg = await self.dial("damkar")
        await fire.accepts()
        await self.ami.event("UserEvent", UserEvent="ForwardAccepted", Leg=leg)
        await speak(self.caller, self.her, fire)
        return leg


async def talk(room: Room, ami: Ami) -> Talk:
    caller, her = await room.phone("caller"), await room.phone("101")
    await caller.dial("112")
    await her.answer()
    await speak(caller, her)
    await ami.event("AgentConnect")
    arrival, joined = await ami.event("UserEvent", UserEvent="Arrival"), len(ami.events("QueueCallerJoin"))
    return Talk(room, ami, caller, her, first(arrival, "Uniqueid"), first(arrival, "Recording"), joined)


async def test_she_introduces_him_and_leaves_and_the_recording_has_all_of_it(room: Room, ami: Ami) -> None:
    fire = await room.phone("damkar")
    story = await talk(room, ami)
    await story.into_the_room()
    await speak(story.caller, story.her)
    leg = await story.dial("damkar")
    await fire.asked()
    assert "112" in fire.has("CALL_INCOMING")["peeruri"]  # type: ignore[index]
    assert not fire.hears(CALLER)
    await fire.press("1")
    accepted = await ami.event("UserEvent", UserEvent="ForwardAccepted", Leg=leg)
    assert (first(accepted, "By"), first(accepted, "Call")) == ("key", story.call)
    await speak(story.caller, story.her, fire)
    await story.her.hang_up()
    await until(lambda: story.caller.hears(FIRE) and not story.caller.hears(HER), "he hears the agency alone")
    await until(lambda: fire.hears(CALLER) and not fire.hears(HER), "the agency hears him alone")
    await fire.hang_up()
    await story.caller.closed()
    assert not story.again()
    assert (await room.exchange.entry(story.call, "left")).startswith("agency|16")
    for part, tones in (("-in", (CALLER,)), ("-out", (HER, FIRE)), ("", (CALLER, HER, FIRE))):
        await room.exchange.on_record(story.recording.replace(".wav", f"{part}.wav"), *tones)
    tail = spoken_last(room.exchange.recording(story.recording.replace(".wav", "-out.wav")))
    assert heard(tail, FIRE)
    assert not heard(tail, HER)


async def test_the_call_taker_lets_an_agency_in_that_pressed_no_key(room: Room, ami: Ami) -> None:
    fire = await room.phone("damkar")
    story = await talk(room, ami)
    await story.into_the_room()
    leg = await story.dial("damkar")
    await fire.answer()
    await ami.event("OriginateResponse", Response="Success")
    assert ami.events("UserEvent", UserEvent="ForwardAccepted") == []
    answer = await ami.do("Redirect", Channel=leg, Context="room-agency-admitted", Exten=story.number, Priority="1")
    assert first(answer, "Response") == "Success"
    assert first(await ami.event("UserEvent", UserEvent="ForwardAccepted", Leg=leg), "By") == "desk"
    await until(lambda: story.caller.hears(HER, FIRE), "he hears both")
    assert (await room.exchange.entry(story.call, f"acc/{leg}")).endswith("|desk")


async def test_when_she_hangs_up_while_an_agency_is_still_tried_he_is_the_next_one(room: Room, ami: Ami) -> None:
    fire, him = await room.phone("damkar"), await room.phone("102")
    story = await talk(room, ami)
    await him.rung_along()
    await story.into_the_room()
    await story.dial("damkar")
    await fire.ringing()
    await story.her.hang_up()
    await him.answer()
    joined = await until(story.again, "he is told to wait again")
    assert (first(joined[0], "Uniqueid"), first(joined[0], "Position")) == (story.call, "1")
    await speak(story.caller, him)


async def test_when_her_phone_dies_in_the_room_he_is_the_next_one(room: Room, ami: Ami) -> None:
    him = await room.phone("102")
    story = await talk(room, ami)
    await him.rung_along()
    await story.into_the_room()
    story.her.die()
    await him.answer()
    await speak(story.caller, him)


async def slow_to_say_goodbye(room: Room, ami: Ami, leg: str) -> None:
    """As on a busy machine: that leg writes down why it ended only a second after the others are alone."""
    waits = f"Originate(PJSIP/1@road-127.0.0.4_{room.ports['nobody']},app,NoOp,,,1)"
    await room.exchange.cli(f"dialplan add extension s,1,{waits} into slow")
    await room.exchange.cli("dialplan add extension s,2,Return() into slow")
    assert "Originate" in await room.exchange.cli("dialplan show slow")
    await ami.do("Setvar", Channel=leg, Variable="CHANNEL(hangup_handler_push)", Value="slow,s,1")


async def test_when_the_agencys_line_dies_after_she_left_he_is_the_next_one(room: Room, ami: Ami) -> None:
    fire, him = await room.phone("damkar"), await room.phone("102")
    story = await talk(room, ami)
    await him.rung_along()
    leg = await story.with_agency(fire)
    await story.her.hang_up()
    await ami.event("Hangup", Cause="16")
    await slow_to_say_goodbye(room, ami, leg)
    await ami.do("Hangup", Channel=leg, Cause="38")
    await him.ringing()
    assert story.caller.has("CALL_CLOSED") is None


async def test_when_the_agency_came_and_went_her_hang_up_ends_the_call(room: Room, ami: Ami) -> None:
    fire = await room.phone("damkar")
    story = await talk(room, ami)
    await story.with_agency(fire)
    await fire.hang_up()
    await speak(story.caller, story.her)
    await story.her.hang_up()
    await story.caller.closed()
    assert not story.again()


async def test_when_he_hangs_up_the_agency_still_gets_it_from_her(room: Room, ami: Ami) -> None:
    fire = await room.phone("damkar")
    story = await talk(room, ami)
    await story.into_the_room()
    await story.dial("damkar")
    await fire.asked()
    await story.caller.hang_up()
    await fire.press("1")
    await until(lambda: fire.hears(HER) and story.her.hears(FIRE), "they hear each other")


async def test_an_agency_is_not_left_alone_with_silence(room: Room, ami: Ami) -> None:
    fire = await room.phone("damkar")
    story = await talk(room, ami)
    await story.with_agency(fire)
    await story.her.hang_up()
    await room.exchange.entry(story.call, "left")
    await until(lambda: not story.caller.hears(HER), "she is gone")
    await story.caller.hang_up()
    await fire.closed()


async def test_a_leg_that_never_presses_a_key_ends_with_the_room(room: Room, ami: Ami) -> None:
    fire = await room.phone("damkar")
    story = await talk(room, ami)
    await story.into_the_room()
    await story.dial("damkar")
    await fire.answer()
    await story.caller.hang_up()
    await story.her.hang_up()
    await fire.closed()


async def test_if_she_is_gone_before_the_room_is_made_he_is_the_next_one(room: Room, ami: Ami) -> None:
    him = await room.phone("102")
    story = await talk(room, ami)
    await him.rung_along()
    answer = await ami.do("Redirect", Channel=story.call, Context="room-caller", Exten=story.number, Priority="1")
    assert first(answer, "Response") == "Success"
    await him.ringing()
