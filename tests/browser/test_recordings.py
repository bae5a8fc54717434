"""The player and instant recall in a real Chromium: sound that runs, marks that are met, keys, widths, colours."""

import math
import struct
from array import array
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from callcenter import flac, wav
from callcenter.core.coverage import Judged, Verdict
from callcenter.core.recorded import Part, Piece, Span
from tests.browser import scenes
from tests.browser.conftest import Arrive, speaks
from tests.browser.test_pages import looks_right
from tests.live import waiting
from tests.web.house import PARTS, House

pytestmark = pytest.mark.browser

NOW = "document.getElementById('sound').currentTime"


def speech(path: Path, seconds: int, every: int) -> None:
    """Something that comes and goes, so that there is a picture to look at."""
    one = [int(9000 * math.sin(n / 3) * abs(math.sin(n / wav.RATE * every))) for n in range(wav.RATE)]
    sound = array("h", one).tobytes() * seconds
    path.write_bytes(wav.header(len(sound)) + sound)


async def kept(here: House) -> str:
    """A call that is over; its two sides in one FLAC, as the keeper makes it."""
    call = scenes.rings(here)
    scenes.picked_up(here, call)
    scenes.fire_brigade_joins(here, call)
    here.telephone.hangs_up(call)
    await here.stored()
    await here.until(lambda: call in here.board.tickets)
    first = here.record(call)
    sides = [first.with_name(f"{call}-{side}.wav") for side in ("in", "out")]
    for number, side in enumerate(sides):
        speech(side, 60, 2 + number)
    kept = first.with_suffix(".flac")
    await flac.pack(kept, sides)
    for each in (first, *sides):
        each.unlink()
    began = here.clock() - timedelta(seconds=20)
    gap = Span(began + timedelta(seconds=40), began + timedelta(seconds=47))
    relative, rows = str(kept.relative_to(here.settings.recordings)), here.app[PARTS].recordings
    piece = Piece(Part.MAIN, "", (relative,), "101")
    judged = Judged(Verdict.GAP, 7.0, (gap,), began)
    await rows.seal(call, piece, judged, path=relative, originals={kept.name: wav.digest(kept)}, seconds=60)
    (row,) = (await rows.of([call]))[call]
    await rows.packed(row.id, relative, row.bytes, row.sha256, 2)
    return call


async def at(page: Page) -> float:
    return float(await page.evaluate(NOW))


async def until(page: Page, true: str) -> None:
    """Wait for it; the page's policy lets no test look by itself."""
    await waiting.until(lambda: page.evaluate(true), true)


async def test_the_player_plays_jumps_is_written_down_and_looks_right_everywhere(here: House, arrive: Arrive) -> None:
    call = await kept(here)
    page = await arrive("bima")
    await page.goto(f"{here.url}calls/{call}/player")
    await expect(page.locator("#player[data-rows='2']")).to_be_visible()
    await page.keyboard.press("Space")
    await until(page, f"{NOW} > 0.3")
    await page.keyboard.press("Space")
    before = await at(page)
    await page.keyboard.press("ArrowRight")
    await until(page, f"{NOW} > {before + 4}")
    marks = page.locator(".marks button")
    wanted = float(await marks.nth(1).get_attribute("data-at") or 0)
    await page.keyboard.press("2")
    await until(page, f"Math.abs({NOW} - {wanted}) < 0.2")
    await expect(page.locator(".marks [data-kind='GAP']")).to_have_attribute("data-at", "40.0")
    await page.locator(".marks [data-kind='GAP']").click()
    await page.click("[data-side='in']")
    await page.click("#play")
    await until(page, f"{NOW} > 40.2")
    await page.click("#play")

    async def told() -> bool:
        return len([1 for line in (await here.history.audit()).lines if line.action == "call.heard"]) >= 2

    await here.eventually(told)
    await looks_right(page)
    await goes_on_when_it_is_made_smaller(here, page, call)
    for width, dark, language in ((390, True, "en"), (390, False, "id"), (1366, True, "id")):
        other = await arrive("bima", width=width, dark=dark)
        await other.context.add_cookies([{"name": "language", "value": language, "url": here.url}])
        for path in (f"calls/{call}/player", f"tickets/{here.board.tickets[call]}", f"calls/{call}"):
            await other.goto(here.url + path)
            await looks_right(other)


async def goes_on_when_it_is_made_smaller(here: House, page: Page, call: str) -> None:
    """Two WAV files in the place of the FLAC, until somebody listens; then the FLAC again, as the keeper does it."""
    (row,) = (await here.app[PARTS].recordings.of([call]))[call]
    kept = here.settings.recordings / row.path
    aside = kept.rename(kept.with_name("aside"))
    for ending in ("", "-in", "-out"):
        speech(kept.with_name(f"{call}{ending}.wav"), 60, 2)
    rows = here.app[PARTS].recordings
    await rows.packed(row.id, row.path.replace(".flac", ".wav"), 0, "", 1)
    await page.reload()
    await page.click("[data-side='in']")
    await page.click("#play")
    await until(page, f"{NOW} > 0.3")
    aside.rename(kept)
    await rows.packed(row.id, row.path, row.bytes, row.sha256, 2)
    for ending in ("", "-in", "-out"):
        kept.with_name(f"{call}{ending}.wav").unlink()
    before = await at(page)
    await page.click("[data-side='out']")  # asks for a file that is gone
    await until(page, f"{NOW} > {before} && document.getElementById('sound').src.includes('as=flac')")
    assert not await page.evaluate("document.getElementById('sound').paused")
    await expect(page.locator("#wrong")).to_be_hidden()
    await page.click("#play")
    await page.route("**/recording?*", lambda route: route.abort())  # the network is away
    await page.route("**/peaks*", lambda route: route.abort())
    await page.reload()
    await page.click("#play")
    await expect(page.locator("#wrong")).to_contain_text("tidak dapat diputar")
    await page.unroute_all()
    await page.click("#play")
    await until(page, f"{NOW} > 0.2")
    await expect(page.locator("#wrong")).to_be_hidden()
    await page.click("#play")


async def test_the_last_minute_is_heard_within_seconds_while_the_call_goes_on(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    path = here.record(call)
    speech(path, 90, 3)
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", 0)  # it grows
    path.write_bytes(data)
    await page.evaluate("""() => document.querySelector('#recall audio')
        .addEventListener('playing', () => { window.plays = performance.now(); }, { once: true })""")
    began = await page.evaluate("performance.now()")
    await page.locator("body").press("Escape")  # she is typing
    await page.keyboard.press("'")
    await until(page, "window.plays")
    assert await page.evaluate("window.plays") - began < 10_000, "3 s, and a busy machine's patience"
    sound = page.locator("#recall audio")
    assert await sound.evaluate("each => Math.round(each.duration)") == 60
    await page.click("[data-last='10']")
    await until(page, "document.querySelector('#recall audio').currentTime >= 50")
    await looks_right(page)
    await page.click("#recall-close")
    await expect(page.locator("#recall")).to_be_hidden()
    assert path.read_bytes() == bytes(data)
