"""The phone in the page, as people use it: real browser, real Asterisk, a citizen's real SIP phone.

Both directions are judged by the frequency that arrives: the citizen speaks one tone, her headset another.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from tests.journey.page_phone import HERS, Desk, asked_before_leaving, browser_with_headset, sign_in, sit_down
from tests.journey.server import Server
from tests.live.house import Exchange
from tests.live.places import asterisk_program
from tests.live.softphone import Phone
from tests.live.tone import heard, samples_of
from tests.live.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HIS, HERS_ON_SIP, SECOND = 500, 1100, 1400
WEIGHT = """performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
LIBRARY_LOADED = "performance.getEntriesByType('resource').some((each) => each.name.includes('jssip'))"


@dataclass
class House:
    server: Server
    browser: BrowserContext
    citizen: Phone
    folder: Path

    async def asterisk(self, command: str) -> str:
        """Its command line."""
        program = asterisk_program()
        assert program
        return await Exchange(program, self.server.home, 0, 0).cli(command)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("page-phone")
    server = Server(folder, 'record_legs = true\npositions = ["101"]\nwrap_up_s = 0\n')
    await server.start()
    try:
        password = await server.last_word("user", "add", "siti", "--display", "Siti")
        citizen = Phone("081234567890", server.sip, folder / "citizen", HIS, host="127.0.0.3")
        await citizen.start()
        async with browser_with_headset(folder) as browser:
            await sign_in(browser, server, "siti", password)
            yield House(server, browser, citizen, folder)
        await citizen.stop()
    finally:
        await server.end()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(house: House, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """Her page, its phone ready; nobody on the telephone."""
    here = await sit_down(house.browser, house.server, can_be_cut="without_signalling" in request.node.name)
    await here.ready()
    yield here
    await house.citizen.quiet()
    for page in house.browser.pages:
        await page.close()


async def speak(house: House, desk: Desk) -> None:
    """Budi dials 112, she answers in the page, both hear each other."""
    await house.citizen.dial("112")
    await desk.answers()
    await house.citizen.event("CALL_ESTABLISHED")
    await both_hear(house, desk)


async def both_hear(house: House, desk: Desk) -> None:
    await desk.until_it_hears(HIS)
    await until(lambda: house.citizen.hears(HERS), "the citizen hears her")


async def test_a_call_is_answered_held_keyed_muted_and_ended_in_the_page(house: House, desk: Desk) -> None:
    await speak(house, desk)
    page = desk.page
    assert await page.evaluate(WEIGHT) < 250_000, "the whole call screen with a ticket open, as it travels"
    await expect(page.locator(".mine.on")).to_be_visible()
    await expect(page.locator("#phone-caller")).not_to_have_js_property("value", 0)
    await expect(page.locator("#phone-me")).not_to_have_js_property("value", 0)

    await page.keyboard.press("F4")
    await expect(page.locator(desk.says)).to_contain_text("Dijeda")
    await expect(page.locator(".mine h2")).to_contain_text("ditahan")  # the floor's word
    await until(lambda: not house.citizen.hears(HERS), "he does not hear her on hold")
    await page.keyboard.press("F4")
    await expect(page.locator(desk.says)).to_have_text("Anda berbicara.")
    await both_hear(house, desk)
    await page.keyboard.press("F4")
    await page.keyboard.press("F4")  # while the first is still on its way to Asterisk
    await expect(page.locator(desk.says)).to_have_text("Anda berbicara.")
    await both_hear(house, desk)

    await page.keyboard.press("Escape")  # she types notes: Esc, then the key
    await page.keyboard.press("*")
    await page.keyboard.press("5")
    await expect(page.locator("#phone-typed")).to_have_text("5")
    pressed = await house.citizen.event("CALL_DTMF_START")
    assert pressed["param"] == "5"
    await page.keyboard.press("Escape")

    await page.keyboard.press("F8")
    await until(lambda: not house.citizen.hears(HERS), "he does not hear her muted")
    await desk.until_it_hears(HIS)
    await page.keyboard.press("F8")
    await both_hear(house, desk)

    await desk.puts_down()
    await house.citizen.closed()
    monitor = house.server.home / "asterisk" / "spool" / "monitor"
    his, hers = (samples_of(next(monitor.rglob(f"e112-*-{side}.wav"))) for side in ("in", "out"))
    assert (heard(his, HIS), heard(his, HERS)) == (True, False)
    assert (heard(hers, HERS), heard(hers, HIS)) == (True, False)


async def test_a_call_lives_on_without_signalling_and_without_our_service(house: House, desk: Desk) -> None:
    await speak(house, desk)
    await desk.signalling.cut()
    (service,) = house.server.processes("serve")
    os.kill(service, signal.SIGKILL)
    await expect(desk.page.locator(desk.says)).to_contain_text("pembicaraan tetap berjalan")
    await expect(desk.page.locator('[data-phone="hold"]')).to_be_disabled()
    tried = desk.signalling.tried
    await until(lambda: desk.signalling.tried > tried, "the page tries to come back")
    await both_hear(house, desk)
    desk.signalling.mend()
    await expect(desk.page.locator(desk.says)).to_have_text("Anda berbicara.")
    await until(house.server.healthy, "our service is back")
    await expect(desk.page.locator(".mine.on")).to_be_visible()
    await both_hear(house, desk)
    await house.citizen.hang_up()
    byes = "its BYE finds the page on its new way, which else would put down by itself for want of sound"
    await until(lambda: any(line.startswith("BYE ") for line in desk.signalling.heard), byes)
    await expect(desk.page.locator("#phone.ready")).to_be_visible()


async def test_a_reload_asks_first_and_then_leaves_the_caller_first_in_line(house: House, desk: Desk) -> None:
    await speak(house, desk)
    assert await asked_before_leaving(desk, stay=True) == "beforeunload"
    await both_hear(house, desk)
    assert await asked_before_leaving(desk, stay=False) == "beforeunload"
    await desk.answers()  # the page came back, its phone signed in, and he rings again: he was never cut off
    await both_hear(house, desk)
    assert not house.citizen.has("CALL_CLOSED")


async def test_a_second_tab_says_so_and_takes_over_when_the_first_is_closed(house: House, desk: Desk) -> None:
    second = await sit_down(house.browser, house.server)
    await expect(second.page.locator(second.says)).to_contain_text("ada di tab lain")
    assert not await second.page.evaluate(LIBRARY_LOADED)
    await desk.page.close()
    await second.ready()
    await house.citizen.dial("112")
    await second.rings()


async def test_both_phones_of_a_position_ring_and_while_she_speaks_on_one_the_other_rests(
    house: House, desk: Desk
) -> None:
    hers = Phone("101", house.server.sip, house.folder / "her-sip-phone", HERS_ON_SIP, house.server.phones()["101"])
    second = Phone("0231201001", house.server.sip, house.folder / "second", SECOND, host="127.0.0.3")
    await hers.start()
    await second.start()
    try:
        await house.citizen.dial("112")
        await asyncio.gather(desk.rings(), hers.ringing())
        await hers.answer()
        await expect(desk.page.locator("#phone.ready")).to_be_visible()  # the first answer wins
        await until(lambda: house.citizen.hears(HERS_ON_SIP) and hers.hears(HIS), "the SIP phone speaks as ever")
        await second.dial("112")
        await expect(desk.page.locator(".lines .waiting")).to_contain_text("tidak ada telepon berdering")
        hers.events.clear()  # before: it may ring again in the moment in which it is down
        await hers.hang_up()
        await asyncio.gather(desk.rings(), hers.ringing())
        await desk.answers()
        await hers.closed()
        await desk.until_it_hears(SECOND)
        await until(lambda: second.hears(HERS), "the second citizen hears her")
        await until(lambda: _only_the_sip_phone_rests(house), "the SIP phone rests, and the page does not")
        await desk.puts_down()
        await until(lambda: _nobody_rests(house), "both ring again")
    finally:
        await hers.stop()
        await second.stop()


def _members(said: str) -> list[tuple[str, str]]:
    return [(line.split("PJSIP/")[1].split(")")[0], line) for line in said.splitlines() if "(PJSIP/" in line]


async def _only_the_sip_phone_rests(house: House) -> bool:
    members = await house.asterisk("queue show emergency")
    return {name: "paused" in line for name, line in _members(members)} == {"101": True, "101-web": False}


async def _nobody_rests(house: House) -> bool:
    return "paused" not in await house.asterisk("queue show")
