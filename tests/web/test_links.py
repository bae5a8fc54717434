"""A link's page: works without an account and without a script, changes nothing by itself, opens one request."""

from collections.abc import Awaitable, Callable

from callcenter.web.agency.limit import MINUTE, Limit
from tests.web.conftest import Visitor
from tests.web.fakes import NIGHT
from tests.web.house import PARTS, House
from tests.web.test_agency import CALL, forwarded

Visit = Callable[..., Awaitable[Visitor]]


async def handed(here: House, visit: Visit) -> tuple[Visitor, str, str]:
    """Siti, the link's path, and the text that she copies."""
    siti = await visit("siti", "101")
    status, body = await siti.send(f"/forwards/damkar-1-{CALL}/link", {})
    assert status == 200
    path = body["link"].removeprefix(here.settings.outside_url)
    return siti, path, body["text"]


async def test_the_text_to_copy_is_the_relay_card_with_the_link(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    await here.tickets.set_category(number, "FIRE", version=1, by="siti")
    _, path, text = await handed(here, visit)
    assert text.splitlines()[0] == "112 Cirebon: Kebakaran"
    assert text.splitlines()[-1].endswith(path)
    assert number not in path and "6281" not in path and len(path) == len("/f/") + 32


async def test_who_has_the_link_accepts_on_any_phone(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    siti, path, _ = await handed(here, visit)
    await siti.get(f"/calls/{CALL}/sheet")
    rudi = await visit()
    answer = await rudi.head(path)
    assert (answer.status, answer.headers["X-Robots-Tag"]) == (200, "noindex, nofollow, noarchive")
    assert answer.headers["Referrer-Policy"] == "same-origin"  # with "no-referrer" browsers send no Origin either
    _, page = await rudi.get(path)
    assert number in page and "<script src" not in page.replace('<script type="module"', "")
    assert (await here.history.ticket(number)).forwards[0].accepted_at is None
    status, page, _ = await rudi.form(f"{path}/say", answer="ACCEPTED", name=" ")
    assert status == 400 and "Tuliskan nama" in page
    status, _, where = await rudi.form(f"{path}/say", answer="ACCEPTED", name="Rudi")
    assert (status, where) == (303, path)
    (line,) = (await here.history.ticket(number)).forwards
    assert (line.accepted_by, line.accepted_name, line.accepted_source) == ("Rudi (damkar)", "Rudi", "agency")
    shown = here.app[PARTS].desk.about(CALL).ticket
    assert shown is not None and shown.status == "ACCEPTED"
    other = await visit()
    await other.get(path)
    status, page, _ = await other.form(f"{path}/say", answer="ACCEPTED", name="Tono")
    assert status == 409 and "Rudi (damkar) sudah melaporkan ini" in page
    assert (await other.form(f"{path}/note", text="Jalan tertutup", key="k" * 16, name="Tono"))[0] == 303
    assert [note.author for note in (await here.history.ticket(number)).notes] == ["Tono (damkar)"]


async def test_a_link_needs_its_own_page_and_no_session(here: House, visit: Visit) -> None:
    await forwarded(here)
    siti, path, _ = await handed(here, visit)
    stranger = await visit()
    assert (await stranger.form(f"{path}/say", answer="ACCEPTED", name="x"))[0] == 403
    _, page = await siti.get(path)
    assert "Siti" not in page
    assert (await siti.form(f"{path}/say", answer="ACCEPTED", name="Siti sendiri"))[0] == 303


async def test_a_link_that_is_taken_back_or_old_says_so(here: House, visit: Visit) -> None:
    await forwarded(here)
    siti, path, _ = await handed(here, visit)
    assert (await siti.send(f"/forwards/damkar-1-{CALL}/unlink", {}))[0] == 200
    rudi = await visit()
    status, page = await rudi.get(path)
    assert status == 404 and "tidak berlaku lagi" in page
    _, path, _ = await handed(here, visit)
    assert (await rudi.get(path))[0] == 200
    here.clock.pass_(24 * 3600 + 1)  # type: ignore[attr-defined]
    assert (await rudi.get(path))[0] == 404


async def test_guessing_links_is_slowed_down(here: House, visit: Visit) -> None:
    stranger = await visit()
    found = [(await stranger.head(f"/f/{number:032d}")).status for number in range(70)]
    assert found[:60] == [404] * 60 and found[60:] == [429] * 10
    here.clock.pass_(61)  # type: ignore[attr-defined]
    assert (await stranger.head(f"/f/{0:032d}")).status == 404


def test_one_address_does_not_slow_another() -> None:
    limit = Limit(2)
    assert [limit.too_much("a", NIGHT) for _ in range(3)] == [False, False, True]
    assert not limit.too_much("b", NIGHT)
    assert not limit.too_much("a", NIGHT + MINUTE)


async def test_a_forward_by_message_is_one_click_and_its_text_is_there(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    siti = await visit("siti", "101")
    status, body = await siti.send(f"/calls/{CALL}/message", {"agency": "bpbd"})
    assert status == 200 and "/f/" in body["text"]
    lines = (await here.history.ticket(number)).forwards
    assert [(line.agency, line.mode) for line in lines if line.mode == "MESSAGE"] == [("bpbd", "MESSAGE")]
    assert (await siti.send(f"/calls/{CALL}/message", {"agency": "nobody"}))[0] == 400
