"""Whatever dies while she types, at most the last two seconds are lost, and the page says how it stands."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Error, Page, expect

from tests.faults.typing_room import Typed, TypingRoom, said, value
from tests.live.waiting import until

pytestmark = pytest.mark.browser

AT_MOST_S = 2.0
KEPT = """async () => {
  const sheet = `/calls/${document.querySelector('.sheet').dataset.call}/sheet`;
  return Boolean(await caches.match('/shell') && await caches.match(sheet));
}"""


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[TypingRoom]:
    made = TypingRoom(tmp_path)
    await made.prepare()
    await made.start()
    try:
        yield made
    finally:
        await made.close()


async def says(page: Page, *wanted: str) -> None:
    async def right() -> bool:
        return await said(page) in wanted

    await until(right, f"the page says {wanted}", 15)


async def test_the_browser_is_killed_under_her_hands_and_what_she_typed_stands_before_her_again(
    room: TypingRoom,
) -> None:
    """A browser writes its own store seconds later: killed before that, her text stands as a note, and she begins anew;
    killed after that, it is in the field, as the server has it."""
    kept = ""
    for seconds in (3.0, 8.0):
        typed = Typed()
        with contextlib.suppress(Error):
            async with room.page() as page:
                await says(page, "", "ok")
                there = await value(page)
                assert there in (kept, ""), there
                typed.letters = [(0.0, letter) for letter in there]
                await room.type(page, typed, seconds)
                end = room.kill_browser()
        await asyncio.sleep(0.3)  # what had left the browser arrives
        kept = room.stored()
        assert typed.lost_s(kept, end) <= AT_MOST_S, (kept, typed.text)
    async with room.page() as page:
        before = await page.locator("#sheet").inner_text() + await value(page)
        assert kept.strip() in before, (kept, before)
        typed = Typed([(0.0, letter) for letter in await value(page)])
        await room.type(page, typed, 1.0)
        await says(page, "ok")
        assert room.stored() == typed.text


async def test_the_service_is_killed_and_the_network_cut_while_she_types_and_nothing_is_lost(room: TypingRoom) -> None:
    typed = Typed()
    async with room.page() as page:
        await room.type(page, typed, 1.5)
        await until(lambda: page.evaluate(KEPT), "the browser has kept page and ticket", 30)
        end = await room.kill_service()
        assert typed.lost_s(room.stored(), end) <= AT_MOST_S, (room.stored(), typed.text)
        await room.type(page, typed, 1.5)
        await says(page, "wait")
        text = await page.locator("#saved").inner_text()
        assert "menunggu jaringan" in text, "the words are true: it waits, and is kept on this computer"
        page.on("dialog", lambda dialog: dialog.accept())
        await page.reload()  # nobody is there to answer
        await expect(page.locator(".ring.blind")).to_contain_text("Telepon tetap berdering")
        await expect(page.locator("#note")).to_have_value(typed.text)
        await page.locator("#note").focus()
        await page.keyboard.press("Control+End")
        await room.type(page, typed, 1.0)
        await says(page, "wait")
        await room.start()
        await room.type(page, typed, 0.5)
        await says(page, "ok")
        assert room.stored() == typed.text == await value(page)
        await page.context.set_offline(True)
        await room.type(page, typed, 1.5)
        await says(page, "wait")
        assert room.stored() != typed.text
        await page.context.set_offline(False)
        await says(page, "ok")
        assert room.stored() == typed.text == await value(page)
        await page.keyboard.type("!")
        assert await said(page) == "" or room.stored() == typed.text + "!", (
            "while it is on its way it is not called saved"
        )
        await says(page, "ok")


async def test_what_waits_in_the_page_while_the_service_is_dead_outlives_the_browser_too(room: TypingRoom) -> None:
    """A browser that is closed, and not killed, has written its own store."""
    typed = Typed()
    async with room.page() as page:
        await room.type(page, typed, 1.0)
        await says(page, "ok")
        await room.kill_service()
        await room.type(page, typed, 1.5)
        await says(page, "wait")
    await room.start()
    async with room.page() as page:
        assert await value(page) == typed.text
        await says(page, "ok")
        assert room.stored() == typed.text
