"""A call taker in front of a real Chromium, who types on when it was killed under her hands.

In:  a running house. Out: `stored`: what her page had called saved, for each call.
Never: a clean end of a browser.
"""

import asyncio
import builtins
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
from playwright.async_api import Error, Page, Playwright, TimeoutError, async_playwright

from tests.faults.house import House
from tests.faults.typists import PASSWORD, WORDS

FLAGS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")
STATE = """() => [document.querySelector('#sheet .sheet').dataset.call, document.querySelector('#note').value,
                  document.querySelector('#saved').className]"""
"""The sheet is not always the one that was opened: a call at her position opens its own."""

MINE = "SELECT n.text FROM notes n JOIN ticket_calls l ON l.ticket = n.ticket WHERE l.call = ? AND n.author = ?"


class CallTaker:
    """`run` until cancelled; `kill` as often as you like."""

    def __init__(self, house: House, name: str, position: str) -> None:
        self.house, self.name, self.position = house, name, position
        self.profile = house.home / "browser"
        self.stored: dict[str, str] = {}
        self.typing = asyncio.Event()
        self.kills = 0

    async def run(self) -> None:
        async with async_playwright() as playwright:
            while True:
                self.typing.clear()
                with contextlib.suppress(Error, builtins.TimeoutError):
                    async with self._page(playwright) as page:
                        await self._signs_in(page)
                        while True:
                            await self._types(page)
                self.kill(counted=False)
                await asyncio.sleep(0.5)

    @asynccontextmanager
    async def _page(self, playwright: Playwright) -> AsyncIterator[Page]:
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        assert program, "no Chromium: ./test brings it"
        flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = await playwright.chromium.launch_persistent_context(
            self.profile, executable_path=program, headless=True, args=flags, timeout=60_000
        )
        try:
            browser.set_default_timeout(10_000)
            yield browser.pages[0]
        finally:
            with contextlib.suppress(Error, builtins.TimeoutError):
                async with asyncio.timeout(5):
                    await browser.close()

    async def _signs_in(self, page: Page) -> None:
        await page.goto(self.house.settings.url + "sign-in")
        if await page.locator("#password").count():
            await page.fill("#name", self.name)
            await page.fill("#password", PASSWORD)
            await page.check(f'input[name="position"][value="{self.position}"]', force=True)
            await page.click("main button.primary")
            await page.wait_for_url(lambda url: "sign-in" not in url)

    async def _types(self, page: Page) -> None:
        """About the newest call, until the page says that it is stored."""
        found = self.house.rows("SELECT call FROM ticket_calls ORDER BY ticket DESC LIMIT 1")
        if not found:
            await asyncio.sleep(0.5)
            return
        call = str(found[0]["call"])
        await page.goto(f"{self.house.settings.url}?call={call}")
        await page.locator("#note").focus()
        for word in WORDS:
            await page.keyboard.type(word + " ", delay=25)
            with contextlib.suppress(TimeoutError):
                await page.wait_for_selector("#saved.ok", timeout=2000)
            shown, text, how = await page.evaluate(STATE)
            if "ok" in how.split():
                self.stored[shown] = text
                self.typing.set()

    def kill(self, *, counted: bool = True) -> bool:
        """-9, the browser and all that it started. False: she was not typing."""
        if counted and not self.typing.is_set():
            return False
        self.typing.clear()
        mark = str(self.profile)
        for each in psutil.process_iter(["pid", "cmdline"]):
            if any(mark in word for word in each.info["cmdline"] or []):
                with contextlib.suppress(psutil.Error):
                    each.kill()
        self.kills += counted
        return True

    def lost(self) -> list[str]:
        """What her page had called saved and the database has not."""
        gone = []
        for call, text in self.stored.items():
            kept = [row["text"] for row in self.house.rows(MINE, (call, self.name))]
            if not any(each.startswith(text.strip()) for each in kept):
                gone.append(f"{self.name}'s note of {call}: her page called {text!r} saved, there is {kept}")
        return gone
