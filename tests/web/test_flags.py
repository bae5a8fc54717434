"""Flags on the pages: one key for a call taker, blocks for a supervisor alone, marked when the phone rings."""

import json
from collections.abc import Awaitable, Callable

from callcenter.web.api.openapi import description
from callcenter.web.parts import PARTS
from tests.web.conftest import Visitor
from tests.web.house import Clock, House
from tests.web.test_shelf import took

Visit = Callable[..., Awaitable[Visitor]]
BUDI = "+6281234567890"


async def flagged(here: House, number: str = BUDI) -> bool:
    return here.app[PARTS].callers.flagged.of(number) is not None


async def test_one_key_flags_and_the_same_key_takes_it_off(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    await took(here, "e112-1.1")
    _, sheet = await siti.get("/calls/e112-1.1/sheet")
    assert "Tandai 24 jam" in sheet
    assert (await siti.send("/calls/e112-1.1/flag", {"what": "on"}))[0] == 200
    assert await flagged(here)
    _, sheet = await siti.get("/calls/e112-1.1/sheet")
    assert "ditandai sampai" in sheet and "Cabut tanda" in sheet
    assert (await siti.send("/calls/e112-1.1/flag", {"what": "off"}))[0] == 200
    assert not await flagged(here)
    assert (await siti.send("/calls/e112-1.1/flag", {"what": "off"}))[0] == 404


async def test_a_ringing_flagged_caller_is_marked_with_his_dated_history(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    for n in (1, 2, 3):
        number = await took(here, f"e112-{n}.{n}")
        await here.tickets.set_class(number, "PRANK", version=1, by="siti")
    await siti.send("/calls/e112-3.3/flag", {"what": "on"})
    clock = here.clock
    assert isinstance(clock, Clock)
    clock.pass_(60)
    call = here.telephone.dials("e112-9.9", BUDI)
    here.telephone.rings(call, "101")
    await here.until(lambda: here.app[PARTS].desk.about(call).past)
    _, page = await siti.get("/")
    assert "⚑ ditandai sampai 23 Nov 2026" in page
    assert "3 × Prank (iseng), terakhir 22 Nov" in page


async def test_a_number_that_names_nobody_gets_no_key_and_a_sentence(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    await took(here, "e112-1.1", number="anonymous")
    assert "Tandai 24 jam" not in (await siti.get("/calls/e112-1.1/sheet"))[1]
    status, told = await siti.send("/calls/e112-1.1/flag", {"what": "on"})
    assert status == 409
    assert "tidak pernah ditandai atau diblokir" in told["error"]["sentence"]


async def test_only_a_supervisor_blocks_with_a_reason_and_for_72_hours_at_most(here: House, visit: Visit) -> None:
    siti, bima = await visit("siti", "101"), await visit("bima")
    await siti.get("/")
    block = {"number": "0812-3456-7890", "effect": "block", "hours": "72", "reason": "20 pranks"}
    assert (await siti.form("/flags", **block))[0] == 403
    await bima.get("/flags")
    assert "Tulis alasannya" in (await bima.form("/flags", **{**block, "reason": ""}))[1]
    for hours in ("73", "0", "x", "1e3"):
        assert (await bima.form("/flags", **{**block, "hours": hours}))[0] == 400
    status, page, _ = await bima.form("/flags", **block)
    assert status == 200 and "0812-3456-7890 diblokir sampai" in page
    assert (await siti.send("/calls/e112-1.1/flag", {"what": "on"}))[0] == 404


async def test_a_call_taker_does_not_end_a_block(here: House, visit: Visit) -> None:
    siti, bima = await visit("siti", "101"), await visit("bima")
    await took(here, "e112-1.1")
    await bima.get("/flags")
    await bima.form("/flags", number=BUDI, effect="block", hours="1", reason="20 pranks")
    assert (await siti.send("/calls/e112-1.1/flag", {"what": "off"}))[0] == 404
    status, told = await siti.send("/calls/e112-1.1/flag", {"what": "on"})
    assert status == 409 and "sudah diblokir sampai" in told["error"]["sentence"]


async def test_the_supervisor_ends_it_and_the_page_keeps_all_that_was(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    await bima.get("/flags")
    await bima.form("/flags", number=BUDI, effect="flag", hours="24", reason="iseng")
    (line,) = (await here.app[PARTS].callers.flags.page()).lines
    status, page, _ = await bima.form(f"/flags/{line.id}/end", reason="sudah minta maaf")
    assert status == 200 and "sudah dicabut" in page
    assert "sudah minta maaf" in page and "diakhiri sebelum waktunya" in page
    assert (await bima.form(f"/flags/{line.id}/end", reason=""))[0] == 404


async def test_the_api_tells_the_flags(here: House, visit: Visit) -> None:
    await here.app[PARTS].callers.flags.flag(BUDI, hours=24, reason="", by="siti")
    secret = await here.people.create_token("dashboard")
    program = await visit()
    status, text = await program.get("/api/v1/flags", headers={"Authorization": f"Bearer {secret}"})
    (line,) = json.loads(text)["flags"]
    assert (status, line["e164"], line["effect"]) == (200, BUDI, "flag")
    assert set(description(here.settings, here.catalogue())["components"]["schemas"]["Flag"]["required"]) == set(line)
