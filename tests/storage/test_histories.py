"""The audit seals what people typed: whoever changes a line of a history in the database is found."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.audit import check
from callcenter.storage import AuditFilter, Journal, histories
from callcenter.storage.notes import PAUSE
from tests.storage.cast import Clock, a_call, answered, arrival
from tests.storage.conftest import Room

KEY = "k" * 20
TAMPERING = (
    "UPDATE ticket_changes SET new = 'elsewhere' WHERE field = 'place'",
    "UPDATE ticket_changes SET by = 'rina' WHERE id = (SELECT min(id) FROM ticket_changes)",
    "DELETE FROM ticket_changes WHERE id = (SELECT max(id) FROM ticket_changes)",
    "DELETE FROM ticket_changes",
    "UPDATE note_revisions SET text = 'nothing'",
    "DELETE FROM note_revisions",
    "UPDATE notes SET text = 'all is well'",
    "UPDATE notes SET version = 1",
)


async def typed(room: Room, journal: Journal, clock: Clock) -> str:
    """A place, another one, a note that was changed."""
    journal.write(arrival(answered(a_call("budi"))))
    await journal.settled(60)
    number = room.numbers["budi"]
    for place in ("Jalan Melati 12", "Jalan Melati 21"):
        version = (await room.history.ticket(number)).ticket.version
        await room.tickets.set_fields(number, {"place": place}, version=version, by="siti")
    await room.tickets.save_note(number, key=KEY, text="he fell", version=1, by="siti")
    clock.pass_(PAUSE.total_seconds())
    await room.tickets.save_note(number, key=KEY, text="he jumped", version=2, by="siti")
    return number


async def sealed(room: Room, clock: Clock) -> None:
    clock.pass_(histories.SETTLED.total_seconds())
    await room.database.write(lambda connection: histories.seal(connection, clock()))


async def found(room: Room, clock: Clock) -> list[str]:
    return (await check(room.database, room.spool / "no-such-file", clock()))[1]


class Undo(Exception):
    """Takes the tampering back."""


async def test_each_change_of_what_was_typed_is_found(room: Room, journal: Journal, clock: Clock) -> None:
    await sealed(room, clock)
    await typed(room, journal, clock)
    await sealed(room, clock)
    await sealed(room, clock)
    rows = (await room.history.audit(AuditFilter(action=histories.SEAL))).lines
    assert len(rows) == 4, "an empty beginning, then one for each history; nothing new is no row"
    assert await found(room, clock) == []
    for order in TAMPERING:

        async def tampered(connection: AsyncConnection, order: str = order) -> None:
            await connection.execute(text(order))
            assert [each async for each in histories.findings(connection)], order
            raise Undo

        with pytest.raises(Undo):
            await room.database.write(tampered)
    assert await found(room, clock) == []


async def test_what_is_typed_after_a_seal_is_no_tampering(room: Room, journal: Journal, clock: Clock) -> None:
    await sealed(room, clock)
    number = await typed(room, journal, clock)
    await sealed(room, clock)
    version = (await room.history.ticket(number)).ticket.version
    await room.tickets.set_fields(number, {"place": "Gang Kenanga"}, version=version, by="rina")
    await room.tickets.save_note(number, key=KEY, text="he jumped, he says", version=3, by="siti")
    assert await found(room, clock) == []
    await sealed(room, clock)
    assert await found(room, clock) == []
