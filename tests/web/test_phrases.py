"""The page of the phrases: the room reads, supervisors and administrators write; the screen has them in its page."""

import json
import re
from collections.abc import Awaitable, Callable

from tests.web.conftest import Visitor
from tests.web.house import PARTS, House

Visit = Callable[..., Awaitable[Visitor]]


def on_the_screen(page: str) -> dict[str, str]:
    found = re.search(r'id="phrases">(.*?)</script>', page)
    assert found
    return dict(json.loads(found[1]))


async def test_a_supervisor_changes_a_list_and_screens_have_it(here: House, visit: Visit) -> None:
    bima, siti = await visit("bima"), await visit("siti", "101")
    assert "kb" in on_the_screen((await siti.get("/"))[1])
    _, page = await siti.get("/phrases")
    assert "Kebakaran. Yang terbakar:" in page and "<textarea" not in page
    await bima.get("/phrases")
    sent = {"language": "id", "text": ".kb </script><b>api</b>\n.tj Tidak dijawab.", "version": "0"}
    status, _, where = await bima.form("/phrases", **sent)
    assert (status, where) == (303, "/phrases?saved=id")
    assert on_the_screen((await siti.get("/"))[1]) == {"kb": "</script><b>api</b>", "tj": "Tidak dijawab."}
    assert "&lt;b&gt;api&lt;/b&gt;" in (await siti.get("/phrases"))[1]
    line = (await here.history.audit()).lines[0]
    assert (line.action, line.target) == ("phrases.change", "id")
    await here.app[PARTS].phrases.load_or_keep()
    assert here.app[PARTS].phrases.lists["id"].version == 1


async def test_nothing_typed_is_lost_with_a_refusal(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    await bima.get("/phrases")
    await bima.form("/phrases", language="id", text="kb lama", version="0")
    status, page, _ = await bima.form("/phrases", language="id", text="kb yang lain", version="0")
    assert status == 409 and "kb yang lain" in page and "kb lama" in page and 'role="alert"' in page
    status, page, _ = await bima.form("/phrases", language="id", text="kb baik\n5 buruk", version="1")
    assert status == 400 and "Baris 2" in page and "5 buruk" in page
    assert (await bima.form("/phrases", language="xx", text="kb a", version="0"))[0] == 400
