"""A desk whose phone is in the page: a real browser with a headset that speaks a tone, before the server of `./run`.

In:  a running server, a folder. Out: pages that are telephones; what they hear, by its frequency.
Never: a stand-in for the browser's sound, for Asterisk or for the network between them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import BrowserContext, Dialog, Page, WebSocketRoute, async_playwright, expect

from tests.journey.conftest import CHROMIUM_FLAGS, chromium_program
from tests.journey.server import Server
from tests.live.tone import write_tone
from tests.live.waiting import PATIENT_S, until

HERS = 800
"""The tone that her headset speaks."""

HEARS = """(hertz) => {
  const sound = document.getElementById("phone-ear").srcObject;
  if (!sound) return false;
  if (window.ears?.sound !== sound) {
    const context = new AudioContext(), ear = context.createAnalyser();
    ear.fftSize = 8192;
    context.createMediaStreamSource(sound).connect(ear);
    window.ears = { sound, context, ear };
  }
  const { context, ear } = window.ears, loud = new Float32Array(ear.frequencyBinCount);
  ear.getFloatFrequencyData(loud);
  const most = loud.indexOf(Math.max(...loud));
  return loud[most] > -60 && Math.abs((most * context.sampleRate) / ear.fftSize - hertz) < 12;
}"""

UNFILTERED = 'localStorage.setItem("phone", JSON.stringify({ clean: false }));'
"""A pure tone is noise to the browser's filters."""


@dataclass
class Signalling:
    """The page's WebSocket to Asterisk, which a test may cut."""

    open: list[WebSocketRoute] = field(default_factory=list)
    away: bool = False
    tried: int = 0
    heard: list[str] = field(default_factory=list)  # first lines of what Asterisk said to the page

    async def take(self, route: WebSocketRoute) -> None:
        self.tried += 1
        if self.away:
            await route.close(code=4000)
            return
        server = route.connect_to_server()

        def hear(message: str | bytes) -> None:
            self.heard.append(str(message).split("\r\n", 1)[0])
            route.send(message)

        server.on_message(hear)
        self.open.append(route)

    async def cut(self) -> None:
        """Both ends see it close; nobody comes through until `mend`."""
        self.away = True
        routes, self.open = self.open, []
        for route in routes:
            await route.close(code=4000)

    def mend(self) -> None:
        self.away = False


@dataclass
class Desk:
    """One page that is a telephone."""

    page: Page
    signalling: Signalling

    @property
    def says(self) -> str:
        return "#phone-says"

    async def ready(self) -> None:
        await expect(self.page.locator("#phone.ready")).to_be_visible()
        await expect(self.page.locator('[data-page-phone="1"]')).to_be_visible()

    async def rings(self) -> None:
        await expect(self.page.locator("#phone.ringing")).to_be_visible()

    async def answers(self) -> None:
        await self.rings()
        await expect(self.page.locator(".ring-answer")).to_be_visible()
        await self.page.keyboard.press("F2")
        await expect(self.page.locator("#phone.talking")).to_be_visible()

    async def hears(self, hertz: int) -> bool:
        return bool(await self.page.evaluate(HEARS, hertz))

    async def until_it_hears(self, hertz: int) -> None:
        await until(lambda: self.hears(hertz), f"{hertz} Hz in the page", every=0.1)

    async def puts_down(self) -> None:
        await self.page.keyboard.press("F9")
        await self.page.keyboard.press("F9")
        await expect(self.page.locator("#phone.ready")).to_be_visible()


@asynccontextmanager
async def browser_with_headset(folder: Path, *more: str) -> AsyncIterator[BrowserContext]:
    """Chromium with a microphone that plays a tone, in one context: its tabs are one browser."""
    tone = write_tone(folder / "headset.wav", HERS)
    flags = [
        *CHROMIUM_FLAGS,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={tone}",
        "--autoplay-policy=no-user-gesture-required",
        "--allow-loopback-in-peer-connection",
        *more,
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_program(), args=flags)
        context = await browser.new_context(viewport={"width": 1366, "height": 768})
        context.set_default_timeout(PATIENT_S * 1000)
        await context.add_init_script(UNFILTERED)
        yield context
        await browser.close()


async def sign_in(context: BrowserContext, server: Server, name: str, password: str) -> None:
    """At 101, with the phone in the page."""
    page = await context.new_page()
    await page.goto(server.url)
    await page.fill("#name", name)
    await page.fill("#password", password)
    for field_, value in (("position", "101"), ("phone", "page")):
        await page.check(f'input[name="{field_}"][value="{value}"]', force=True)
    await page.click("main button.primary")
    await page.wait_for_url(lambda url: "sign-in" not in url)
    await page.close()


async def sit_down(context: BrowserContext, server: Server, *, can_be_cut: bool = False) -> Desk:
    """A new tab on the screen. What can be cut goes through this process, and loses what a page says as it closes."""
    page = await context.new_page()
    signalling = Signalling()
    if can_be_cut:
        await page.route_web_socket(lambda url: url.endswith("/ws"), signalling.take)
    await page.goto(server.url)
    return Desk(page, signalling)


async def asked_before_leaving(desk: Desk, stay: bool) -> str:
    """A reload by hand: what the browser asks, and the answer."""
    asked: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def answer(dialog: Dialog) -> None:
        asked.set_result(dialog.type)
        await (dialog.dismiss() if stay else dialog.accept())

    desk.page.once("dialog", answer)
    reload = asyncio.create_task(desk.page.evaluate("setTimeout(() => location.reload())"))
    kind = await asyncio.wait_for(asked, PATIENT_S)
    await asyncio.gather(reload, return_exceptions=True)
    return kind
