"""The phone in the page: who has one, what it is given, what its page may do."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import ClientSession

from callcenter.core.seen import PositionSeen
from callcenter.keys import Secrets
from callcenter.web.i18n import SCRIPTS
from callcenter.web.screen.phone import LIBRARY
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, House, house

PASSWORD_101 = Secrets("ami", "key-of-the-tests", {}).page_phone("101")
Visit = Callable[..., Awaitable[Visitor]]


async def at_101(visit: Visit, phone: str = "page") -> Visitor:
    """Siti, who chose her phone when she signed in."""
    siti = await visit()
    await siti.get("/sign-in")
    status, _, where = await siti.form("/sign-in", name="siti", password=PASSWORD, position="101", phone=phone)
    assert status == 303
    await siti.get(where)
    return siti


async def test_who_chose_the_page_gets_a_phone_there_and_may_reach_asterisks_socket_only(visit: Visit) -> None:
    siti = await at_101(visit)
    answer = await siti.head("/")
    allowed = re.search(r"connect-src ([^;]*);", answer.headers["Content-Security-Policy"])
    assert allowed and allowed[1] == f"'self' ws://{siti.base.host}:8088"
    _, page = await siti.get("/")
    assert 'id="phone"' in page
    assert LIBRARY in page
    assert PASSWORD_101 not in page


async def test_who_chose_the_sip_phone_loads_nothing_of_it(visit: Visit) -> None:
    siti = await at_101(visit, "desk")
    _, page = await siti.get("/")
    assert "jssip" not in page
    assert "phone.js" not in page
    assert "connect-src 'self';" in (await siti.head("/")).headers["Content-Security-Policy"]


async def test_the_choice_is_remembered_by_the_browser_and_changed_with_the_position(visit: Visit) -> None:
    siti = await at_101(visit)
    _, page = await siti.get("/position")
    assert re.search(r'value="page" checked', page)
    status, _, _ = await siti.form("/position", position="101", phone="desk")
    assert status == 303
    _, page = await siti.get("/")
    assert 'id="phone"' not in page


async def test_the_account_is_given_to_who_sits_there_and_is_not_the_password(visit: Visit) -> None:
    siti = await at_101(visit)
    status, given = await siti.send("/phone", {})
    assert status == 200
    assert given["user"] == "101-web"
    assert given["socket"] == f"ws://{siti.base.host}:8088/ws"
    assert given["ha1"] == hashlib.md5(f"101-web:asterisk:{PASSWORD_101}".encode()).hexdigest()
    assert PASSWORD_101 not in str(given)
    headers = {"X-CSRF-Token": siti.csrf, "Accept": "application/json"}
    async with siti.session.post(siti.base.with_path("/phone"), headers=headers) as answer:
        assert answer.headers["Cache-Control"] == "no-store"


async def test_nobody_else_gets_it(visit: Visit) -> None:
    rina = await visit("rina")
    status, given = await rina.send("/phone", {})
    assert status == 400
    assert "ha1" not in given
    ayu = await visit("ayu")
    assert (await ayu.send("/phone", {}))[0] == 403
    nobody = await visit()
    await nobody.get("/sign-in")
    assert (await nobody.send("/phone", {}))[0] == 401


async def test_a_host_that_is_none_never_reaches_the_policy(visit: Visit) -> None:
    siti = await at_101(visit)
    answer = await siti.head("/", headers={"Host": "a b;script-src *:8112"})
    assert "script-src *" not in answer.headers["Content-Security-Policy"]


async def test_a_city_can_do_without_it(tmp_path: Path) -> None:
    async with (
        house(tmp_path / "home", CALLCENTER_PAGE_PHONE="false") as here,
        ClientSession() as session,
        session.get(here.url + "sign-in") as answer,
    ):
        assert 'name="phone"' not in await answer.text()


async def test_the_floor_says_which_phone_rings(here: House, visit: Visit) -> None:
    siti = await at_101(visit)
    _, page = await siti.get("/")
    assert 'data-page-phone="0"' in page
    here.board.hear(PositionSeen("101", here.clock(), "IDLE", page=True))
    _, page = await siti.get("/")
    assert 'data-page-phone="1"' in page


def test_the_library_is_the_one_that_the_readme_beside_it_names() -> None:
    file = SCRIPTS / LIBRARY
    library = file.read_bytes()
    said = (file.parent / "README.md").read_text("utf-8")
    assert hashlib.sha256(library).hexdigest() in said


async def test_the_library_travels_packed(here: House, visit: Visit) -> None:
    siti = await at_101(visit)
    _, page = await siti.get("/")
    found = re.search(r'data-library="([^"]+)"', page)
    assert found
    answer = await siti.head(found[1], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < 60_000
    assert "javascript" in answer.headers["Content-Type"]
    assert "immutable" in answer.headers["Cache-Control"]
