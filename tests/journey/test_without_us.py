"""The room's last resorts, on the whole server: the self-test's light, an alarm on its way, the phones without us."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from callcenter.selftest import PATIENCE_S
from tests.journey.server import Server
from tests.live.ami import Ami
from tests.live.places import free_block
from tests.live.softphone import Phone
from tests.live.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

FIRE = '[[agencies]]\ncode = "damkar"\nlines = [{{ number = "113", road = "sip:127.0.0.4:{port}" }}]\n'


class Hook:
    """Where alarms go."""

    def __init__(self) -> None:
        self.port = free_block(2)
        self.got: list[dict[str, str]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        return web.Response(status=204)

    def has(self, alarm: str, state: str) -> bool:
        return any(each["alarm"] == alarm and each["state"] == state for each in self.got)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hook() -> AsyncIterator[Hook]:
    receiver = Hook()
    app = web.Application()
    app.router.add_post("/", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", receiver.port).start()
    yield receiver
    await runner.cleanup()


class House:
    """A server and the phones around it."""

    def __init__(self, server: Server, agency_port: int) -> None:
        self.server, self.agency_port = server, agency_port
        self.phones: dict[str, Phone] = {}

    async def phone(self, name: str, host: str = "127.0.0.1", **more: Any) -> Phone:
        password = self.server.phones().get(name, "")
        tone = {"101": 800, "102": 1100, "damkar": 1700}.get(name, 500)
        phone = Phone(name, self.server.sip, self.server.folder / name, tone, password, host=host, **more)
        self.phones[name] = phone
        return await phone.start()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory, hook: Hook) -> AsyncIterator[House]:
    agency = free_block(4)
    settings = f'selftest_every_s = 4\nalarm_webhook = "http://127.0.0.1:{hook.port}/"\npositions = ["101", "102"]\n'
    server = Server(tmp_path_factory.mktemp("without"), settings + FIRE.format(port=agency))
    await server.start()
    here = House(server, agency)
    yield here
    for phone in here.phones.values():
        await phone.stop()
    await server.end()


async def light(house: House) -> dict[str, Any]:
    _, health = await house.server.get("healthz")
    return dict(health["self_test"]) if health else {}


async def asterisk(house: House, command: str) -> None:
    program = house.server.folder / "tools" / "asterisk" / "bin" / "asterisk"
    conf = house.server.home / "asterisk" / "etc" / "asterisk.conf"
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(program, "-C", conf, "-rx", command, stdout=null, stderr=null)
    await process.wait()


async def is_green(house: House) -> bool:
    return bool((await light(house)).get("ok"))


async def is_red(house: House, why: str) -> bool:
    said = await light(house)
    return said.get("ok") is False and why in str(said["why"])


async def test_the_self_test_goes_green_and_is_in_no_list(house: House) -> None:
    await until(lambda: is_green(house), "the self-test's light", every=0.1)
    shown = await light(house)
    assert 0 < shown["took_s"] < PATIENCE_S
    token = await house.server.last_word("token", "create", "somebody")
    _, calls = await house.server.get("api/v1/calls", token)
    assert calls["calls"] == []


async def test_with_no_phone_in_the_room_an_alarm_leaves_the_house(house: House, hook: Hook) -> None:
    await until(lambda: hook.has("phones", "raised"), "the alarm", every=0.1)
    await house.phone("101")
    await house.phone("102")
    await until(lambda: hook.has("phones", "over"), "its end", every=0.1)
    _, health = await house.server.get("healthz")
    assert [each for each in health["alarms"] if each["code"] == "phones"] == []


async def test_a_self_test_that_fails_says_why_and_raises_an_alarm(house: House, hook: Hook) -> None:
    await asterisk(house, "dialplan remove extension answer@from-self-test")
    try:
        # the test call that was on its way meanwhile may have come to another end
        await until(lambda: is_red(house, "was not answered"), "the light is red", 3 * PATIENCE_S, every=0.1)
        await until(lambda: hook.has("self-test", "raised"), "the alarm", every=0.1)
    finally:
        await asterisk(house, "dialplan reload")
    await until(lambda: is_green(house), "the light is green again", every=0.1)
    await until(lambda: hook.has("self-test", "over"), "the alarm is over", every=0.1)


async def dies(house: House) -> None:
    """Supervisor, service and with it the web and the database's only user: killed outright. Asterisk stays."""
    house.server.process.kill()
    for process in house.server.processes("serve"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    await until(lambda: not house.server.processes("serve"), "the service is dead")
    assert house.server.processes("asterisk")


async def pause(house: House, position: str) -> None:
    async with Ami(house.server.sip_port + 1, "desk", _secret(house)) as ami:
        await ami.do("QueuePause", Queue="emergency", Interface=f"PJSIP/{position}", Paused="true")


def _secret(house: House) -> str:
    return str(json.loads((house.server.home / "secrets.json").read_text())["ami"])


async def test_with_all_of_us_dead_every_phone_rings_star_1_works_and_later_there_is_a_ticket(house: House) -> None:
    her, him = house.phones["101"], house.phones["102"]
    caller, fire = (
        await house.phone("caller", "127.0.0.3"),
        await house.phone("damkar", "127.0.0.4", user="113", port=house.agency_port),
    )
    await dies(house)
    await pause(house, "101")  # with nobody there who would undo it
    died = time.monotonic()
    await until(lambda: time.monotonic() - died > 11, "the last sign of life is older than 10 s", every=0.5)
    began = time.monotonic()
    await caller.dial("112")
    await asyncio.gather(her.ringing(), him.ringing())
    assert time.monotonic() - began < 15, "at once (3 s, and a busy machine), not in a second round after 20 s"
    await her.answer()
    await until(lambda: caller.hears(800) and her.hears(500), "they hear each other")
    await her.hang_up()
    await caller.closed()
    her.events.clear()
    await her.dial("*1113")
    await fire.answer()
    await until(lambda: her.hears(1700) and fire.hears(800), "they hear each other")
    await her.hang_up()
    await house.server.start()
    token = await house.server.last_word("token", "create", "later")

    async def written() -> list[dict[str, Any]]:
        _, answer = await house.server.get("api/v1/calls", token)
        return [call for call in answer["calls"] if call["outcome"]] if answer else []

    (call,) = await until(written, "the call's row, and how it ended", every=0.1)
    assert (call["outcome"], call["answered_by"]) == ("ANSWERED", "101")
    assert call["ticket"]
    assert house.server.recording(call["id"])
