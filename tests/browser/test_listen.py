"""A supervisor helps in a call from the wallboard and from her screen, by clicks and by keys, in a real browser."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from callcenter.core import desk_facts
from callcenter.core.listen_wishes import Listen, StopListening
from callcenter.core.listener import Mode
from tests.browser import scenes
from tests.browser.conftest import Arrive
from tests.browser.test_axe import faults
from tests.web.house import House

pytestmark = pytest.mark.browser

CALL = "e112-1790010000.7"
EAR = f"ear-104-1-{CALL}"


async def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("CALLCENTER_SHOTS"):
        await page.screenshot(path=Path(folder) / f"listen-{name}.png", full_page=True)


def turned(here: House, mode: str) -> None:
    here.board.hear(desk_facts.ListenerTurned(CALL, here.clock(), EAR, "104", mode, "bima"))


async def fits(page: Page) -> None:
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert await page.evaluate(wide), "the page is wider than the window"


async def test_one_key_listens_and_one_more_changes_it(here: House, arrive: Arrive) -> None:
    siti, bima = await arrive("siti", "101"), await arrive("bima", "104")
    await bima.goto(here.url + "wall")
    await expect(bima.locator("#link")).to_have_class("pill good")
    await expect(bima.locator(".wall-ears .empty")).to_be_visible()
    here.telephone.ready("104")
    scenes.picked_up(here, scenes.rings(here))
    listen = bima.locator(".ear button").first
    await expect(listen).to_be_enabled()
    await shot(bima, "wall-offered")
    await bima.keyboard.press("1")
    await here.until(lambda: here.board.asked)
    here.board.hear(
        desk_facts.ListenerAsked(CALL, here.clock(), EAR, "104", "bima", "LISTEN"),
        desk_facts.ListenerCalled(CALL, here.clock(), EAR, "104"),
    )
    await expect(bima.locator(".ear .warn-text")).to_be_visible()
    turned(here, "LISTEN")
    await expect(bima.locator('.ear button[aria-pressed="true"]')).to_contain_text("L")
    await expect(bima.locator("#w-104")).to_have_class("wseat listening")
    await expect(siti.locator(".ear-sign")).to_be_visible()
    assert await faults(siti) == []
    await shot(siti, "call-taker")
    await bima.keyboard.press("w")
    await here.until(lambda: here.board.asked[-1] == Listen(CALL, "104", "bima", Mode.WHISPER))
    turned(here, "WHISPER")
    await expect(bima.locator('.ear button[aria-pressed="true"]')).to_contain_text("W")
    await shot(bima, "wall-whispers")
    await bima.keyboard.press("t")  # once is a question
    await expect(bima.locator(".ear .said")).to_contain_text("101")
    assert here.board.asked[-1].mode is Mode.WHISPER  # type: ignore[union-attr]
    await bima.keyboard.press("t")
    await here.until(lambda: here.board.asked[-1] == Listen(CALL, "104", "bima", Mode.TAKE))
    await bima.keyboard.press("x")
    await here.until(lambda: here.board.asked[-1] == StopListening(CALL, "104", "bima"))


@pytest.mark.parametrize("dark", [False, True])
async def test_her_own_screen_has_the_same_by_click_also_on_a_small_window(
    here: House, arrive: Arrive, dark: bool
) -> None:
    bima = await arrive("bima", "104", dark=dark)
    here.telephone.ready("104")
    scenes.picked_up(here, scenes.rings(here))
    button = bima.locator(".ear button").nth(1)
    await button.click()
    await here.until(lambda: here.board.asked == [Listen(CALL, "104", "bima", Mode.WHISPER)])
    here.board.hear(desk_facts.ListenerAsked(CALL, here.clock(), EAR, "104", "bima", "WHISPER"))
    turned(here, "WHISPER")
    await expect(button).to_be_disabled()
    await bima.keyboard.press("1")  # a class on this page, never somebody's call
    assert await faults(bima) == []
    await shot(bima, f"screen-{dark}")
    await bima.set_viewport_size({"width": 390, "height": 844})
    await fits(bima)
    await shot(bima, f"screen-narrow-{dark}")
    await bima.goto(here.url + "wall")
    await expect(bima.locator(".ear button").first).to_be_visible()
    await fits(bima)
    assert await faults(bima) == []
    await shot(bima, f"wall-narrow-{dark}")
    assert len(here.board.asked) == 1
