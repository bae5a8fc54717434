"""The protocol card beside the ticket, by the keyboard."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Arrive, speaks
from tests.web.house import House

pytestmark = pytest.mark.browser


async def test_a_question_of_the_card_begins_a_line_of_the_notes(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.type("Ibu panik")
    await page.select_option("#category", "FIRE")
    await expect(page.locator("#protocol summary")).to_contain_text("Kebakaran")
    await page.focus("#note")
    await page.keyboard.press("Escape")
    await page.keyboard.press(",")
    question = page.locator("#protocol .ask button").nth(1)
    await expect(question).to_be_visible()
    if folder := os.environ.get("CALLCENTER_SHOTS"):
        await page.screenshot(path=Path(folder) / "card.png")
    await question.press("Enter")
    await page.keyboard.type("dua anak")
    await expect(page.locator("#note")).to_have_value("Ibu panik\nAda orang di dalam atau terjebak? Berapa? dua anak")
    await expect(page.locator("#saved")).to_have_class("saved ok")
    await expect(page.locator("#protocol")).to_have_attribute("open", "")
    notes = (await here.history.ticket((await here.history.ticket_of(call)).number)).notes
    assert notes[0].text.endswith("Berapa? dua anak")
