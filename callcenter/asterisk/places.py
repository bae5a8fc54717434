"""Where a caller is, as the network or his phone wrote it into the INVITE (PIDF-LO, RFC 6442).

In:  a copy of each SIP message that Asterisk hears, by UDP on loopback (HEPv3: hep.conf); hostile in every byte.
Out: `shape="Circle",crs="2d",pos="-6.7320 108.5523",radius="50"`, laid into what is told of that call, or told late.
Never: an exception; a call that waits for it; Asterisk's own reading of it: a location without usage-rules, which any
caller can send, ends Asterisk 22.10 and every call in it (a null pointer in res_geolocation).
"""

import asyncio
import contextlib
import email
import hmac
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import Message
from typing import TypeVar
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from callcenter.core.facts import CallDescribed, Fact

T = TypeVar("T")
log = logging.getLogger(__name__)

HOST = "127.0.0.1"
AGAIN_S = 5.0
REMEMBERED = 500
"""Places without a call yet, and calls without a place yet: of the last minutes, whatever somebody sends."""

LONGEST = 300
LONGEST_XML = 60_000
PAYLOAD, KEY = 0x000F, 0x000E
GEOPRIV = "{urn:ietf:params:xml:ns:pidf:geopriv10}location-info"
SHAPES = ("{http://www.opengis.net/gml}", "{http://www.opengis.net/pidflo/1.0}")
CRS = {"urn:ogc:def:crs:EPSG::4326": "2d", "urn:ogc:def:crs:EPSG::4979": "3d"}
FORMS = ((re.compile(rb"(?m)^([!-9;-~]+)[ \t]+:"), rb"\1:"), (re.compile(rb"(?mi)^c:"), b"Content-Type:"))
"""SIP's own ways to write a header, and what mail knows."""
URI = re.compile(r"<(https?://[^<>\"\s]{1,200})>")


def key(secret: str) -> str:
    """What Asterisk proves itself with: worked out from the manager account's secret, which it does not tell."""
    return hmac.new(secret.encode(), b"places", "sha256").hexdigest()[:32]


class Places(asyncio.DatagramProtocol):
    """The open ear, and what it has heard."""

    def __init__(
        self, port: int, secret: str, hear: Callable[[Fact], None], distrusted: frozenset[str] = frozenset()
    ) -> None:
        """`distrusted`: trunks whose word is not believed."""
        self._port, self._key, self._hear, self._distrusted = port, key(secret).encode(), hear, distrusted
        self._heard: dict[str, str] = {}  # the SIP Call-ID -> a place
        self._waiting: dict[str, CallDescribed] = {}
        self.open = False

    async def run(self) -> None:
        """Until cancelled. A port that somebody has is tried again: without it calls have no place, and that is all."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, self._port))
            except OSError as taken:
                log.warning("callers' places are not heard: UDP port %d cannot be opened (%s)", self._port, taken)
                await asyncio.sleep(AGAIN_S)
                continue
            self.open = True
            try:
                await loop.create_future()
            finally:
                self.open = False
                transport.close()

    def datagram_received(self, data: bytes, addr: object) -> None:
        chunks = dict(_chunks(data))
        if not hmac.compare_digest(chunks.get(KEY, b""), self._key):
            return
        with contextlib.suppress(Exception):  # a parser's mistake over somebody's bytes is no mistake of the line
            call, place = place_of(chunks.get(PAYLOAD, b""))
            if call and place:
                self._found(call, place)

    def _found(self, call: str, place: str) -> None:
        told = self._waiting.pop(call, None)
        if told is not None:  # Asterisk was faster
            self._hear(replace(told, location=place))
        else:
            _remember(self._heard, call, place)

    def filled(self, told: CallDescribed) -> CallDescribed:
        """The same with its place, where one has come."""
        if told.location or not told.sip_call_id or told.trunk in self._distrusted:
            return told
        place = self._heard.pop(told.sip_call_id, "")
        if not place:
            _remember(self._waiting, told.sip_call_id, told)
        return replace(told, location=place)


def _remember(book: dict[str, T], call: str, what: T) -> None:
    book[call] = what
    while len(book) > REMEMBERED:
        del book[next(iter(book))]


def _chunks(packet: bytes) -> Iterator[tuple[int, bytes]]:
    """HEPv3: vendor, kind, length (with these six bytes), content."""
    if packet[:4] != b"HEP3":
        return
    at = 6
    while at + 6 <= len(packet):
        vendor, kind, length = (int.from_bytes(packet[at + n : at + n + 2]) for n in (0, 2, 4))
        if length < 6:
            return
        if vendor == 0:
            yield kind, packet[at + 6 : at + length]
        at += length


def place_of(sip: bytes) -> tuple[str, str]:
    """An INVITE's Call-ID as our dialplan tells it, and the place in it; "" where there is none."""
    first, _, rest = sip.partition(b"\r\n")
    head, _, body = rest.partition(b"\r\n\r\n")
    if not first.startswith(b"INVITE ") or b"geolocation" not in head.lower():
        return "", ""
    for form, plain in FORMS:
        head = form.sub(plain, head)
    said = email.message_from_bytes(head + b"\r\n\r\n" + body)
    call = str(said["Call-ID"] or said["i"] or "").strip()[:200]
    texts = (_text_of(part) for part in said.walk() if part.get_content_type() == "application/pidf+xml")
    places = (place for place in map(read_pidf, texts) if place)
    return call, next(places, "") or _reference(" ".join(map(str, said.get_all("Geolocation", []))))


def _text_of(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _reference(header: str) -> str:
    found = URI.search(header)
    return f'URI="{found[1]}"' if found else ""


def read_pidf(text: bytes) -> str:
    """The first shape in it, else the first address; "" where there is neither. No document may define words of its
    own: they could grow without end, or name a file."""
    if len(text) > LONGEST_XML or b"<!DOCTYPE" in text:
        return ""
    try:
        inside = [each for info in ElementTree.fromstring(text).iter(GEOPRIV) for each in info]  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError):
        return ""
    shapes = (each for each in inside if str(each.tag).startswith(SHAPES))
    addresses = (each for each in inside if str(each.tag).endswith("}civicAddress"))
    return next(map(_shape, shapes), "") or next(map(_words, addresses), "")


def _shape(found: Element) -> str:
    crs = CRS.get(found.get("srsName", ""), "unknown")
    words = [f'shape="{_name(found)}"', f'crs="{crs}"', _words(found)]
    return _cut(",".join(word for word in words if word))


def _words(found: Element) -> str:
    return _cut(
        ",".join(f'{_name(each)}="{_plain(each.text)}"' for each in found.iter() if not len(each) and each.text)
    )


def _cut(text: str) -> str:
    """Whole words of it."""
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(",")[0]


def _name(found: Element) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", str(found.tag).rpartition("}")[2])[:40]


def _plain(text: str | None) -> str:
    return "".join(c for c in " ".join((text or "").split()) if c.isprintable()).replace('"', "'")
