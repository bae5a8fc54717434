"""Citizens who dial 112 over an operator's line, and the exact log of what each of them met.

In:  who dials, how long he waits and speaks. Out: `log`: one Dialled for each, by the caller's own clock.
Never: a look at Asterisk or at our service: the log is the other side of the comparison.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from tests.faults.sip import BRANCH, header, message, new_branch, reply, sdp

OPERATOR = "127.0.0.2"
FIRST_AGAIN_S, LONGEST_AGAIN_S, GIVES_UP_S = 0.5, 4.0, 32.0
"""SIP over UDP sends again what was not answered: RFC 3261, 17.1.1.2."""


class End(StrEnum):
    """Who ended it."""

    CALLER = "caller"  # he hung up
    ROOM = "room"  # the other side did
    DEATH = "death"  # Asterisk died under him
    REFUSED = "refused"  # no 2xx ever, a final refusal
    UNREACHED = "unreached"  # nobody answered his INVITE at all


@dataclass(eq=False)
class Dialled:
    """One caller's log."""

    number: str  # what he is known by; empty: nothing at all
    waits_s: float
    speaks_s: float
    withheld: bool = False
    id: str = field(default_factory=lambda: f"{secrets.token_hex(8)}@faults")
    dialled_at: datetime | None = None
    heard_at: datetime | None = None  # the first sign that Asterisk has it (100)
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    gave_up_at: datetime | None = None  # CANCEL
    ended_at: datetime | None = None
    end: End | None = None
    status: int = 0  # of the INVITE

    @property
    def crossed(self) -> bool:
        """He gave up in the moment in which he was answered."""
        return self.gave_up_at is not None and self.answered_at is not None


def now() -> datetime:
    return datetime.now(UTC)


class Citizens(asyncio.DatagramProtocol):
    """All callers, behind the operator's one address."""

    def __init__(self, port: int, clock: Callable[[], datetime] = now) -> None:
        self.port, self.clock = port, clock
        self.log: list[Dialled] = []
        self._legs: dict[str, Leg] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> Self:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(OPERATOR, 0))
        self.here = f"{OPERATOR}:{self.transport.get_extra_info('sockname')[1]}"
        return self

    def dial(self, who: Dialled) -> Dialled:
        """He dials, now."""
        leg = self._legs[who.id] = Leg(who, self)
        self.log.append(who)
        task = asyncio.create_task(leg.live())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return who

    @property
    def open(self) -> list[Dialled]:
        """Who is on the line now."""
        return [who for who in self.log if who.end is None]

    def asterisk_died(self, at: datetime) -> None:
        """Whoever Asterisk had on the line hears nothing any more, and hangs up."""
        for leg in list(self._legs.values()):
            if leg.who.heard_at is not None:
                leg.over(End.DEATH, at)

    def forget(self, who: Dialled) -> None:
        self._legs.pop(who.id, None)

    def datagram_received(self, data: bytes, _: object) -> None:
        text = data.decode(errors="replace")
        leg = self._legs.get(header(text, "Call-ID"))
        if leg is not None:
            leg.hears(text)
        elif not text.startswith("SIP/2.0") and not text.startswith("ACK"):
            known = text.startswith("OPTIONS")
            self.send(reply(text, "200 OK" if known else "481 No Such Call", "x"))

    def error_received(self, _: Exception) -> None:
        """Nobody at the other end: SIP tries again."""

    def send(self, data: bytes) -> None:
        self.transport.sendto(data, ("127.0.0.1", self.port))

    async def hang_up_all(self) -> None:
        for leg in list(self._legs.values()):
            leg.enough.set()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=10)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self.transport.close()


class Leg:
    """One caller's dialogue."""

    def __init__(self, who: Dialled, line: Citizens) -> None:
        self.who, self.line = who, line
        self.branch, self.tag, self.to = new_branch(), secrets.token_hex(4), "<sip:112@127.0.0.1>"
        self.target = f"sip:112@127.0.0.1:{line.port}"
        self.heard, self.final, self.ended, self.enough = (asyncio.Event() for _ in range(4))

    async def live(self) -> None:
        self.who.dialled_at = self.line.clock()
        if not await self._dials():
            self.over(End.UNREACHED)
            return
        if not await self._within(self.who.waits_s, self.final, self.ended):
            self.who.gave_up_at = self.line.clock()
            self.line.send(self._request("CANCEL", 1, branch=self.branch))
            await self._within(4.0, self.final, self.ended, patient=True)
        if self.ended.is_set():
            return
        if self.who.answered_at is None:  # the refusal of a CANCEL, or no answer at all
            self.over(End.CALLER if self.who.gave_up_at else End.REFUSED)
            return
        if self.who.gave_up_at is None:
            await self._within(self.who.speaks_s, self.enough, self.ended)
        if not self.ended.is_set():
            self.over(End.CALLER)
            self.line.send(self._request("BYE", 2))

    async def _dials(self) -> bool:
        """Until somebody says anything."""
        again, left = FIRST_AGAIN_S, GIVES_UP_S
        while left > 0:
            self.line.send(self._invite())
            if await self._within(again, self.heard, self.ended, patient=True):
                return True
            left, again = left - again, min(again * 2, LONGEST_AGAIN_S)
        return False

    async def _within(self, seconds: float, *events: asyncio.Event, patient: bool = False) -> bool:
        """One of them happened in time. `enough` cuts the waiting short, unless he is patient."""
        waits = [asyncio.create_task(event.wait()) for event in (*events, *([] if patient else [self.enough]))]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        return any(event.is_set() for event in events)

    def over(self, end: End, at: datetime | None = None) -> None:
        if self.who.end is None:
            self.who.end, self.who.ended_at = end, at or self.line.clock()
        self.ended.set()
        asyncio.get_running_loop().call_later(10, self.line.forget, self.who)  # repetitions are still answered

    def hears(self, text: str) -> None:
        if not text.startswith("SIP/2.0"):
            self._asked(text)
            return
        status = int(text.split(" ", 2)[1])
        if not header(text, "CSeq").endswith("INVITE"):
            return
        self.heard.set()
        self.who.heard_at = self.who.heard_at or self.line.clock()
        if status >= 200:
            self._answered(text, status)
        elif status >= 180:
            self.who.ringing_at = self.who.ringing_at or self.line.clock()

    def _asked(self, text: str) -> None:
        if text.startswith("BYE"):
            self.line.send(reply(text, "200 OK", self.tag))
            self.over(End.ROOM)
        elif not text.startswith("ACK"):
            self.line.send(reply(text, "200 OK", self.tag, f"sip:citizen@{self.line.here}"))

    def _answered(self, text: str, status: int) -> None:
        self.to = header(text, "To")
        if status < 300:
            self.target = header(text, "Contact").strip("<>").split(">")[0] or self.target
            self.line.send(self._request("ACK", 1))
            if self.who.end is End.DEATH:
                return
            self.who.answered_at = self.who.answered_at or self.line.clock()
        else:
            self.line.send(self._request("ACK", 1, branch=self.branch))
        self.who.status = status
        self.final.set()

    def _from(self) -> str:
        if self.who.withheld:
            return f'"Anonymous" <sip:anonymous@anonymous.invalid>;tag={self.tag}'
        return f"<sip:{self.who.number}@{OPERATOR}>;tag={self.tag}"

    def _invite(self) -> bytes:
        vouched = [f"P-Asserted-Identity: <sip:{self.who.number}@operator.example>"] if self.who.number else []
        more = [*vouched, *(["Privacy: id"] if self.who.withheld else [])]
        return self._request("INVITE", 1, more, sdp(9), branch=self.branch)

    def _request(
        self, method: str, turn: int, more: list[str] | None = None, body: str = "", *, branch: str = ""
    ) -> bytes:
        assert not branch or branch.startswith(BRANCH)
        lines = [
            f"Via: SIP/2.0/UDP {self.line.here};branch={branch or new_branch()}",
            f"From: {self._from()}",
            f"To: {self.to}",
            f"Call-ID: {self.who.id}",
            f"CSeq: {turn} {method}",
            f"Contact: <sip:citizen@{self.line.here}>",
            "Max-Forwards: 70",
            *(more or []),
        ]
        return message(f"{method} {self.target} SIP/2.0", lines, body)
