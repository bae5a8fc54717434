"""The wallboard in a real browser: it moves by itself, and says when it cannot."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser import scenes
from tests.browser.conftest import Arrive
from tests.web.house import House

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("dark", [False, True])
async def test_the_wall_moves_without_a_reload(here: House, arrive: Arrive, dark: bool) -> None:
    await arrive("siti", "101")
    page = await arrive("bima", dark=dark)
    await page.goto(here.url + "wall")
    await expect(page.locator("#link")).to_have_class("pill good")
    await expect(page.locator("#w-101")).to_have_class("wseat ready")
    call = scenes.rings(here)
    await expect(page.locator(".tile").first.locator("b")).to_have_text("2")
    await expect(page.locator("#w-101")).to_have_class("wseat ringing")
    scenes.picked_up(here, call)
    await expect(page.locator("#w-101")).to_have_class("wseat talking")
    await expect(page.locator(".tile").nth(4)).not_to_contain_text("belum dibaca")
    if folder := os.environ.get("CALLCENTER_SHOTS"):
        await page.screenshot(path=Path(folder) / f"wall-{dark}.png")
    await here.server.close()
    await expect(page.locator("#cut")).to_have_text("tidak tersambung ke server")
