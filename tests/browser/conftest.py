"""Real Chromium on the real pages: Siti at 101 and Rina at 102, Bima the supervisor, and a telephone to play on.

One Chromium serves all tests of this folder, each with contexts of its own, so all of it lives in the session's loop:
an async fixture that a module adds says `@pytest_asyncio.fixture(loop_scope="session")`.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser import scenes
from tests.web.conftest import CSRF, with_people
from tests.web.house import PASSWORD, House, house

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-lcd-text",
    "--autoplay-policy=no-user-gesture-required",
]
PATIENT_MS = 60_000
expect.set_options(timeout=PATIENT_MS)
Arrive = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    return found


@asynccontextmanager
async def browser_of(flags: list[str] | None = None) -> AsyncIterator[Browser]:
    """One Chromium, ended with the block."""
    own = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else []), *(flags or [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), headless=True, args=own)
        try:
            yield browser
        finally:
            await browser.close()


async def sign_in(page: Page, url: str, name: str, position: str = "") -> None:
    """The form is sent without being painted: test_phone.py and the journeys fill it in by hand."""
    browser = page.context.request
    found = CSRF.search(await (await browser.get(url + "sign-in")).text())
    assert found
    form: dict[str, str | float | bool] = {"csrf": found[1], "name": name, "password": PASSWORD, "position": position}
    answer = await browser.post(url + "sign-in", form=form, max_redirects=0)
    assert answer.status == 303, await answer.text()
    await page.goto(url + answer.headers["location"].lstrip("/"))


async def fill_the_room(here: House) -> None:
    """The cast, by their whole names."""
    whole = ("Siti Aminah", "Rina Wulandari", "Bima Pratama", "Ayu Lestari")
    await with_people(here, whole, ("101", "102", "103"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The one that they share."""
    async with browser_of() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "home", clock=lambda: datetime.now(UTC)) as made:
        await fill_the_room(made)
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(here: House, browser: Browser) -> AsyncIterator[Arrive]:
    """`await arrive("siti", "101", width=390, dark=True)`: her page, after sign-in; faults of scripts fail the test."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    async def come(
        name: str = "", position: str = "", *, width: int = 1366, height: int = 768, dark: bool = False, **more: Any
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **more
        )
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENT_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
        if name:
            await sign_in(page, here.url, name, position)
        return page

    yield come
    for context in contexts:
        await context.close()
    assert faults == []


async def speaks(here: House, arrive: Arrive, **more: Any) -> tuple[Page, str]:
    """Siti at 101 speaks with Budi; the sheet is open."""
    page = await arrive("siti", "101", **more)
    call = scenes.rings(here)
    await expect(page.locator(".ring.loud")).to_be_visible()
    scenes.picked_up(here, call)
    await expect(page.locator(f'.sheet[data-call="{call}"]')).to_be_visible()
    return page, call
