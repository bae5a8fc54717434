"""Complaints on both databases: written out once, whoever presses first."""

import asyncio

import pytest

from callcenter.core.errors import NotFound, Refused
from callcenter.storage import Complaints, Journal
from tests.storage.cast import a_call, answered, arrival
from tests.storage.conftest import Room


async def complained(room: Room, journal: Journal, *names: str) -> None:
    for name in names:
        journal.write(arrival(answered(a_call(name))))
    await journal.settled(60)
    for name in names:
        await room.tickets.set_class(room.numbers[name], "NON_EMERGENCY", version=1, by="siti")


async def test_two_who_write_out_at_once_share_nothing(room: Room, journal: Journal) -> None:
    await complained(room, journal, "budi", "wati", "agus")
    complaints = Complaints(room.database, protected=("DV",), clock=room.clock)
    found = await asyncio.gather(
        complaints.write_out(contacts=False, by="bima"),
        complaints.write_out(contacts=True, by="rina"),
        return_exceptions=True,
    )
    made = [one for one in found if isinstance(one, int)]
    assert len(made) == 1
    assert [type(one) for one in found if not isinstance(one, int)] == [Refused]
    about, inside = await complaints.file(made[0], by="bima")
    assert about.count == len(inside) == 3
    assert [one.ticket.number for one in inside] == sorted(one.ticket.number for one in inside)
    assert await complaints.newest(unsent=True) == []
    with pytest.raises(NotFound):
        await complaints.file(99, by="bima")


async def test_what_was_asked_of_an_agency_and_what_was_said_stand_beside_it(room: Room, journal: Journal) -> None:
    await complained(room, journal, "budi", "wati")
    number = room.numbers["budi"]
    await room.tickets.save_note(number, key="note-0001", text="PJU padam", version=1, by="siti")
    complaints = Complaints(room.database, protected=("DV",), clock=room.clock)
    mine = next(one for one in await complaints.newest() if one.ticket.number == number)
    assert (mine.text, mine.number, mine.forwards, mine.file) == ("PJU padam", "+6281234567890", (), None)
    assert len(await complaints.newest(unfinished=True)) == 2
