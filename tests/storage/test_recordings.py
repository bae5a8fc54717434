"""Recordings have rows that outlive their files, and nothing under hold is deleted."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Call
from callcenter.core.coverage import Judged, Verdict
from callcenter.core.errors import BadInput, Refused
from callcenter.core.recorded import Part, Piece, Span
from callcenter.storage import Database, Holds, Journal, Recordings
from tests.storage.cast import NOON, a_call, about, answered, arrival, ended
from tests.storage.conftest import Room


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "monitor" / "2026" / "01" / "14"
    made.mkdir(parents=True)
    return tmp_path / "monitor"


async def over(room: Room, journal: Journal, folder: Path, *, sealed: bool = True, path: str = "") -> Call:
    """A call that is over, its ticket stored, its recording on the disk."""
    call = a_call()
    relative = f"2026/01/14/{path or f'{call.id}.wav'}"
    for state in (call, answered(call), ended(answered(replace(call, recording=relative)))):
        journal.write(arrival(state) if state is call else about(state))
    await journal.settled(20)
    (folder / relative).write_bytes(b"x" * 144)
    if sealed:
        rows = Recordings(room.database, folder, clock=room.clock)
        gap = Judged(Verdict.GAP, 7.0, (Span(NOON, NOON + timedelta(seconds=7)),), NOON)
        sums = {Path(relative).name: (144, "ab" * 32)}
        await rows.seal(call.id, Piece(Part.MAIN, "", (relative,)), gap, path=relative, originals=sums, seconds=9)
    return call


async def test_a_call_waits_until_it_is_judged_and_the_first_word_stays(
    room: Room, journal: Journal, folder: Path
) -> None:
    rows = Recordings(room.database, folder, clock=room.clock)
    call = await over(room, journal, folder, sealed=False)
    assert [each.id for each in await rows.unsealed(NOON - timedelta(days=1))] == [call.id]
    piece = Piece(Part.MAIN, "", ())
    await rows.seal(call.id, piece, Judged(Verdict.MISSING, 56.0))
    await rows.seal(call.id, piece, Judged(Verdict.COMPLETE))
    assert await rows.unsealed(NOON - timedelta(days=1)) == []
    assert await rows.verdicts([call.id]) == {call.id: "MISSING"}


async def test_a_deletion_leaves_a_row_that_says_who_when_and_why_and_a_line_in_the_audit(
    room: Room, journal: Journal, folder: Path
) -> None:
    rows = Recordings(room.database, folder, clock=room.clock)
    call = await over(room, journal, folder)
    done = await rows.erase([call.id, call.id, "unknown"], by="bima", why="asked for by the caller")
    assert (done.calls, done.files, done.held) == ((call.id,), 1, ())
    assert list((folder / "2026/01/14").iterdir()) == []
    (row,) = (await rows.of([call.id]))[call.id]
    assert (row.deleted_by, row.deleted_why, row.deleted_at) == ("bima", "asked for by the caller", NOON)
    assert row.spans == (Span(NOON, NOON + timedelta(seconds=7)),)
    assert (await rows.erase([call.id], by="bima", why="again")).calls == ()
    assert [line.action for line in (await room.history.audit()).lines] == ["recording.delete"]


async def test_nothing_under_hold_is_deleted_until_the_hold_is_ended_with_a_reason(
    room: Room, journal: Journal, folder: Path
) -> None:
    rows, holds = Recordings(room.database, folder, clock=room.clock), Holds(room.database, clock=room.clock)
    held, free = await over(room, journal, folder), await over(room, journal, folder)
    number = room.numbers[held.id]
    with pytest.raises(BadInput):
        await holds.put(number, why="  ", by="bima")
    await holds.put(number, why="police asked for it", by="bima")
    with pytest.raises(Refused):
        await holds.put(number, why="again", by="bima")
    assert await rows.older(NOON + timedelta(days=1)) == [free.id]
    done = await rows.erase([held.id, free.id], by="bima", why="asked")
    assert (done.calls, done.held) == ((free.id,), (held.id,))
    assert (folder / f"2026/01/14/{held.id}.wav").exists()
    assert await rows.erase_unknown(NOON + timedelta(days=9), by="retention", why="old") == 0
    assert [(hold.runs, hold.reason) for hold in await holds.of(number)] == [(True, "police asked for it")]
    await holds.release(number, why="the case is closed", by="bima")
    with pytest.raises(Refused):
        await holds.release(number, why="again", by="bima")
    assert (await rows.erase([held.id], by="retention", why="old")).calls == (held.id,)
    said = [(line.action, line.details.get("why")) for line in (await room.history.audit()).lines]
    assert ("ticket.hold", "police asked for it") in said and ("ticket.release", "the case is closed") in said


class Held:
    """A database whose transaction is open until it may end: another process, on another machine."""

    def __init__(self, real: Database) -> None:
        self.real, self.may_end = real, asyncio.Event()

    async def write(self, unit: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        async def open_until_told(connection: AsyncConnection) -> None:
            await unit(connection)
            await self.may_end.wait()

        await self.real.write(open_until_told)


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_a_hold_that_is_being_set_while_the_retention_runs_is_waited_for(
    room: Room, journal: Journal, folder: Path, url: str
) -> None:
    rows = Recordings(room.database, folder, clock=room.clock)
    call = await over(room, journal, folder)
    async with Database(url, write_s=20).running() as other:
        slow = Held(other)
        holds = Holds(slow, clock=room.clock)  # type: ignore[arg-type]
        setting = asyncio.create_task(holds.put(room.numbers[call.id], why="police", by="bima"))
        async with asyncio.timeout(20):
            while not await waits(room, "state = 'idle in transaction' AND backend_xid IS NOT NULL"):
                await asyncio.sleep(0.02)
            erasing = asyncio.create_task(rows.erase([call.id], by="retention", why="old"))
            while not await waits(room, "wait_event_type = 'Lock'"):
                await asyncio.sleep(0.02)
            slow.may_end.set()
            await setting
            assert (await erasing).held == (call.id,)
    assert (folder / f"2026/01/14/{call.id}.wav").exists()


async def waits(room: Room, what: str) -> bool:
    """Some transaction of that database."""
    asked = text(f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {what}")
    async with room.database.read() as connection:
        return bool((await connection.execute(asked)).scalar_one())


async def test_files_that_no_row_knows_go_with_their_time_and_files_of_a_crash_too(
    room: Room, journal: Journal, folder: Path
) -> None:
    rows, holds = Recordings(room.database, folder, clock=room.clock), Holds(room.database, clock=room.clock)
    held = await over(room, journal, folder, sealed=False)
    await holds.put(room.numbers[held.id], why="police", by="bima")
    legs = [f"{leg}-{held.id}.wav" for leg in ("ear-103-1", "desk-102-1")]  # whose rows nobody wrote
    for name in ("e112-9.9.wav", "ear-103-1-e112-9.9.wav", *legs):
        (folder / "2026/01/14" / name).write_bytes(b"x")
    own = await over(room, journal, folder, path="101-1.1.wav")  # a second call of her phone: named by her leg alone
    (folder / "2026/01/13").symlink_to(folder.parents[3])
    assert await rows.erase_unknown(NOON, by="retention", why="old") == 0  # that day is not over
    assert await rows.erase_unknown(NOON + timedelta(days=1), by="retention", why="old") == 2
    left = {file.name for file in (folder / "2026/01/14").iterdir()}
    assert left == {f"{held.id}.wav", *legs, "101-1.1.wav"}
    await rows.erase([own.id], by="bima", why="asked")
    assert not (folder / "2026/01/14/101-1.1.wav").exists()
    gone = await over(room, journal, folder)
    await rows.erase([gone.id], by="bima", why="asked")
    (folder / f"2026/01/14/{gone.id}.wav").write_bytes(b"as if the power had gone in between")
    await rows.sweep()
    assert not (folder / f"2026/01/14/{gone.id}.wav").exists()
