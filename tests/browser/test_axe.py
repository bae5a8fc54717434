"""axe-core on every page, in both languages, light and dark: nothing that it knows to be wrong."""

from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import Arrive
from tests.web.house import House

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
ASK = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .map((found) => `${found.id}: ${found.nodes.map((node) => node.html.slice(0, 100)).slice(0, 3).join(' | ')}`)"""


async def faults(page: Page) -> Any:
    await page.evaluate(AXE)
    return await page.evaluate(ASK)


OF_SUPERVISOR = (
    "calls",
    "proof",
    "position",
    "nowhere",
    "wall",
    "shift",
    "cards",
    "phrases",
    "places",
    "callbacks",
    "complaints",
    "flags",
    "figures",
)
OF_ADMIN = (
    "people",
    "agencies",
    "agencies/damkar",
    "agencies/-/add",
    "categories",
    "categories/FIRE",
    "places",
    "cards",
    "cards/FIRE",
)


@pytest.mark.parametrize(("language", "dark"), [("id", False), ("id", True), ("en", False)])
async def test_no_page_breaks_a_rule_that_axe_knows(here: House, arrive: Arrive, dark: bool, language: str) -> None:
    await scenes.earlier_nights(here)
    scenes.nobody_listened(here)
    found = {}
    siti = await arrive("siti", "101", dark=dark)
    if language == "en":
        await siti.click('button[name="language"][value="en"]')
    await expect(siti.locator("#link.good")).to_be_visible()
    found["idle"] = await faults(siti)
    call = scenes.rings(here, scenes.PIDF)
    await siti.wait_for_selector(".ring.loud")
    found["ringing"] = await faults(siti)
    scenes.picked_up(here, call)
    scenes.fire_brigade_joins(here, call)
    await siti.wait_for_selector("#a-damkar .state.ok")
    await siti.wait_for_selector('[data-ask="verify"]')
    for shelf in ("#shelf-open", "#shelf-last"):
        await siti.click(f"{shelf} summary")
    found["speaking"] = await faults(siti)
    await siti.evaluate("document.getElementById('help').showModal()")
    found["keys"] = await faults(siti)
    here.telephone.hangs_up(call)
    await here.stored()
    one = (f"calls/{call}", f"tickets/{here.board.tickets[call]}")
    for name, paths in {"": ("sign-in",), "bima": (*one, *OF_SUPERVISOR), "ayu": OF_ADMIN}.items():
        page = await arrive(name, dark=dark)
        await page.goto(here.url + "sign-in")
        if language == "en":
            await page.click('button[name="language"][value="en"]')
        for path in paths:
            await page.goto(here.url + path)
            found[path] = await faults(page)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
