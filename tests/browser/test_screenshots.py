"""`./test screenshots`: the pictures of the documents, painted from the real pages and kept small."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Page, ViewportSize, expect

from callcenter.core.account import Account
from callcenter.selftest import Light
from callcenter.web.painter import LANGUAGE_COOKIE
from callcenter.web.parts import PARTS
from callcenter.web.proof import Proofs
from tests.browser import scenes
from tests.browser.conftest import Arrive, fill_the_room
from tests.browser.every_page import PEOPLE, addresses, guests, much_happened, whole_cast
from tests.browser.looks import DESK, TELEPHONE
from tests.web.house import PASSWORD, House, house

pytestmark = [pytest.mark.browser, pytest.mark.screenshots]

LARGEST = 150_000
SHIFT = timedelta(hours=4)
NOTE = "Api besar dari dapur, asap tebal sampai ke jalan.\nDua orang masih di lantai dua, pintu depan tertutup api."


class Evening:
    """The real clock, set back while what was before is played."""

    behind = SHIFT

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self.behind


class Books:
    """Everything came out."""

    last: Account | None = None

    async def compare(self, since: datetime, until: datetime) -> Account:
        return Account(since, until, 15, 15, 15)


class Tests:
    __test__ = False
    light = Light()


@pytest_asyncio.fixture(loop_scope="session")
async def here(tmp_path: Path) -> AsyncIterator[House]:
    """Siti and Rina have sat there for four hours."""
    evening, tests = Evening(), Tests()
    proofs = Proofs(books=Books(), self_test=tests, free=lambda _: 412 << 30)
    async with house(tmp_path / "home", clock=evening, proofs=proofs) as made:
        await fill_the_room(made)
        for name, position in (("siti", "101"), ("rina", "102")):
            await made.people.sign_in(name, PASSWORD, position=position, address="192.168.1.11", agent="")
        evening.behind = timedelta(0)
        await scenes.a_long_night(made)
        for ago in range(48, 0, -1):
            at = made.clock() - timedelta(minutes=5 * ago)
            tests.light = Light(ok=True, at=at, took_s=2.3, last_ok=at)
            made.app[PARTS].lights.look()
        yield made


async def speaks(here: House, page: Page) -> str:
    """A restaurant burns; Damkar's phone rings; somebody else waits."""
    await expect(page.locator("#link.good")).to_be_visible()
    assert isinstance(here.clock, Evening)
    here.clock.behind = timedelta(seconds=52)
    call = scenes.rings(here, scenes.PIDF)
    scenes.picked_up(here, call)
    here.clock.behind = timedelta(0)
    await expect(page.locator('[data-ask="verify"]')).to_be_visible()
    await page.keyboard.type(NOTE)
    await page.fill("#place", "RM Sederhana, Jl. Kartini 48, Kejaksan")
    await page.fill("#caller_name", "Budi")
    await page.select_option("#category", "FIRE")
    await page.keyboard.press("Escape")
    await page.keyboard.press("1")
    await page.keyboard.press("Escape")
    await page.keyboard.press("v")
    await expect(page.locator(".verified")).to_be_visible()
    await expect(page.locator("#saved")).to_have_class("saved ok")
    return call


async def keep(page: Page, root: Path, name: str) -> None:
    folder = root / "docs"
    folder.mkdir(exist_ok=True)
    painted = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    painted.quantize(256, dither=Image.Dither.NONE).save(folder / name, optimize=True)  # a third of the bytes
    assert (folder / name).stat().st_size < LARGEST


async def test_every_page_is_painted_to_be_looked_at(
    here: House, arrive: Arrive, request: pytest.FixtureRequest
) -> None:
    """Into var/screenshots: both languages, both colours, at the desk and on a telephone."""
    await whole_cast(here)
    pages = addresses(here, await much_happened(here))
    for language in here.app[PARTS].painter.languages:
        folder = Path(str(request.config.rootpath)) / "var" / "screenshots" / language
        folder.mkdir(parents=True, exist_ok=True)
        for role in ("", *PEOPLE):
            page = await arrive(PEOPLE.get(role, ""), "101" if role == "call_taker" else "")
            await page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": here.url}])
            for name in (name for name in pages if guests(name)[0] == role):
                await page.goto(here.url + pages[name][0])
                for width, height in (DESK, TELEPHONE):
                    await page.set_viewport_size(ViewportSize(width=width, height=height))
                    for colours in ("light", "dark"):
                        await page.emulate_media(color_scheme=colours)
                        await page.screenshot(path=folder / f"{name}-{width}-{colours}.png", full_page=True)


async def test_the_pictures_of_the_documents(here: House, arrive: Arrive, request: pytest.FixtureRequest) -> None:
    root = Path(str(request.config.rootpath))
    page = await arrive("siti", "101")
    call = await speaks(here, page)
    here.telephone.hangs_up("e112-1790010003.9")
    leg = here.telephone.is_called(call, "damkar")
    other = here.telephone.dials("e112-1790010099.9", "+6281390024455", before_s=4)
    here.telephone.rings(other, "102", "103")
    await expect(page.locator("#a-damkar .state.go")).to_be_visible()
    await page.locator("#shelf-open summary").click()
    await page.locator("#note").focus()
    await keep(page, root, "screen.png")
    here.telephone.hangs_up(other)
    here.telephone.lifts(leg)
    here.telephone.accepts(call, leg)
    here.telephone.hangs_up(call)
    scenes.nobody_listened(here, ago_s=5400)
    await here.stored()
    bima = await arrive("bima")
    for path, name in (
        ("calls", "log.png"),
        (f"calls/{call}", "call.png"),
        ("proof", "proof.png"),
        ("figures", "figures.png"),
        ("wall", "wall.png"),
    ):
        await bima.goto(here.url + path)
        if name == "wall.png":
            await expect(bima.locator("#link.good")).to_be_visible()
        await keep(bima, root, name)
    await here.people.add_user("regu1", display="Regu 1", role="agency", agency="damkar", password=PASSWORD)
    station = await arrive("regu1", width=TELEPHONE[0], height=TELEPHONE[1])
    await expect(station.locator("#link.good")).to_be_visible()
    await keep(station, root, "agency.png")


async def test_the_picture_of_the_night(here: House, arrive: Arrive, request: pytest.FixtureRequest) -> None:
    page = await arrive("siti", "101", dark=True)
    await expect(page.locator("#link.good")).to_be_visible()
    scenes.rings(here, scenes.PIDF)
    await expect(page.locator(".ring.loud")).to_be_visible()
    await page.locator("#shelf-open summary").click()
    line = page.locator("#shelf-open .line").first
    await line.click()
    await expect(page.locator(".sheet")).to_be_visible()
    await expect(page.locator(".ring.loud")).to_contain_text("Telkomsel")
    await page.locator(".left").evaluate("(node) => { node.scrollTop = 0; }")
    await keep(page, Path(str(request.config.rootpath)), "night.png")
