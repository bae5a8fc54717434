"""Protocol cards: shipped, changed by the city, never over somebody's newer text."""

import pytest

from callcenter.core.errors import BadInput, Conflict
from callcenter.storage import Cards
from tests.storage.cast import Clock
from tests.storage.conftest import Room


async def test_a_changed_card_stays_and_the_audit_has_both_texts(room: Room) -> None:
    cards = Cards(room.database, Clock())
    old = cards.of("FIRE", "id")
    assert old.version == 0 and old.lines
    await cards.save("FIRE", "id", "? Apa yang terbakar?\r\n! Keluar!", version=0, by="ayu")
    again = Cards(room.database, Clock())
    await again.load_or_keep()
    found = again.of("FIRE", "id")
    assert (found.text, found.version, found.changed_by) == ("? Apa yang terbakar?\n! Keluar!", 1, "ayu")
    assert again.of("FIRE", "en").version == 0
    line = (await room.history.audit()).lines[0]
    assert (line.action, line.target, line.details["old"], line.details["new"]) == (
        "cards.change",
        "FIRE id",
        old.text,
        found.text,
    )


async def test_the_second_of_two_admins_overwrites_nothing(room: Room) -> None:
    one, other = Cards(room.database, Clock()), Cards(room.database, Clock())
    await one.save("FIRE", "en", "? mine", version=0, by="ayu")
    with pytest.raises(Conflict, match="ayu changed this card"):
        await other.save("FIRE", "en", "? theirs", version=0, by="bima")
    await other.load_or_keep()
    assert other.of("FIRE", "en").text == "? mine"
    with pytest.raises(BadInput):
        await one.save("FIRE", "en", "x" * 4001, version=1, by="ayu")


async def test_a_language_without_a_card_reads_the_indonesian_one(room: Room) -> None:
    cards = Cards(room.database, Clock())
    assert cards.of("FIRE", "jv") == cards.of("FIRE", "id")
    assert cards.of("NO_SUCH", "id").lines == ()
