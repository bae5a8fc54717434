"""Where a caller is: whatever is written into an INVITE is read or passed over, and nothing else happens."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from callcenter.asterisk.places import KEY, PAYLOAD, Places, key, place_of, read_pidf
from callcenter.core.facts import CallDescribed, Fact

T0 = datetime(2026, 11, 22, tzinfo=UTC)

GML, PIDFLO = 'xmlns="http://www.opengis.net/gml"', 'xmlns:gs="http://www.opengis.net/pidflo/1.0"'
POINT = f'<Point {GML} srsName="urn:ogc:def:crs:EPSG::4326"><pos>\n -6.7320  108.5523 </pos></Point>'
CIRCLE = (
    f'<gs:Circle {PIDFLO} srsName="urn:ogc:def:crs:EPSG::4326"><pos {GML}>-6.7320 108.5523</pos>'
    '<gs:radius uom="urn:ogc:def:uom:EPSG::9001">50</gs:radius></gs:Circle>'
)
CIVIC = (
    '<civicAddress xmlns="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"><country>ID</country>'
    '<RD>Jl. "Kartini", 48</RD><HNO/></civicAddress>'
)
AT_THE_POINT = 'shape="Point",crs="2d",pos="-6.7320 108.5523"'
IN_THE_CIRCLE = 'shape="Circle",crs="2d",pos="-6.7320 108.5523",radius="50"'
SDP = "v=0\r\no=a 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"


def pidf(*inside: str, around: str = "tuple", rules: str = "") -> bytes:
    """As phones and networks write it; `rules` (usage-rules) is what Asterisk's own reader dies without."""
    infos = "".join(f"<location-info>{each}</location-info>" for each in inside)
    geopriv = f'<geopriv xmlns="urn:ietf:params:xml:ns:pidf:geopriv10">{infos}{rules}</geopriv>'
    body = f'<{around} id="x"><!-- a remark --><status>{geopriv}</status></{around}>'
    return f'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:x@h">{body}</presence>'.encode()


def invite(text: bytes, *headers: str, kind: str = 'multipart/mixed;boundary="b 1"', first: str = "INVITE") -> bytes:
    part = b"--b 1\r\nContent-Type: application/sdp\r\n\r\n" + SDP.encode() + b"\r\n--b 1\r\n"
    part += b"Content-Type: application/pidf+xml\r\nContent-ID: <loc@h>\r\n\r\n" + text + b"\r\n--b 1--\r\n"
    lines = [f"{first} sip:112@h SIP/2.0", "Via: SIP/2.0/UDP h", *(headers or ("Geolocation: <cid:loc@h>",))]
    head = "\r\n".join([*lines, "Call-ID: abc@h", f"Content-Type: {kind}", "", ""])
    return head.encode() + part


def packet(payload: bytes, secret: str = "ami") -> bytes:
    """As Asterisk copies it: HEPv3."""
    chunks = [(0, KEY, key(secret).encode()), (9, PAYLOAD, b"somebody else's"), (0, PAYLOAD, payload)]
    inside = b"".join(
        vendor.to_bytes(2) + kind.to_bytes(2) + (len(text) + 6).to_bytes(2) + text for vendor, kind, text in chunks
    )
    return b"HEP3" + (len(inside) + 6).to_bytes(2) + inside


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (pidf(POINT), AT_THE_POINT),
        (pidf(CIRCLE, rules="<usage-rules/>"), IN_THE_CIRCLE),
        (pidf(POINT, around="person"), AT_THE_POINT),
        (pidf(CIVIC, CIRCLE), IN_THE_CIRCLE),
        (pidf(CIVIC), 'country="ID",RD="Jl. \'Kartini\', 48"'),
        (pidf(CIRCLE.replace("4326", "4979")), IN_THE_CIRCLE.replace("2d", "3d")),
        (pidf(POINT.replace("srsName", "other")), AT_THE_POINT.replace("2d", "unknown")),
        (pidf(POINT.replace("-6", "${FILE(/etc/passwd)}-6")), AT_THE_POINT.replace("-6", "${FILE(/etc/passwd)}-6")),
        (pidf(f"<Point {GML}/>"), 'shape="Point",crs="unknown"'),
        (pidf(""), ""),
        (pidf(), ""),
        (pidf(POINT)[:200], ""),
        (b"", ""),
        (b"\xff\x00<<<not xml", ""),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + pidf(POINT.replace("-6", "&e;")), ""),
        (b"<a>" * 20_000, ""),
        (pidf(POINT) + b" " * 60_000, ""),
    ],
)
def test_a_place_is_read_from_any_form_and_nothing_from_none(text: bytes, place: str) -> None:
    assert read_pidf(text) == place


def test_what_is_long_is_cut_between_its_words() -> None:
    corners = "".join(f"<pos>-6.7{n} 108.5{n}</pos>" for n in range(100, 200))
    said = read_pidf(pidf(f"<Polygon {GML}>{corners}</Polygon>"))
    assert said.startswith('shape="Polygon",crs="unknown",pos="-6.7100 108.5100",') and said.endswith('"')
    assert 250 < len(said) <= 300


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (invite(pidf(CIRCLE)), IN_THE_CIRCLE),
        (invite(pidf(CIRCLE), "geolocation : <cid:other@h>"), IN_THE_CIRCLE),
        (invite(pidf(CIRCLE)).replace(b"Content-Type: mul", b"c: mul").replace(b"Call-ID:", b"i :"), IN_THE_CIRCLE),
        (invite(pidf(CIRCLE), "Geolocation: <https://lis.example/1>, <cid:loc@h>"), IN_THE_CIRCLE),
        (invite(b"", "Geolocation: <https://lis.example/1?a=b,c>"), 'URI="https://lis.example/1?a=b,c"'),
        (invite(pidf(POINT), kind="multipart/mixed"), ""),
        (invite(pidf(POINT), "X: y"), ""),
        (invite(pidf(POINT), first="MESSAGE"), ""),
        (b"INVITE sip:112@h SIP/2.0\r\nGeolocation: <cid:x>\r\nCall-ID: abc@h\r\n\r\n", ""),
        (b"INVITE sip:112@h SIP/2.0\r\nGeolocation: <cid:x>", ""),
    ],
)
def test_a_place_is_found_in_an_invite_however_it_is_written(message: bytes, place: str) -> None:
    assert place_of(message)[1] == place
    if place:
        assert place_of(message)[0] == "abc@h"


def told(call: str = "abc@h") -> CallDescribed:
    return CallDescribed("e112-1.1", T0, "+628111", "pai", sip_call_id=call)


def test_whoever_is_first_the_call_has_its_place() -> None:
    heard: list[Fact] = []
    places = Places(1, "ami", heard.append)
    places.datagram_received(packet(invite(pidf(CIRCLE))), None)
    assert places.filled(told()).location == IN_THE_CIRCLE
    assert places.filled(told()).location == ""  # each is for one call
    places.datagram_received(packet(invite(pidf(POINT))), None)
    assert [each.location for each in heard if isinstance(each, CallDescribed)] == [AT_THE_POINT]


def test_a_trunk_that_is_not_trusted_tells_no_place() -> None:
    heard: list[Fact] = []
    places = Places(1, "ami", heard.append, frozenset({"reseller"}))
    places.datagram_received(packet(invite(pidf(CIRCLE))), None)
    assert places.filled(replace(told(), trunk="reseller")).location == ""
    assert places.filled(replace(told("late@h"), trunk="reseller")).location == ""
    places.datagram_received(packet(invite(pidf(CIRCLE)).replace(b"abc@h", b"late@h")), None)
    assert heard == []


def test_only_asterisk_is_believed_and_nothing_that_is_sent_does_harm() -> None:
    heard: list[Fact] = []
    places = Places(1, "ami", heard.append)
    nested = b"".join(b"--%d\r\nContent-Type: multipart/mixed;boundary=%d\r\n\r\n" % (n, n + 1) for n in range(900))
    deep = b"INVITE x\r\nGeolocation: <cid:x>\r\nCall-ID: abc@h\r\nContent-Type: multipart/mixed;boundary=0\r\n\r\n"
    noise = [hashlib.sha512(b"%d" % n).digest() * 3 for n in range(50)]
    whole = packet(invite(pidf(CIRCLE)))
    cut = [whole[:n] for n in range(0, len(whole) - 60, 7)]
    for data in [packet(invite(pidf(CIRCLE)), "another"), b"HEP3", packet(deep + nested), *noise, *cut]:
        places.datagram_received(data, None)
    assert places.filled(told()).location == ""
    for n in range(2000):  # calls without a place, and places without a call: neither is kept for ever
        places.filled(told(f"{n}@h"))
        places.datagram_received(packet(invite(pidf(CIRCLE)).replace(b"abc@h", b"x%d@h" % n)), None)
    assert len(places._heard) <= 500 and len(places._waiting) <= 500
