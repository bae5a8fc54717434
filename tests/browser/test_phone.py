"""The phone in the page says in words what is wrong, before anybody waits for a ring; sound is the journey's part."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import PATIENT_MS, browser_of
from tests.browser.looks import faults
from tests.web.house import PASSWORD, House

pytestmark = pytest.mark.browser

HEADSET = ["--use-fake-device-for-media-stream", "--host-resolver-rules=MAP ruang.test 127.0.0.1"]
NO_SOUND = ["--disable-audio-input"]
INSIDE = """() => {
  const strip = document.getElementById("phone").getBoundingClientRect();
  const seen = [...document.querySelectorAll("#phone button")].filter((each) => each.offsetParent);
  return seen.map((each) => each.getBoundingClientRect())
    .every((box) => box.right <= strip.right && box.bottom <= strip.bottom + 1);
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def with_headset() -> AsyncIterator[Browser]:
    """One Chromium with a microphone, for all stories but the one without."""
    async with browser_of(HEADSET) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def page(with_headset: Browser) -> AsyncIterator[Page]:
    """Nobody has allowed it anything yet."""
    context = await with_headset.new_context()
    yield await context.new_page()
    await context.close()


async def sits_down(page: Page, url: str, phone: str = "page") -> None:
    page.set_default_timeout(PATIENT_MS)
    await page.goto(url + "sign-in")
    await page.fill("#name", "siti")
    await page.fill("#password", PASSWORD)
    for name, value in (("position", "101"), ("phone", phone)):
        await page.check(f'input[name="{name}"][value="{value}"]', force=True)
    await page.click("main button.primary")
    await page.wait_for_url(lambda where: "sign-in" not in where)


async def test_without_encryption_it_says_which_address_to_open(here: House, page: Page) -> None:
    await sits_down(page, here.url.replace("127.0.0.1", "ruang.test"))
    await expect(page.locator("#phone-says")).to_contain_text("tanpa enkripsi")
    await expect(page.locator("#phone-on")).to_be_hidden()


async def test_it_explains_the_microphone_before_the_browser_asks(here: House, page: Page) -> None:
    asked: list[str] = []
    await page.expose_function("told", lambda what: asked.append(what))
    await page.add_init_script(
        "const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = (what) => { window.told('microphone'); return own(what); };"
    )
    await sits_down(page, here.url)
    await expect(page.locator("#phone-says")).to_contain_text('pilih "Izinkan"')
    assert asked == []
    await page.context.grant_permissions(["microphone"])
    await page.keyboard.press("F2")
    await expect(page.locator("#phone-says")).to_contain_text("Asterisk")
    assert asked == ["microphone"]


async def test_a_refused_microphone_says_where_to_allow_it(here: House, page: Page) -> None:
    await page.context.grant_permissions([])
    await sits_down(page, here.url)
    await expect(page.locator("#phone-says")).to_contain_text("Tekan tanda di samping alamat")
    await expect(page.locator("#phone-on")).to_be_visible()


async def test_no_microphone_says_to_plug_the_headset_in(here: House) -> None:
    async with browser_of(NO_SOUND) as browser:
        page = await browser.new_page()
        await page.context.grant_permissions(["microphone"])
        await sits_down(page, here.url)
        await expect(page.locator("#phone-says")).to_contain_text("tidak memiliki mikrofon")


async def test_asterisk_away_is_said_and_the_headset_is_chosen_meanwhile(here: House, page: Page) -> None:
    await page.context.grant_permissions(["microphone"])
    await sits_down(page, here.url)
    await expect(page.locator("#phone-says")).to_contain_text("Tidak ada sambungan ke Asterisk")
    await page.click('[data-phone="devices"]')
    await expect(page.locator("#phone-devices")).to_be_visible()
    second = page.locator("#phone-bell option").nth(1)
    chosen = await second.get_attribute("value")
    assert chosen
    await page.select_option("#phone-bell", chosen)
    await expect(page.locator("#phone-test")).not_to_have_js_property("value", 0)
    assert await faults(page) == []
    await page.reload()
    await expect(page.locator("#phone-says")).to_contain_text("Tidak ada sambungan ke Asterisk")
    await expect(page.locator("#phone-bell")).to_have_value(chosen)


@pytest.mark.parametrize(("width", "height", "dark"), [(1366, 768, False), (390, 844, True)])
async def test_the_strip_fits_and_breaks_no_rule_that_axe_knows(
    here: House, page: Page, width: int, height: int, dark: bool
) -> None:
    await page.set_viewport_size(ViewportSize(width=width, height=height))
    await page.emulate_media(color_scheme="dark" if dark else "light")
    await sits_down(page, here.url)
    await expect(page.locator("#phone-on")).to_be_visible()
    assert await faults(page) == []
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    assert await page.evaluate(INSIDE)
