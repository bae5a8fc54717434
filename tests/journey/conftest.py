"""The whole house for a journey: server, phones, browser; and what is left to look at when one fails."""

import shutil
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.live.places import asterisk_program
from tests.live.waiting import PATIENT_S

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
expect.set_options(timeout=PATIENT_S * 1000)
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session", autouse=True)
def _programs() -> None:
    missing = [name for name in ("baresip", "flock") if not shutil.which(name)]
    if asterisk_program() is None or missing:
        pytest.skip(f"no Asterisk, or no {missing}: ./test brings them")


def chromium_program() -> str:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("no Chromium: ./test brings it")
    return program


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium_program(), args=CHROMIUM_FLAGS)
        yield opened
        await opened.close()


async def keep_pictures(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> None:
    """What every page showed when the test failed."""
    if not request.node.stash.get(FAILED, False):
        return
    for number, context in enumerate(browser.contexts):
        for page in context.pages:
            await page.screenshot(path=folder / f"page-{number}-{len(context.pages)}.png", full_page=True)
            (folder / f"page-{number}.html").write_text(await page.content())
    print(f"\nto look at: {folder} (pages, run.err, home/log, home/asterisk/log, phones)")
