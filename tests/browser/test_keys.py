"""One key, one deed: no two controls of the screen answer to the same key, and each key stands on the overlay."""

import pytest
from playwright.async_api import expect

from tests.browser import scenes
from tests.browser.conftest import Arrive, speaks
from tests.web.house import House

pytestmark = pytest.mark.browser

KEYS = "[...document.querySelectorAll('[data-key]')].map((node) => node.dataset.key.toUpperCase())"
EXPLAINED = "[...document.querySelectorAll('#help kbd')].map((node) => node.textContent.toUpperCase())"
FIELDS = ["T", "K", "P", "C"]


async def test_no_two_controls_answer_to_the_same_key(here: House, arrive: Arrive) -> None:
    await scenes.earlier_nights(here)
    page, call = await speaks(here, arrive)
    await page.select_option("#category", "FIRE")
    await expect(page.locator("#protocol")).to_be_visible()
    scenes.fire_brigade_joins(here, call)
    await page.wait_for_selector("#a-damkar .state.ok")
    shown: list[str] = await page.evaluate(KEYS)
    assert sorted(key for key in {*shown} if shown.count(key) > 1) == []
    assert not {*shown} & {*FIELDS}
    explained: list[str] = await page.evaluate(EXPLAINED)
    agencies = {*"QWERADFG"}
    assert {*shown} - {*explained} - agencies == set()
