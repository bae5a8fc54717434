"""The form of an agency in a real browser: with faults in it, by the keyboard."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Arrive
from tests.browser.looks import wrong_with
from tests.web.house import House

pytestmark = pytest.mark.browser


async def test_a_form_with_faults_is_right_too(here: House, arrive: Arrive) -> None:
    """The pages as they are opened: test_axe.py."""
    page = await arrive("ayu", "")
    await page.goto(here.url + "agencies/damkar")
    await page.fill("#short", "119")
    await page.fill("#lines-0-number", "112")
    await page.keyboard.press("Enter")
    await expect(page.locator("#short-fault")).to_be_visible()
    assert await wrong_with(page) == []


async def test_a_line_is_added_and_saved_with_the_keyboard_alone(here: House, arrive: Arrive) -> None:
    page = await arrive("ayu", "")
    await page.goto(here.url + "agencies/damkar")
    await page.focus('button[value="add"]')
    await page.keyboard.press("Enter")
    await expect(page.locator("#lines-1-number")).to_be_visible()
    await page.focus("#lines-1-number")
    await page.keyboard.type("0231 201 113")
    await page.keyboard.press("Enter")  # the first button of the form saves: not one of those that move lines
    await expect(page.locator(".strip.good")).to_be_visible()
    assert [line.number for line in here.directory().agencies["damkar"].lines] == ["113", "0231201113"]
