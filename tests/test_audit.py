"""`./run audit verify`: the trail is whole, or each place where it is not is named."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callcenter.audit import HEADS, Heads, seal, verify
from callcenter.core.errors import BadInput
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.storage import Database, audited, migrate

FILE = "callcenter.db"


def clock() -> datetime:
    return datetime(2026, 1, 14, 12, tzinfo=UTC)


_made: dict[str, bytes] = {}


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A room whose people did twenty things, two at a time. Made once, then copied."""
    settings = read_settings({"CALLCENTER_HOME": str(tmp_path)})
    if not _made:
        await migrate(settings.database_url)
        async with Database(settings.database_url).running() as database:
            for number in range(10):
                both = (
                    audited(database, by=who, action="call.view", at=clock(), target=f"{who} {number}") for who in "ab"
                )
                await asyncio.gather(*both)
            await Heads(settings, database, clock=clock).look()
        with closing(sqlite3.connect(tmp_path / FILE)) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _made.update({name: (tmp_path / name).read_bytes() for name in (FILE, HEADS)})
    for name, content in _made.items():
        (tmp_path / name).write_bytes(content)
    return settings


def change(settings: Settings, statement: str) -> None:
    with closing(sqlite3.connect(settings.home / FILE)) as file, file:
        file.execute(statement)


async def test_a_trail_that_nobody_touched_is_whole(settings: Settings) -> None:
    code, lines = await verify(settings, clock)
    assert (code, lines[0]) == (0, "The audit is whole: 20 rows, each as it was written.")
    assert len(lines) == 2 and "every 5 minutes" in lines[1] and "not checked yet" in lines[1]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET by = 'c' WHERE id = 7",
        "UPDATE audit SET at = '2026-01-14 12:00:01.000000' WHERE id = 7",
        "UPDATE audit SET action = 'call.viewed' WHERE id = 7",
        "UPDATE audit SET target = 'another' WHERE id = 7",
        "UPDATE audit SET details = '{\"a\": 1}' WHERE id = 7",
        "UPDATE audit SET address = '192.0.2.1' WHERE id = 7",
        "UPDATE audit SET previous = 'x' WHERE id = 7",
        "UPDATE audit SET digest = 'x' WHERE id = 20",
        "DELETE FROM audit WHERE id = 1",
        "DELETE FROM audit WHERE id = 7",
        "DELETE FROM audit WHERE id = 20",
        "DELETE FROM audit WHERE id > 10",
        "DELETE FROM audit",
        "INSERT INTO audit SELECT 99, at, by, action, target, details, address, 'x', 'y' FROM audit WHERE id = 7",
        "UPDATE audit SET id = id + 100 WHERE id = 7",
        "UPDATE audit SET id = CASE id WHEN 7 THEN -8 ELSE -7 END WHERE id IN (7, 8)",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET size = 19",
        "UPDATE audit_head SET size = 15, digest = (SELECT digest FROM audit WHERE id = 15)",
    ],
)
async def test_each_way_to_tamper_with_it_is_found(settings: Settings, tampering: str) -> None:
    change(settings, tampering)
    code, lines = await verify(settings, clock)
    assert code == 1 and len(lines) > 1, lines
    (settings.home / HEADS).unlink()
    assert (await verify(settings, clock))[0] == 1, "the database alone tells it too"


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


async def test_the_same_end_is_written_down_once(settings: Settings) -> None:
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


async def written_again(settings: Settings, people: str) -> None:
    """What somebody can do who owns this machine: another trail, whole in itself, with its own file beside it."""
    change(settings, "DELETE FROM audit")
    change(settings, "DELETE FROM audit_head")
    (settings.home / HEADS).unlink()
    async with Database(settings.database_url).running() as database:
        for number in range(20):
            who = people[number % len(people)]
            await audited(database, by=who, action="call.view", at=clock(), target=f"{who} {number // 2}")
        await Heads(settings, database, clock=clock).look()


async def test_a_trail_written_again_with_its_file_is_found_by_a_seal_that_was_kept_elsewhere(
    settings: Settings,
) -> None:
    code, (kept,) = await seal(settings)
    assert code == 0 and kept.startswith("20-") and len(kept) == len("20-") + 64 + 7
    async with Database(settings.database_url).running() as database:
        await audited(database, by="a", action="call.view", at=clock())
    on_paper = kept.upper().replace("-", " - ")
    code, lines = await verify(settings, clock, [kept, on_paper])
    assert (code, lines[1:-1]) == (0, ["It holds each of the 2 seals given, up to row 20."])
    await written_again(settings, "c")
    assert (await verify(settings, clock))[0] == 0, "nothing on this machine can tell it"
    code, lines = await verify(settings, clock, [kept])
    assert code == 1 and "seal of 20 rows that was kept elsewhere does not fit" in lines[0]


async def test_a_trail_wiped_whole_is_found_and_a_missing_file_is_said(settings: Settings) -> None:
    _, (kept,) = await seal(settings)
    (settings.home / HEADS).unlink()
    code, lines = await verify(settings, clock)
    assert code == 0 and "not there or empty" in lines[1] and "--against" in lines[1]
    for table in ("audit", "audit_head"):
        change(settings, f"DELETE FROM {table}")
    assert (await verify(settings, clock))[0] == 0
    assert (await verify(settings, clock, [kept]))[0] == 1
    assert (await seal(settings))[0] == 1


async def test_a_seal_with_another_number_of_rows_does_not_fit(settings: Settings) -> None:
    _, (kept,) = await seal(settings)
    code, lines = await verify(settings, clock, [kept.replace("20-", "21-", 1)])
    assert code == 1 and "counts 21 rows up to the one that is number 20" in lines[0]


@pytest.mark.parametrize("text", ["", "20", "20-abc", "x-" + "0" * 64, "20-" + "g" * 64, "٢-" + "0" * 64])
async def test_what_is_no_seal_is_said(settings: Settings, text: str) -> None:
    with pytest.raises(BadInput, match="is no seal"):
        await verify(settings, clock, [text])
