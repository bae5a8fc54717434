"""The positions' telephones: they sign in, ring for a while, lift, speak, and sometimes hang up first.

In:  names, passwords, a seeded chance. Out: `lifted`: which desk spoke with which number, and when.
Never: sound; a look at our service.
"""

import asyncio
import random
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from tests.faults.citizens import now
from tests.faults.sip import header, message, new_branch, number_in, proof, reply, sdp

SIGNS_IN_EVERY_S = 4.0


@dataclass(frozen=True)
class Habits:
    """How she works, in seconds: from, to."""

    rings: tuple[float, float] = (0.1, 1.0)
    speaks: tuple[float, float] = (1.0, 6.0)
    answers: bool = True


@dataclass(eq=False)
class Lifted:
    """One call at a desk."""

    desk: str
    number: str
    at: datetime
    hung_up: bool = False  # she, and not the other side


class Desk(asyncio.DatagramProtocol):
    """One SIP account on one UDP port."""

    def __init__(self, name: str, password: str, port: int, chance: random.Random, habits: Habits) -> None:
        self.name, self.password, self.port, self.chance, self.habits = name, password, port, chance, habits
        self.tag, self.turn, self.lifted = secrets.token_hex(4), 0, list[Lifted]()
        self.signed_in = asyncio.Event()
        self._invites: dict[str, str] = {}  # Call-ID -> INVITE, while it rings
        self._speaking: dict[str, str] = {}  # Call-ID -> INVITE, from 200 to BYE
        self._now: dict[str, Lifted] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    async def start(self) -> Self:
        self.loop = asyncio.get_running_loop()
        self.transport, _ = await self.loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.here = f"127.0.0.1:{self.transport.get_extra_info('sockname')[1]}"
        self.keeper = asyncio.create_task(self._keep_signed_in())
        return self

    async def _keep_signed_in(self) -> None:
        while True:
            self._register()
            await asyncio.sleep(SIGNS_IN_EVERY_S)

    def close(self) -> None:
        self.keeper.cancel()
        for timer in self._timers.values():
            timer.cancel()
        self.transport.close()

    def asterisk_died(self, _: datetime) -> None:
        """No more of any of it."""
        for timer in self._timers.values():
            timer.cancel()
        for each in (self._timers, self._invites, self._speaking):
            each.clear()
        self.signed_in.clear()
        self._register()

    def _register(self, more: str = "") -> None:
        self.turn += 1
        uri = f"sip:127.0.0.1:{self.port}"
        lines = [
            f"Via: SIP/2.0/UDP {self.here};branch={new_branch()}",
            f"From: <sip:{self.name}@127.0.0.1>;tag={self.tag}",
            f"To: <sip:{self.name}@127.0.0.1>",
            f"Call-ID: {self.tag}",
            f"CSeq: {self.turn} REGISTER",
            f"Contact: <sip:{self.name}@{self.here}>",
            "Expires: 3600",
            "Max-Forwards: 70",
            *([more] if more else []),
        ]
        self._send(message(f"REGISTER {uri} SIP/2.0", lines))

    def _send(self, data: bytes) -> None:
        self.transport.sendto(data, ("127.0.0.1", self.port))

    def error_received(self, _: Exception) -> None:
        """Asterisk is away."""

    def datagram_received(self, data: bytes, _: object) -> None:
        text = data.decode(errors="replace")
        word, call = text.split(" ", 1)[0], header(text, "Call-ID")
        if word == "SIP/2.0":
            self._heard(text)
        elif word == "INVITE":
            self._rings(text, call)
        elif word == "ACK":
            self._acknowledged(call)
        elif word == "CANCEL":
            self._send(reply(text, "200 OK", self.tag))
            if (invite := self._invites.pop(call, None)) is not None:
                self._after(call)
                self._send(reply(invite, "487 Request Terminated", self.tag))
        else:
            if word == "BYE":
                self._speaking.pop(call, None)
                self._after(call)
            self._send(reply(text, "200 OK", self.tag))

    def _heard(self, text: str) -> None:
        if not header(text, "CSeq").endswith("REGISTER"):
            return
        if text.startswith("SIP/2.0 401"):
            uri = f"sip:127.0.0.1:{self.port}"
            self._register(proof(header(text, "WWW-Authenticate"), self.name, self.password, uri))
        elif text.startswith("SIP/2.0 200"):
            self.signed_in.set()

    def _after(self, call: str, seconds: float | None = None, *what: object) -> None:
        """The next thing that this telephone does by itself in that call; without one: nothing any more."""
        if (old := self._timers.pop(call, None)) is not None:
            old.cancel()
        if seconds is not None:
            self._timers[call] = self.loop.call_later(seconds, *what)  # type: ignore[arg-type]

    def _rings(self, text: str, call: str) -> None:
        if call in self._invites or call in self._speaking:  # again, or a change of the same call
            if "tag=" in header(text, "To"):
                self._send(reply(text, "200 OK", self.tag, f"sip:{self.name}@{self.here}", sdp(9)))
            return
        if self._speaking:
            self._send(reply(text, "486 Busy Here", self.tag))
            return
        self._invites[call] = text
        self._send(reply(text, "180 Ringing", self.tag, f"sip:{self.name}@{self.here}"))
        if self.habits.answers:
            self._after(call, self.chance.uniform(*self.habits.rings), self._lifts, call, 0.5)

    def _lifts(self, call: str, again: float) -> None:
        invite = self._invites.get(call)
        if invite is None or again > 8:
            return
        self._send(reply(invite, "200 OK", self.tag, f"sip:{self.name}@{self.here}", sdp(9)))
        self._after(call, again, self._lifts, call, again * 2)

    def _acknowledged(self, call: str) -> None:
        invite = self._invites.pop(call, None)
        if invite is None or call not in self._timers:
            return
        self._speaking[call] = invite
        self._now[call] = Lifted(self.name, number_in(header(invite, "From")), now())
        self.lifted.append(self._now[call])
        self._after(call, self.chance.uniform(*self.habits.speaks), self._hangs_up, call)

    def _hangs_up(self, call: str) -> None:
        invite = self._speaking.pop(call, None)
        if invite is None:
            return
        self._now[call].hung_up = True
        target = header(invite, "Contact").strip("<>").split(">")[0]
        lines = [
            f"Via: SIP/2.0/UDP {self.here};branch={new_branch()}",
            f"From: {header(invite, 'To')};tag={self.tag}",
            f"To: {header(invite, 'From')}",
            f"Call-ID: {call}",
            "CSeq: 1 BYE",
            "Max-Forwards: 70",
        ]
        self._send(message(f"BYE {target} SIP/2.0", lines))
