"""The ticket in a real browser: its place, and what becomes of it after the call."""

import pytest
from playwright.async_api import expect

from tests.browser import scenes
from tests.browser.conftest import Arrive, speaks
from tests.web.house import House

pytestmark = pytest.mark.browser


async def test_the_place_is_confirmed_with_one_key_while_she_types(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await page.keyboard.type("Jl. Kartini 48")
    await expect(page.locator('[data-ask="verify"]')).to_be_visible()
    await page.keyboard.press("Escape")  # where the list of places has opened, it closes that
    await page.keyboard.press("Escape")
    await page.keyboard.press("v")
    await expect(page.locator(".verified")).to_contain_text("siti")
    await expect(page.locator("#place")).to_be_focused()
    ticket = await here.history.ticket_of(call)
    assert (ticket.place, ticket.location_verified_by) == ("Jl. Kartini 48", "siti")


async def test_the_caller_s_circle_stands_on_the_ticket_and_moves_nothing(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101")
    call = scenes.rings(here, scenes.PIDF)
    scenes.picked_up(here, call)
    await expect(page.locator(".sheet")).to_be_visible()
    box = await page.locator("#note").bounding_box()
    await expect(page.locator(".spot")).to_contain_text("-6.73200, 108.55230 ± 50 m")
    await expect(page.locator('[data-ask="verify"]')).to_be_visible()
    assert await page.locator("#note").bounding_box() == box


async def test_a_ticket_is_opened_again_after_the_call_without_a_mouse(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    here.telephone.hangs_up(call)
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(page.locator("#nothing")).to_be_visible()
    await page.keyboard.press("o")
    line = page.locator(f'#shelf-open [data-open="{call}"]')
    await expect(line).to_be_visible()
    await line.press("Enter")
    await expect(page.locator(f'.sheet[data-call="{call}"]')).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("8")
    await expect(page.locator(".s-closed")).to_be_visible()
    await expect(page.locator("#shelf-open .line")).to_have_count(0)


async def test_another_ticket_can_be_looked_at_during_a_call_and_the_way_back_is_one_key(
    here: House, arrive: Arrive
) -> None:
    page, first = await speaks(here, arrive)
    here.telephone.hangs_up(first)
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    second = here.telephone.dials("e112-1790030000.1", "+6285711112222")
    here.telephone.answers(second, "101")
    await expect(page.locator(f'.sheet[data-call="{second}"]')).to_be_visible()
    await page.locator("#shelf-open summary").click()
    await page.locator(f'#shelf-open [data-open="{first}"]').click()
    await expect(page.locator(f'.sheet[data-call="{first}"]')).to_be_visible()
    await expect(page.locator("#switch")).to_contain_text("Panggilan Anda masih berjalan")
    here.telephone.dials("e112-1790040000.1", "+6285711113333")
    await expect(page.locator(".lines .waiting")).to_have_count(2)
    await expect(page.locator(f'.sheet[data-call="{first}"]')).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(page.locator(f'.sheet[data-call="{second}"]')).to_be_visible()


async def test_she_hears_the_call_again_that_she_just_took(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    here.record(call, 3)
    here.telephone.hangs_up(call)
    await page.locator("#shelf-last summary").click()
    sound = page.locator(f"audio[src='/calls/{call}/replay']")
    await expect(sound).to_be_visible()
    await sound.evaluate("(node) => new Promise((done) => { node.onended = done; node.play(); })")
    heard = [line.action for line in (await here.history.audit()).lines].count("call.recording")
    assert heard == 1


async def test_a_long_name_of_a_colleague_can_be_read(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101")
    width = await page.locator("#p-101 .who").evaluate("(node) => node.scrollWidth - node.clientWidth")
    assert width <= 0
    box = await page.locator("#p-101 .who").bounding_box()
    assert box is not None and box["width"] > 150
