"""The journal: every fact once, every call one ticket, whatever is repeated."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import text

from callcenter.core.attempt import Result
from callcenter.core.call import Call, Outcome, Stage
from callcenter.core.facts import UNKNOWN_MOMENT, CallQueued, Unreadable
from callcenter.storage import Database, Entry, Journal
from tests.storage.cast import NOON, a_call, about, answered, arrival, ended, tried
from tests.storage.conftest import Room


async def count(database: Database, table: str) -> int:
    async with database.read() as connection:
        found = await connection.execute(text(f"SELECT count(*) FROM {table}"))
        return int(found.scalar_one())


async def test_an_arrival_is_a_call_with_a_ticket_after_one_commit(room: Room, journal: Journal) -> None:
    call = a_call()
    before = room.database.commits
    journal.write(arrival(call))
    await journal.settled(60)
    assert room.numbers == {call.id: "260114-0001"}
    assert room.database.commits == before + 1
    page = await room.history.ticket("260114-0001")
    assert [line.id for line in page.calls] == [call.id]
    assert page.ticket.day == date(2026, 1, 14)
    assert (page.calls[0].e164, page.calls[0].shown) == ("+6281234567890", "0812-3456-7890")


async def test_the_same_fact_twice_changes_nothing(room: Room, journal: Journal) -> None:
    call = a_call()
    for _ in range(3):
        journal.write(arrival(call))
    await journal.settled(60)
    journal.write(arrival(call))
    await journal.settled(60)
    assert await count(room.database, "facts") == 1
    assert await count(room.database, "tickets") == await count(room.database, "calls") == 1


async def test_calls_of_a_day_are_numbered_in_their_order_without_a_gap(room: Room, journal: Journal) -> None:
    calls = [a_call() for _ in range(120)]
    for call in calls:
        journal.write(arrival(call))
    await journal.settled(60)
    assert list(room.numbers.values()) == [f"260114-{n:04d}" for n in range(1, 121)]


async def test_the_day_of_a_number_is_that_of_the_city(room: Room, journal: Journal) -> None:
    journal.write(arrival(a_call("late", arrived_at=NOON.replace(hour=16, minute=59))))
    journal.write(arrival(a_call("early", arrived_at=NOON.replace(hour=17))))
    await journal.settled(60)
    assert room.numbers == {"late": "260114-0001", "early": "260115-0001"}


async def test_test_calls_have_a_series_of_their_own(room: Room, journal: Journal) -> None:
    journal.write(arrival(a_call("trial", test=True)))
    journal.write(arrival(a_call("real")))
    await journal.settled(60)
    assert room.numbers == {"trial": "260114-T001", "real": "260114-0001"}


async def test_a_call_found_out_to_be_a_test_changes_its_number_and_says_so(room: Room, journal: Journal) -> None:
    call = a_call("trial")
    journal.write(arrival(call))
    await journal.settled(60)
    journal.write(about(replace(call, test=True)))
    await journal.settled(60)
    assert room.numbers == {"trial": "260114-T001"}
    page = await room.history.ticket("260114-T001")
    assert [(c.field, c.old, c.new, c.by) for c in page.changes] == [
        ("number", "260114-0001", "260114-T001", "telephone")
    ]


async def test_a_row_shows_the_newest_state_and_the_facts_all_that_was_between(room: Room, journal: Journal) -> None:
    call = a_call()
    journal.write(arrival(call))
    journal.write(about(replace(call, queued_at=NOON, stage=Stage.WAITING), CallQueued(call.id, NOON)))
    journal.write(about(answered(call)))
    journal.write(about(ended(answered(call))))
    await journal.settled(60)
    page = await room.history.call(call.id)
    assert page.line.outcome == Outcome.ANSWERED
    assert page.line.answered_at == NOON + timedelta(seconds=4)
    assert page.call == ended(answered(call))
    assert [fact.kind for fact in page.facts] == ["CallArrived", "CallQueued", "LegHeld", "LegHeld"]
    assert room.done == [call.id]
    assert await room.history.ended([call.id, "other"]) == {call.id}


async def test_attempts_keep_their_own_times(room: Room, journal: Journal) -> None:
    call = tried(answered(a_call()))
    journal.write(arrival(call))
    accepted = replace(call.attempts[0], result=Result.ACCEPTED, accepted_at=NOON, accepted_by="key")
    journal.write(about(replace(call.with_attempt(accepted), accepted_at=NOON)))
    await journal.settled(60)
    found = (await room.history.attempts_of([call.id]))[call.id]
    assert [(a.agency, a.result, a.accepted_at) for a in found] == [("damkar", "ACCEPTED", NOON)]
    assert (await room.history.call(call.id)).line.agencies == ("damkar",)


async def test_a_forward_and_its_acceptance_move_the_ticket_on_once(room: Room, journal: Journal) -> None:
    call = answered(a_call())
    journal.write(arrival(call))
    await journal.settled(60)
    number = room.numbers[call.id]
    journal.write(about(tried(call)))
    await journal.settled(60)
    assert (await room.history.ticket(number)).ticket.status == "FORWARDED"
    journal.write(about(replace(tried(call), accepted_at=NOON)))
    await journal.settled(60)
    ticket = (await room.history.ticket(number)).ticket
    assert ticket.status == "ACCEPTED"
    await room.tickets.set_status(number, "HANDLED", version=ticket.version, by="siti")
    journal.write(about(ended(replace(tried(call), accepted_at=NOON))))
    await journal.settled(60)
    assert (await room.history.ticket(number)).ticket.status == "HANDLED"


async def test_who_sat_at_the_position_that_answered_is_kept(room: Room, journal: Journal) -> None:
    await room.people.add_user("siti", "a-long-password")
    await room.people.sign_in("siti", "a-long-password", position="101", address="10.0.0.7")
    call = a_call()
    journal.write(arrival(call))
    journal.write(about(answered(call, "101")))
    await journal.settled(60)
    assert (await room.history.call(call.id)).line.person == "siti"
    assert [t.number for t in await room.history.open_tickets("siti")] == [room.numbers[call.id]]


async def test_open_calls_come_back_as_they_were(room: Room) -> None:
    talking, over = tried(answered(a_call())), a_call()
    async with room.journal() as journal:
        journal.write(arrival(talking))
        journal.write(arrival(over))
        journal.write(about(ended(over)))
        await journal.settled(60)
    room.numbers.clear()
    async with room.journal() as journal:
        assert await journal.open_calls() == [talking]
        assert room.numbers == {talking.id: "260114-0001"}


async def test_entries_written_before_a_stop_land_after_the_start(room: Room) -> None:
    call = a_call()
    journal = room.a_journal()
    journal.open()
    journal.write(arrival(call))
    await journal.close()  # never ran: nothing reached the database
    assert await count(room.database, "calls") == 0
    async with room.journal() as again:
        assert [c.id for c in await again.open_calls()] == [call.id]


async def test_an_older_entry_never_overwrites_a_newer_row(room: Room) -> None:
    """A crash after the commit and before the spool was acknowledged: everything comes a second time."""
    call = a_call()
    async with room.journal() as journal:
        journal.write(arrival(call))
        journal.write(about(ended(answered(call))))
        await journal.settled(60)
        kept = {path.name: path.read_bytes() for path in room.spool.glob("*.spool")}
    assert kept
    for path in room.spool.glob("*.spool"):
        path.unlink()
    first, _, _ = next(iter(kept.values())).partition(b"\n")
    (room.spool / next(iter(kept))).write_bytes(first + b"\n")  # the arrival alone
    async with room.journal() as journal:
        await journal.settled(60)
        assert (await room.history.call(call.id)).line.outcome == Outcome.ANSWERED
        assert await count(room.database, "tickets") == 1


async def test_an_entry_that_can_never_be_written_is_put_aside_and_the_next_ones_go_on(
    room: Room, journal: Journal
) -> None:
    before, broken, after = a_call(), a_call("broken", cause=2**80), a_call()
    for call in (before, broken, after):
        journal.write(arrival(call))
    await journal.settled(60)
    assert set(room.numbers) == {before.id, after.id}
    [aside] = await room.history.quarantine()
    assert (aside.kind, aside.call) == ("CallArrived", "broken")
    assert aside.why
    assert journal.state.quarantined == 1


async def test_what_json_does_not_know_is_put_aside_in_sight(room: Room, journal: Journal) -> None:
    journal.write(Entry(Unreadable(NOON, "odd", {"a": object()})))  # type: ignore[dict-item]
    journal.write(arrival(call := a_call()))
    await journal.settled(60)
    assert call.id in room.numbers
    assert "not JSON serializable" in (await room.history.quarantine())[0].why


async def test_a_hostile_name_is_stored_and_the_call_has_its_ticket(room: Room, journal: Journal) -> None:
    for name in ('"Robert\'); DROP TABLE calls;--"', "Ibu \0 Sri", "half \ud83d letter", "🔥" * 500, "x" * 2048):
        call = a_call(name=name, number="\0" + name, location=name)
        journal.write(arrival(call))
        await journal.settled(60)
        assert await room.history.quarantine() == []
        line = (await room.history.call(call.id)).line
        assert line.name and "\0" not in line.name
        assert line.e164 is None


async def test_a_call_without_a_known_moment_is_kept_at_the_moment_it_was_heard(room: Room, journal: Journal) -> None:
    call = a_call(arrived_at=UNKNOWN_MOMENT, queued_at=UNKNOWN_MOMENT)
    journal.write(arrival(call))
    await journal.settled(60)
    line = (await room.history.call(call.id)).line
    assert (line.arrived_at, line.queued_at) == (NOON, None)


async def test_somebody_who_stumbles_over_the_news_does_not_stop_the_journal(room: Room, journal: Journal) -> None:
    def stumble(_: object) -> None:
        raise RuntimeError("a bug elsewhere")

    journal.committed = stumble
    journal.write(arrival(a_call()))
    await journal.settled(60)
    journal.write(arrival(a_call()))
    await journal.settled(60)
    assert await count(room.database, "tickets") == 2


async def test_a_thousand_entries_take_few_commits(room: Room, journal: Journal) -> None:
    calls = [a_call() for _ in range(100)]
    before = room.database.commits
    for n in range(10):
        for call in calls:
            journal.write(about(replace(call, rung=n)))
        await asyncio.sleep(0)
    await journal.settled(30)
    assert room.database.commits - before < 60
    assert await count(room.database, "facts") == 1000
    async with room.database.read() as connection:
        assert (await connection.execute(text("SELECT min(rung) FROM calls"))).scalar_one() == 9


def test_a_call_with_every_field_makes_a_row_for_every_column() -> None:
    from callcenter.storage.rows import call_row
    from callcenter.storage.tables import calls
    from tests.storage.cast import READ_NUMBER

    row = call_row(Call("x", NOON), 1, NOON, {}, READ_NUMBER)
    assert set(row) == {column.name for column in calls.c} - {"person"}
