"""As in a real room: screens over https, so the page's WebSocket to Asterisk is encrypted with the same certificate."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from callcenter.certificates import make_certificates
from tests.journey.page_phone import browser_with_headset, sign_in, sit_down
from tests.journey.server import Server
from tests.live.softphone import Phone

pytestmark = [pytest.mark.live, pytest.mark.browser]

HIS = 500
UNKNOWN_AUTHORITY = "--ignore-certificate-errors"  # it is on no computer of the room yet


async def test_the_phone_in_the_page_speaks_over_an_encrypted_socket_and_the_doctor_says_so(tmp_path: Path) -> None:
    server = Server(tmp_path, 'tls = true\npositions = ["101"]\n')
    folder = server.home / "tls"
    folder.mkdir(mode=0o700)
    make_certificates(folder, "Cirebon", ["127.0.0.1", "localhost"])
    citizen = Phone("081234567890", server.sip, tmp_path / "citizen", HIS, host="127.0.0.3")
    await server.start()
    try:
        password = await server.last_word("user", "add", "siti")
        await citizen.start()
        async with browser_with_headset(tmp_path, UNKNOWN_AUTHORITY) as browser:
            await sign_in(browser, server, "siti", password)
            desk = await sit_down(browser, server)
            await desk.ready()
            await citizen.dial("112")
            await desk.answers()
            await desk.until_it_hears(HIS)
            await expect(desk.page.locator(".mine.on")).to_be_visible()
            assert await desk.page.evaluate("isSecureContext")
        code, said, _ = await server.command("doctor")
        assert "can sign in at 127.0.0.1" in said and "encrypted" in said, said
        assert code == 0, said
    finally:
        await citizen.stop()
        await server.end()
