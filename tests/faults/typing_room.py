"""The real service alone, with one caller's ticket, and a real Chromium whose profile outlives it.

In:  a folder. Out: a service that can be killed and started; pages on one profile; every letter typed, with its moment.
Never: Asterisk: what people type does not pass through it.
"""

import asyncio
import contextlib
import os
import random
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from playwright.async_api import Error, Page, async_playwright

from callcenter.health import trouble
from callcenter.settings_reader import read_settings
from callcenter.setup import prepare
from callcenter.storage import Database, People
from tests.browser.conftest import FLAGS, chromium
from tests.live.places import ROOT, free_block, tools
from tests.live.waiting import until
from tests.storage.cast import NOON, Clock, a_call, arrival
from tests.storage.conftest import Room

PASSWORD = "rahasia-sekali-112"
WORDS = "kebakaran di pasar kanoman lantai dua asap tebal dua orang di dalam ambulans diminta".split()  # noqa: SIM905


@dataclass
class Typed:
    """Letters, each with the moment after which the page had it."""

    letters: list[tuple[float, str]] = field(default_factory=list)

    def until(self, moment: float) -> str:
        return "".join(letter for at, letter in self.letters if at <= moment)

    @property
    def text(self) -> str:
        return self.until(float("inf"))

    def lost_s(self, kept: str, end: float) -> float:
        """How many seconds of typing before the end are not in what was kept."""
        assert self.text.startswith(kept), (kept, self.text)
        gone = [at for at, _ in self.letters[len(kept) :] if at <= end]
        return end - gone[0] if gone else 0.0


class TypingRoom:
    """`start`, `page`, type, kill."""

    def __init__(self, folder: Path) -> None:
        self.home, self.profile = folder / "home", folder / "profile"
        self.home.mkdir(mode=0o700)
        first = free_block(60)
        ports = f"sip_port = {first}\nami_port = {first + 1}\nws_port = {first + 2}\nweb_port = {first + 3}\n"
        (self.home / "settings.toml").write_text(f"{ports}rtp_start = {first + 6}\nrtp_end = {first + 59}\n")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("CALLCENTER_")}
        self.environment |= {"CALLCENTER_HOME": str(self.home), "CALLCENTER_TOOLS": str(tools())}
        self.settings = read_settings(self.environment)
        self.call = a_call()
        self.process: asyncio.subprocess.Process | None = None
        self.chance = random.Random(112)

    async def prepare(self) -> None:
        await prepare(self.settings)
        async with Database(self.settings.database_url).running() as database:
            await People(database, clock=Clock(NOON)).add_user("siti", display="Siti", password=PASSWORD)
            room = Room(database, self.home / "spool", Clock(NOON))
            async with room.journal() as journal:
                journal.write(arrival(self.call))
                await journal.settled(60)

    async def start(self) -> None:
        with (self.home / "service.log").open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "callcenter", "serve"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=self.environment | {"PYTHONPATH": str(ROOT)},
            )
        await until(self._answers, "the service answers", 30, every=0.05)

    async def _answers(self) -> bool:
        return await asyncio.to_thread(trouble, self.settings) is not None

    async def kill_service(self) -> float:
        assert self.process
        self.process.kill()
        await self.process.wait()
        return time.monotonic()

    def kill_browser(self) -> float:
        """-9, and all that it started."""
        mark, end = str(self.profile), time.monotonic()
        for each in psutil.process_iter(["pid", "cmdline"]):
            if any(mark in word for word in each.info["cmdline"] or []):
                with contextlib.suppress(psutil.Error):
                    each.kill()
        return end

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """Her ticket in front of her; the same profile each time."""
        flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch_persistent_context(
                self.profile, executable_path=chromium(), headless=True, args=flags, timeout=60_000
            )
            page = browser.pages[0]
            try:
                await page.goto(self.settings.url + "sign-in")
                if await page.locator("#password").count():
                    await page.fill("#name", "siti")
                    await page.fill("#password", PASSWORD)
                    await page.check('input[name="position"][value="101"]', force=True)
                    await page.click("main button.primary")
                    await page.wait_for_url(lambda url: "sign-in" not in url)
                await page.goto(f"{self.settings.url}?call={self.call.id}")
                await page.locator("#note").focus()
                yield page
            finally:
                with contextlib.suppress(Error, TimeoutError):
                    async with asyncio.timeout(5):
                        await browser.close()

    async def type(self, page: Page, typed: Typed, seconds: float) -> None:
        """At a good pace, letter by letter, with the moments at which the page had each."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for letter in self.chance.choice(WORDS) + " ":
                await page.keyboard.type(letter)
                typed.letters.append((time.monotonic(), letter))
                await asyncio.sleep(self.chance.uniform(0.02, 0.09))

    def stored(self) -> str:
        """What the server has committed of her newest note."""
        with contextlib.closing(sqlite3.connect(f"file:{self.home}/callcenter.db?mode=ro", uri=True)) as db:
            row = db.execute("SELECT text FROM notes ORDER BY changed_at DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    async def close(self) -> None:
        self.kill_browser()
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()


async def said(page: Page) -> str:
    """What the page says of it: ok, wait, or nothing (on its way)."""
    return str(await page.evaluate("document.querySelector('#saved').className")).removeprefix("saved").strip()


async def value(page: Page) -> str:
    return str(await page.evaluate("document.querySelector('#note').value"))
