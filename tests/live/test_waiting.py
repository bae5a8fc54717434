"""A caller waits, is answered, is put back; and what is left in the journals."""

import pytest

from tests.live.ami import Ami, first
from tests.live.callers import Sipp, answering_phone
from tests.live.conftest import Room
from tests.live.house import SECRETS
from tests.live.raw_sip import Invite
from tests.live.tone import HEADER
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_112_call_rings_every_registered_position_and_is_not_answered_before_a_person(
    room: Room, ami: Ami
) -> None:
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await caller.dial("112")
    await her.ringing()
    await him.ringing()
    await caller.event("CALL_RINGING")
    assert caller.has("CALL_ESTABLISHED") is None
    await her.answer()
    await caller.event("CALL_ESTABLISHED")
    assert first(await ami.event("AgentConnect"), "MemberName") == "101"
    await him.closed()
    await until(lambda: caller.hears(800) and her.hears(500), "both hear each other")


async def test_her_normal_hang_up_ends_the_call_and_the_journal_has_all_three_moments(room: Room, ami: Ami) -> None:
    caller, her = await room.phone("caller"), await room.phone("101")
    await caller.dial("112")
    await her.answer()
    call = first(await ami.event("AgentConnect"), "Uniqueid")
    await her.hang_up()
    await caller.closed()
    came = (await room.exchange.entry(call, "in")).split("|")
    answered = (await room.exchange.entry(call, "ans")).split("|")
    ended = (await room.exchange.entry(call, "end")).split("|")
    assert came[1:3] == ["caller", "112"]
    assert answered[1] == "101"
    assert ended[2] == "16"
    assert float(came[0]) <= float(answered[0]) <= float(ended[0])
    assert len(came[0].partition(".")[2]) == 3


async def test_sipps_caller_is_heard_and_hangs_up_first(room: Room, ami: Ami) -> None:
    her = await room.phone("101")
    caller = await Sipp(
        "a-caller-dials-and-speaks-until-somebody-hangs-up", room.exchange.server, room.folder / "sipp", talk_ms=5000
    ).start()
    await her.answer()
    await until(lambda: her.hears(500), "she hears him")
    assert await caller.done() == 0
    await her.closed()
    assert first(await ami.event("AgentComplete"), "Reason") == "caller"


async def test_sipps_phone_signs_in_lifts_by_itself_and_is_heard(room: Room, ami: Ami) -> None:
    await room.phones.pop("101").stop()
    phone = await answering_phone("101", SECRETS.phones["101"], room.exchange.server, room.folder / "sipp")
    caller = await room.phone("caller")
    await caller.dial("112")
    await caller.event("CALL_ESTABLISHED")
    await until(lambda: caller.hears(950), "he hears it")
    await caller.hang_up()
    await phone.stop()


async def test_a_greeting_answers_but_is_no_person(room: Room, ami: Ami) -> None:
    caller, her = await room.phone("caller"), await room.phone("101")
    await room.exchange.cli("dialplan set global GREETING greeting")
    try:
        await caller.dial("112")
        await caller.event("CALL_ESTABLISHED")
        assert ami.events("QueueCallerJoin") == []
        await her.answer()
        await ami.event("AgentConnect")
        await until(lambda: caller.hears(800) and her.hears(500), "both hear each other")
    finally:
        await room.exchange.cli('dialplan set global GREETING ""')


async def test_a_call_over_tcp_arrives(room: Room, ami: Ami) -> None:
    caller = await Sipp(
        "a-caller-dials-and-speaks-until-somebody-hangs-up",
        room.exchange.server,
        room.folder / "sipp-tcp",
        host="127.0.0.7",
        talk_ms=300,
        transport="t1",
    ).start()
    her = await room.phone("101")
    await her.answer()
    assert await caller.done() == 0
    assert first(await ami.event("UserEvent", UserEvent="Arrival"), "Trunk") == "tcp"


async def test_an_abandoned_call_has_a_beginning_and_an_end_and_no_recording(room: Room, ami: Ami) -> None:
    invite = await Invite(room.exchange.sip_port, "112").send()
    await invite.status(180)
    arrival = await ami.event("UserEvent", UserEvent="Arrival")
    invite.cancel()
    await invite.refused()
    invite.close()
    call = first(arrival, "Uniqueid")
    assert await room.exchange.entry(call, "end")
    assert f"e112/{call}/ans" not in await room.exchange.journal()
    file = room.exchange.recording(first(arrival, "Recording"))
    assert not file.exists() or file.stat().st_size <= HEADER


async def test_the_timeline_of_a_call_is_in_a_file_in_wal_mode_whatever_his_name(room: Room, ami: Ami) -> None:
    invite = await Invite(room.exchange.sip_port, "112").send(sender=b"\"O'Neil; DROP '); --\" <sip:+62812@h>")
    await invite.status(180)
    call = first(await ami.event("UserEvent", UserEvent="Arrival"), "Uniqueid")
    invite.cancel()
    await invite.refused()
    invite.close()

    def rows() -> list[str]:
        return [row["eventtype"] for row in room.exchange.timeline() if row["linkedid"] == call]

    await until(lambda: "LINKEDID_END" in rows(), "the end of the call in CEL")  # of whichever leg ends last
    assert rows()[0] == "CHAN_START"
    start = next(row for row in room.exchange.timeline() if row["linkedid"] == call)
    assert "O'Neil" in start["cidname"]
    assert (room.exchange.home / "asterisk" / "log" / "master.db-wal").exists()


async def test_after_a_while_he_is_answered_toward_the_network_and_still_waits_for_a_person(
    room: Room, ami: Ami
) -> None:
    caller, her = await room.phone("caller"), await room.phone("101")
    async with room.answered_after(5):
        await caller.dial("112")
        await her.ringing()
        await caller.event("CALL_ESTABLISHED")
        await until(lambda: caller.hears(425), "he hears that it rings")
        await until(lambda: len(ami.events("QueueCallerJoin")) == 2, "he is back in the queue")
    assert ami.events("AgentConnect") == []
    call = first(ami.events("QueueCallerJoin")[0], "Uniqueid")
    assert f"e112/{call}/ans" not in await room.exchange.journal()
    await her.rung(2)
    await her.answer()
    await ami.event("AgentConnect")
    await until(lambda: caller.hears(800) and her.hears(500), "both hear each other")


async def test_he_keeps_his_place_before_those_who_came_after_him(room: Room, ami: Ami) -> None:
    """Nobody is free. The second comes in the same second, before the first is answered toward the network."""
    for one in ("101", "102"):
        await room.phones[one].stop()
        del room.phones[one]
    await room.exchange.cli("queue add member PJSIP/999 to emergency")  # joinempty or not: they wait
    first_caller = await room.phone("caller")
    second = Invite(room.exchange.sip_port, "112", "127.0.0.22")
    try:
        async with room.answered_after(3):
            await first_caller.dial("112")
            his = first(await ami.event("QueueCallerJoin"), "Uniqueid")
        await second.send()  # for 5 s: so he is in the queue when the first comes back
        await until(lambda: len(ami.events("QueueCallerJoin")) >= 2, "both wait")
        async with room.answered_after(3):
            await first_caller.event("CALL_ESTABLISHED")
            again = await until(lambda: ami.events("QueueCallerJoin", Uniqueid=his)[1:], "he is back in the queue")
        assert first(again[0], "Position") == "1"
        second.cancel()
        await second.refused()
        second.close()
    finally:
        await room.exchange.cli("queue remove member PJSIP/999 from emergency")


async def test_when_her_phone_dies_he_is_the_next_one(room: Room, ami: Ami) -> None:
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await caller.dial("112")
    await her.answer()
    await him.closed()
    await until(lambda: her.hears(500), "she hears him")
    her.die()
    await him.rung(2)
    await until(lambda: ami.events("QueueCallerJoin")[1:], "he is back in the queue")
    joined = ami.events("QueueCallerJoin")
    assert len(joined) == 2
    assert first(joined[1], "Position") == "1"
    assert first(joined[0], "Uniqueid") == first(joined[1], "Uniqueid")
    assert caller.has("CALL_CLOSED") is None
    await him.answer()
    await until(lambda: caller.hears(1100) and him.hears(500), "both hear each other")


async def test_the_call_is_recorded_from_both_sides(room: Room, ami: Ami) -> None:
    caller, her = await room.phone("caller"), await room.phone("101")
    await caller.dial("112")
    await her.answer()
    arrival = await ami.event("UserEvent", UserEvent="Arrival")
    await until(lambda: caller.hears(800) and her.hears(500), "both hear each other")
    await caller.hang_up()
    await ami.event("Hangup", Uniqueid=first(arrival, "Uniqueid"))
    assert first(arrival, "Recording").endswith(f"/{first(arrival, 'Uniqueid')}.wav")
    await room.exchange.on_record(first(arrival, "Recording"), 500, 800)
