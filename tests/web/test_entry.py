"""Coming and going."""

from collections.abc import Awaitable, Callable

from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]


async def test_siti_signs_in_at_101_and_arrives_at_her_screen(visit: Visit) -> None:
    siti = await visit()
    assert await siti.sign_in("siti", "101") == "/"
    status, page = await siti.get("/")
    assert status == 200
    assert "Siti" in page
    assert "Tidak ada panggilan di posisi 101" in page


async def test_a_wrong_password_is_said_in_words_and_never_sent_back(visit: Visit) -> None:
    someone = await visit()
    await someone.get("/sign-in")
    status, page, _ = await someone.form("/sign-in", name="siti", password="salah-sekali", position="101")
    assert status == 409
    assert "Nama atau kata sandi salah." in page
    assert "salah-sekali" not in page
    assert 'value="siti"' in page


async def test_a_taken_position_says_who_sits_there(visit: Visit) -> None:
    await visit("siti", "101")
    rina = await visit()
    _, page = await rina.get("/sign-in")
    assert "Siti" in page
    status, page, _ = await rina.form("/sign-in", name="rina", password="rahasia-sekali-112", position="101")
    assert status == 409
    assert "Posisi 101 ditempati Siti sejak 22 Nov 2026 01.12.07." in page


async def test_a_form_without_the_pages_token_is_refused(visit: Visit) -> None:
    someone = await visit()
    await someone.get("/sign-in")
    someone.csrf = "made-up"
    status, page, _ = await someone.form("/sign-in", name="siti", password="rahasia-sekali-112")
    assert status == 403
    assert "usang" in page


async def test_signing_out_ends_the_session_and_frees_the_position(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    status, _, where = await siti.form("/sign-out", end="1")
    assert (status, where) == (303, "/sign-in")
    assert await here.people.at_positions() == {}
    answer = await siti.head("/", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")


async def test_english_is_one_click_away_and_stays(visit: Visit) -> None:
    siti = await visit("siti", "101")
    status, _, where = await siti.form("/language", language="en", back="/")
    assert (status, where) == (303, "/")
    assert "No call at position 101" in (await siti.get("/"))[1]


async def test_the_way_back_is_never_another_server(visit: Visit) -> None:
    someone = await visit()
    await someone.get("/sign-in")
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert (await someone.form("/language", language="en", back=back))[2] == "/"


async def test_the_administrator_adds_rudi_who_may_then_sign_in(visit: Visit) -> None:
    ayu = await visit()
    assert await ayu.sign_in("ayu") == "/people"
    status, page, _ = await ayu.form("/people", name="rudi", display="Rudi", role="call_taker")
    assert status == 200
    password = page.split('<code class="secret">')[1].split("</code>")[0]
    rudi = await visit()
    await rudi.get("/sign-in")
    status, _, _ = await rudi.form("/sign-in", name="rudi", password=password, position="102")
    assert status == 303


async def test_every_answer_forbids_what_a_browser_need_not_do(visit: Visit) -> None:
    siti = await visit("siti", "101")
    for path in ("/", "/sign-in", "/nowhere", "/calls", "/healthz", "/api/v1/calls"):
        answer = await siti.head(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_page_without_encryption_beyond_this_machine_says_what_will_not_work(visit: Visit) -> None:
    someone = await visit()
    assert "tidak terenkripsi" not in (await someone.get("/sign-in"))[1]
    for host in ("10.0.0.5:8112", "ruang112.lan", "[2001:db8::1]:8112"):
        assert "tidak terenkripsi" in (await someone.get("/sign-in", headers={"Host": host}))[1]
    assert "tidak terenkripsi" not in (await someone.get("/sign-in", headers={"Host": "[::1]:8112"}))[1]


async def test_too_many_wrong_passwords_are_slowed_down_in_words(visit: Visit) -> None:
    someone = await visit()
    await someone.get("/sign-in")
    for _ in range(20):
        _, page, _ = await someone.form("/sign-in", name="siti", password="salah-sekali")
        if "Terlalu banyak" in page:
            break
    else:
        raise AssertionError("nobody slowed it down")
    assert "detik" in page


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(visit: Visit) -> None:
    siti = await visit()
    await siti.get("/sign-in")
    data = {"csrf": siti.csrf, "name": "siti", "password": "rahasia-sekali-112", "position": "101"}
    async with siti.session.post(
        siti.base.join(siti.base.with_path("/sign-in")), data=data, allow_redirects=False
    ) as a:
        cookie = next(c for c in a.headers.getall("Set-Cookie") if c.startswith("callcenter="))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_a_page_without_encryption_says_what_will_not_work(visit: Visit) -> None:
    someone = await visit()
    _, page = await someone.get("/sign-in", headers={"Host": "192.168.1.10:8112"})
    assert "Halaman ini tidak terenkripsi." in page
    assert "Kata sandi dan data penelepon dapat dibaca di jaringan." in page
    assert "mikrofon" in page
    for here in ("127.0.0.1:8112", "localhost:8112", "[::1]:8112"):
        assert "tidak terenkripsi" not in (await someone.get("/sign-in", headers={"Host": here}))[1]
