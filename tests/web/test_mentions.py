"""What notes speak of can be opened, at the desk and after the call; how a note came to be stands behind it."""

from collections.abc import Awaitable, Callable

from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]
KEY = "5f0c7f6e0001"
TEXT = '<img src=x onerror=alert(1)> jl kartini, hub 0812-3456-7890 "lihat" 260114-0007'


async def a_call(here: House) -> tuple[str, str]:
    call = here.telephone.dials("e112-1790010000.7", "+6281234567890")
    here.telephone.answers(call, "101")
    await here.until(lambda: call in here.board.tickets)
    return call, here.board.tickets[call]


async def test_at_the_desk_and_after_the_call_every_piece_is_escaped(here: House, visit: Visit) -> None:
    call, ticket = await a_call(here)
    await here.tickets.save_note(ticket, key=KEY, text=TEXT, version=1, by="rina")
    siti, bima = await visit("siti", "101"), await visit("bima")
    await siti.get(f"/calls/{call}/sheet")

    async def painted() -> bool:
        return 'data-mention="PLACE"' in (await siti.get(f"/calls/{call}/sheet"))[1]

    await here.eventually(painted)
    _, sheet = await siti.get(f"/calls/{call}/sheet")
    _, page = await bima.get(f"/tickets/{ticket}")
    for html in (sheet, page):
        assert "<img" not in html and "&lt;img src=x onerror=alert(1)&gt;" in html
    assert 'data-mention="NUMBER" data-value="+6281234567890"' in sheet
    assert 'data-mention="TICKET" data-value="260114-0007"' in sheet
    assert 'href="/calls?number=%2B6281234567890"' in page and 'href="/tickets/260114-0007"' in page
    assert "/places?q=Jalan%20Kartini" in page
    assert (await bima.get("/calls?number=%2B6281234567890"))[0] == 200


async def test_a_number_shows_its_calls_and_only_one_that_called_can_be_called_back(here: House, visit: Visit) -> None:
    call, ticket = await a_call(here)
    await here.stored()
    siti = await visit("siti", "101")
    status, page = await siti.get("/numbers?n=%2B6281234567890")
    assert status == 200 and ticket in page and f'data-post="/calls/{call}/callback"' in page
    status, page = await siti.get("/numbers?n=%2B6281399998888")
    assert status == 200 and "data-post" not in page and "belum pernah" in page
    for wrong in ("", "113", "<b>", "x" * 4000):
        assert (await siti.get("/numbers?n=" + wrong))[0] == 400
    seen = [(line.action, line.target) for line in (await here.history.audit()).lines]
    assert ("number.view", "+6281234567890") in seen


async def test_a_ticket_opens_by_its_number(here: House, visit: Visit) -> None:
    call, ticket = await a_call(here)
    siti = await visit("siti", "101")
    status, answer = await siti.get(f"/tickets/{ticket}/call", headers={"Accept": "application/json"})
    assert status == 200 and call in answer
    status, answer = await siti.get("/tickets/990101-0001/call", headers={"Accept": "application/json"})
    assert status == 404 and "990101-0001" in answer


async def test_every_version_of_a_note_is_read_with_its_differences(here: House, visit: Visit) -> None:
    _, ticket = await a_call(here)

    async def save(text: str, version: int) -> None:
        await here.tickets.save_note(ticket, key=KEY, text=text, version=version, by="siti")

    await save("Api di dapur <b>", 1)
    await save("Asap di dapur <b>", 2)
    bima = await visit("bima")
    siti = await visit("siti", "101")
    body = {"key": KEY, "text": "Api di gudang", "version": 2}
    status, answer = await siti.send(f"/calls/{next(iter(here.board.tickets))}/note", body)
    assert status == 409 and "Asap di dapur" in str(answer)
    _, page = await bima.get(f"/tickets/{ticket}")
    assert "<del>Api</del><ins>Asap</ins> di dapur &lt;b&gt;" in page
    assert "diketik di jendela kedua" in page and "<ins>gudang</ins>" in page
