"""Callers beyond one call in a real browser, by keyboard: called back, flagged, merged and taken apart."""

import pytest
from playwright.async_api import expect

from callcenter.core import facts
from callcenter.web.parts import PARTS
from tests.browser import scenes
from tests.browser.conftest import Arrive, speaks
from tests.web.house import House
from tests.web.test_incidents import SECOND, fire

pytestmark = pytest.mark.browser


async def test_one_key_calls_back_who_hung_up_and_a_word_ends_it(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101", height=1000)
    call = here.telephone.dials("e112-1790050000.1", scenes.BUDI, before_s=20)
    here.board.hear(facts.CallAbandoned(call, here.clock(), 20), facts.LegEnded(call, here.clock(), 16))
    await expect(page.locator(".owed li")).to_contain_text("0812-3456-7890")
    await page.keyboard.press("u")
    await expect(page.locator(".owed .own")).to_be_visible()
    assert [type(wish).__name__ for wish in here.board.asked] == ["CallBack"]
    await page.get_by_role("button", name="Tidak perlu").click()
    await expect(page.locator(".owed li")).to_have_count(0)


async def test_the_flag_is_one_key_and_stands_on_the_sheet(here: House, arrive: Arrive) -> None:
    page, _ = await speaks(here, arrive)
    key = await page.locator('[data-ask="flag"]').get_attribute("data-key")
    await page.keyboard.press("Escape")
    await page.keyboard.press(key or "")
    await expect(page.locator(".flagging .flagged")).to_contain_text("ditandai sampai")


async def test_merged_by_keyboard_the_sheet_shows_the_parent_and_undone_the_child(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive, height=1000)
    own = here.board.tickets.get(call, "")
    known = await fire(here, SECOND, scenes.BUDI)
    await here.app[PARTS].callers.known.read()
    await expect(page.locator("#alike")).to_contain_text(known)
    await page.keyboard.press("Escape")
    await page.keyboard.press("[")
    await page.keyboard.press("Escape")
    await page.keyboard.press("[")
    await expect(page.locator(".ticket-number")).to_contain_text(known)
    await expect(page.locator("#place")).to_have_value("Pasar Pagi, Panjunan")
    await expect(page.locator("#ties")).to_be_visible()
    await page.locator("#ties button").first.click()
    await expect(page.locator(".ticket-number")).not_to_contain_text(known)
    await expect(page.locator(".ticket-number")).to_contain_text(own)
