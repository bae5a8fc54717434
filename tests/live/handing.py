"""Our service as far as a hand-over matters: switchboard, link, chains; it can be killed and begins again.

In:  a room, the agencies. Out: one life of the service, with the calls as the journal would keep them.
Never: a database or a page: those have tests of their own.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from callcenter.asterisk.exchange import Exchange, Known
from callcenter.asterisk.inbox import House
from callcenter.asterisk.records import Records
from callcenter.chains import Chains
from callcenter.core.agency import Agency, Line
from callcenter.core.attempt import Attempt
from callcenter.core.call import Call
from callcenter.core.catalogue import always
from callcenter.core.codec import from_plain, to_plain
from callcenter.core.facts import Fact
from callcenter.core.forward import USUAL
from callcenter.core.reconcile import read_from
from callcenter.core.share import Mode
from callcenter.core.wishes import Forward
from callcenter.switchboard import Switchboard
from tests.live.conftest import AGENCY_PHONES, Room
from tests.live.house import SECRETS
from tests.live.softphone import Phone, speak
from tests.live.waiting import PATIENT_S, until


def now() -> datetime:
    return datetime.now(UTC)


def agency(
    room: Room, code: str, *phones: str, together: bool = False, escalation: str = "", ring_s: int = 60
) -> Agency:
    """An agency whose chain is these phones. None is given up while the test comes to its next line."""
    lines = [
        Line(AGENCY_PHONES.get(name, "118"), f"sip:127.0.0.4:{room.ports[name]}", ring_s, order=int(together))
        for name in phones
    ]
    return Agency(code, "113", code.capitalize(), code, tuple(lines), escalation)


@dataclass
class Life:
    """One life of the service."""

    board: Switchboard
    exchange: Exchange
    kept: dict[str, object] = field(default_factory=dict)  # the calls' rows, as JSON
    facts: list[Fact] = field(default_factory=list)

    def call(self, id_: str) -> Call:
        """As it was kept last."""
        return from_plain(Call, self.kept[id_])  # type: ignore[arg-type]

    def tries(self, id_: str) -> list[Attempt]:
        return list(self.call(id_).attempts) if id_ in self.kept else []

    def shares(self, id_: str) -> list[tuple[str, str, str]]:
        return [(share.agency, share.mode.value, share.status.value) for share in self.call(id_).forwards]

    def open(self) -> list[Call]:
        """What the journal would give to the next life."""
        calls = [self.call(id_) for id_ in self.kept]
        return [call for call in calls if not call.done]


@asynccontextmanager
async def service(
    room: Room, agencies: Sequence[Agency], before: Life | None = None, *, port: int = 0, category: str = "FIRE"
) -> AsyncIterator[Life]:
    """Leaving it is a kill -9: nothing is said to anybody."""
    kept: dict[str, object] = dict(before.kept) if before else {}
    heard: list[Fact] = []

    def keep(fact: Fact, changed: tuple[Call, ...]) -> None:
        heard.append(fact)
        kept.update((call.id, to_plain(call)) for call in changed)

    catalogue = always(agencies)
    board = Switchboard(catalogue=catalogue, keep=keep, clock=now, modes=[*USUAL, Mode.BLIND])
    if before:
        board.resume(before.open())
    life = Life(board, _exchange(room, board, port), kept, heard)
    board.connect(life.exchange)
    chains = Chains(board, life.exchange.lines(lambda _: category))
    running = [asyncio.create_task(life.exchange.run()), asyncio.create_task(chains.run())]
    try:
        await until(lambda: life.exchange.state.phase == "up", "the link is up")
        yield life
    finally:
        for task in running:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _exchange(room: Room, board: Switchboard, port: int) -> Exchange:
    async def ended(ids: Sequence[str]) -> Known:
        return Known({id_ for id_ in ids if id_ not in board.floor.calls}, set())

    return Exchange(
        host="127.0.0.1",
        port=port or room.exchange.ami_port,
        secret=SECRETS.ami,
        house=House(),
        positions=("101", "102"),
        catalogue=board.catalogue,
        hear=board.hear,
        on_state=lambda state: board.refresh(),
        ended=ended,
        clock=now,
        records=Records(room.exchange.home / "asterisk" / "log" / "master.db"),
        since=lambda heard: read_from(board.floor, heard),
    )


@dataclass
class Talk:
    """A caller in speech with 101."""

    life: Life
    caller: Phone
    her: Phone
    call: str

    async def forward(self, code: str, mode: str = "WARM") -> datetime:
        """She presses the key; when."""
        pressed = now()
        await self.life.board.wish(Forward(self.call, code, "101", "ayu", mode))
        return pressed

    def results(self, life: Life | None = None) -> list[str]:
        return [attempt.result.value for attempt in (life or self.life).tries(self.call)]

    async def has(self, *results: str, life: Life | None = None, deadline: float = PATIENT_S) -> None:
        """Its attempts stand so."""
        here = life or self.life
        await until(lambda: self.results(here) == list(results), f"attempts that stand so: {results}", deadline)


async def talk(room: Room, life: Life) -> Talk:
    caller, her = await room.phone("caller"), await room.phone("101")
    await caller.dial("112")
    await her.answer()
    await speak(caller, her)
    (call,) = await until(lambda: [c.id for c in life.board.floor.calls.values() if c.position == "101"], "the answer")
    return Talk(life, caller, her, call)


def rung(phones: Mapping[str, Phone]) -> dict[str, int]:
    """How often each was rung."""
    return {name: phone.kinds().count("CALL_INCOMING") for name, phone in phones.items()}
