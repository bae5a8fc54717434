"""Every page in both languages, light and dark, wide and narrow: nothing sticks out, nothing cannot be read."""

import pytest
from playwright.async_api import Page

from tests.browser import scenes
from tests.browser.conftest import Arrive
from tests.web.house import House

pytestmark = pytest.mark.browser

STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')].filter((node) => {
    if (node.closest('.scroll, .banner, .skip, .sr, .choice input, dialog:not([open])')) return false;
    if (node.closest('details:not([open]) > :not(summary)')) return false;
    const box = node.getBoundingClientRect();
    return box.width > 0 && box.right > wide + 1;
  }).map((node) => node.outerHTML.slice(0, 80));
}"""

TOO_FAINT = """() => {
  const paper = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (color) => {
    paper.clearRect(0, 0, 1, 1);
    paper.fillStyle = color;
    paper.fillRect(0, 0, 1, 1);
    return paper.getImageData(0, 0, 1, 1).data;
  };
  const part = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = (c) => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const behind = (node) => {
    for (let n = node; n; n = n.parentElement) {
      const c = rgb(getComputedStyle(n).backgroundColor);
      if (c[3] > 250) return c;
    }
    return rgb('#fff');
  };
  const found = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.nodeValue.trim());
    if (!own || !node.offsetParent || node.closest('[aria-hidden], :disabled, .skip, .sr, option')) continue;
    const a = light(rgb(getComputedStyle(node).color)), b = light(behind(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${node.outerHTML.slice(0, 90)}`);
  }
  return found;
}"""

NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
  .filter((n) => !(n.labels?.length || n.getAttribute('aria-label') || n.textContent.trim()))
  .map((n) => n.outerHTML)"""


async def looks_right(page: Page) -> None:
    assert await page.evaluate(STICKS_OUT) == []
    assert await page.evaluate(TOO_FAINT) == []
    assert await page.evaluate(NAMELESS) == []  # a screen reader can name everything


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["id", "en"])
async def test_every_page_can_be_read(here: House, arrive: Arrive, width: int, dark: bool, language: str) -> None:
    await scenes.earlier_nights(here)
    door = await arrive(width=width, dark=dark)
    await door.goto(here.url + "sign-in")
    await looks_right(door)
    siti = await arrive("siti", "101", width=width, dark=dark)
    if language == "en":
        await siti.click('button[name="language"][value="en"]')
    await looks_right(siti)
    call = scenes.rings(here)
    await siti.wait_for_selector(".ring.loud")
    await looks_right(siti)
    scenes.picked_up(here, call)
    scenes.fire_brigade_joins(here, call)
    await siti.wait_for_selector("#a-damkar .state.ok")
    await siti.wait_for_selector(".sheet")
    await looks_right(siti)
    here.telephone.hangs_up(call)
    await here.stored()
    bima = await arrive("bima", "", width=width, dark=dark)
    number = here.board.tickets[call]
    for path in ("calls", f"calls/{call}", f"tickets/{number}", "calls?number=999", "proof", "nowhere", "position"):
        await bima.goto(here.url + path)
        await looks_right(bima)
    ayu = await arrive("ayu", "", width=width, dark=dark)
    await looks_right(ayu)


async def test_no_request_leaves_the_server(here: House, arrive: Arrive) -> None:
    page = await arrive()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(here.url + "sign-in")
    assert asked
    assert [url for url in asked if not url.startswith((here.url, "data:"))] == []


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
