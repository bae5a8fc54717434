"""The account over real books: Asterisk's file of records, and the database with a row taken out or put in."""

import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.account import Accountant, house, one_day
from callcenter.asterisk.arrivals import Arrivals
from callcenter.asterisk.records import RecordsSilent
from callcenter.core.account import Kind
from callcenter.core.errors import BadInput
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.storage.tables import calls, ticket_calls, tickets
from tests.prepared import prepared
from tests.storage.cast import NOON, Clock, a_call, arrival
from tests.storage.conftest import Room
from tests.test_backup import storage

LATER = NOON + timedelta(hours=2)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    found = read_settings({"CALLCENTER_HOME": str(tmp_path)})
    await prepared(found)
    return found


def asterisk_writes(settings: Settings, *ids: str, at: datetime = NOON, context: str = "from-operator") -> None:
    local = at.astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(settings.cel_file)) as db:
        for leg in ids:
            row = ("CHAN_START", local, "+62811", context, "112", leg, leg)
            db.execute(
                "INSERT INTO cel (eventtype, eventtime, cidnum, context, exten, uniqueid, linkedid)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        db.commit()


@asynccontextmanager
async def day(settings: Settings, *ids: str) -> AsyncIterator[tuple[Room, Accountant, list[str | None]]]:
    """Calls that came and are in both books; who hears of alarms."""
    asterisk_writes(settings, *ids)
    async with storage(settings) as room:
        async with room.journal() as journal:
            for call in ids:
                journal.write(arrival(a_call(call)))
            await journal.settled(30)
        told: list[str | None] = []
        accountant = Accountant(
            settings, room.database, clock=Clock(LATER), alarm=lambda key, sentence: told.append(sentence)
        )
        yield room, accountant, told


async def test_a_day_in_both_books_raises_nothing(settings: Settings) -> None:
    asterisk_writes(settings, "p1", context="from-phone-to-phone")  # no 112 call
    async with day(settings, "a", "b", "c") as (_, accountant, told):
        await accountant.look()
        assert accountant.last
        assert (accountant.last.arrivals, accountant.last.calls, accountant.last.tickets) == (3, 3, 3)
        assert told == [] and accountant.notices() == []


def _lost(call: str) -> Callable[[AsyncConnection], object]:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(delete(ticket_calls).where(ticket_calls.c.call == call))
        await connection.execute(delete(calls).where(calls.c.id == call))

    return work


async def test_a_missing_row_is_an_alarm_that_names_the_call_once_and_ends_when_it_is_found(
    settings: Settings,
) -> None:
    async with day(settings, "a", "b") as (room, accountant, told):
        await room.database.write(_lost("b"))  # type: ignore[arg-type]
        await accountant.look()
        await accountant.look()
        assert len(told) == 1 and told[0] and "b (no call row, 2026-01-14 05:00:00 UTC)" in told[0]
        assert accountant.notices() == told
        async with room.journal() as journal:
            journal.write(arrival(a_call("b")))
            await journal.settled(30)
        await accountant.look()
        assert told[1:] == [None] and accountant.notices() == []


async def test_a_call_that_is_counted_twice_is_an_alarm_that_names_the_second(settings: Settings) -> None:
    async with day(settings, "a") as (room, accountant, told):
        async with room.journal() as journal:
            journal.write(arrival(a_call("a-again")))
            await journal.settled(30)
        await accountant.look()
        assert told[0] and "a-again (not in Asterisk's records" in told[0]


async def test_a_call_that_lost_its_ticket_is_an_alarm(settings: Settings) -> None:
    async with day(settings, "a") as (room, accountant, told):

        async def lose(connection: AsyncConnection) -> None:
            await connection.execute(delete(ticket_calls))

        await room.database.write(lose)
        await accountant.look()
        assert told[0] and "a (no ticket" in told[0]


async def test_without_asterisk_s_records_the_account_says_that_it_cannot_be_made(settings: Settings) -> None:
    async with day(settings, "a") as (_, accountant, told):
        settings.cel_file.rename(settings.cel_file.with_name("away.db"))
        await accountant.look()
        assert told[0] and told[0].startswith("The daily account cannot be made: Asterisk's records are not at")


def test_records_are_read_on_from_where_they_were_read_and_anew_when_the_file_is_another(settings: Settings) -> None:
    arrivals = Arrivals(settings.cel_file, house(settings))
    since = NOON - timedelta(days=2)
    assert arrivals.read(since) == []
    asterisk_writes(settings, "a")
    assert [each.call for each in arrivals.read(since)] == ["a"]
    asterisk_writes(settings, "b")
    assert [each.call for each in arrivals.read(since)] == ["a", "b"]
    assert [each.call for each in arrivals.read(NOON + timedelta(seconds=1))] == []
    assert [each.call for each in arrivals.read(since)] == ["a", "b"]
    with closing(sqlite3.connect(settings.cel_file)) as db:
        db.execute("DELETE FROM cel")
        db.commit()
    asterisk_writes(settings, "c", at=NOON + timedelta(seconds=5))
    assert [each.call for each in arrivals.read(since)] == ["c"]
    settings.cel_file.write_bytes(b"x" * 5000)
    for ending in ("-wal", "-shm"):
        settings.cel_file.with_name(settings.cel_file.name + ending).unlink(missing_ok=True)
    with pytest.raises(RecordsSilent, match="cannot be read"):
        arrivals.read(since)


async def test_the_command_prints_the_day_and_fails_when_a_call_is_missing(settings: Settings) -> None:
    async with day(settings, "a", "b") as (room, _, _):
        code, lines = await one_day(settings, "2026-01-14", Clock(LATER))
        assert code == 0 and lines[0].endswith("2 arrivals in Asterisk's records, 2 calls, 2 tickets")
        assert lines[-1] == "The account comes out."
        await room.database.write(_lost("a"))  # type: ignore[arg-type]
        code, lines = await one_day(settings, "", Clock(LATER))
        assert code == 1 and f"  12:00:00  a  {Kind.NO_CALL}" in lines
        code, lines = await one_day(settings, "2026-01-13", Clock(LATER))
        assert code == 0 and lines[0].endswith("0 arrivals in Asterisk's records, 0 calls, 0 tickets")
    with pytest.raises(BadInput, match="2026-01-16 is still to come"):
        await one_day(settings, "2026-01-16", Clock(LATER))
    with pytest.raises(BadInput, match="yesterday is no day"):
        await one_day(settings, "yesterday", Clock(LATER))


async def test_two_days_of_a_flood_are_compared_in_less_than_a_second(settings: Settings) -> None:
    """8,575 calls came in a flood's day. Not a benchmark: it must not be slow by an order."""
    ids = [f"e112-{n}" for n in range(17_000)]
    asterisk_writes(settings, *ids)
    async with storage(settings) as room:
        line = {"created_at": NOON, "day": NOON.date(), "serial": 1, "test": False}

        async def fill(connection: AsyncConnection) -> None:
            rows = [_plain_row(call) for call in ids]
            papers = [{**line, "id": n, "number": f"n{n}"} for n, _ in enumerate(ids)]
            links = [{"call": call, "ticket": n, "linked_at": NOON} for n, call in enumerate(ids)]
            for table, values in ((calls, rows), (tickets, papers), (ticket_calls, links)):
                await connection.execute(insert(table), values)

        await room.database.write(fill, deadline=60)
        accountant = Accountant(settings, room.database, clock=Clock(LATER))
        await accountant.look()
        began = time.process_time()
        await accountant.look()
        assert time.process_time() - began < 1.0
        assert accountant.last and accountant.last.calls == 17_000 and not accountant.last.differences


def _plain_row(call: str) -> dict[str, object]:
    bare = {"revision": 1, "stage": "ENDED", "outcome": "ANSWERED", "state": {}}
    return {**bare, "id": call, "arrived_at": NOON.astimezone(UTC), "heard_at": NOON}
