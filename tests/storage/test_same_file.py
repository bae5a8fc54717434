"""Somebody deletes, empties or replaces the file of the database while the program runs."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from callcenter.core.errors import StoreDown
from callcenter.storage import Database, sqlite_url
from tests.storage.cast import Clock, a_call, arrival
from tests.storage.conftest import Room


def in_file(path: Path) -> set[str]:
    """The calls that somebody else finds there."""
    with contextlib.closing(sqlite3.connect(path, timeout=5)) as other:
        return {id_ for (id_,) in other.execute("SELECT id FROM calls")}


def everything(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink()


def the_newest(path: Path) -> None:
    path.with_name(path.name + "-wal").unlink()


def emptied(path: Path) -> None:
    everything(path)
    path.touch()


@pytest.mark.parametrize("taken", [everything, Path.unlink, the_newest, emptied])
async def test_what_was_taken_away_is_put_back_with_all_that_it_held(
    migrated_room: Room, taken: Callable[[Path], None]
) -> None:
    room, path = migrated_room, Path(migrated_room.database.place)
    async with room.journal() as journal:
        journal.write(arrival(before := a_call()))
        await journal.settled(20)
        async with room.database.read() as reading:
            await reading.exec_driver_sql("SELECT 1")
        taken(path)
        journal.write(arrival(during := a_call()))
        await journal.settled(20)
        assert set(room.numbers) == {before.id, during.id}
        assert in_file(path) == {before.id, during.id}
        journal.write(arrival(after := a_call()))
        await journal.settled(20)
    assert in_file(path) == {before.id, during.id, after.id}
    assert len(set(room.numbers.values())) == 3
    async with room.database.read() as reading:
        assert (await reading.exec_driver_sql("SELECT count(*) FROM calls")).scalar() == 3
    assert path.stat().st_mode & 0o077 == 0 or taken is the_newest


async def test_it_is_put_back_though_nobody_writes_and_also_when_the_program_is_stopped(
    migrated_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "only.db"
    shutil.copy(migrated_file, path)
    async with Database(sqlite_url(path)).running() as database:
        room = Room(database, tmp_path / "spool", Clock())
        async with room.journal() as journal:
            journal.write(arrival(call := a_call()))
            await journal.settled(20)
        everything(path)
        async with asyncio.timeout(30):
            while not path.exists():
                await asyncio.sleep(0.05)
        assert in_file(path) == {call.id}
        assert (await database.health(deadline=20)).ok
        everything(path)
    assert in_file(path) == {call.id}


async def test_another_file_in_its_place_is_used_and_what_the_old_one_held_is_kept(
    migrated_room: Room, migrated_file: Path, tmp_path: Path
) -> None:
    room, path = migrated_room, Path(migrated_room.database.place)
    async with room.journal() as journal:
        journal.write(arrival(before := a_call()))
        await journal.settled(20)
        shutil.copy(migrated_file, tmp_path / "backup")
        everything(path)
        (tmp_path / "backup").replace(path)
        journal.write(arrival(after := a_call()))
        await journal.settled(20)
    (kept,) = tmp_path.glob("only.db.before-*")
    assert before.id in in_file(kept)
    assert in_file(path) == {after.id}


async def test_a_disk_that_names_one_file_anew_again_and_again_is_not_filled_with_copies(
    migrated_room: Room, tmp_path: Path
) -> None:
    room, path = migrated_room, Path(migrated_room.database.place)
    async with room.journal() as journal:
        for _ in range(5):
            journal.write(arrival(a_call()))
            await journal.settled(20)
            shutil.copy(path, tmp_path / "copy")
            (tmp_path / "copy").replace(path)
        journal.write(arrival(a_call()))
        await journal.settled(20)
    assert len(list(tmp_path.glob("only.db.before-*"))) <= 3


async def test_what_cannot_be_put_back_is_acknowledged_to_nobody_and_said(migrated_room: Room) -> None:
    room, path = migrated_room, Path(migrated_room.database.place)
    async with room.journal() as journal:
        journal.write(arrival(before := a_call()))
        await journal.settled(20)
        everything(path)
        in_the_way = path.with_name(path.name + ".coming-back")
        in_the_way.mkdir()
        journal.write(arrival(during := a_call()))
        with pytest.raises(StoreDown):
            await journal.settled(0.5)
        assert "Do not stop the program" in str(room.database.trouble)
        assert during.id not in room.numbers
        in_the_way.rmdir()
        await journal.settled(20)
    assert in_file(path) == {before.id, during.id}
