"""Our service as far as the telephone matters, against a real Asterisk: link, snapshot, records, floor, what is due.

In:  a room, how calls go out. Out: a switchboard to wish on; `kill`: gone without a word, and `again`: its next life,
which knows what its journal knew.
Never: a database; a page.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from callcenter.asterisk.control import Road
from callcenter.asterisk.exchange import Exchange, Known
from callcenter.asterisk.inbox import House
from callcenter.asterisk.records import Records
from callcenter.chains import Chains
from callcenter.core.agency import Agency, Line
from callcenter.core.call import Call
from callcenter.core.catalogue import always
from callcenter.core.codec import from_plain, to_plain
from callcenter.core.reconcile import read_from
from callcenter.core.wishes import Wish
from callcenter.follow import Follower
from callcenter.switchboard import Switchboard
from tests.live.conftest import Room
from tests.live.house import SECRETS
from tests.live.waiting import until


def now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """The service, and what its journal would have."""

    def __init__(self, room: Room, out: Road) -> None:
        self.room, self.out = room, out
        line = Line("113", f"sip:127.0.0.4:{room.ports['damkar']}")
        self.catalogue = always([Agency("damkar", "113", "Pemadam Kebakaran", "Fire brigade", (line,))])
        self.calls: dict[str, Call] = {}  # as they last were, ended ones too
        self._old = frozenset(row["linkedid"] for row in room.exchange.timeline())
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """One life of the service, until it is killed."""
        self.board = Switchboard(
            catalogue=self.catalogue, keep=lambda _, changed: self.calls.update({call.id: call for call in changed})
        )
        self.board.resume(
            [from_plain(Call, json.loads(json.dumps(to_plain(c)))) for c in self.calls.values() if c.live]
        )
        telephone = Exchange(
            host="127.0.0.1",
            port=self.room.exchange.ami_port,
            secret=SECRETS.ami,
            house=House(),
            positions=("101", "102"),
            catalogue=self.catalogue,
            hear=self.board.hear,
            on_state=lambda state: self.board.refresh(),
            ended=self._ended,
            clock=now,
            records=Records(self.room.exchange.home / "asterisk" / "log" / "master.db"),
            since=lambda heard: read_from(self.board.floor, heard),
            out=self.out,
        )
        self.board.connect(telephone)
        follower = Follower(self.board, up=lambda: telephone.state.phase == "up")
        self.board.listen(follower.hear)
        chains = Chains(self.board, telephone.lines(lambda _: ""))
        self._tasks = [asyncio.create_task(part.run()) for part in (telephone, follower, chains)]
        await until(lambda: telephone.state.phase == "up", "the link is up")

    async def _ended(self, calls: Sequence[str]) -> Known:
        done = {id_ for id_ in calls if id_ in self._old or (id_ in self.calls and self.calls[id_].done)}
        return Known(done, set())

    async def kill(self) -> None:
        """As kill -9 looks from outside: the socket is gone, nothing is said."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    async def again(self) -> None:
        """Its next life."""
        await self.kill()
        await self.start()

    async def wish(self, wish: Wish) -> None:
        await self.board.wish(wish)

    def only(self) -> Call:
        """The one call that is going on."""
        (call,) = (call for call in self.board.floor.calls.values() if call.live)
        return call

    async def talking(self) -> Call:
        """The call that a position answered."""
        found = await until(lambda: [c for c in self.board.floor.calls.values() if c.position], "a call")
        return found[0]


@asynccontextmanager
async def desk_of(room: Room) -> AsyncIterator[Desk]:
    desk = Desk(room, Road(f"sip:127.0.0.4:{room.ports['budi']}", ring_s=60))
    await desk.start()
    try:
        yield desk
    finally:
        await desk.kill()
