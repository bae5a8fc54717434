"""What the screen says while it sees nothing: the line to Asterisk is down, or the server is away."""

import pytest
from playwright.async_api import expect

from callcenter.web.parts import PARTS
from tests.browser import scenes
from tests.browser.conftest import Arrive
from tests.web.house import House

pytestmark = pytest.mark.browser


async def test_the_page_says_when_it_is_blind_and_when_the_line_is(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101")
    await expect(page.locator("#link")).to_have_text("langsung")
    here.board.set_line("down")
    await expect(page.locator(".ring.blind")).to_contain_text("Telepon tetap berdering")
    await expect(page.locator(".left .unseen")).to_contain_text("ini keadaan terakhir yang terlihat")
    await expect(page.locator(".left")).not_to_contain_text("Tidak ada yang menunggu.")
    here.board.set_line("up")
    await expect(page.locator(".ring.calm")).to_be_visible()
    await here.server.close()
    await expect(page.locator("#link")).to_have_text("tidak tersambung ke server")
    await expect(page.locator(".ring.blind .ring-label")).to_have_text("tidak tersambung ke server")
    await expect(page.locator(".ring.blind")).to_contain_text("Telepon tetap berdering")
    await expect(page.locator("#say")).to_contain_text("Server tidak menjawab")


async def test_a_page_that_was_cut_off_comes_back_by_itself(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101")
    await expect(page.locator("#link")).to_have_text("langsung")
    await here.app[PARTS].hub.close()
    await here.until(lambda: here.app[PARTS].hub.clients)
    scenes.rings(here)
    await expect(page.locator(".ring.loud")).to_contain_text("0812-3456-7890")
    await expect(page.locator("#link")).to_have_text("langsung")
