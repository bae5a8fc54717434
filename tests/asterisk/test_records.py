"""The file of Asterisk's own records, and all that can be wrong with it; what its records mean for the floor."""

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.asterisk.ledger import from_database
from callcenter.asterisk.records import MARGIN, Records
from callcenter.asterisk.render import SOURCE
from callcenter.asterisk.snapshot import Clock, clock_of, with_recalled
from callcenter.asterisk.wire import Fields
from callcenter.core.apply import apply
from callcenter.core.attempt import Attempt, Result
from callcenter.core.call import Call
from callcenter.core.facts import CallAnswered, CallArrived, CallQueued, Fact, LineLost
from callcenter.core.floor import Floor, Gap
from callcenter.core.reconcile import read_from
from callcenter.core.seen import CallRecalled, FloorSeen, LegSeen

BASE = 1795315000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "master.db"
    with closing(sqlite3.connect(place)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(
            "CREATE TABLE cel (AcctId INTEGER PRIMARY KEY, eventtype, eventtime, cidname, cidnum, context, exten,"
            " channame, appname, appdata, uniqueid, linkedid, userfield, peer, userdeftype, eventextra)"
        )
    return place


def fill(file: Path, rows: int, start: float = BASE, first: int = 1) -> None:
    """One row a second."""
    with closing(sqlite3.connect(file)) as db:
        statement = "INSERT INTO cel (AcctId, eventtype, eventtime, uniqueid) VALUES (?, 'ANSWER', ?, 'x')"
        db.executemany(statement, ((first + n, f"{start + n:.6f}") for n in range(rows)))
        db.commit()


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(BASE + seconds, UTC)


async def test_the_file_is_read_from_a_minute_before_the_moment_and_from_there_whole(file: Path) -> None:
    fill(file, 12_000)
    rows = await Records(file).read(at(1000))
    assert (rows[0].at, rows[-1].at, len(rows)) == (at(1000) - MARGIN, at(11_999), 11_060)
    assert len(await Records(file).read(None)) == 12_000
    assert not await Records(file).read(at(90_000))
    assert len(await Records(file).read(at(-90_000))) == 12_000


async def test_a_file_made_anew_with_gaps_in_its_numbers_is_read_all_the_same(file: Path) -> None:
    fill(file, 100, first=1)
    fill(file, 100, start=BASE + 5000, first=9_000_000)
    assert [r.at for r in await Records(file).read(at(5050))] == [at(4990 + n) for n in range(10, 110)]


async def test_a_row_without_a_readable_moment_is_left_out(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    fill(file, 3)
    with closing(sqlite3.connect(file)) as db:
        db.execute("INSERT INTO cel (AcctId, eventtype, eventtime) VALUES (9, 'ANSWER', 'soon')")
        db.commit()
    assert len(await Records(file).read(None)) == 3
    assert "row 9" in caplog.text


async def test_a_missing_damaged_or_locked_file_is_a_sentence_and_no_rows(
    tmp_path: Path, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    missing, damaged = Records(tmp_path / "nowhere.db"), Records(tmp_path / "damaged.db")
    (tmp_path / "damaged.db").write_bytes(b"no database at all" * 200)
    for records, word in ((missing, "are not at"), (damaged, "cannot be read")):
        assert not await records.read(None)
        assert not await records.read(None)
        assert word in str(records.trouble)
    assert len(caplog.records) == 2, "said once"
    fill(file, 10)
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        records = Records(file)
        assert not await records.read(None)
        assert "locked" in str(records.trouble)
        other.rollback()
    assert len(await records.read(None)) == 10
    assert records.trouble is None


async def test_reading_has_a_deadline_and_never_holds_up_who_writes(file: Path) -> None:
    fill(file, 30_000)
    late = Records(file, deadline=-1)
    assert not await late.read(None)
    assert "interrupted" in str(late.trouble)
    with closing(sqlite3.connect(file, timeout=0)) as asterisk:
        asterisk.execute("BEGIN IMMEDIATE")
        assert len(await Records(file).read(None)) == 30_000
        asterisk.execute("INSERT INTO cel (AcctId) VALUES (99999)")
        asterisk.commit()


@pytest.mark.parametrize("written", ["1795315921.527411", "2026-11-22 02:52:01.527411", "2026-11-22 09:52:01.527411"])
async def test_moments_are_seconds_or_local_time_of_any_zone(file: Path, written: str) -> None:
    with closing(sqlite3.connect(file)) as db:
        values = (written, "e112-1795315921.6")
        db.execute("INSERT INTO cel (eventtype, eventtime, uniqueid) VALUES ('CHAN_START', ?, ?)", values)
        db.commit()
    (one,) = await Records(file).read(at(950))
    assert one.at == datetime(2026, 11, 22, 2, 52, 1, 527411, UTC)


def test_the_database_s_moments_are_put_right_by_the_call_s_own_id() -> None:
    entries: list[Fields] = [{"Key": "/e112/e112-1795318562.0/in", "Val": "1795293362.694|+62|112|"}]
    entries.append({"Key": "/e112/e112-1795318562.0/end", "Val": "1795293372.694||127"})
    (call,) = from_database(entries)
    assert (call.arrived_at.timestamp(), call.ended_at) == (1795318562.694, call.arrived_at + timedelta(seconds=10))


def test_a_moment_of_the_database_is_asked_for_at_once() -> None:
    """The second, then its decimals: between the two a second ended, and the call came a second too early."""
    dialplan = {file.name: file.read_text("utf-8") for file in SOURCE.glob("*.conf")}
    assert not [name for name, text in dialplan.items() if "${EPOCH}.$" in text]
    written = "20261122023602.694"
    (call,) = from_database([{"Key": "/e112/e112-1795314962.0/in", "Val": f"{written}|+62|112|"}])
    assert call.arrived_at == datetime(2026, 11, 22, 2, 36, 2, 694000, UTC)


# ---- what they mean for the floor ------------------------------------------------------------------------------------


def came(call: str = "e112-1.1", answered_at: datetime | None = None) -> CallRecalled:
    return CallRecalled(call, at(0), queued_at=at(0), answered_at=answered_at)


def play(*told: Fact, floor: Floor | None = None) -> tuple[Floor, dict[str, Call]]:
    floor, calls = floor or Floor(), {}
    for fact in told:
        floor, changed = apply(floor, fact)
        calls.update({call.id: call for call in changed})
    return floor, calls


def test_a_fresh_service_knows_by_the_age_of_asterisk_whom_its_death_cut_off() -> None:
    waited, spoke, unknown = came("e112-1.1"), came("e112-1.2", answered_at=at(4)), CallRecalled("e112-1.3", at(30))
    fact = FloorSeen(at(60), "boot", recalled=(waited, spoke, unknown), booted_at=at(20))
    floor, calls = play(fact, floor=Floor(blind_since=at(-5)))
    assert [(c.outcome, c.disconnected_early, c.end_seen) for c in calls.values()] == [
        ("NO_AGENT", False, False),
        ("ANSWERED", True, False),
        ("UNKNOWN", False, False),
    ]
    assert floor.gaps == (Gap(at(0), at(60), found=0, unknown=1, cut=2),)


def test_a_fresh_service_reads_in_asterisk_until_when_its_former_life_heard_it() -> None:
    fact = FloorSeen(at(60), "boot", recalled=(CallRecalled("e112-1.1", at(30), ended_at=at(31)),), heard_until=at(20))
    starting, _ = play(LineLost(at(59), "the link is being set up"))
    assert (read_from(starting), read_from(starting, at(20))) == (None, at(20))
    floor, _ = play(fact, floor=starting)
    assert floor.gaps == (Gap(at(20), at(60), found=1, unknown=0),)
    floor, _ = play(LineLost(at(106), "silent"), FloorSeen(at(110), "boot", heard_until=at(99)), floor=floor)
    assert floor.gaps[1:] == (Gap(at(99), at(110), found=0, unknown=0),)


def test_a_first_start_with_nothing_found_is_no_gap() -> None:
    floor, _ = play(LineLost(at(0), "the link is being set up"), FloorSeen(at(1), "boot"))
    assert (floor.gaps, floor.blind_since) == ((), None)


def test_the_same_snapshot_twice_changes_nothing() -> None:
    leg = LegSeen("e112-1.2", at(30), "e112-1.2", entry=True, waiting_since=at(31))
    here = CallRecalled("e112-1.2", at(30.4), queued_at=at(30.5), rang_at=at(30.6))
    tries = (Attempt("fwd-damkar-1-1-e112-1.1", "damkar", 1, 1, dialled_at=at(5)),)
    passed = CallRecalled("e112-1.1", at(0), ended_at=at(9), outcome="ABANDONED", attempts=tries)
    fact = FloorSeen(at(60), "boot", (leg,), recalled=(passed, here))
    floor, calls = play(fact)
    again, changed = apply(floor, fact)
    assert (again, changed) == (floor, ())
    assert (floor.calls["e112-1.2"].arrived_at, floor.calls["e112-1.2"].queued_at) == (at(30.4), at(30.5))
    assert calls["e112-1.1"].attempts[0].result is Result.FAILED


def test_what_was_heard_stays_and_only_the_rest_comes_from_the_records() -> None:
    heard = (
        CallArrived("e112-1.1", at(0.1)),
        CallQueued("e112-1.1", at(0.2)),
        CallAnswered("e112-1.1", at(4.1), "101", "l"),
    )
    record = CallRecalled("e112-1.1", at(0), "+62812", queued_at=at(0.15), answered_at=at(4), ended_at=at(50), cause=16)
    fact = FloorSeen(at(60), "boot", recalled=(record,))
    _, calls = play(*heard, LineLost(at(10), "cut"), fact)
    (call,) = calls.values()
    assert (call.arrived_at, call.queued_at, call.answered_at, call.ended_at) == (at(0.1), at(0.2), at(4.1), at(50))
    assert (call.outcome, call.number, call.end_seen, call.disconnected_early) == ("ANSWERED", "+62812", True, False)


def test_asterisk_s_own_clock_tells_what_is_news_and_how_old_it_is() -> None:
    clock = clock_of(f"{BASE + 60}", "2026-11-22 09:37:40.250", "2026-11-22 09:36:00")
    assert clock == Clock(at(60.25), datetime(2026, 11, 22, 2, 36, 1, tzinfo=UTC))
    before, news = came(), CallRecalled("e112-2.2", at(61))
    up = CallRecalled("e112-3.3", at(59), answered_at=at(61), position="101")
    leg = LegSeen("e112-3.3", at(59), "e112-3.3", entry=True)
    seen = with_recalled(FloorSeen(at(62), "boot", (leg,)), (before, news, up), clock)
    assert [(r.call, r.answered_at) for r in seen.recalled] == [("e112-1.1", None), ("e112-3.3", None)]
    assert seen.booted_at == clock.booted_at
