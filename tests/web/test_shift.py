"""The sheet between two shifts: what is open, who is owed a call, what the others must know."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.web.conftest import Visitor
from tests.web.house import House
from tests.web.test_screen import CALL, siti_speaks

Visit = Callable[..., Awaitable[Visitor]]


async def test_the_sheet_has_what_is_open_and_the_notes_of_the_shift_before(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    assert (await siti.send(f"/calls/{CALL}/field", {"field": "place", "value": "Pasar Pagi", "version": 9}))[0] == 200
    status, _, where = await siti.form("/shift", text="Jalan Kartini <ditutup>")
    assert (status, where) == (303, "/shift")
    rina = await visit("rina", "102")
    _, page = await rina.get("/shift")
    number = (await here.history.ticket_of(CALL)).number
    for told in (number, "Pasar Pagi", "Jalan Kartini &lt;ditutup&gt;", "siti"):
        assert told in page
    assert "1 panggilan dijawab, 0 di antaranya oleh Anda." in page
    await siti.send(f"/calls/{CALL}/class", {"class": "PRANK"})
    _, page = await rina.get("/shift")
    assert number not in page and "Tidak ada tiket terbuka." in page


async def test_a_note_that_cannot_be_kept_stands_in_the_form_again(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    await siti.get("/shift")
    status, page, _ = await siti.form("/shift", text="x" * 2001)
    assert status == 400 and "x" * 2001 in page and 'role="alert"' in page
    status, page, _ = await siti.form("/shift", text="   ")
    assert status == 400 and "Tulis apa yang harus diketahui" in page


async def test_old_notes_go(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    await siti.get("/shift")
    await siti.form("/shift", text="catatan lama")
    here.clock.pass_(timedelta(hours=11).total_seconds())  # type: ignore[attr-defined]
    assert "catatan lama" in (await siti.get("/shift"))[1]
