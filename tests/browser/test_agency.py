"""An agency on a phone: a request comes by itself, two taps accept it, the call taker sees it; the same by link."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect

from callcenter.core import facts
from tests.browser import scenes
from tests.browser.conftest import Arrive, speaks
from tests.browser.looks import faults
from tests.web.house import PARTS, PASSWORD, House

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SAYS = {
    "id": {"ACCEPTED": "Kami terima", "EN_ROUTE": "Kami menuju lokasi", "waits": "menunggu Anda"},
    "en": {"ACCEPTED": "We accept", "EN_ROUTE": "We are on the way", "waits": "waits for you"},
}


async def asked(here: House, call: str) -> str:
    """Damkar is asked, its first line rings; the ticket says what and where."""
    here.board.hear(facts.ForwardAsked(call, here.clock(), "damkar", 1, "siti"))
    here.telephone.is_called(call, "damkar")
    await here.stored()
    number = here.board.tickets[call]
    ticket = await here.tickets.set_category(number, "FIRE", version=1, by="siti")
    fields = {"place": "Jl. Kartini 48, Kejaksan, dekat alun-alun", "hazards": "tabung gas", "victims": "2"}
    await here.tickets.set_fields(number, fields, version=ticket.version, by="siti")
    here.app[PARTS].agencies.duties.touch()
    return f"damkar-1-{call}"


async def in_language(page: Page, language: str) -> None:
    if language == "en":
        await page.click('button[name="language"][value="en"]')


async def fits(page: Page) -> None:
    """Nothing sticks out to the side, and every button is large enough for a thumb."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = (
        "[...document.querySelectorAll('.answers button')].filter((b) => b.getBoundingClientRect().height < 44).length"
    )
    assert await page.evaluate(small) == 0


@pytest.mark.parametrize(("language", "dark"), [("id", False), ("en", True)])
async def test_a_station_accepts_on_its_phone_and_the_call_taker_sees_it(
    here: House, arrive: Arrive, language: str, dark: bool
) -> None:
    await here.people.add_user("regu1", display="Regu 1", role="agency", agency="damkar", password=PASSWORD)
    screen, call = await speaks(here, arrive)
    phone = await arrive("regu1", **PHONE, dark=dark)
    await in_language(phone, language)
    await expect(phone.locator("#link.good")).to_be_visible()
    assert await faults(phone) == []
    await asked(here, call)
    card = phone.locator(".duty")
    await expect(card).to_contain_text("Jl. Kartini 48")
    await expect(card).to_contain_text(SAYS[language]["waits"])
    await fits(phone)
    assert await faults(phone) == []
    button = phone.get_by_role("button", name=SAYS[language]["ACCEPTED"])
    await button.click()
    await expect(card).to_have_class(re.compile("f-trying"))  # one tap is no answer yet
    await button.click()
    await expect(card).to_have_class(re.compile("f-accepted"))
    report = screen.locator(".report")
    await expect(report).to_contain_text("Regu 1 (damkar)")
    await expect(screen.locator(".ticket-head .s-accepted")).to_be_visible()
    way = phone.get_by_role("button", name=SAYS[language]["EN_ROUTE"])
    await way.dblclick()
    await expect(screen.locator(".ticket-head .s-en_route")).to_be_visible()
    assert await faults(screen) == []


async def slowly_stored(screen: Page) -> None:
    """What she types is on its way for a while."""

    async def late(route: Route) -> None:
        await asyncio.sleep(1)
        await route.continue_()

    await screen.route("**/field", late)


@pytest.mark.parametrize(("language", "dark"), [("id", True), ("en", False)])
async def test_who_has_no_account_answers_by_link_without_a_script(
    here: House, arrive: Arrive, language: str, dark: bool
) -> None:
    screen, call = await speaks(here, arrive)
    forward = await asked(here, call)
    hand = screen.locator(f'.report [data-hand="/forwards/{forward}/link"]')
    await expect(hand).to_be_visible()
    await slowly_stored(screen)
    await screen.fill("#place", "Gang Kenanga 4")
    await hand.click()  # before what she typed has saved itself
    await expect(screen.locator("#hand-text")).to_have_value(re.compile("/f/"))
    text = await screen.locator("#hand-text").input_value()
    assert text.startswith("112 Cirebon: Kebakaran") and "Gang Kenanga 4" in text
    await screen.click("#hand-copy")
    phone = await arrive("", **PHONE, dark=dark, java_script_enabled=False)
    link = here.url + "f/" + text.split("/f/")[-1]
    await phone.goto(link)
    await in_language(phone, language)
    await expect(phone).to_have_url(link)
    await expect(phone.locator(".duty")).to_contain_text("tabung gas")
    await phone.fill("#name", "Rudi")
    await phone.get_by_role("button", name=SAYS[language]["ACCEPTED"]).click()
    await expect(phone.locator(".steps")).to_contain_text("Rudi (damkar)")
    await expect(phone.locator("#name")).to_have_value("Rudi")
    await expect(screen.locator(".report")).to_contain_text("Rudi (damkar)")
    looking = await arrive("", **PHONE, dark=dark)
    await looking.goto(link)
    await in_language(looking, language)
    await fits(looking)
    assert await faults(looking) == []


async def test_the_page_comes_back_after_the_server_was_away(here: House, arrive: Arrive) -> None:
    await here.people.add_user("regu1", display="Regu 1", role="agency", agency="damkar", password=PASSWORD)
    phone = await arrive("regu1", **PHONE)
    await expect(phone.locator("#link.good")).to_be_visible()
    call = scenes.rings(here)
    scenes.picked_up(here, call)
    await here.app[PARTS].agencies.hub.close()
    await expect(phone.locator("#link.good")).to_be_visible()
    await asked(here, call)
    await expect(phone.locator(".duty")).to_contain_text("Jl. Kartini 48")
    assert "(1)" in await phone.title()
