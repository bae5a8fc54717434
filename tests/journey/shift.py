"""One call taker's shift, by keyboard alone.

In:  the page that she works with, the telephones around her. Out: her deeds, and waiting for what they bring about.
Never: a click; a judgement of the calls.
"""

import json
from dataclasses import dataclass

from playwright.async_api import Browser, Locator, Page, expect

from tests.journey.server import Server
from tests.live.house import Exchange
from tests.live.places import asterisk_program
from tests.live.softphone import Phone
from tests.live.waiting import PATIENT_S, until

FIELDS = "tkpc:"
"""Keys that put the cursor into a field."""


@dataclass
class Shift:
    """Siti's page and phone, and everybody whom she meets."""

    server: Server
    page: Page
    budi: Phone
    her: Phone
    bima: Phone
    damkar: Phone

    @property
    def seat(self) -> Locator:
        return self.page.locator(".seat-line")

    async def key(self, *keys: str) -> None:
        """From inside any field: Esc, then the key, once what it does can be done."""
        for key in keys:
            if key not in FIELDS:
                deed = self.page.locator(f"[data-key={json.dumps(key.upper())}]:not(:disabled):visible")
                await expect(deed.first).to_be_visible()
            await self.page.keyboard.press("Escape")
            await self.page.keyboard.press(key)

    async def state(self, state: str, words: str) -> None:
        await expect(self.page.locator(f'.seat-line[data-state="{state}"]')).to_be_visible()
        await expect(self.seat.locator(".seat-says b")).to_contain_text(words)

    async def is_ready_again(self, words: str) -> None:
        """By her key, or by itself where the time for writing was over before."""
        await self.page.keyboard.press("Escape")
        await self.page.keyboard.press("+")
        await self.state("ready", words)

    async def takes_a_call(self) -> str:
        """Budi dials 112, she lifts: the call's id. Its sheet is open, and the notes have the cursor."""
        for phone in (self.budi, self.her, self.bima):
            await phone.quiet()
        await self.budi.dial("112")
        await self.her.answer()
        await self.budi.event("CALL_ESTABLISHED")
        await expect(self.page.locator(".mine.on")).to_be_visible()
        call = await self.page.locator(".mine.on").get_attribute("data-call")
        sheet, waits = self.page.locator(f'.sheet[data-call="{call}"]'), self.page.locator("#switch")
        await expect(sheet.or_(waits).first).to_be_visible()
        if await waits.is_visible():  # the cursor stood in the notes of the call before: nothing is taken from under it
            await self.key("n")
        await expect(sheet).to_be_visible()
        await expect(self.page.locator("#note")).to_be_focused()
        assert call
        return call

    async def asterisk_says(self, word: str) -> None:
        """How the queue has her SIP phone; empty: it rings."""
        program = asterisk_program()
        assert program
        asterisk = Exchange(program, self.server.home, 0, 0)

        async def says() -> bool:
            said = await asterisk.cli("queue show emergency")
            hers = next((line for line in said.splitlines() if "(PJSIP/101)" in line), "")
            return word in hers if word else bool(hers) and "paused" not in hers

        await until(says, f"the queue has her phone as: {word or 'not paused'}")


async def signs_in_by_keyboard(browser: Browser, server: Server, name: str, password: str) -> Page:
    page = await (await browser.new_context(viewport={"width": 1366, "height": 768})).new_page()
    page.set_default_timeout(PATIENT_S * 1000)
    await page.goto(server.url)
    await expect(page.locator("#name")).to_be_focused()  # the cursor stands there
    await page.keyboard.type(name)
    await page.keyboard.press("Tab")
    await page.keyboard.type(password)
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")  # from "none" round to the first position
    await expect(page.locator('input[name="position"][value="101"]')).to_be_checked()
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "sign-in" not in url)
    return page
