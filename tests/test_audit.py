"""`./run audit verify`: the trail is whole, or each place where it is not is named."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callcenter.audit import HEADS, Heads, verify
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.storage import Database, audited, migrate


def clock() -> datetime:
    return datetime(2026, 1, 14, 12, tzinfo=UTC)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A room whose people did twenty things, two at a time."""
    made = read_settings({"CALLCENTER_HOME": str(tmp_path)})
    await migrate(made.database_url)
    async with Database(made.database_url).running() as database:
        for number in range(10):
            both = (audited(database, by=who, action="call.view", at=clock(), target=f"{who} {number}") for who in "ab")
            await asyncio.gather(*both)
        await Heads(made, database, clock=clock).look()
    return made


def change(settings: Settings, statement: str) -> None:
    with closing(sqlite3.connect(settings.home / "callcenter.db")) as file, file:
        file.execute(statement)


async def test_a_trail_that_nobody_touched_is_whole(settings: Settings) -> None:
    code, lines = await verify(settings, clock)
    assert (code, lines) == (0, ["The audit is whole: 20 rows, each as it was written."])


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET by = 'c' WHERE id = 7",
        "UPDATE audit SET at = '2026-01-14 12:00:01.000000' WHERE id = 7",
        "UPDATE audit SET details = '{\"a\": 1}' WHERE id = 7",
        "DELETE FROM audit WHERE id = 1",
        "DELETE FROM audit WHERE id = 7",
        "DELETE FROM audit WHERE id = 20",
        "DELETE FROM audit WHERE id > 10",
        "DELETE FROM audit",
        "INSERT INTO audit SELECT 99, at, by, action, target, details, address, 'x', 'y' FROM audit WHERE id = 7",
        "UPDATE audit SET id = id + 100 WHERE id = 7",
    ],
)
async def test_each_way_to_tamper_with_it_is_found(settings: Settings, tampering: str) -> None:
    change(settings, tampering)
    code, lines = await verify(settings, clock)
    assert code == 1 and len(lines) > 1, lines


async def test_an_end_that_was_cut_off_together_with_its_count_shows_in_the_file_beside(settings: Settings) -> None:
    change(settings, "DELETE FROM audit WHERE id > 15")
    change(settings, "UPDATE audit_head SET size = 15, digest = (SELECT digest FROM audit WHERE id = 15)")
    code, lines = await verify(settings, clock)
    assert code == 1 and "ends too early" in lines[0]


async def test_a_line_cut_off_by_a_power_cut_is_no_alarm_and_rubbish_is(settings: Settings) -> None:
    heads = settings.home / HEADS
    whole = heads.read_text()
    heads.write_text(whole + whole[:20])
    assert (await verify(settings, clock))[0] == 0
    heads.write_text("rubbish\n" + whole)
    with pytest.raises(Exception, match="cannot be read at line 1"):
        await verify(settings, clock)


async def test_the_same_end_is_written_down_once(settings: Settings, tmp_path: Path) -> None:
    lines: Callable[[], int] = lambda: len((settings.home / HEADS).read_text().splitlines())  # noqa: E731
    async with Database(settings.database_url).running() as database:
        heads = Heads(settings, database, clock=clock)
        await heads.look()
        before = lines()
        await heads.look()
        assert lines() == before
        await audited(database, by="a", action="call.view", at=clock())
        await heads.look()
        assert lines() == before + 1
