"""What a report is made of: incidents are tickets, each once, and a merged one is its other."""

from datetime import date

from sqlalchemy import update

from callcenter.storage import Journal, Reports
from callcenter.storage.tables import ticket_calls
from tests.storage.cast import NOON, a_call, answered, arrival
from tests.storage.conftest import Room

DAY = date(2026, 1, 14)


async def test_an_incident_is_a_ticket_and_a_merged_one_is_counted_once(room: Room, journal: Journal) -> None:
    for name in ("budi", "wati", "prank", "trial"):
        journal.write(arrival(answered(a_call(name, arrived_at=NOON, test=name == "trial"))))
    await journal.settled(60)
    for name in ("budi", "wati", "trial"):
        await room.tickets.set_class(room.numbers[name], "EMERGENCY", version=99, by="siti")
    await room.tickets.set_class(room.numbers["prank"], "PRANK", version=99, by="siti")
    reports = Reports(room.database, clock=room.clock)
    assert sum(each.count for each in await reports.incidents(DAY, DAY)) == 2
    kept = (await room.history.ticket(room.numbers["budi"])).ticket.id
    await room.database.write(
        lambda c: c.execute(update(ticket_calls).where(ticket_calls.c.call == "wati").values(ticket=kept))
    )
    assert sum(each.count for each in await reports.incidents(DAY, DAY)) == 1
    assert await reports.incidents(date(2026, 1, 15), date(2026, 1, 31)) == []
