"""A call that we make hangs on the ticket of the call that it is about, and is in no account of arrivals."""

from dataclasses import replace
from datetime import timedelta

from callcenter.core.attempt import Result
from callcenter.core.call import Call, Outcome, Stage
from callcenter.core.kind import Kind, made_id
from callcenter.storage import CallFilter, CallLine, Journal
from callcenter.storage.books import kept
from tests.storage.cast import BUDI, NOON, about, answered, arrival, ended, ids
from tests.storage.cast import a_call as call
from tests.storage.conftest import Room

BACK = made_id(1768366900, 0)


def callback(first: Call) -> Call:
    """Siti calls Budi back; he is busy."""
    at = NOON + timedelta(minutes=5)
    made = Call(BACK, at, BUDI, kind=Kind.CALLBACK, about=first.id, by="siti", position="101", dialled_at=at)
    return replace(made, stage=Stage.ENDED, outcome=Outcome.NOT_REACHED, cause=17, ended_at=at + timedelta(seconds=4))


async def test_it_has_the_ticket_of_the_call_that_it_is_about(room: Room, journal: Journal) -> None:
    first = ended(answered(call()))
    journal.write(arrival(first))
    await journal.settled(60)
    before = await room.history.ticket_of(first.id)
    for _ in range(2):
        journal.write(about(callback(first)))
    await journal.settled(60)
    assert (await room.history.ticket_of(BACK)).number == before.number
    lines = (await room.history.calls(CallFilter())).lines
    assert sorted(ids_of(lines)) == sorted([BACK, first.id])
    (line,) = (await room.history.calls(CallFilter(kind="CALLBACK"))).lines
    assert (line.about, line.by, line.result, line.outcome) == (first.id, "siti", Result.BUSY, "NOT_REACHED")
    assert line.dialled_at == NOON + timedelta(minutes=5)
    books = await kept(room.database, NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    assert [row.call for row in books] == ids([first])


async def test_without_the_other_call_it_makes_no_ticket(room: Room, journal: Journal) -> None:
    journal.write(about(replace(callback(call()), about="e112-1.1")))
    await journal.settled(60)
    assert (await room.history.tickets(CallFilter())).lines == []


async def test_it_is_no_earlier_call_of_that_number(room: Room, journal: Journal) -> None:
    first = ended(answered(call()))
    journal.write(arrival(first))
    journal.write(about(callback(first)))
    await journal.settled(60)
    found = await room.history.earlier_from(BUDI, before=NOON + timedelta(hours=1))
    assert ids_of(found) == [first.id]


def ids_of(lines: list[CallLine]) -> list[str]:
    return [line.id for line in lines]
