"""One real Asterisk for the session; phones that are started once and are quiet between tests."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.live.ami import Ami
from tests.live.carrier import Carrier
from tests.live.house import SECRETS, Exchange, prepared
from tests.live.places import asterisk_program, free_block
from tests.live.softphone import Phone
from tests.live.waiting import until

BUDI = "+6281234567890"
"""Who is called back."""

TONES = {"caller": 500, "101": 800, "102": 1100, "damkar": 1700, "psc": 2100, "brigade": 2600}

AGENCY_PHONES = {"damkar": "113", "psc": "119", "brigade": "117"}
"""And the number that each is reached by."""

ANSWER_AFTER_S = 300

SETTINGS = (
    f"answer_after_s = {ANSWER_AFTER_S}\n"
    + """
any_phone_rate = 6
ring_timeout_s = 10
record_legs = true
any_phone_networks = ["127.0.0.3/32", "127.0.0.1/32"]
phone_networks = ["127.0.0.1/32"]
callback_road = "sip:127.0.0.4:{budi}"
positions = ["101", "102"]

[[trunks]]
name = "main"
hosts = ["127.0.0.2", "127.0.0.22"]

[[trunks]]
name = "rpid"
hosts = ["127.0.0.5"]
number_from = "rpid"

[[trunks]]
name = "from"
hosts = ["127.0.0.6"]
number_from = "from"

[[trunks]]
name = "tcp"
hosts = ["127.0.0.7"]
transport = "tcp"

[[agencies]]
code = "damkar"
lines = [{{ number = "113", road = "sip:127.0.0.4:{damkar}" }}]

[[agencies]]
code = "psc119"
lines = [
    {{ number = "119", road = "sip:127.0.0.4:{nobody}", ring_s = 5 }},
    {{ number = "119", road = "sip:127.0.0.4:{psc}" }},
]

[[agencies]]
code = "bpbd"
lines = [
    {{ number = "117", road = "sip:127.0.0.4:{brigade}" }},
    {{ number = "118", road = "sip:127.0.0.4:{timed}" }},
]
"""
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.live)


class Room:
    """The exchange, its phones and its agencies."""

    def __init__(self, exchange: Exchange, ports: dict[str, int], folder: Path) -> None:
        self.exchange, self.ports, self.folder = exchange, ports, folder
        self.phones: dict[str, Phone] = {}

    async def phone(self, name: str) -> Phone:
        """A phone that is there and has nothing to do. Positions are signed in."""
        phone = self.phones.get(name)
        if phone is None or not phone.alive:
            if phone:
                await phone.stop()
            phone = self.phones[name] = self._new(name)
            await phone.start()
            if phone.password:
                await until(lambda: self.exchange.rings(name), f"{name} would be rung")
        return phone

    def _new(self, name: str) -> Phone:
        elsewhere = {
            "caller": "127.0.0.2",
            "citizen": "127.0.0.3",
            **dict.fromkeys((*AGENCY_PHONES, "budi"), "127.0.0.4"),
        }
        host = elsewhere.get(name, "127.0.0.1")
        return Phone(
            name=name,
            server=self.exchange.server,
            home=self.folder / name,
            hertz=TONES.get(name, 500),
            user={**AGENCY_PHONES, "budi": BUDI}.get(name, ""),
            password=SECRETS.phones.get(name, ""),
            host=host,
            port=self.ports.get(name, 0),
        )

    @asynccontextmanager
    async def answered_after(self, seconds: int) -> AsyncIterator[None]:
        """A waiting caller is answered toward the network so soon; else he is not while a test lasts: it stops the
        ringing for a moment, and a phone that is lifted in that moment has lifted nothing."""
        await self.exchange.cli(f"dialplan set global ANSWER_AFTER {seconds}")
        try:
            yield
        finally:
            await self.exchange.cli(f"dialplan set global ANSWER_AFTER {ANSWER_AFTER_S}")

    async def quiet(self) -> None:
        await self.exchange.quiet()
        for name, phone in list(self.phones.items()):
            if phone.alive:
                await phone.quiet()
            else:
                await self.phones.pop(name).stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    missing = [name for name in ("baresip", "sipp") if not shutil.which(name)]
    if asterisk_program() is None or missing:
        pytest.skip(f"no Asterisk, or no {missing}: ./test brings them")
    folder = tmp_path_factory.mktemp("live")
    names = ("damkar", "psc", "nobody", "brigade", "budi", "timed")  # the last one is sipp's: its sound is above it
    first = free_block(26)
    ports = {name: first + 2 * n for n, name in enumerate(names)}
    exchange, _ = prepared(folder / "home", SETTINGS.format(**ports))
    await exchange.start()
    room = Room(exchange, ports, folder)
    yield room
    for phone in room.phones.values():
        await phone.stop()
    await exchange.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def room(house: Room) -> AsyncIterator[Room]:
    """The house, with nobody on the telephone; positions 101 and 102 signed in."""
    await asyncio.gather(house.phone("101"), house.phone("102"))
    yield house
    await house.quiet()


@pytest_asyncio.fixture(loop_scope="session")
async def ami(room: Room) -> AsyncIterator[Ami]:
    async with room.exchange.desk() as session:
        yield session


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def carrier(house: Room) -> AsyncIterator[Carrier]:
    operator = Carrier(house.folder, house.exchange)
    await operator.start()
    yield operator
    await operator.stop()
