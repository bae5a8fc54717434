"""The page of the cards: everybody of the room reads, the administrator writes."""

from collections.abc import Awaitable, Callable

from callcenter.web.parts import PARTS
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]


async def test_the_administrator_changes_a_card_and_the_room_reads_it(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    assert (await ayu.get("/cards/FIRE"))[0] == 200
    sent = {"language": "id", "text": "? Lantai <b>berapa</b>?", "version": "0"}
    status, _, where = await ayu.form("/cards/FIRE", **sent)
    assert (status, where) == (303, "/cards/FIRE?saved=id")
    siti = await visit("siti", "101")
    _, page = await siti.get("/cards")
    assert "Lantai &lt;b&gt;berapa&lt;/b&gt;?" in page and "/cards/FIRE" not in page
    status, page, _ = await ayu.form("/cards/FIRE", **{**sent, "text": "? yang lain"})
    assert status == 409 and "yang lain" in page and 'role="alert"' in page
    assert here.app[PARTS].cards.of("FIRE", "id").version == 1
    assert (await ayu.form("/cards/FIRE", language="xx", text="a", version="0"))[0] == 400
    assert (await ayu.get("/cards/NOPE"))[0] == 404
