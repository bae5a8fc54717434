"""The pages of agencies, categories and complaints in a real browser: wide, on a phone, dark, by the keyboard."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Arrive
from tests.browser.looks import faults, looks_right
from tests.web.house import House

pytestmark = pytest.mark.browser

PAGES = ("agencies", "agencies/damkar", "agencies/-/add", "categories", "categories/TRAFFIC_ACC")


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("id", 390, True), ("en", 1366, False)], ids=["phone, dark", "desk, light"]
)
async def test_nothing_sticks_out_is_faint_or_breaks_a_rule(
    here: House, arrive: Arrive, language: str, width: int, dark: bool
) -> None:
    found = {}
    for name, paths in {"ayu": PAGES, "bima": ("complaints", "agencies/damkar")}.items():
        page = await arrive(name, "", width=width, dark=dark)
        if language == "en":
            await page.click('button[name="language"][value="en"]')
        for path in paths:
            await page.goto(here.url + path)
            await looks_right(page)
            found[f"{name} {path}"] = await faults(page)
        if name == "ayu":
            await page.goto(here.url + "agencies/damkar")
            await page.fill("#short", "119")
            await page.fill("#lines-0-number", "112")
            await page.keyboard.press("Enter")
            await expect(page.locator("#short-fault")).to_be_visible()
            await looks_right(page)
            found["faults"] = await faults(page)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


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
