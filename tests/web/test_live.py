"""The live channel: newest pictures, numbered, to everybody, whatever one of them does."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from callcenter.web.live import Client, Hub, Region, Viewer
from callcenter.web.parts import PARTS
from tests.web.conftest import Visitor
from tests.web.fakes import NIGHT
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]
CALL = "e112-1790010000.7"


async def pictures(socket: aiohttp.ClientWebSocketResponse, until: str, within: float = 30) -> dict[str, Any]:
    """Messages until one part of the page says that; the last message, with all parts seen."""
    seen: dict[str, str] = {}
    async with asyncio.timeout(within):
        while True:
            message = json.loads(await socket.receive_str())
            seen |= message["html"]
            if any(until in html for html in seen.values()):
                return {**message, "html": seen}


def origin(visitor: Visitor) -> dict[str, str]:
    return {"Origin": str(visitor.base.origin())}


async def test_a_ring_is_pushed_and_its_banner_comes_first(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    async with siti.session.ws_connect(siti.base.join(siti.base.with_path("/live")), headers=origin(siti)) as socket:
        await pictures(socket, '<ul class="desks">')
        here.telephone.dials(CALL, "+6281234567890")
        here.telephone.rings(CALL, "101")
        async with asyncio.timeout(30):
            while True:
                html = json.loads(await socket.receive_str())["html"]
                if html:
                    break
        assert list(html) == ["ring"]
        told = await pictures(socket, "PANGGILAN DARURAT")
        assert "0812-3456-7890" in told["html"]["ring"]


async def test_who_comes_back_gets_only_what_is_new(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    place = siti.base.join(siti.base.with_path("/live"))
    async with siti.session.ws_connect(place, headers=origin(siti)) as socket:
        seen = await pictures(socket, "Tidak ada panggilan di posisi 101")
        async with asyncio.timeout(30):
            while seen["seq"] == 0 or "room" not in seen["html"]:
                more = json.loads(await socket.receive_str())
                seen = {**more, "html": seen["html"] | more["html"]}
    here.telephone.dials(CALL, "+6281234567890")
    again = place.with_query(boot=seen["boot"], since=str(seen["seq"]))
    async with siti.session.ws_connect(again, headers=origin(siti)) as socket:
        news = await pictures(socket, "0812-3456-7890")
        assert "room" not in news["html"]
    other_life = place.with_query(boot="other", since=str(seen["seq"]))
    async with siti.session.ws_connect(other_life, headers=origin(siti)) as socket:
        assert "room" in (await pictures(socket, "Siti"))["html"]


async def test_another_sites_page_gets_no_channel(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    place = siti.base.join(siti.base.with_path("/live"))
    for headers in ({"Origin": "https://evil.example"}, {}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await siti.session.ws_connect(place, headers=headers)
        assert refused.value.status == 403


async def test_the_open_ticket_is_told_and_painted(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    here.telephone.dials(CALL, "+6281234567890")
    await here.stored()
    async with siti.session.ws_connect(siti.base.join(siti.base.with_path("/live")), headers=origin(siti)) as socket:
        await socket.send_json({"ticket": CALL})
        await pictures(socket, "261122-0001")
        for hostile in ("not json", "[]", '{"ticket": 7}', '{"ticket": "' + "x" * 999 + '"}'):
            await socket.send_str(hostile)
        here.telephone.rings(CALL, "101")
        await pictures(socket, "PANGGILAN DARURAT")


async def test_the_channel_beats_while_nothing_happens(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    async with siti.session.ws_connect(siti.base.join(siti.base.with_path("/live")), headers=origin(siti)) as socket:
        async with asyncio.timeout(30):
            while json.loads(await socket.receive_str())["html"]:
                pass


class Deaf:
    """A page that takes nothing."""

    async def send_str(self, _text: str) -> None:
        await asyncio.Event().wait()


async def test_who_does_not_listen_is_dropped_and_delays_nobody(here: House, visit: Visit) -> None:
    hub = Hub(lambda: NIGHT, beat=0.02, limit=0.05)
    floor = ["calm"]
    hub.show([Region("ring", lambda _: floor[0], lambda viewer: viewer.language, urgent=True)])
    deaf = Client(Viewer("siti", "call_taker", "101", "id"), Deaf())  # type: ignore[arg-type]
    heard: list[str] = []

    class Good:
        async def send_str(self, text: str) -> None:
            heard.extend(json.loads(text)["html"].values())

    good = Client(Viewer("rina", "call_taker", "102", "id"), Good())  # type: ignore[arg-type]
    hub.welcome(deaf, "", 0)
    hub.welcome(good, "", 0)
    painting, listening = asyncio.create_task(hub.run()), asyncio.create_task(hub.serve(good))
    dropped = asyncio.create_task(hub.serve(deaf))
    for number in range(2000):
        floor[0] = f"ring {number}"
        hub.stir()
        if number % 100 == 0:
            await asyncio.sleep(0)
    await here.until(lambda: heard and heard[-1] == "ring 1999")
    assert len(deaf.pending) <= 1
    await here.until(dropped.done)
    assert isinstance(dropped.exception(), TimeoutError)
    painting.cancel()
    listening.cancel()


async def test_a_part_that_cannot_be_painted_spoils_no_other(here: House) -> None:
    hub = Hub(lambda: NIGHT)

    def broken(_: Viewer) -> str:
        raise ValueError("a template is wrong")

    hub.show([Region("bad", broken, lambda _: 0), Region("good", lambda _: "here", lambda _: 0)])
    client = Client(Viewer("siti", "call_taker", "101", "id"), Deaf())  # type: ignore[arg-type]
    hub.welcome(client, "", 0)
    assert client.pending["good"] == "here"


async def test_the_service_ends_at_once_with_pages_open(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    socket = await siti.session.ws_connect(siti.base.join(siti.base.with_path("/live")), headers=origin(siti))
    await pictures(socket, "Tidak ada yang menunggu")
    async with asyncio.timeout(30):
        await here.app[PARTS].hub.close()
        while not socket.closed:
            await socket.receive()
    assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY


async def test_who_is_signed_out_or_has_another_role_sees_nothing_more_at_once(here: House, visit: Visit) -> None:
    sessions = here.app[PARTS].sessions
    sessions.look_s = 3600  # only what is told counts here
    ayu = await visit("ayu")
    for path, form in (
        ("/people/end", {"name": "bima"}),
        ("/people/role", {"name": "bima", "role": "viewer"}),
        ("/people/role", {"name": "bima", "role": "supervisor"}),
        ("/people/disable", {"name": "bima"}),
    ):
        bima = await visit("bima")
        place = bima.base.join(bima.base.with_path("/wall/live"))
        async with bima.session.ws_connect(place, headers=origin(bima)) as socket, asyncio.timeout(60):
            await socket.receive_str()
            await ayu.get("/people")
            assert (await ayu.form(path, **form))[0] == 200
            while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
            assert socket.close_code == 4401, (path, form)
    sessions.look_s = 0.05
    siti = await visit("siti")
    async with siti.session.ws_connect(siti.base.join(siti.base.with_path("/live")), headers=origin(siti)) as socket:
        await here.people.disable("siti", by="by the command line")
        async with asyncio.timeout(60):
            while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                sessions.stir()
