"""Figures in real Chromium: axe-clean in both colours, within a telephone's width."""

import pytest

from tests.browser import scenes
from tests.browser.conftest import Arrive
from tests.browser.looks import faults
from tests.web.house import House

pytestmark = pytest.mark.browser

PAGES = ("figures", "figures?period=week", "figures?by=agency", "reports/2026-11", "reports")
INSIDE = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.mark.parametrize(("dark", "width"), [(False, 1366), (True, 390)], ids=["light", "dark-phone"])
async def test_figures_break_no_rule_and_fit_the_width(here: House, arrive: Arrive, dark: bool, width: int) -> None:
    await scenes.earlier_nights(here)
    await here.stored()
    page = await arrive("bima", dark=dark, width=width)
    for path in PAGES:
        await page.goto(here.url + path)
        await page.wait_for_selector(".log")
        assert await faults(page) == [], path
        assert await page.evaluate(INSIDE), path
