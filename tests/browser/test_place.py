"""The place in a real browser: found by the keyboard while it is typed, and on the offline map."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, Request, expect

from tests.browser import scenes
from tests.browser.conftest import Arrive, speaks
from tests.web.house import House

pytestmark = pytest.mark.browser


async def into_the_place(page: Page) -> None:
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")


async def shoot(page: Page, name: str) -> None:
    """For a person who wants to look: CALLCENTER_SHOTS names a folder."""
    if folder := os.environ.get("CALLCENTER_SHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_street_is_found_and_taken_without_a_mouse(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await into_the_place(page)
    await page.keyboard.type("kes")
    options = page.locator("#place-list [role=option]")
    await expect(options.first).to_be_visible()
    await page.keyboard.press("e")
    await page.keyboard.press("Escape")
    await page.evaluate("new Promise((later) => setTimeout(later, 400))")
    await expect(page.locator("#place-list")).to_be_hidden()  # the letter before Esc does not open it again
    async with page.expect_response(lambda answer: answer.url.endswith("?q=kesen")):
        await page.keyboard.type("n")
    await expect(options.first).to_contain_text("Kesenden")
    await shoot(page, "place")
    await page.keyboard.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(page.locator(".spot")).to_contain_text("-6.69900, 108.55894")
    await expect(page.locator("#place")).to_have_value("Kesenden")
    await expect(page.locator("#place-list")).to_be_hidden()
    await expect(page.locator("#place")).to_be_focused()
    ticket = await here.history.ticket_of(call)
    assert (ticket.kelurahan, ticket.kecamatan) == ("Kesenden", "Kejaksan")


async def test_what_nobody_picks_stays_as_it_was_typed(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await into_the_place(page)
    await page.keyboard.type("kesenden gang buntu")
    await expect(page.locator("#saved")).to_have_class("saved ok")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    ticket = await here.history.ticket_of(call)
    assert (ticket.place, ticket.latitude, ticket.kelurahan) == ("kesenden gang buntu", None, "")


async def test_a_short_link_is_refused_in_words_and_a_plus_code_is_a_point(here: House, arrive: Arrive) -> None:
    page, _ = await speaks(here, arrive)
    await into_the_place(page)
    await page.keyboard.insert_text("https://maps.app.goo.gl/abc")
    await expect(page.locator("#place-list .why")).to_contain_text("Tautan pendek")
    await page.fill("#place", "6P587HX5+9P")
    await expect(page.locator("#place-list b")).to_contain_text(",")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".spot")).to_contain_text("±")


async def test_a_point_is_taken_from_the_map_and_nothing_leaves_the_server(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101")
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    call = scenes.rings(here, scenes.PIDF)
    scenes.picked_up(here, call)
    await expect(page.locator('[data-ask="verify"]')).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await expect(page.locator("#map-place .map-name").first).to_be_visible()
    await expect(page.locator("#map-take")).to_be_disabled()
    await shoot(page, "map")
    await page.click("#map-place", position={"x": 300, "y": 200})
    await page.click("#map-take")
    await expect(page.locator(".spot")).not_to_contain_text("-6.73200, 108.55230")
    await here.eventually(lambda: _of_map(here, call))
    page_of = await here.history.ticket((await here.history.ticket_of(call)).number)
    assert [point.source for point in page_of.points] == ["SIP", "MAP"]
    assert [url for url in asked if not url.startswith((here.url, "data:", "blob:"))] == []


async def _of_map(here: House, call: str) -> bool:
    return (await here.history.ticket_of(call)).location_source == "MAP"
