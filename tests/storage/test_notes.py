"""Notes: kept while she types, one person each, nothing lost on the way."""

import asyncio

import pytest
from sqlalchemy import text

from callcenter.core.errors import BadInput, Conflict, NotFound, Refused
from callcenter.storage import Journal, Note
from tests.storage.cast import NOON, Clock, a_call, arrival
from tests.storage.conftest import Room

KEY = "5f0c7f6e-0001"


@pytest.fixture
async def ticket(room: Room, journal: Journal) -> str:
    """A ticket to write on."""
    journal.write(arrival(a_call("budi")))
    await journal.settled(60)
    return room.numbers["budi"]


async def save(room: Room, ticket: str, words: str, version: int, *, by: str = "siti", key: str = KEY) -> Note:
    return await room.tickets.save_note(ticket, key=key, text=words, version=version, by=by)


async def revisions(room: Room) -> list[tuple[int, str, bool]]:
    async with room.database.read() as connection:
        found = await connection.execute(text("SELECT version, text, refused FROM note_revisions ORDER BY id"))
        return [(row[0], row[1], bool(row[2])) for row in found]


async def test_others_see_a_note_as_it_grows(room: Room, ticket: str) -> None:
    await save(room, ticket, "Api di", 1)
    await save(room, ticket, "Api di pasar", 2)
    [note] = (await room.history.ticket(ticket)).notes
    assert (note.text, note.author, note.version, note.created_at) == ("Api di pasar", "siti", 2, NOON)


async def test_the_same_save_twice_is_harmless(room: Room, ticket: str) -> None:
    await save(room, ticket, "Api", 1)
    again = await save(room, ticket, "Api", 1)
    assert (again.text, again.version) == ("Api", 1)
    later = await save(room, ticket, "Api besar", 7)  # answers between were lost on the way
    assert later.version == 7
    assert await revisions(room) == []


async def test_what_stood_there_before_a_pause_or_was_deleted_is_kept(room: Room, ticket: str, clock: Clock) -> None:
    await save(room, ticket, "Api di pasar", 1)
    clock.pass_(6)
    await save(room, ticket, "Api di pasar, dua lantai", 2)
    clock.pass_(1)
    await save(room, ticket, "Api", 3)
    assert await revisions(room) == [(1, "Api di pasar", False), (2, "Api di pasar, dua lantai", False)]


async def test_two_windows_with_one_key_keep_both_texts(room: Room, ticket: str) -> None:
    await save(room, ticket, "one", 1)
    await save(room, ticket, "one more", 2)
    with pytest.raises(Conflict, match="Both texts are kept; yours: another") as caught:
        await save(room, ticket, "another", 2)
    assert caught.value.values["theirs"] == "one more"
    assert await revisions(room) == [(2, "another", True)]


async def test_nobody_writes_in_anothers_note(room: Room, ticket: str) -> None:
    await save(room, ticket, "mine", 1)
    with pytest.raises(Refused, match="This note belongs to siti"):
        await save(room, ticket, "yours", 2, by="rina")
    await save(room, ticket, "yours", 1, by="rina", key="5f0c7f6e-0002")
    assert sorted(note.text for note in (await room.history.ticket(ticket)).notes) == ["mine", "yours"]


async def test_a_note_needs_a_ticket_a_key_and_a_sane_length(room: Room, ticket: str) -> None:
    with pytest.raises(NotFound):
        await save(room, "990101-0001", "x", 1)
    with pytest.raises(BadInput, match="without its key"):
        await save(room, ticket, "x", 1, key="")
    with pytest.raises(BadInput, match="too long"):
        await save(room, ticket, "x" * 30_000, 1)


async def test_hostile_letters_are_kept_as_far_as_a_database_can(room: Room, ticket: str) -> None:
    assert (await save(room, ticket, "a\0b 🔥 '; DROP TABLE notes;--", 1)).text == "a\ufffdb 🔥 '; DROP TABLE notes;--"


async def test_eight_people_typing_at_once_all_keep_every_last_word(room: Room, ticket: str) -> None:
    async def types(n: int) -> None:
        for version in range(1, 16):
            await save(room, ticket, f"{n}: " + "word " * version, version, by=f"p{n}", key=f"5f0c7f6e-{n:04d}")

    await asyncio.gather(*(types(n) for n in range(8)))
    notes = (await room.history.ticket(ticket)).notes
    assert {note.text for note in notes} == {f"{n}: " + "word " * 15 for n in range(8)}
