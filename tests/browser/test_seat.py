"""Pause, ready, the end of a shift: by keyboard alone, from inside the notes, and never a key that does two things."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from callcenter.core.desk_wishes import BeReady, TakePause
from tests.browser.conftest import Arrive, speaks
from tests.web.house import House

pytestmark = pytest.mark.browser


async def test_pause_writing_ready_and_going_home_by_keyboard(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    seat = page.locator(".seat-line")
    await page.focus("#note")
    await page.keyboard.press("Escape")
    await page.keyboard.press("\\")
    await expect(page.locator('[data-said="seat"]')).to_contain_text("Posisi 101 sedang dalam panggilan.")
    here.telephone.dials("e112-1790000900.7", "0231201001")  # other things happen; the sentence stays
    await expect(page.locator("#q-e112-1790000900\\.7")).to_be_visible()
    await expect(page.locator('[data-said="seat"]')).to_contain_text("Posisi 101 sedang dalam panggilan.")
    here.telephone.hangs_up(call)
    here.telephone.pauses("101", "WRAP_UP", here.clock() + timedelta(seconds=30))
    await expect(seat).to_have_class("seat-line wrap_up")
    left = seat.locator("time")
    first = await left.inner_text()
    await expect(left).not_to_have_text(first)
    assert await left.inner_text() < first, "it counts down"

    await page.focus("#note")
    await page.keyboard.press("Escape")
    await page.keyboard.press("_")
    await expect(page.locator("dialog#pause")).to_be_visible()
    await page.keyboard.press("3")
    await expect(page.locator("dialog#pause")).to_be_hidden()
    await here.until(lambda: here.board.asked)
    wish = here.board.asked[-1]
    assert isinstance(wish, TakePause) and wish.reason == "PRAYER"
    here.telephone.pauses("101", "PRAYER")
    await expect(seat.locator("b")).to_have_text("Jeda: Salat")
    assert await page.locator('.class-key[aria-pressed="true"]').count() == 0, "the digit was the dialog's alone"

    await page.keyboard.press("Escape")
    await page.keyboard.press("+")
    await here.until(lambda: isinstance(here.board.asked[-1], BeReady))
    here.telephone.pauses("101")
    await expect(seat).to_have_class("seat-line ready")
    await page.keyboard.press("Escape")
    await page.keyboard.press("\\")
    await page.wait_for_url("**/shift?end=1")
    await expect(page.locator(".ending")).to_contain_text("Anda mengakhiri sif di posisi 101.")
