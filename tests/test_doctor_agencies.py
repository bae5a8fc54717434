"""The doctor looks at the agencies that the room works with."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from callcenter.core.agency import Line
from callcenter.core.book import Book, Kept, put
from callcenter.doctor_agencies import look_at_agencies
from callcenter.seed import first_book
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.storage import Database, Directory, migrate

TRUNK = 'trunks = [{ name = "telkom", hosts = ["192.0.2.10"] }]'


def room(home: Path) -> Settings:
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text(TRUNK)
    return read_settings({"CALLCENTER_HOME": str(home)})


async def said(settings: Settings, *silent: str) -> str:
    async def answers(endpoint: str) -> bool:
        return endpoint not in silent

    return "\n".join([str(finding) async for finding in look_at_agencies(settings, answers)])


async def test_before_the_first_start_it_looks_at_what_the_settings_say_and_makes_nothing(tmp_path: Path) -> None:
    settings = room(tmp_path / "home")
    text = await said(settings)
    assert "7 of 21 agencies have a line that can be dialled" in text
    assert "Agencies without a line: satpolpp, dishub" in text
    assert not settings.agencies_copy.exists()


async def test_it_looks_at_the_database_not_at_the_settings(tmp_path: Path) -> None:
    settings = room(tmp_path / "home")
    await migrate(settings.database_url)
    async with Database(settings.database_url).running() as database:
        directory = Directory(
            database,
            first=lambda: first_book(settings),
            roads=settings.roads,
            copy=settings.agencies_copy,
            clock=lambda: datetime.now(UTC),
        )
        await directory.open()
        fire = directory().agencies["damkar"]
        lines = (Line("0231201113", "trunk:telkom"), Line("101", "position"))

        def edit(book: Book) -> Book:
            rest = tuple(replace(one, active=False) for one in book.agencies)
            return replace(book, agencies=put(rest, Kept(replace(fire, lines=lines))))

        await directory.change(edit, by="ayu", seen={})
    assert "1 of 1 agencies" in await said(settings)
    assert "Of damkar, these lines cannot be reached: 101." in await said(settings, "101")
    (tmp_path / "home" / "settings.toml").write_text('positions = ["101"]')  # the trunk is taken away
    text = await said(read_settings({"CALLCENTER_HOME": str(tmp_path / "home")}))
    assert "These lines of agencies have no road: damkar 0231201113 (trunk:telkom)." in text
