"""An INVITE, byte by byte, for what no telephone would send.

In:  any header bytes. Out: the status lines that come back; then CANCEL.
Never: sound; a call is only begun and given up.
"""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Self

from tests.live.waiting import until

SDP = (
    b"v=0\r\no=a 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)


class Invite(asyncio.DatagramProtocol):
    """One attempt to call."""

    def __init__(self, exchange_port: int, dialled: str, source: str = "127.0.0.2") -> None:
        self.port, self.dialled, self.source = exchange_port, dialled.encode(), source
        self.method = b"INVITE"
        self.answers: list[bytes] = []
        self.id, self.branch, self.tag = secrets.token_hex(8), secrets.token_hex(8), secrets.token_hex(4)

    async def send(
        self,
        *headers: bytes,
        sender: bytes = b"<sip:+628120000001@127.0.0.2>",
        body: bytes = SDP,
        kind: bytes = b"application/sdp",
    ) -> Self:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(self.source, 0), remote_addr=("127.0.0.1", self.port)
        )
        self.sender = sender
        content: tuple[bytes, ...] = (b"Content-Type: " + kind, b"Content-Length: %d" % len(body))
        self.transport.sendto(self._message(self.method, (*headers, *content), body))
        return self

    def _message(self, method: bytes, more: Sequence[bytes] = (), body: bytes = b"", to: bytes = b"") -> bytes:
        here = b"%s:%d" % (self.source.encode(), self.transport.get_extra_info("sockname")[1])
        to = to or b"To: <sip:%s@127.0.0.1>" % self.dialled
        lines = [
            b"%s sip:%s@127.0.0.1:%d SIP/2.0" % (method, self.dialled, self.port),
            b"Via: SIP/2.0/UDP %s;branch=z9hG4bK%s" % (here, self.branch.encode()),
            b"From: %s;tag=%s" % (self.sender, self.tag.encode()),
            to,
            b"Call-ID: " + self.id.encode(),
            b"CSeq: 1 " + method,
            b"Contact: <sip:test@%s>" % here,
            b"Max-Forwards: 70",
            *(more or (b"Content-Length: 0",)),
        ]
        return b"\r\n".join([*lines, b"", body])

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not data.startswith(b"SIP/2.0"):
            return
        self.answers.append(data)
        if int(data.split()[1]) >= 200 and b"CSeq: 1 INVITE" in data:
            to = next(line for line in data.split(b"\r\n") if line.lower().startswith(b"to:"))
            self.transport.sendto(self._message(b"ACK", to=to))

    @property
    def statuses(self) -> list[int]:
        return [int(each.split()[1]) for each in self.answers]

    async def status(self, *wanted: int) -> int:
        """The first of these that came."""
        return await until(
            lambda: next((each for each in self.statuses if each in wanted), 0), f"{wanted}, got {self.statuses}"
        )

    async def refused(self) -> int:
        """The final answer, which is a refusal."""
        return await until(lambda: next((each for each in self.statuses if each >= 300), 0), "a refusal")

    def cancel(self) -> None:
        self.transport.sendto(self._message(b"CANCEL"))

    def close(self) -> None:
        self.transport.close()
