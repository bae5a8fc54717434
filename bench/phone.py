"""A position's phone that only rings, and says when: the called side's clock.

In:  a name, its password. Out: the moment of each INVITE (time.perf_counter), in `rang`.
Never: answers, sound. It gives up when it is told to (CANCEL).
"""

import asyncio
import hashlib
import re
import secrets
import time
from typing import Any, Self

QUOTED = re.compile(r'(\w+)="([^"]*)"')
PATIENCE_S = 10.0


class Phone(asyncio.DatagramProtocol):
    """One SIP account on one UDP port."""

    def __init__(self, name: str, password: str, port: int) -> None:
        self.name, self.password, self.port = name, password, port
        self.tag = secrets.token_hex(4)
        self.rang: asyncio.Queue[float] = asyncio.Queue()
        self.quiet = asyncio.Event()
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._invites: dict[str, str] = {}

    async def sign_in(self, at: int = 0) -> Self:
        """From this port, or any."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", at), remote_addr=("127.0.0.1", self.port)
        )
        self.here = f"127.0.0.1:{self._transport.get_extra_info('sockname')[1]}"
        self._register(1)
        asked = dict(QUOTED.findall(await self._answer()))
        self._register(2, self._proof(asked["realm"], asked["nonce"], asked.get("opaque", "")))
        assert (await self._answer()).startswith("SIP/2.0 200")
        return self

    async def _answer(self) -> str:
        return await asyncio.wait_for(self._answers.get(), PATIENCE_S)

    def _register(self, turn: int, proof: str = "") -> None:
        lines = [
            f"REGISTER sip:127.0.0.1:{self.port} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.here};branch=z9hG4bK{secrets.token_hex(6)}",
            f"From: <sip:{self.name}@127.0.0.1>;tag={self.tag}",
            f"To: <sip:{self.name}@127.0.0.1>",
            f"Call-ID: {self.tag}",
            f"CSeq: {turn} REGISTER",
            f"Contact: <sip:{self.name}@{self.here}>",
            "Expires: 3600",
            "Max-Forwards: 70",
            *([proof] if proof else []),
            "Content-Length: 0",
        ]
        self._transport.sendto("\r\n".join([*lines, "", ""]).encode())

    def _proof(self, realm: str, nonce: str, opaque: str) -> str:
        """Digest, MD5, qop=auth."""
        uri, once = f"sip:127.0.0.1:{self.port}", secrets.token_hex(8)
        first, second = _md5(f"{self.name}:{realm}:{self.password}"), _md5(f"REGISTER:{uri}")
        response = _md5(f"{first}:{nonce}:00000001:{once}:auth:{second}")
        return (
            f'Authorization: Digest username="{self.name}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'response="{response}", cnonce="{once}", nc=00000001, qop=auth, opaque="{opaque}", algorithm=MD5'
        )

    def datagram_received(self, data: bytes, _: Any) -> None:
        now, text = self.now(), data.decode()
        word = text.split(" ", 1)[0]
        if word == "SIP/2.0":
            self._answers.put_nowait(text)
        elif word == "INVITE":
            self.quiet.clear()
            if text not in self._invites.values():  # the same bytes again: a repetition
                self._invites[_header(text, "Call-ID")] = text
                self.rang.put_nowait(now)
            self._reply(text, "180 Ringing")
        elif word == "CANCEL":
            self._reply(text, "200 OK")
            self._reply(self._invites.pop(_header(text, "Call-ID")), "487 Request Terminated")
        elif word == "ACK":
            self.quiet.set()
        else:
            self._reply(text, "200 OK")

    def _reply(self, request: str, status: str) -> None:
        copied = [line for line in request.split("\r\n") if line.startswith(("Via:", "From:", "Call-ID:", "CSeq:"))]
        to = f"To: {_header(request, 'To')};tag={self.tag}"
        lines = [f"SIP/2.0 {status}", *copied, to, f"Contact: <sip:{self.name}@{self.here}>", "Content-Length: 0"]
        self._transport.sendto("\r\n".join([*lines, "", ""]).encode())

    @staticmethod
    def now() -> float:
        """The clock of `rang`."""
        return time.perf_counter()

    def close(self) -> None:
        self._transport.close()


def _header(text: str, name: str) -> str:
    return next(line.split(":", 1)[1].strip() for line in text.split("\r\n") if line.startswith(name + ":"))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
