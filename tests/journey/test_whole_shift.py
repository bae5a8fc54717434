"""The whole shift of one call taker, by keyboard alone: sign in, five calls of different kinds, a callback, pauses,
help, the end with the sheet; wide and in Indonesian, then narrow and in English, the service killed in between.

Real Asterisk, `./run`, real SIP phones, a real browser. What the telephones do, people do with their hands: lift,
speak, hang up; what is asked of the page is asked by keys.
"""

import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journey.conftest import keep_pictures
from tests.journey.server import Server
from tests.journey.shift import Shift, signs_in_by_keyboard
from tests.journey.test_first_call import signed_in
from tests.live.places import free_block
from tests.live.softphone import Phone
from tests.live.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.browser]

BUDI, WRAP_UP_S = "+6281234567890", 12
SETTINGS = """
positions = ["101", "102"]
wrap_up_s = {wrap_up}
callback_road = "sip:127.0.0.4:{budi}"
help_lines = [{{ name = "Bima", number = "102", road = "position" }}]
[[agencies]]
code = "damkar"
lines = [{{ number = "113", road = "sip:127.0.0.4:{damkar}" }}]
"""
TONE = {"budi": 500, "101": 800, "102": 1100, "113": 1700}


@pytest_asyncio.fixture
async def shift(tmp_path: Path, browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Shift]:
    first = free_block(52)
    server = Server(tmp_path, SETTINGS.format(wrap_up=WRAP_UP_S, budi=first, damkar=first + 26))
    await server.start()
    words = server.phones()

    def phone(name: str, hertz: int, **more: str | int) -> Phone:
        return Phone(name=name, server=server.sip, home=tmp_path / f"phone-{name}", hertz=hertz, **more)  # type: ignore[arg-type]

    everybody = (
        phone("budi", TONE["budi"], user=BUDI, host="127.0.0.4", port=first),
        phone("101", TONE["101"], password=words["101"]),
        phone("102", TONE["102"], password=words["102"]),
        phone("113", TONE["113"], host="127.0.0.4", port=first + 26),
    )
    try:
        siti = await server.last_word("user", "add", "siti", "--display", "Siti")
        bima = await server.last_word("user", "add", "bima", "--role", "supervisor")
        for each in everybody:
            await each.start()
        page = await signs_in_by_keyboard(browser, server, "siti", siti)
        await signed_in(browser, server, "bima", bima, "102")
        yield Shift(server, page, *everybody)
        await keep_pictures(request, browser, tmp_path)
    finally:
        for each in everybody:
            if each._reader_task:
                await each.stop()
        await server.end()


async def test_the_whole_shift(shift: Shift) -> None:
    await shift.state("ready", "Siap menerima panggilan")
    calls = [await a_fire_is_handed_over(shift)]
    calls.append(await a_prank_is_closed_in_two_keystrokes(shift))
    calls.append(await a_question_is_answered_and_the_writing_ends_by_itself(shift))
    await a_pause_outlives_the_death_of_the_service(shift)
    calls.append(await who_hung_up_is_called_back(shift))
    await narrow_and_in_english(shift)
    calls.append(await a_complaint_with_help(shift))
    await the_shift_ends(shift)
    await the_books_have_it_all(shift, calls)


async def a_fire_is_handed_over(shift: Shift) -> str:
    page, call = shift.page, await shift.takes_a_call()
    await page.keyboard.type("Kebakaran di Pasar Kanoman, 2 orang di dalam.")
    await shift.key("t")
    await page.keyboard.type("Pasar Kanoman")
    await expect(page.locator("#place-list")).to_be_visible()
    await page.keyboard.press("Escape")  # closes the list; while it is open Esc is its own
    await expect(page.locator("#place-list")).to_be_hidden()
    await shift.key("1", "k")
    await page.keyboard.press("ArrowDown")  # the first one is fire
    await expect(page.locator("#category")).to_have_value("FIRE")
    await expect(page.locator("#a-damkar.proposed")).to_be_visible()
    await shift.key("q")
    await shift.damkar.answer()
    await shift.damkar.press("1")
    await expect(page.locator("#a-damkar .state.ok")).to_be_visible()
    await until(lambda: shift.budi.hears(TONE["101"], TONE["113"]), "Budi hears her and the fire brigade")
    await shift.key("l")
    await shift.her.closed()
    await until(lambda: shift.budi.hears(TONE["113"]) and not shift.budi.hears(TONE["101"]), "they go on without her")
    await shift.state("wrap_up", "Melengkapi catatan")
    await shift.asterisk_says("paused:WRAP_UP.")
    await shift.key("s")  # done: the writing is over, too
    await shift.state("ready", "Siap menerima panggilan")
    await shift.budi.hang_up()
    await shift.damkar.closed()
    return call


async def a_prank_is_closed_in_two_keystrokes(shift: Shift) -> str:
    call = await shift.takes_a_call()
    await shift.key("6")
    await expect(shift.page.locator(".ticket-head .s-closed")).to_be_visible()
    await shift.budi.hang_up()
    await shift.her.closed()
    await expect(shift.page.locator(".mine.on")).to_have_count(0)
    await shift.state("ready", "Siap menerima panggilan")  # nothing is left to be written
    await shift.asterisk_says("")
    return call


async def a_question_is_answered_and_the_writing_ends_by_itself(shift: Shift) -> str:
    call = await shift.takes_a_call()
    await shift.page.keyboard.type("Bertanya nomor PSC 119: disebutkan.")
    await shift.key("3")
    await shift.budi.hang_up()
    await shift.state("wrap_up", "Melengkapi catatan")
    await expect(shift.seat.locator("time[data-until]")).to_have_text(re.compile(r"0:[01]\d"))
    await expect(shift.page.locator("#saved.ok")).to_be_visible()
    await shift.state("ready", "Siap menerima panggilan")
    return call


async def a_pause_outlives_the_death_of_the_service(shift: Shift) -> None:
    await shift.key("_")
    await expect(shift.page.locator("dialog#pause")).to_be_visible()
    await shift.page.keyboard.press("3")
    await shift.state("paused", "Jeda: Salat")
    (service,) = shift.server.processes("serve")
    os.kill(service, signal.SIGKILL)
    await until(lambda: shift.server.processes("serve") not in ([], [service]), "another one lives", 60)
    await until(shift.server.healthy, "it is well", 60)
    await expect(shift.page.locator("#link.good")).to_be_visible()
    await shift.state("paused", "Jeda: Salat")
    await shift.asterisk_says("paused:PRAYER.")
    await shift.key("+")
    await shift.state("ready", "Siap menerima panggilan")


async def who_hung_up_is_called_back(shift: Shift) -> str:
    for phone in (shift.budi, shift.her, shift.bima):
        await phone.quiet()
    await shift.budi.dial("112")
    await shift.her.ringing()
    call = await shift.page.locator(".ring.loud").get_attribute("data-call")
    assert call
    await shift.budi.hang_up()
    await expect(shift.page.locator('[data-live="callbacks"]')).to_contain_text("0812-3456-7890")
    await shift.her.quiet()
    await shift.budi.quiet()
    await shift.key("u")
    await shift.her.answer()
    await shift.budi.answer()
    await until(lambda: shift.budi.hears(TONE["101"]) and shift.her.hears(TONE["budi"]), "they hear each other")
    await expect(shift.page.locator(".mine.on")).to_be_visible()
    await shift.key("x", "x")
    await shift.budi.closed()
    await expect(shift.page.locator(".mine.on")).to_have_count(0)
    return call


async def narrow_and_in_english(shift: Shift) -> None:
    await shift.page.set_viewport_size({"width": 390, "height": 844})
    await shift.page.locator('.languages button[value="en"]').focus()
    await shift.page.keyboard.press("Enter")
    await expect(shift.page.locator("html[lang=en]")).to_be_attached()
    await expect(shift.page.locator("#link.good")).to_be_visible()  # the page that came listens to keys
    await shift.is_ready_again("Ready for calls")


async def a_complaint_with_help(shift: Shift) -> str:
    page, call = shift.page, await shift.takes_a_call()
    await page.keyboard.type("The street light at Jl. Kesambi 5 is out.")
    await shift.key("2", "\\")
    await expect(page.locator('[data-said="seat"]')).to_contain_text("Position 101 is in a call. End it first.")
    await shift.bima.quiet()
    await shift.key("!")
    await expect(page.locator(".help-says")).to_contain_text("help is being called")
    await shift.bima.answer()
    await expect(page.locator(".help-says")).to_contain_text("help is there")
    await until(lambda: shift.budi.hears(TONE["101"], TONE["102"]), "Budi hears her and Bima")
    await shift.bima.hang_up()
    await expect(page.locator(".help-says")).to_contain_text("help was there")
    await shift.budi.hang_up()
    await shift.state("wrap_up", "Writing up")
    await shift.is_ready_again("Ready for calls")
    return call


async def the_shift_ends(shift: Shift) -> None:
    page = shift.page
    await shift.key("\\")
    await page.wait_for_url("**/shift?end=1")
    await expect(page.locator(".ending")).to_contain_text("You are ending your shift at position 101.")
    await page.focus("#text")
    await page.keyboard.type("Jl. Kanoman is closed.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notes li")).to_contain_text("Jl. Kanoman is closed.")
    await page.focus("[data-end]")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/sign-in")
    await shift.asterisk_says("paused:OFF.")  # her phone rests


async def the_books_have_it_all(shift: Shift, calls: list[str]) -> None:
    token = await shift.server.last_word("token", "create", "reader")
    told = {call: (await shift.server.get(f"api/v1/calls/{call}", token))[1] for call in calls}
    assert [told[call]["call_class"] for call in calls] == ["EMERGENCY", "PRANK", "INFO", None, "NON_EMERGENCY"]
    assert [told[call]["outcome"].split("_")[0] for call in calls] == [*["ANSWERED"] * 3, "ABANDONED", "ANSWERED"]
    wall = (await shift.server.get("api/v1/wall", token))[1]
    assert [(each["position"], each["state"]) for each in wall["positions"]] == [("101", "AWAY"), ("102", "READY")]
