"""112 from any phone, without account, credit or registration; and nothing else without an account."""

from pathlib import Path

import pytest

from tests.live.ami import Ami, first
from tests.live.carrier import Carrier
from tests.live.conftest import Room
from tests.live.raw_sip import Invite
from tests.live.softphone import Phone
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORBIDDEN = 403


async def given_up(invite: Invite) -> None:
    invite.cancel()
    await invite.refused()
    invite.close()


@pytest.mark.parametrize(
    "number", ["112", "+112", "+62112", "62112", "0231112", "+62231112", "62231112", "112;phone-context=+62"]
)
async def test_an_unregistered_phone_may_dial_112_and_its_aliases(room: Room, number: str) -> None:
    invite = await Invite(room.exchange.sip_port, number, "127.0.0.3").send()
    await invite.status(180)
    assert 401 not in invite.statuses
    await given_up(invite)


@pytest.mark.parametrize(
    ("host", "codecs", "rate", "spoken"),
    [
        ("127.0.0.2", "g722/16000/1", 16000, "g722"),
        ("127.0.0.3", "gsm/8000/1", 8000, "gsm"),
        ("127.0.0.2", "g722/16000/1,gsm/8000/1,pcma/8000/1", 8000, "alaw"),
    ],
)
async def test_a_caller_who_speaks_no_g711_is_heard_too_and_one_who_does_is_not_transcoded(
    room: Room, ami: Ami, tmp_path: Path, host: str, codecs: str, rate: int, spoken: str
) -> None:
    caller = Phone("foreign", room.exchange.server, tmp_path, 500, host=host, codecs=codecs, rate=rate)
    await caller.start()
    try:
        her = await room.phone("101")
        await caller.dial("112")
        await her.answer()
        await until(lambda: caller.hears(800) and her.hears(500), "they hear each other")
        leg = first(await ami.event("QueueCallerJoin"), "Channel")
        formats = await ami.do("Getvar", Channel=leg, Variable="CHANNEL(audionativeformat)")
        assert first(formats, "Value") == f"({spoken})"
    finally:
        await caller.stop()


@pytest.mark.parametrize("number", ["911", "1112", "08123456789", "101", "*1113", "113", "alice", "5"])
async def test_an_unregistered_phone_may_dial_nothing_else(room: Room, number: str) -> None:
    invite = await Invite(room.exchange.sip_port, number, "127.0.0.3").send()
    assert await invite.refused() == FORBIDDEN
    invite.close()


@pytest.mark.parametrize("number", ["112", "911"])
async def test_a_phone_outside_the_allowed_networks_is_refused(room: Room, number: str) -> None:
    invite = await Invite(room.exchange.sip_port, number, "127.0.0.9").send()
    assert await invite.refused() in (401, FORBIDDEN)
    invite.close()


async def test_a_phone_that_calls_itself_101_needs_no_password_for_112_and_one_for_all_else(room: Room) -> None:
    emergency = await Invite(room.exchange.sip_port, "112", "127.0.0.3").send(sender=b"<sip:101@127.0.0.1>")
    await emergency.status(180)
    await given_up(emergency)
    other = await Invite(room.exchange.sip_port, "102", "127.0.0.1").send(sender=b"<sip:101@127.0.0.1>")
    assert await other.refused() == 401
    other.close()


async def test_a_trunk_reaches_112_and_nothing_else(room: Room) -> None:
    invite = await Invite(room.exchange.sip_port, "08123456789").send()
    assert await invite.refused() == FORBIDDEN
    invite.close()


async def test_any_peer_of_a_trunk_is_that_trunk(room: Room, ami: Ami) -> None:
    invite = await Invite(room.exchange.sip_port, "112", "127.0.0.22").send()
    await invite.status(180)
    assert first(await ami.event("UserEvent", UserEvent="Arrival"), "Trunk") == "main"
    await given_up(invite)


async def test_one_address_can_start_only_so_many_unregistered_calls_a_minute_and_each_is_in_the_journal(
    room: Room,
) -> None:
    refused = 0
    for _ in range(13):  # any_phone_rate = 6: also when a minute ends in between, more than 12 are too many
        invite = await Invite(room.exchange.sip_port, "112", "127.0.0.3").send()
        if await invite.status(180, 503) == 503:
            refused += 1
            invite.close()
        else:
            await given_up(invite)
    assert refused >= 1
    entries = [key for key in await room.exchange.journal() if key.endswith("/in")]
    assert len(entries) == 13


async def test_a_position_cannot_dial_out(room: Room) -> None:
    phone = await room.phone("101")
    await phone.dial("08123456789")
    closed = await phone.event("CALL_CLOSED")
    assert "403" in closed["param"]


async def test_a_stranger_cannot_register(room: Room) -> None:
    answer = await room.exchange.cli("pjsip show contacts")
    stranger = Invite(room.exchange.sip_port, "112", "127.0.0.3")
    stranger.method = b"REGISTER"
    await stranger.send(b"Expires: 60", sender=b"<sip:666@127.0.0.1>", body=b"")
    assert await stranger.refused() in (401, 403, 404)
    stranger.close()
    assert " 666/" not in answer + await room.exchange.cli("pjsip show contacts")  # AOR/contact


async def test_a_caller_without_credit_is_refused_by_his_carrier_everywhere_but_at_112(
    room: Room, carrier: Carrier
) -> None:
    phone = await carrier.subscriber("+628155501", credit=0)
    await phone.dial("08123456789")
    closed = await phone.event("CALL_CLOSED")
    assert "403" in closed["param"] or "402" in closed["param"]
    phone.events.clear()
    her = await room.phone("101")
    await phone.dial("112")
    await her.answer()
    await phone.event("CALL_ESTABLISHED")
    await until(lambda: phone.hears(800), "the caller hears her")
    await her.hang_up()
    await phone.closed()


async def test_a_call_without_credit_is_marked_toll_free(room: Room, carrier: Carrier, ami: Ami) -> None:
    phone = await carrier.subscriber("+628155501", credit=0)
    her = await room.phone("101")
    await phone.dial("112")
    await her.answer()
    call = first(await ami.event("AgentConnect"), "Uniqueid")
    await her.hang_up()
    row = await until(
        lambda: next((line for line in room.exchange.toll_free().split("\n")[:-1] if call in line), ""), "a CDR"
    )  # whole lines: the last one may still be written
    assert row.endswith('"toll-free"')
    assert "+628155501" in row
