"""A real call, handed over by message: the gateway fails first, the agency accepts through the link, all see it.

Real Asterisk, `./run`, real SIP phones, a real browser, somebody else's web server as the gateway.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journey.server import Server
from tests.journey.test_first_call import signed_in
from tests.live.softphone import Phone
from tests.live.waiting import until
from tests.web.receiver import Receiver

pytestmark = [pytest.mark.live, pytest.mark.browser]

NUMBER = "081234567890"


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[tuple[Receiver, str]]:
    """Refuses twice, then takes."""
    receiver = Receiver(503, 500)
    async with receiver.serving() as url:
        yield receiver, url


@pytest_asyncio.fixture
async def server(tmp_path: Path, gateway: tuple[Receiver, str]) -> AsyncIterator[Server]:
    one = Server(
        tmp_path,
        f'positions = ["101", "102"]\nmessage_webhook = "{gateway[1]}"\nmessage_forwards = "message"\n'
        '[[agencies]]\ncode = "bpbd"\ncontact = "+628111234567"\n',
    )
    await one.start()
    yield one
    await one.end()


async def test_a_call_is_forwarded_by_message_and_accepted_through_its_link(
    server: Server, gateway: tuple[Receiver, str], browser: Browser, tmp_path: Path
) -> None:
    receiver, _ = gateway
    receiver.key = server.message_key()
    password = await server.last_word("user", "add", "siti", "--display", "Siti")
    citizen = Phone(name=NUMBER, server=server.sip, home=tmp_path / "citizen", hertz=500, host="127.0.0.3")
    hers = server.phones()["101"]
    her = Phone(name="101", server=server.sip, home=tmp_path / "101", hertz=800, password=hers)
    await asyncio.gather(citizen.start(), her.start())
    screen = await signed_in(browser, server, "siti", password, "101")
    try:
        await citizen.dial("112")
        await her.answer()
        await expect(screen.locator("#sheet .ticket-number")).to_be_visible()
        await screen.fill("#place", "Jl. Kartini 48")
        await screen.select_option("#category", "TREE")
        await expect(screen.locator("#a-bpbd.proposed")).to_be_visible()
        await screen.click('#a-bpbd [data-hand$="/message"]')
        await until(lambda: receiver.accepted, "the gateway has the message")
        await expect(screen.locator(".report .sent").first).to_contain_text("pesan terkirim")
        (body,) = receiver.accepted.values()
        assert (body["to"], body["agency"]) == ("+628111234567", "bpbd")
        assert "Jl. Kartini 48" in body["text"]
        assert (len({key for key, _ in receiver.tries}), len(receiver.tries), receiver.unsigned) == (1, 3, 0)
        phone = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
        await phone.goto(body["link"])
        await phone.fill("#name", "Rudi")
        await phone.click('button[name="answer"][value="ACCEPTED"]')
        await expect(phone.locator(".steps")).to_contain_text("Rudi (bpbd)")
        await expect(screen.locator(".report")).to_contain_text("Rudi (bpbd)")
        await expect(screen.locator(".ticket-head .s-accepted")).to_be_visible()
        token = await server.last_word("token", "create", "reader")
        told = (await server.get(f"api/v1/tickets/{body['ticket']}", token))[1]
        (line,) = told["forwards"]
        assert (line["mode"], line["status"], line["accepted_source"]) == ("MESSAGE", "ACCEPTED", "agency")
    finally:
        await asyncio.gather(citizen.stop(), her.stop())
