"""Agencies' lines in a real Asterisk's own database: after a change, after a cut link, after Asterisk's restart."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from callcenter.asterisk.exchange import Exchange as Telephone
from callcenter.asterisk.exchange import Known
from callcenter.asterisk.inbox import House
from callcenter.asterisk.short_codes import AGAIN_S
from callcenter.core.agency import Agency, Line
from callcenter.core.book import Book, Kept, put
from callcenter.core.facts import Fact
from callcenter.storage import Database, Directory, migrate, sqlite_url
from tests.live.house import SECRETS, Exchange, prepared
from tests.live.places import asterisk_program
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = """
positions = ["101", "102"]

[[trunks]]
name = "main"
hosts = ["127.0.0.2"]

[[agencies]]
code = "damkar"
lines = [{ number = "113", road = "trunk" }, { number = "0231201113", road = "trunk" }]
"""
FIRST = {"agency/113/1": "PJSIP/113@trunk-main|112|20", "agency/113/2": "PJSIP/0231201113@trunk-main|112|20"}


class Room:
    """Our service as far as agencies' lines matter, beside a real Asterisk."""

    def __init__(self, exchange: Exchange, directory: Directory, telephone: Telephone) -> None:
        self.exchange, self.directory, self.telephone = exchange, directory, telephone

    async def lines(self) -> dict[str, str]:
        return {key: value for key, value in (await self.exchange.journal()).items() if key.startswith("agency/")}

    async def has(self, wanted: dict[str, str]) -> None:
        """The law: within two seconds. A busy machine has more; who is not told of it looks a minute later."""

        async def there() -> bool:
            return await self.lines() == wanted | {"agency/filled": "1"}

        await until(there, f"{wanted} in Asterisk's database", AGAIN_S / 3)

    async def change(self, agency: Agency) -> None:
        def edit(book: Book) -> Book:
            return replace(book, agencies=put(book.agencies, Kept(agency)))

        await self.directory.change(edit, by="ayu", seen={})


async def _ended(calls: Sequence[str]) -> Known:
    return Known(set(calls), set())


def _nothing(_: object) -> None:
    return


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def room(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    if asterisk_program() is None:
        pytest.skip("no Asterisk: ./test brings it")
    folder: Path = tmp_path_factory.mktemp("codes")
    exchange, settings = prepared(folder / "home", SETTINGS)
    url = sqlite_url(folder / "callcenter.db")
    await migrate(url)
    hear: Callable[[Fact], None] = _nothing
    async with Database(url).running() as database:
        first = Book(tuple(Kept(agency) for agency in settings.agencies if agency.code == "damkar"))
        directory = Directory(
            database,
            first=lambda: first,
            roads=settings.roads,
            copy=folder / "agencies.json",
            clock=lambda: datetime.now(UTC),
            changed=lambda: telephone.short_codes.stir(),
        )
        telephone = Telephone(
            host="127.0.0.1",
            port=exchange.ami_port,
            secret=SECRETS.ami,
            house=House(),
            positions=("101", "102"),
            catalogue=directory,
            hear=hear,
            on_state=_nothing,
            ended=_ended,
            clock=lambda: datetime.now(UTC),
            zone=ZoneInfo("Asia/Jakarta"),
        )
        await directory.open()
        await exchange.start()
        running = asyncio.create_task(telephone.run())
        yield Room(exchange, directory, telephone)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await exchange.stop()


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def as_at_first(room: Room) -> None:
    """The link is up, and Damkar has its two lines."""
    await until(lambda: room.telephone.state.phase == "up", "the link is up")
    fire = room.directory().agencies["damkar"]
    lines = (Line("113", "trunk"), Line("0231201113", "trunk"))
    await room.change(replace(fire, short="113", lines=lines))
    await room.has(FIRST)


async def test_a_changed_line_is_there_within_two_seconds_and_a_removed_one_is_gone(room: Room) -> None:
    fire = room.directory().agencies["damkar"]
    await room.change(replace(fire, lines=(Line("0231201999", "trunk", 25, "0231112"),)))
    await room.has({"agency/113/1": "PJSIP/0231201999@trunk-main|0231112|25"})


async def test_a_new_short_code_leaves_nothing_of_the_old_one(room: Room) -> None:
    await room.change(replace(room.directory().agencies["damkar"], short="913"))
    await room.has({key.replace("113/", "913/"): value for key, value in FIRST.items()})


async def test_after_a_cut_link_what_changed_meanwhile_on_either_side_is_put_right(room: Room) -> None:
    """It may be back before a program of ours has started: so what nobody tells of is changed before the cut."""
    await room.exchange.cli("database del agency 113/2")
    await room.exchange.cli('database put agency 113/3 "PJSIP/666@trunk-main|112|20"')
    await room.exchange.cli('database put agency 119/1 "PJSIP/119@trunk-main|112|20"')
    room.telephone.link.renew()
    await room.has(FIRST)


async def test_a_change_while_asterisk_is_down_is_there_after_its_restart(room: Room) -> None:
    await room.exchange.stop()
    await until(lambda: room.telephone.state.phase != "up", "the link is down")
    await room.change(replace(room.directory().agencies["damkar"], lines=(Line("0231201888", "trunk"),)))
    await room.exchange.start()
    await until(lambda: room.telephone.state.phase == "up", "the link is up again")
    await room.has({"agency/113/1": "PJSIP/0231201888@trunk-main|112|20"})
    await until(lambda: room.telephone.short_codes.trouble is None, "and nobody is alarmed any more")


async def test_with_all_lines_written_the_settings_of_the_last_start_are_not_asked(room: Room) -> None:
    """The dialplan of *1: a removed agency is dialled no more, though a global variable still has its line."""
    assert "LINE_113_1" in await room.exchange.cli("dialplan show globals")
    await room.change(replace(room.directory().agencies["damkar"], lines=()))
    await room.has({})
    said = await room.exchange.cli("dialplan show agency-codes")
    assert "agency/filled" in said
