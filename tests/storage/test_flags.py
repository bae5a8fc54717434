"""Flags and blocks: for a time, never for a number that names nobody, one for each number, all of it audited."""

import asyncio
from functools import partial

import pytest

from callcenter.core.errors import BadInput, CallCenterError, NotFound, Refused
from callcenter.core.flag import FlagState
from callcenter.core.phone import read
from callcenter.storage import FlagLine, Flags, Journal
from tests.storage.cast import BUDI, NOON, Clock, a_call, about, answered, ended
from tests.storage.conftest import Room


async def running(room: Room) -> list[tuple[str, str]]:
    return [(flag.e164, flag.effect) for flag in await room.flags.running()]


async def actions(room: Room) -> list[tuple[str, str]]:
    return [(line.action, line.by) for line in reversed((await room.history.audit()).lines)]


async def test_a_flag_runs_for_its_hours_and_then_ends_by_itself(room: Room, clock: Clock) -> None:
    line = await room.flags.flag("0812-3456-7890", hours=24, reason="", by="siti", ticket="260114-0001")
    assert (line.e164, line.by, line.ticket, line.at) == (BUDI, "siti", "260114-0001", NOON)
    assert await running(room) == [(BUDI, "flag")]
    clock.pass_(24 * 3600 - 1)
    assert line.state(clock()) is FlagState.RUNS
    clock.pass_(1)
    assert await running(room) == []
    assert line.state(clock()) is FlagState.EXPIRED


async def test_a_number_that_names_nobody_is_never_flagged_or_blocked(room: Room) -> None:
    for number in (None, "", "anonymous", "101", "112", "abc", "+62"):
        with pytest.raises(Refused, match="names nobody who could be called back"):
            await room.flags.flag(number, hours=1, reason="", by="siti")
        with pytest.raises(Refused, match="never flagged or blocked"):
            await room.flags.block(number, hours=1, reason="20 pranks", by="bima")
        assert await running(room) == [], number


async def test_a_phone_without_sim_is_never_flagged_whatever_it_looks_like(room: Room, clock: Clock) -> None:
    reads = partial(read, region="ID", pseudo=(r"\+?62999\d{6,}",))
    flags = Flags(room.database, read_number=reads, clock=clock)
    with pytest.raises(Refused, match="a phone without SIM"):
        await flags.flag("+62999123456", hours=1, reason="", by="siti")


async def test_a_block_needs_a_reason_and_ends_within_72_hours(room: Room) -> None:
    with pytest.raises(BadInput, match="Write why"):
        await room.flags.block(BUDI, hours=1, reason="  ", by="bima")
    for hours in (0, 73):
        with pytest.raises(BadInput, match="from 1 to 72"):
            await room.flags.block(BUDI, hours=hours, reason="20 pranks", by="bima")
    assert (await room.flags.block(BUDI, hours=72, reason="20 pranks", by="bima")).effect == "block"


async def test_one_runs_for_each_number_and_the_newer_one_counts(room: Room, clock: Clock) -> None:
    await room.flags.flag(BUDI, hours=24, reason="", by="siti")
    clock.pass_(60)
    await room.flags.flag("081234567890", hours=24, reason="again", by="rina")
    assert await running(room) == [(BUDI, "flag")]
    await room.flags.block(BUDI, hours=2, reason="20 pranks", by="bima")
    assert await running(room) == [(BUDI, "block")]
    with pytest.raises(Refused, match="is blocked until"):
        await room.flags.flag(BUDI, hours=24, reason="", by="siti")
    states = [line.state(clock()) for line in (await room.flags.page()).lines]
    assert states == [FlagState.RUNS, FlagState.ENDED, FlagState.ENDED]


async def test_after_it_expired_another_one_can_be_set(room: Room, clock: Clock) -> None:
    await room.flags.block(BUDI, hours=1, reason="20 pranks", by="bima")
    clock.pass_(3601)
    await room.flags.flag(BUDI, hours=24, reason="", by="siti")
    newest, old = (await room.flags.page()).lines
    assert (newest.effect, old.state(clock()), old.ended_by) == ("flag", FlagState.EXPIRED, "time")


async def test_it_is_ended_before_its_time_once(room: Room) -> None:
    line = await room.flags.flag(BUDI, hours=24, reason="", by="siti")
    done = await room.flags.end(line.id, by="bima", reason="his son apologised")
    assert (done.ended_by, done.end_reason) == ("bima", "his son apologised")
    assert await running(room) == []
    with pytest.raises(NotFound):
        await room.flags.end(line.id, by="bima")


async def test_every_change_is_audited_with_what_was_before(room: Room) -> None:
    await room.flags.flag(BUDI, hours=24, reason="", by="siti")
    line = await room.flags.block(BUDI, hours=2, reason="20 pranks", by="bima")
    await room.flags.end(line.id, by="bima")
    assert await actions(room) == [("flag.add", "siti"), ("block.add", "bima"), ("block.end", "bima")]
    kept = (await room.history.audit()).lines[1]
    assert (kept.target, kept.details["reason"], kept.details["before"]) == (BUDI, "20 pranks", "flag")


async def test_of_eight_who_flag_at_once_one_flag_runs(room: Room) -> None:
    work = (room.flags.flag(BUDI, hours=24, reason="", by=f"p{n}") for n in range(8))
    got = await asyncio.gather(*work, return_exceptions=True)
    assert all(isinstance(each, FlagLine | CallCenterError) for each in got)
    assert await running(room) == [(BUDI, "flag")]


async def test_a_number_s_history_tells_its_classes_and_when(room: Room, journal: Journal, clock: Clock) -> None:
    for id_ in ("a", "b", "c", "now"):
        journal.write(about(ended(answered(a_call(id_)))))
    await journal.settled(60)
    for id_, chosen in (("a", "PRANK"), ("b", "PRANK"), ("c", "INFO")):
        await room.tickets.set_class(room.numbers[id_], chosen, version=1, by="siti")
    found = await room.history.past(BUDI, before=clock.pass_(60))
    assert [(one.call_class, one.count, one.last_at) for one in found] == [("PRANK", 2, NOON), ("INFO", 1, NOON)]
    assert await room.history.past(BUDI, before=NOON) == []
    assert await room.history.past("anonymous", before=clock()) == []
