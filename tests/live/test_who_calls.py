"""What is known of a caller, from whatever his operator sends; and that nothing he sends does harm."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import cast
from urllib.parse import unquote

import pytest
import pytest_asyncio

from callcenter.asterisk import inbox
from callcenter.asterisk.places import Places
from callcenter.core.facts import CallDescribed, Fact
from tests.live.ami import Ami, Message, first
from tests.live.conftest import Room
from tests.live.house import SECRETS
from tests.live.raw_sip import SDP, Invite
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAI = b"P-Asserted-Identity: "
NUMBER = b"<sip:+628111@10.0.0.1>"
Call = Callable[..., Awaitable[Message]]

PIDF = b"""<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
 xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"
 xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" entity="pres:x@h"><dm:device id="d"><gp:geopriv><gp:location-info>
<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>-6.7320 108.5523</gml:pos>
<gs:radius uom="urn:ogc:def:uom:EPSG::9001">50</gs:radius></gs:Circle>
</gp:location-info><gp:usage-rules/><gp:method>GPS</gp:method></gp:geopriv></dm:device></presence>"""


@pytest_asyncio.fixture(loop_scope="session")
async def call(room: Room, ami: Ami) -> AsyncIterator[Call]:
    """Send an INVITE, see it ring, give what the Arrival event said."""
    made: list[Invite] = []

    async def one(*headers: bytes, source: str = "127.0.0.2", **more: bytes) -> Message:
        invite = await Invite(room.exchange.sip_port, "112", source).send(*headers, **more)
        made.append(invite)
        await invite.status(180)
        return await ami.event("UserEvent", UserEvent="Arrival")

    yield one
    for invite in made:
        invite.cancel()
        await invite.refused()
        invite.close()


@pytest.mark.parametrize(
    "headers",
    [
        [PAI + b'"Budi (ayah)" ' + NUMBER],
        [PAI + NUMBER, PAI + b"<tel:+628111>"],
        [PAI + b"<tel:+628111>", PAI + NUMBER],
        [PAI + b"<tel:+628111;phone-context=+62>"],
        [PAI + b"<sip:+628111;phone-context=+62;cpc=ordinary;verstat=No-TN-Validation@h;user=phone>"],
        [PAI + b'"Budi, x" <sip:+628111@h>, <tel:+628112>'],
        [PAI + b'"x <sip:+999@evil>" <sip:+628111@h>'],
        [PAI + b'"tel:+999" <sip:+628111@h>'],
        [PAI + b"<sip:+628111@h>", b"Privacy: id"],
        [PAI + b'"' + b"L" * 2048 + b'" <sip:+628111@h>'],
    ],
    ids=[
        "one",
        "two",
        "two, tel first",
        "tel",
        "described",
        "list",
        "number in the name",
        "tel in the name",
        "withheld",
        "long",
    ],
)
async def test_the_number_is_the_one_that_the_trusted_network_asserts(call: Call, headers: list[bytes]) -> None:
    arrival = await call(*headers, sender=b'"liar" <sip:+62999@127.0.0.2>')
    assert (first(arrival, "Number"), first(arrival, "NumberSource")) == ("+628111", "pai")


@pytest.mark.parametrize("header", [PAI + b'"broken <sip:+62', PAI + b"<sip:h>", b"X-Nothing: 1"])
async def test_without_a_usable_asserted_number_it_is_the_one_in_from(call: Call, header: bytes) -> None:
    arrival = await call(header)
    assert (first(arrival, "Number"), first(arrival, "NumberSource")) == ("+628120000001", "from")


async def test_a_trunk_may_say_that_the_number_stands_in_remote_party_id(call: Call) -> None:
    header = b'Remote-Party-ID: "R" <sip:+6282222@h>;party=calling;privacy=off'
    arrival = await call(header, PAI + NUMBER, source="127.0.0.5")
    assert (first(arrival, "Number"), first(arrival, "NumberSource")) == ("+6282222", "rpid")
    assert first(arrival, "Trunk") == "rpid"


async def test_a_trunk_may_say_that_the_number_stands_in_from(call: Call) -> None:
    arrival = await call(PAI + NUMBER, source="127.0.0.6")
    assert (first(arrival, "Number"), first(arrival, "NumberSource")) == ("+628120000001", "from")


@pytest.mark.parametrize(("sender", "number"), [(b"<sip:127.0.0.2>", ""), (b"<sip:anonymous@h>", "anonymous")])
async def test_a_caller_without_a_number_is_let_in_like_any_other(call: Call, sender: bytes, number: str) -> None:
    assert first(await call(sender=sender), "Number") == number


async def test_an_unregistered_phones_asserted_number_is_not_believed(call: Call) -> None:
    arrival = await call(PAI + NUMBER, source="127.0.0.3")
    assert (first(arrival, "Number"), first(arrival, "NumberSource")) == ("+628120000001", "from")
    assert first(arrival, "Trunk") == "any-phone"


def located(pidf: bytes) -> dict[str, bytes]:
    part = b"--b1\r\nContent-Type: application/sdp\r\n\r\n" + SDP
    part += b"\r\n--b1\r\nContent-Type: application/pidf+xml\r\nContent-ID: <loc@h>\r\n\r\n" + pidf + b"\r\n--b1--\r\n"
    return {"body": part, "kind": b"multipart/mixed;boundary=b1"}


@pytest_asyncio.fixture(loop_scope="session")
async def place_told(room: Room) -> AsyncIterator[Callable[[Message], Awaitable[str]]]:
    """The place of an arrival, as our service hears it beside Asterisk."""
    heard: list[Fact] = []
    places = Places(room.exchange.ami_port, SECRETS.ami, heard.append)
    ear = asyncio.create_task(places.run())

    async def told(message: Message) -> str:
        described = places.filled(
            inbox.arrival({name: values[0] for name, values in message.items()}, datetime.now(UTC))
        )
        if not described.location:  # Asterisk told of the call before
            await until(lambda: heard, "the caller's place")
            described = cast(CallDescribed, heard[-1])
        return described.location

    await until(lambda: places.open, "the ear is open")
    yield told
    ear.cancel()
    await asyncio.gather(ear, return_exceptions=True)


@pytest.mark.parametrize(
    "pidf",
    [PIDF, PIDF.replace(b"<gp:usage-rules/><gp:method>GPS</gp:method>", b"")],
    ids=["whole", "without what ends Asterisk's own reader"],
)
async def test_a_location_in_the_invite_is_told(
    call: Call, place_told: Callable[[Message], Awaitable[str]], pidf: bytes
) -> None:
    told = await place_told(await call(b"Geolocation: <cid:loc@h>", **located(pidf)))
    assert told == 'shape="Circle",crs="2d",pos="-6.7320 108.5523",radius="50"'


@pytest.mark.parametrize(
    "pidf",
    [PIDF[:300], b'\xff\x00<<<not xml"),)${X}', b"", PIDF.replace(b"-6.73", b'1),a:b"\r\nAction: x ${EPOCH}')],
    ids=["cut", "junk", "empty", "hostile"],
)
async def test_a_malformed_location_never_refuses_the_call(call: Call, ami: Ami, pidf: bytes) -> None:
    arrival = await call(b"Geolocation: <cid:loc@h>", **located(pidf))
    assert first(arrival, "Number") == "+628120000001"
    assert b"\r\nAction: x" not in ami.raw


HOSTILE = [
    b'"a\\"b, c: d; e) f"',
    "\"😀 Ibu 'Siti' ${EPOCH} $[1+1] a):3 %01 | & (x)\"".encode(),
    b'"\xff\xfe\xc3 abc"',
    b'"' + b"Z" * 2048 + b'"',
    b'"x%0d%0aAction: Hangup"',
    b'"\x01\x02\tq"',
    b'"`backtick`"',
    b'"`)`:):(("',
]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_is_data_and_nothing_else(call: Call, room: Room, ami: Ami, name: bytes) -> None:
    arrival = await call(PAI + name + b" <sip:+628111@h>", sender=name + b" <sip:+62812@h>")
    assert first(arrival, "Number") == "+628111"
    known = {"Event", "Privilege", "Timestamp", "SystemName", "Channel", "ChannelState", "ChannelStateDesc", "Language"}
    known |= {"CallerIDNum", "CallerIDName", "ConnectedLineNum", "ConnectedLineName", "AccountCode", "Context", "Exten"}
    known |= {"Priority", "Uniqueid", "Linkedid", "UserEvent", "Number", "NumberSource", "Trunk", "Dialled"}
    assert set(arrival) <= known | {"Recording", "Test", "Name", "Pai", "Rpid", "From", "SipCallId", "Location"}
    assert all(len(values) == 1 for values in arrival.values())
    said = unquote(first(arrival, "From"), errors="replace")
    assert said.startswith(name.decode(errors="replace").replace("`", ")")[:200])
    entry = await room.exchange.entry(first(arrival, "Uniqueid"), "in")
    assert entry.split("|")[1] == "+628111"


async def test_a_name_in_letters_of_any_alphabet_arrives_whole(call: Call) -> None:
    name = 'Zoë Müller (ibu), "Kota" 雨 أم'
    quoted = name.replace('"', '\\"').encode()
    arrival = await call(PAI + b'"' + quoted + b'" <sip:+628111@h>')
    assert unquote(first(arrival, "Name")).replace("\\", "") == name
    assert unquote(first(arrival, "Pai")).startswith('"Zoë Müller (ibu)')
