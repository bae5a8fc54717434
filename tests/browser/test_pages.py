"""The call taker's screen at every moment, for the eye and for a screen reader; its weight; whom it asks."""

import re

import pytest
from playwright.async_api import expect

from callcenter.storage import AuditFilter
from tests.browser import scenes
from tests.browser.conftest import Arrive
from tests.browser.looks import looks_right, wrong_with
from tests.web.house import House

pytestmark = pytest.mark.browser

__all__ = ["looks_right"]


MOMENTS = """() => {
  const usual = { alert: 'assertive', status: 'polite', log: 'polite' };
  const spoken = (node) => {
    for (let n = node.nodeType === 1 ? node : node.parentElement; n; n = n.parentElement) {
      if (n.getAttribute('aria-hidden') === 'true' || n.getAttribute('role') === 'timer') return '';
      const live = n.getAttribute('aria-live') || usual[n.getAttribute('role')];
      if (live) return live === 'off' ? '' : live;
    }
    return '';
  };
  window.heard = [];
  new MutationObserver((changes) => changes.forEach((change) => {
    const how = spoken(change.target), said = change.target.textContent.trim();
    if (how && said) window.heard.push(`${how}: ${said.slice(0, 80)}`);
  })).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""
"""What a screen reader would speak, as it comes."""
DIALOGS = ("help", "admit", "told", "hand", "keypad")


@pytest.mark.parametrize("language", ["id", "en"])
async def test_the_screen_is_right_at_every_moment_of_a_call(here: House, arrive: Arrive, language: str) -> None:
    await scenes.earlier_nights(here)
    siti, known = await arrive("siti", "101"), language == "en"
    if known:
        await siti.click('button[name="language"][value="en"]')
    await expect(siti.locator("#link.good")).to_be_visible()
    wrong = {"nothing": await wrong_with(siti, known=known)}
    call = scenes.rings(here, scenes.PIDF)
    await expect(siti.locator(".ring.loud")).to_be_visible()
    wrong["it rings"] = await wrong_with(siti, known=known)
    scenes.picked_up(here, call)
    scenes.fire_brigade_joins(here, call)
    await expect(siti.locator("#a-damkar .state.ok")).to_be_visible()
    await expect(siti.locator('[data-ask="verify"]')).to_be_visible()
    await siti.select_option("#category", "FIRE")
    await expect(siti.locator("#protocol")).to_be_visible()
    await siti.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    wrong["all is unfolded"] = await wrong_with(siti, known=known)
    for dialog in DIALOGS:
        await siti.evaluate(f"document.getElementById('{dialog}').showModal()")
        wrong[dialog] = await wrong_with(siti, known=known)
        await siti.evaluate(f"document.getElementById('{dialog}').close()")
    here.board.set_line("down")
    await expect(siti.locator(".ring.blind")).to_be_visible()
    wrong["the line is down"] = await wrong_with(siti, known=known)
    assert {moment: found for moment, found in wrong.items() if found} == {}


async def test_a_screen_reader_hears_a_ring_at_once_the_rest_politely_and_no_running_seconds(
    here: House, arrive: Arrive
) -> None:
    page = await arrive("siti", "101")
    await expect(page.locator("#link.good")).to_be_visible()
    await page.evaluate(MOMENTS)
    call = scenes.rings(here)
    await expect(page.locator("#say-now")).to_contain_text("0812-3456-7890")
    run = page.locator(".ring-time .run")
    await expect(run).to_have_text(re.compile("0:[1-5][0-9]"))  # three seconds and more of ringing
    heard: list[str] = await page.evaluate("window.heard")
    assert [each for each in heard if each.startswith("assertive")] == [
        "assertive: Panggilan masuk: 0812-3456-7890, Telkomsel. Angkat telepon 101."
    ]
    assert len(heard) <= 6, heard  # her phone's state, the queue: once each
    scenes.picked_up(here, call)
    await expect(page.locator("#say-now")).to_be_empty()
    await expect(page.locator(".mine.on")).to_be_visible()
    await page.evaluate("window.heard = []")
    await expect(page.locator(".mine .caller .run")).to_have_text(re.compile("0:(0[3-9]|[1-5][0-9])"))
    assert len(await page.evaluate("window.heard")) <= 4


async def test_no_request_leaves_the_server(here: House, arrive: Arrive) -> None:
    page = await arrive()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(here.url + "sign-in")
    assert asked
    assert [url for url in asked if not url.startswith((here.url, "data:"))] == []


async def test_a_page_that_is_opened_once_is_asked_for_once(here: House, arrive: Arrive) -> None:
    """Also beside the worker that keeps the screen: a page asked for twice stands in the audit as two looks."""
    page = await arrive("bima")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.wait_for_function("navigator.serviceWorker.controller")
    for path in ("flags", "callbacks"):
        await page.goto(here.url + path)
    looks = (await here.history.audit(AuditFilter(by="bima"))).lines
    assert [row.action for row in looks if row.action.endswith(".view")] == ["callbacks.view", "flags.view"]


async def test_a_page_whose_scripts_do_not_come_says_that_it_is_not_live(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101")
    await expect(page.locator("#unscripted")).to_have_count(0)
    await page.route("**/*.js", lambda route: route.abort())
    await page.goto(here.url)
    await expect(page.locator("#unscripted")).to_be_visible()
    await expect(page.locator("#unscripted")).to_contain_text("belum diperbarui")


async def test_what_is_printed_is_black_on_white_and_a_table_stays_one(here: House, arrive: Arrive) -> None:
    await scenes.earlier_nights(here)
    bima = await arrive("bima", dark=True, width=690)  # as wide as A4 between its margins
    await bima.emulate_media(media="print", color_scheme="dark")
    await bima.goto(here.url + "calls")
    look = "(node) => [getComputedStyle(node).display, getComputedStyle(node).color]"
    assert await bima.locator(".log tbody tr").first.evaluate(look) == ["table-row", "rgb(0, 0, 0)"]
    assert await bima.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


async def test_the_call_screen_is_light(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101")
    weight = await page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".reduce((sum, entry) => sum + entry.decodedBodySize, 0)"
    )
    assert 0 < weight < 250 * 1024


async def test_the_colours_that_she_chose_stay(here: House, arrive: Arrive) -> None:
    page = await arrive("siti", "101")
    async with page.expect_response("**/theme"):
        await page.click("#theme button")
    assert await page.get_attribute("html", "data-theme") == "dark"
    await page.reload()
    assert await page.get_attribute("html", "data-theme") == "dark"
