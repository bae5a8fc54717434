"""One's own account, the second factor and the administrator's pages, as people meet them."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from yarl import URL

from callcenter.storage import AuditFilter, Second
from callcenter.storage.codes import Vault, code_at
from callcenter.web.me.qr import svg
from tests.web.conftest import Visitor
from tests.web.house import PARTS, PASSWORD, House, house

Visit = Callable[..., Awaitable[Visitor]]
SEALED = re.compile(r'name="sealed" value="([^"]+)"')
SECRET = re.compile(r'<code class="secret">([^<]+)</code>')


def second(here: House) -> Second:
    return here.app[PARTS].second


def code(here: House, sealed: str) -> str:
    return code_at(Vault("key-of-the-tests").open(sealed), here.clock())


async def set_up(here: House, visitor: Visitor) -> tuple[str, list[str]]:
    """The sealed secret and the recovery codes of a phone that was just set up."""
    _, page = await visitor.get("/me/second")
    sealed = SEALED.findall(page)[0]
    assert "<svg" in page and "style=" not in page
    status, page, _ = await visitor.form("/me/second", sealed=sealed, code="000000")
    assert status == 409 and SEALED.findall(page) == [sealed], "a wrong code shows the same picture again"
    status, page, _ = await visitor.form("/me/second", sealed=sealed, code=code(here, sealed))
    assert status == 200
    return sealed, re.findall(r"<li><code>([^<]+)</code></li>", page)


async def door(visitor: Visitor, name: str, password: str = PASSWORD, **more: str) -> str:
    """Where the first half of a sign-in leads."""
    await visitor.get("/sign-in")
    return (await visitor.form("/sign-in", name=name, password=password, **more))[2]


async def test_bima_sets_up_his_phone_and_from_then_on_gets_in_with_both_only(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    sealed, codes = await set_up(here, bima)
    assert len(codes) == 10
    assert "Autentikator" in (await bima.get("/me"))[1]
    other = await visit()
    assert await door(other, "bima", position="102") == "/sign-in/code"
    for path in ("/", "/calls", "/me", "/me/second", "/people", "/position", "/live"):
        answer = await other.head(path, allow_redirects=False)
        assert (answer.status in (303, 404)) and answer.headers.get("Location", "/sign-in/code") == "/sign-in/code", (
            path
        )
    answer = await other.head("/calls", headers={"Accept": "application/json"})
    assert answer.status == 403
    assert (await other.get("/sign-in/code"))[0] == 200
    status, page, _ = await other.form("/sign-in/code", code="123456")
    assert status == 409 and "Kode ini bukan yang tampil" in page
    here.clock.pass_(60)  # type: ignore[attr-defined]
    planted = {cookie.key: cookie.value for cookie in other.session.cookie_jar}["callcenter"]
    status, _, where = await other.form("/sign-in/code", code=code(here, sealed))
    assert (status, where) == (303, "/")
    thief = await visit()
    thief.session.cookie_jar.update_cookies({"callcenter": planted}, thief.base)
    answer = await thief.head("/calls", allow_redirects=False)
    assert answer.headers["Location"] == "/sign-in", "who knew the half session's cookie is not in with it"
    assert (await other.get("/calls"))[0] == 200
    assert (await here.people.at_positions())["102"].person == "bima"
    third = await visit()
    await door(third, "bima", position="103")
    assert (await third.get("/sign-in/code"))[0] == 200
    assert (await third.form("/sign-in/code", code=codes[0]))[0] == 303
    await third.get("/me")
    status, page, _ = await third.form("/me/second/off", code=codes[1])
    assert status == 200 and "sudah dilepas" in page
    assert await door(await visit(), "bima") == "/"


async def test_a_one_time_password_opens_nothing_but_the_choice_of_an_own_one(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    _, page, _ = await ayu.form("/people/password", name="siti")
    word = SECRET.findall(page)[0]
    siti = await visit()
    assert await door(siti, "siti", word, position="101") == "/me/password"
    assert (await siti.head("/", allow_redirects=False)).headers["Location"] == "/me/password"
    status, page = await siti.get("/me/password")
    assert status == 200 and "diberitahukan" in page
    status, page, _ = await siti.form("/me/password", old=word, new="sandi-saya-sendiri", again="sandi-lain-lagi")
    assert status == 400 and "berbeda" in page and word not in page
    status, page, _ = await siti.form("/me/password", old=word, new="pendek", again="pendek")
    assert status == 400 and "8" in page
    status, _, where = await siti.form("/me/password", old=word, new="sandi-saya-sendiri", again="sandi-saya-sendiri")
    assert (status, where) == (303, "/")
    assert (await siti.get("/"))[0] == 200
    assert await door(await visit(), "siti", "sandi-saya-sendiri") != "/me/password"


async def test_she_sees_and_ends_her_own_sessions_and_nobody_elses(here: House, visit: Visit) -> None:
    siti, other, rina = await visit("siti"), await visit("siti"), await visit("rina")
    _, page = await siti.get("/me")
    (theirs,) = re.findall(r'name="session" value="([^"]+)"', page)
    await rina.get("/me")
    assert (await rina.form("/me/end", session=theirs))[0] == 404
    assert (await other.get("/me"))[0] == 200
    assert (await siti.form("/me/end", session=theirs))[0] == 200
    assert (await other.head("/me", allow_redirects=False)).headers["Location"] == "/sign-in"
    third = await visit("siti")
    status, page, _ = await siti.form("/me/end-others")
    assert status == 200 and "sudah dikeluarkan" in page
    assert (await third.head("/me", allow_redirects=False)).status == 303
    assert (await siti.get("/me"))[0] == 200
    new = {"old": PASSWORD, "new": "sandi-saya-sendiri", "again": "sandi-saya-sendiri"}
    fourth = await visit("siti")
    assert (await siti.form("/me/password", **new))[0] == 200
    assert (await fourth.head("/me", allow_redirects=False)).status == 303, "a new password signs out everywhere else"


async def test_the_administrator_changes_a_person_and_each_change_is_written_down(here: House, visit: Visit) -> None:
    ayu, bima = await visit("ayu"), await visit("bima")
    await set_up(here, bima)
    _, page = await ayu.get("/person/bima")
    assert "10 kode pemulihan" in page
    assert (await ayu.form("/people/second", name="bima"))[0] == 200
    assert (await bima.head("/me", allow_redirects=False)).status == 303
    assert (await ayu.form("/people/display", name="siti", display="Siti A."))[0] == 200
    assert (await ayu.form("/people/role", name="siti", role="dispatcher"))[0] == 200
    assert (await ayu.form("/people/role", name="ayu", role="viewer"))[0] == 400
    assert (await ayu.form("/people/role", name="siti", role="agency", agency=""))[0] == 400
    assert (await ayu.form("/people/disable", name="siti"))[0] == 200
    _, page, _ = await ayu.form("/people/enable", name="siti")
    assert SECRET.findall(page)
    rina = await visit("rina")
    assert (await ayu.form("/people/end", name="rina"))[0] == 200
    assert (await rina.head("/me", allow_redirects=False)).status == 303
    assert (await ayu.form("/people/second", name="nobody"))[0] == 404
    assert (await ayu.get("/person/nobody"))[0] == 404
    done = [line.action for line in (await here.history.audit(AuditFilter(by="ayu"))).lines][::-1]
    assert [action for action in done if not action.startswith("sign")] == [
        "second.off", "user.display", "user.role", "user.disable", "user.enable", "user.password", "session.end_all",
    ]  # fmt: skip


async def test_a_wait_is_said_in_words_and_the_administrator_ends_it(here: House, visit: Visit) -> None:
    someone = await visit()
    await someone.get("/sign-in")
    for _ in range(40):
        _, page, _ = await someone.form("/sign-in", name="rina", password="salah-sekali")
        if "masuk dikunci selama" in page:
            break
        here.clock.pass_(61 if "detik" in page else 0)  # type: ignore[attr-defined]
    assert "Telepon tetap berdering seperti biasa." in page or "telepon tetap berdering" in page
    ayu = await visit("ayu")
    _, page = await ayu.get("/person/rina")
    assert "harus menunggu sampai" in page
    assert "harus menunggu" in (await ayu.get("/people"))[1]
    assert "rina" in (await ayu.get("/sign-ins"))[1]
    status, page, _ = await ayu.form("/people/unlock", name="rina", **{"from": "all"})
    assert status == 200 and "Masa tunggu diakhiri" in page
    assert await door(await visit(), "rina") in ("/", "/position")


async def test_she_gets_in_where_she_was_before_whoever_tries_her_name_elsewhere(here: House, visit: Visit) -> None:
    siti = await visit("siti")
    await siti.form("/sign-out")
    someone = await visit()
    await someone.get("/sign-in")
    for _ in range(30):
        _, page, _ = await someone.form("/sign-in", name="siti", password="salah-sekali")
    assert "Terlalu banyak" in page
    assert await door(siti, "siti") in ("/", "/position")


async def test_an_auditor_sees_who_signed_in_and_changes_nothing(here: House, visit: Visit) -> None:
    await here.people.add_user("dewi", role="auditor", password=PASSWORD)
    await visit("siti", "101")
    dewi = await visit("dewi")
    status, page = await dewi.get("/sign-ins")
    assert status == 200 and "siti" in page.lower()
    assert "<form" not in page.split("<main")[1]
    assert (await dewi.form("/people/end", name="siti"))[0] == 403


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[House]:
    """A city that asks its supervisors for a phone."""
    async with house(tmp_path / "strict", CALLCENTER_TWO_FACTOR_ROLES="supervisor") as made:
        await made.people.add_user("bima", display="Bima", role="supervisor", password=PASSWORD)
        yield made


async def test_where_the_city_asks_for_it_the_first_sign_in_leads_to_the_phone(strict: House) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        bima = Visitor(session, URL(strict.url))
        assert await door(bima, "bima") == "/me/second"
        assert (await bima.head("/calls", allow_redirects=False)).headers["Location"] == "/me/second"
        await set_up(strict, bima)
        status, page = await bima.get("/me")
        assert status == 200 and 'formaction="/me/second/off"' not in page
        assert (await bima.get("/calls"))[0] == 200


def test_the_picture_is_a_code_that_a_phone_reads() -> None:
    """Three finder patterns in its corners, a quiet border around it, nothing but one path."""
    picture = str(svg("otpauth://totp/112%20Cirebon:bima?secret=ABCDEFGHIJKLMNOP&issuer=112%20Cirebon"))
    side = int(re.findall(r'viewBox="0 0 (\d+)', picture)[0])
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", picture)}
    for left, top in ((4, 4), (side - 11, 4), (4, side - 11)):
        ring = {(left + n, top) for n in range(7)} | {(left, top + n) for n in range(7)}
        assert ring <= dark and (left + 1, top + 1) not in dark and (left + 3, top + 3) in dark
    assert all(4 <= x < side - 4 and 4 <= y < side - 4 for x, y in dark)
