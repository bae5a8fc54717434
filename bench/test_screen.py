"""(f) The call taker's screen on an old computer: its weight, its first paint, its memory after twelve hours; and over
a thin line.

Real pages in real Chromium, served by the web's own parts on a real database; the telephone is played, fast. The
processor is slowed down four times for the first paint; memory is counted after the browser has collected its garbage.
"""

import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import CDPSession, Page, expect

from bench.report import line, load
from callcenter.core import facts
from tests.browser.conftest import PATIENT_MS, browser_of, fill_the_room, sign_in
from tests.web.house import House, house

pytestmark = pytest.mark.bench
SLOWER, PAINTS = 4, 15
THIN = {"offline": False, "latency": 400, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
"""A mobile line at the edge of its cell: 50 kbit/s, 400 ms."""
THIN_LOADS = 3
HOURS, CALLS_AN_HOUR, HERS = 12, 60, 5
"""Every so manieth call is hers; the others ring at her desk too."""
HEAVY = """performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
  .reduce((sum, entry) => sum + entry.decodedBodySize, 0)"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@asynccontextmanager
async def her_page(folder: Path) -> AsyncIterator[tuple[House, Page, CDPSession]]:
    async with house(folder / "home", clock=lambda: datetime.now(UTC)) as here, browser_of() as browser:
        await fill_the_room(here)
        context = await browser.new_context(viewport={"width": 1366, "height": 768})
        page = await context.new_page()
        await sign_in(page, here.url, "siti", "101")
        await expect(page.locator("#link.good")).to_be_visible()
        yield here, page, await context.new_cdp_session(page)


async def test_the_screen_is_light_and_soon_there(tmp_path: Path) -> None:
    async with her_page(tmp_path) as (_, page, chromium):
        await chromium.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        paints: dict[bool, list[float]] = {True: [], False: []}
        weight = 0
        for known in [False, True] * PAINTS:
            if not known:
                await chromium.send("Network.clearBrowserCache")
            await page.reload()
            await expect(page.locator("#link.good")).to_be_visible()
            paints[known].append(await page.evaluate(PAINTED))
            weight = max(weight, await page.evaluate(HEAVY))
    line("(f) the call screen without the map", f"{weight / 1024:.0f} KB", "none", None, "at most 250 KB")
    first, again = (statistics.median(paints[known]) for known in (False, True))
    line(
        f"(f) first paint, processor {SLOWER} times slower{load()}",
        f"{first:.0f} ms, with a known cache {again:.0f} ms, worst {max(paints[False]):.0f} ms",
        "none",
        None,
        "under 500 ms",
    )


async def test_the_screen_comes_over_a_thin_line(tmp_path: Path) -> None:
    """The worst there is: nothing known yet. And the everyday case: loaded before."""
    took: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    travelled: dict[bool, int] = {}
    async with her_page(tmp_path) as (_, page, chromium):
        sizes: list[int] = []
        chromium.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
        await chromium.send("Network.enable")
        await chromium.send("Network.emulateNetworkConditions", THIN)
        await chromium.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        for known in [False, True] * THIN_LOADS:
            if not known:
                await chromium.send("Network.clearBrowserCache")
            sizes.clear()
            began = time.monotonic()
            await page.reload(timeout=PATIENT_MS * 4)
            await expect(page.locator("#link.good")).to_be_visible(timeout=PATIENT_MS * 4)
            took[known].append((await page.evaluate(PAINTED) / 1000, time.monotonic() - began))
            travelled[known] = sum(sizes)
    for known, name in ((False, "nothing known"), (True, "a known cache")):
        paint, live = (statistics.median(each) for each in zip(*took[known], strict=True))
        line(
            f"(f) the call screen at 50 kbit/s and 400 ms, processor {SLOWER} times slower, {name}{load()}",
            f"first paint {paint:.1f} s, live after {live:.1f} s, {travelled[known] / 1024:.0f} KB",
            "none",
            None,
            "none",
        )


async def one_call(here: House, page: Page, number: int) -> None:
    """It rings at her desk; hers or somebody else's; an agency; notes; the end."""
    told, call = here.telephone, f"e112-{1790100000 + number}.0"
    told.dials(call, f"+62812{number % 50:08d}")
    told.rings(call, "101", "102")
    await expect(page.locator(f'.ring.loud[data-call="{call}"]')).to_be_visible()
    hers = number % HERS == 0
    told.answers(call, "101" if hers else "102", "102" if hers else "101")
    if hers:
        await expect(page.locator(f'.sheet[data-call="{call}"]')).to_be_visible()
        await page.keyboard.type("Api di dapur")
        leg = told.is_called(call, "damkar")
        told.lifts(leg)
        told.accepts(call, leg)
        await expect(page.locator("#a-damkar .state.ok")).to_be_visible()
        told.hangs_up(leg)
    told.hangs_up(call)
    here.board.hear(facts.LegEnded(f"{'101' if hers else '102'}-{call}", here.clock(), 16))
    told.ready("101", "102")
    if hers:
        await page.keyboard.press("Escape")
        await page.keyboard.press("6")
        await expect(page.locator(".s-closed")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("s")
        await expect(page.locator("#nothing")).to_be_visible()


async def kept(chromium: CDPSession) -> tuple[float, int, int]:
    """Megabytes of the scripts' heap, nodes and listeners, after the garbage is gone."""
    for _ in range(3):
        await chromium.send("HeapProfiler.collectGarbage")
    told = {each["name"]: each["value"] for each in (await chromium.send("Performance.getMetrics"))["metrics"]}
    return told["JSHeapUsedSize"] / 1e6, int(told["Nodes"]), int(told["JSEventListeners"])


async def test_twelve_hours_of_calls_leave_the_tab_as_it_was(tmp_path: Path) -> None:
    async with her_page(tmp_path) as (here, page, chromium):
        await chromium.send("Performance.enable")
        hours = []
        for hour in range(HOURS):
            for number in range(CALLS_AN_HOUR):
                await one_call(here, page, hour * CALLS_AN_HOUR + number)
            hours.append(await kept(chromium))
    first, last = hours[0], hours[-1]
    line(
        f"(f) the tab after {HOURS} hours, {HOURS * CALLS_AN_HOUR} calls, {HOURS * CALLS_AN_HOUR // HERS} of them hers",
        f"{last[0]:.1f} MB of scripts, {last[1]} nodes, {last[2]} listeners",
        f"{first[0]:.1f} MB, {first[1]} nodes, {first[2]} listeners after one hour",
        last[0] / first[0],
        "flat",
    )
