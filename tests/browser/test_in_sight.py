"""What must stay in sight and under her hands: the desktop notice, Esc from lists, what never moves, the agency."""

import pytest
from playwright.async_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import Arrive, speaks
from tests.live.waiting import until
from tests.web.house import PARTS, House

pytestmark = pytest.mark.browser


async def test_a_ringing_call_is_told_on_the_desktop_when_another_window_is_in_front(
    here: House, arrive: Arrive
) -> None:
    page = await arrive("siti", "101")
    await page.add_init_script("""
        document.hasFocus = () => false;
        window.Notification = class { static permission = 'granted'; static shown = [];
          constructor(title, more) { this.line = `${title} ${more.body}`; Notification.shown.push(this.line); }
          close() { Notification.shown = Notification.shown.filter((line) => line !== this.line); } };""")
    await page.reload()
    call = scenes.rings(here)
    await expect(page.locator(".ring.loud")).to_be_visible()
    await until(lambda: _shows(page, ["☎ 0812-3456-7890 Telkomsel · Budi"]), "the desktop shows it")
    scenes.picked_up(here, call)
    await until(lambda: _shows(page, []), "it is gone when somebody answered")


async def _shows(page: Page, wanted: list[str]) -> bool:
    return bool(await page.evaluate("Notification.shown") == wanted)


async def test_from_the_list_of_places_or_phrases_escape_and_a_digit_classify_too(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.type("Api .da")
    await expect(page.locator("#phrase-list li")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.keyboard.type("q ")  # she only wanted the list away: nobody is called
    await expect(page.locator("#note")).to_have_value("Api .daq ")
    assert here.board.asked == []
    await page.keyboard.type(".da")
    await page.keyboard.press("Escape")
    await page.keyboard.press("1")
    await expect(page.locator(".c-emergency")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#note")).to_have_value("Api .daq .da")
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await page.keyboard.type("jalan")
    await expect(page.locator("#place-list li").first).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("3")
    await expect(page.locator('.class-key[data-key="3"]')).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#place")).to_have_value("jalan")
    await page.keyboard.press("Escape")
    await page.keyboard.press("~")
    await expect(page.locator(".story li").first).to_be_visible()
    await expect(page.locator(".story")).to_contain_text("siti")
    await page.keyboard.press("`")
    await expect(page.locator("#landmark")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press(":")
    await expect(page.locator("#disposition")).to_be_focused()
    await page.select_option("#disposition", "INFO_GIVEN")
    await page.keyboard.press("Escape")
    await page.keyboard.press('"')
    await expect(page.locator(".s-closed")).to_be_visible()
    assert (await here.history.ticket_of(call)).disposition == "INFO_GIVEN"


async def test_on_a_narrow_screen_too_nothing_that_arrives_moves_what_she_types_into(
    here: House, arrive: Arrive
) -> None:
    page, call = await speaks(here, arrive, width=390, height=844)
    await page.click(".more summary")
    await page.focus("#hazards")
    box = await page.locator("#hazards").bounding_box()
    scenes.fire_brigade_joins(here, call)
    await expect(page.locator("#a-damkar .state.ok")).to_be_visible()
    number = here.board.tickets[call]
    ticket = await here.tickets.set_category(number, "FIRE", version=1, by="rina")
    here.app[PARTS].desk.put(call, ticket)
    await expect(page.locator("#protocol")).to_be_visible()
    await expect(page.locator("#hazards")).to_be_focused()
    assert await page.locator("#hazards").bounding_box() == box


async def test_the_right_agency_stands_in_sight_while_she_types(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101")
    call = scenes.rings(here, scenes.PIDF)
    scenes.picked_up(here, call)
    await page.select_option("#category", "FIRE")
    await expect(page.locator("#a-damkar.proposed .call-agency")).to_be_in_viewport(ratio=1)
