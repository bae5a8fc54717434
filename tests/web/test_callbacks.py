"""Callbacks on the pages: who hung up is seen at once, one presses, the others read who."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from callcenter.core import facts
from callcenter.core.desk_wishes import CallBack
from callcenter.core.seen import PositionSeen
from callcenter.overdue import Overdue
from callcenter.web.api.openapi import description
from callcenter.web.callers.owed import Owed
from callcenter.web.parts import PARTS
from tests.web.conftest import Visitor
from tests.web.house import Clock, House

Visit = Callable[..., Awaitable[Visitor]]
BUDI = "+6281234567890"


async def gives_up(here: House, call: str = "e112-1.1", number: str | None = BUDI, *, waited_s: float = 30) -> str:
    """He waits and hangs up; everybody has heard of it."""
    here.telephone.dials(call, number, before_s=waited_s)
    at = here.clock()
    here.board.hear(facts.CallAbandoned(call, at, waited_s), facts.LegEnded(call, at, 16))
    await here.stored()
    return call


async def owed(here: House, count: int = 1) -> list[int]:
    await here.until(lambda: len(here.app[PARTS].callers.owed.lines) == count)
    return [line.id for line in here.app[PARTS].callers.owed.lines]


async def test_who_hung_up_stands_on_every_screen(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    await gives_up(here)
    await owed(here)
    _, page = await siti.get("/")
    assert "Perlu ditelepon balik" in page
    assert "0812-3456-7890" in page
    assert "Telepon balik" in page


async def test_a_callback_whose_commit_came_late_stands_on_the_screens_without_another_call(here: House) -> None:
    """The list was read a second after the call, and the disk was slower."""
    late = Owed(here.callbacks, lambda: None, clock=here.clock, limit_s=600, look=0.02)
    async with asyncio.TaskGroup() as parts:
        reading = parts.create_task(late.run())
        await here.until(lambda: late.known)
        assert late.lines == ()
        await gives_up(here)  # nobody tells `late` of it
        await here.until(lambda: [line.e164 for line in late.lines] == [BUDI])
        reading.cancel()


async def test_one_click_and_the_others_read_who_is_calling(here: House, visit: Visit) -> None:
    siti, rina = await visit("siti", "101"), await visit("rina", "102")
    await gives_up(here)
    (one,) = await owed(here)
    assert (await siti.send(f"/callbacks/{one}/claim", {}))[0] == 200
    status, told = await rina.send(f"/callbacks/{one}/claim", {})
    assert (status, told["error"]["sentence"]) == (409, "Siti sudah menelepon balik nomor ini.")
    assert "Siti sedang menelepon" in (await rina.get("/"))[1]
    assert "Tidak terhubung" in (await siti.get("/"))[1]
    status, told = await siti.send(f"/callbacks/{one}/say", {"word": "REACHED"})
    assert (status, told["state"]) == (200, "DONE")
    assert "Tidak ada yang menunggu ditelepon balik." in (await rina.get("/"))[1]


async def test_one_click_claims_and_rings_her_phone_for_that_number(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    await gives_up(here)
    (one,) = await owed(here)
    assert (await siti.send(f"/callbacks/{one}/call", {}))[0] == 200
    assert here.board.asked == [CallBack(BUDI, "e112-1.1", "101", "siti")]
    assert here.app[PARTS].callers.owed.lines[0].owner == "siti"


async def test_when_her_phone_cannot_ring_the_callback_stays_everybody_s(here: House, visit: Visit) -> None:
    siti, bima = await visit("siti", "101"), await visit("bima")
    await gives_up(here)
    (one,) = await owed(here)
    here.telephone.board.hear(PositionSeen("101", here.clock(), "UNREACHABLE"))
    status, told = await siti.send(f"/callbacks/{one}/call", {})
    assert (status, told["error"]["code"]) == (409, "refused")
    assert here.app[PARTS].callers.owed.lines[0].owner == ""
    assert (await bima.send(f"/callbacks/{one}/call", {}))[0] == 400  # she sits at no position


async def test_of_eight_who_press_at_once_one_is_through(here: House, visit: Visit) -> None:
    people = [await visit("siti"), *[await visit("rina") for _ in range(7)]]
    await gives_up(here)
    (one,) = await owed(here)
    got = await asyncio.gather(*(who.send(f"/callbacks/{one}/claim", {}) for who in people))
    owner = here.app[PARTS].callers.owed.lines[0].owner
    lost = [told["error"]["sentence"] for status, told in got if status == 409]
    assert len(lost) == (7 if owner == "siti" else 1)
    assert all("sudah menelepon balik" in sentence for sentence in lost)


async def test_after_three_tries_she_may_give_up(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    await gives_up(here)
    (one,) = await owed(here)
    status, told = await siti.send(f"/callbacks/{one}/say", {"word": "NO_CONTACT"})
    assert (status, told["error"]["code"]) == (409, "refused")
    for _ in range(3):
        await siti.send(f"/callbacks/{one}/claim", {})
        await siti.send(f"/callbacks/{one}/say", {"word": "NOT_REACHED"})
    await siti.send(f"/callbacks/{one}/claim", {})
    assert "Hentikan upaya" in (await siti.get("/"))[1]
    assert (await siti.send(f"/callbacks/{one}/say", {"word": "NO_CONTACT"}))[0] == 200


async def test_the_supervisor_s_list_shows_tries_and_how_it_ended(here: House, visit: Visit) -> None:
    siti, bima = await visit("siti", "101"), await visit("bima")
    await gives_up(here)
    await gives_up(here, "e112-2.2", "+6285711112222")
    first, second = await owed(here, 2)
    await siti.send(f"/callbacks/{first}/say", {"word": "NOT_REACHED"})
    await siti.send(f"/callbacks/{second}/say", {"word": "NO_NEED"})
    _, page = await bima.get("/callbacks")
    assert "0812-3456-7890" in page and "0857-1111-2222" in page
    assert "Tidak terhubung" in page and "dihubungi manual" in page and "Tidak perlu" in page
    assert "0857-1111-2222" not in (await bima.get("/callbacks?state=open"))[1]
    assert "0812-3456-7890" not in (await bima.get("/callbacks?state=done"))[1]
    assert (await bima.get("/callbacks?state=x"))[0] == 400


async def test_nonsense_gets_a_sentence(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    status, told = await siti.send("/callbacks/999/claim", {})
    assert (status, told["error"]["sentence"]) == (404, "Telepon balik itu tidak ada.")
    await gives_up(here)
    (one,) = await owed(here)
    for word in ("", "LATER", "x" * 50):
        assert (await siti.send(f"/callbacks/{one}/say", {"word": word}))[0] == 400


async def test_the_api_tells_whom_we_owe(here: House, visit: Visit) -> None:
    await gives_up(here)
    await owed(here)
    secret = await here.people.create_token("dashboard")
    program = await visit()
    status, text = await program.get("/api/v1/callbacks?state=open", headers={"Authorization": f"Bearer {secret}"})
    told: dict[str, Any] = json.loads(text)
    assert status == 200
    (line,) = told["callbacks"]
    assert (line["e164"], line["state"], line["reason"], line["calls"]) == (BUDI, "OWED", "ABANDONED", ["e112-1.1"])
    assert set(description(here.settings, here.catalogue())["components"]["schemas"]["Callback"]["required"]) == set(
        line
    )


async def test_an_alarm_is_raised_when_one_is_late_and_ends_with_it(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    clock = here.clock
    assert isinstance(clock, Clock)
    said: list[str | None] = []
    overdue = Overdue(
        here.callbacks.standing, limit_s=600, clock=clock, alarm=lambda _, sentence: said.append(sentence)
    )
    await gives_up(here)
    await overdue.look()
    clock.pass_(601)
    await overdue.look()
    assert said[0] is None
    assert said[1] is not None and "more than 10 minutes (1 in all)" in said[1]
    assert "0812" not in said[1]
    (one,) = await owed(here)
    await siti.send(f"/callbacks/{one}/say", {"word": "NO_NEED"})
    await overdue.look()
    assert said[2] is None
