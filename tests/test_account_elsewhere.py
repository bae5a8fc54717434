"""Asterisk on another machine: the account checks what can be checked, and says in words what cannot."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from callcenter.account import Accountant
from callcenter.asterisk.volumes import close_volume
from callcenter.core.account import Arrival, Kind
from callcenter.core.errors import LineDown
from callcenter.old_records import OldRecords, copy
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.setup import ready_call_records
from callcenter.storage import Database
from tests.prepared import prepared
from tests.storage.cast import NOON, Clock, a_call, arrival
from tests.storage.conftest import Room
from tests.test_account import LATER, asterisk_writes


@asynccontextmanager
async def storage_of(settings: Settings) -> AsyncIterator[Room]:
    async with Database(settings.database_url).running() as database:
        yield Room(database, settings.spool, Clock())


async def room(home: Path, **more: str) -> Settings:
    found = read_settings({"CALLCENTER_HOME": str(home), **more})
    await prepared(found)
    return found


@pytest.fixture
async def here(tmp_path: Path) -> Settings:
    """The machine with the screens: no records of Asterisk's lie here."""
    settings = await room(tmp_path / "here", CALLCENTER_AMI_HOST="192.0.2.7")
    settings.cel_file.unlink()
    return settings


async def kept(room: Room, *calls: str, at: datetime = NOON) -> None:
    async with room.journal() as journal:
        for call in calls:
            journal.write(arrival(a_call(call, arrived_at=at)))
        await journal.settled(60)


def accountant(
    settings: Settings, room: Room, in_database: Sequence[str] | LineDown = ()
) -> tuple[Accountant, list[str | None]]:
    told: list[str | None] = []

    async def asked() -> Sequence[Arrival]:
        if isinstance(in_database, LineDown):
            raise in_database
        return [Arrival(call, NOON) for call in in_database]

    def alarm(_: str, sentence: str | None) -> None:
        told.append(sentence)

    return Accountant(settings, room.database, clock=Clock(LATER), alarm=alarm, in_database=asked), told


async def test_it_is_a_notice_and_no_alarm_and_what_asterisk_s_database_has_is_checked(here: Settings) -> None:
    async with storage_of(here) as room:
        await kept(room, "a", "forgotten by Asterisk long ago")
        books, told = accountant(here, room, ["a"])
        await books.look()
        assert told == [] and books.last and books.last.half and (books.last.arrivals, books.last.calls) == (1, 2)
        [notice] = books.notices()
        assert "another machine (192.0.2.7)" in notice and "records_folder" in notice
        books, told = accountant(here, room, ["a", "b"])
        await books.look()
        assert told[0] and "b (no call row" in told[0]


async def test_without_a_link_nothing_can_be_checked_and_that_is_said(here: Settings) -> None:
    async with storage_of(here) as room:
        books, told = accountant(here, room, LineDown("There is no link to Asterisk."))
        await books.look()
        assert told == ["The daily account cannot be made: There is no link to Asterisk."]


async def test_with_copies_brought_here_the_account_is_whole_up_to_the_copy(here: Settings, tmp_path: Path) -> None:
    there, share = await room(tmp_path / "there"), tmp_path / "share"
    asterisk_writes(there, "a", "b", at=NOON)
    assert len(copied(there, share, NOON + timedelta(minutes=10))) == 1
    settings = await room(here.home, CALLCENTER_AMI_HOST="192.0.2.7", CALLCENTER_RECORDS_FOLDER=str(share))
    async with storage_of(settings) as stored:
        await kept(stored, "a")
        await kept(stored, "after the copy", at=NOON + timedelta(minutes=30))
        books, told = accountant(settings, stored)
        await books.look()
        assert told[0] and "b (no call row" in told[0] and "after the copy" not in told[0]
        assert "minutes old" in books.notices()[-1], books.notices()
        assert books.last and books.last.count(Kind.ON_ITS_WAY) == 1
        asterisk_writes(there, "after the copy", at=NOON + timedelta(minutes=30))
        copied(there, share, LATER)
        await kept(stored, "b")
        await books.look()
        assert told[1:] == [None] and books.notices() == []


def copied(there: Settings, share: Path, at: datetime) -> list[str]:
    """As the other machine's timer does it at that moment."""
    made = copy(there, share)
    os.utime(share / there.cel_file.name, (at.timestamp(), at.timestamp()))
    return made


async def test_records_go_when_their_time_is_over_and_every_call_in_them_is_here(tmp_path: Path) -> None:
    settings = await room(tmp_path, CALLCENTER_RECORDS_DAYS="60")
    asterisk_writes(settings, "a", "b", at=NOON)
    closing = NOON + timedelta(days=31)
    asterisk_writes(settings, "c", at=closing - timedelta(days=1))
    volume = close(settings, closing)
    async with storage_of(settings) as stored:
        clock = Clock(closing + timedelta(days=59))
        old = OldRecords(settings, stored.database, clock=clock)
        await kept(stored, "a", "b")
        await old.look()
        assert volume.exists() and old.notices() == []
        clock.pass_(2 * 86400)
        await old.look()
        assert volume.exists() and "1 arrivals in them are no call with a ticket here, the first: c" in old.notices()[0]
        await kept(stored, "c", at=closing - timedelta(days=1))
        await old.look()
        assert not volume.exists() and old.notices() == []
        assert settings.cel_file.exists(), "Asterisk's own file is never touched"


def close(settings: Settings, at: datetime) -> Path:
    """Asterisk was started at that moment."""
    found = close_volume(settings.cel_file, at)
    assert found is not None
    ready_call_records(settings)
    return found


async def test_before_asterisk_starts_an_old_volume_is_closed_and_there_is_a_file_to_write_to(tmp_path: Path) -> None:
    settings = await room(tmp_path)
    asterisk_writes(settings, "a", at=NOON)  # long ago by this machine's clock
    ready_call_records(settings)
    assert len(list(settings.cel_file.parent.glob("master-*.db"))) == 1 and settings.cel_file.exists()
    ready_call_records(settings)
    assert len(list(settings.cel_file.parent.glob("master-*.db"))) == 1, "a new one is not old"
