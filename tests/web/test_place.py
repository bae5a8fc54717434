"""The place that comes with a call: read where it can be read, stored once, confirmed with one key."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.web.parts import PARTS
from callcenter.web.place import Place, read_place
from tests.browser.scenes import PIDF
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]
CALL = "e112-1790010000.7"


async def siti_speaks(here: House, visit: Visit, location: str) -> Visitor:
    siti = await visit("siti", "101")
    here.telephone.dials(CALL, "+6281234567890", location=location)
    here.telephone.rings(CALL, "101")
    here.telephone.answers(CALL, "101")
    await here.stored()
    await here.until(lambda: here.app[PARTS].desk.about(CALL).ticket)
    return siti


@pytest.mark.parametrize(
    ("told", "place"),
    [
        (PIDF, Place(-6.732, 108.5523, 50)),
        ('shape="Point",crs="2d",pos="-6.7320 108.5523"', Place(-6.732, 108.5523)),
        ('shape="Circle",crs="3d",pos="-6.7320 108.5523 12.5",radius="7.25"', Place(-6.732, 108.5523, 7.25)),
        ('shape="Ellipse",pos="1 2",semiMajorAxis="30",semiMinorAxis="5"', Place(1, 2, 30)),
        ('shape="Circle",pos="-6.7320 108.5523"', None),
        ('shape="Circle",pos="-96.7 108.5",radius="5"', None),
        ('shape="Circle",pos="-6.7 nan",radius="5"', None),
        ('shape="Circle",pos="-6.7 108.5",radius="-1"', None),
        ('shape="Circle",pos="-6.7 108.5",radius="1e400"', None),
        ('shape="Polygon",pos="1 2 3 4 5 6"', None),
        ("", None),
        ("<gml:pos>rubbish", None),
        (PIDF * 1000, None),
    ],
)
def test_what_asterisk_prints_is_a_point_or_nothing(told: str, place: Place | None) -> None:
    assert read_place(told) == place


@given(st.one_of(st.text(max_size=300), st.from_regex(r'(shape|pos|radius|crs)="[^"]{0,20}"(,|$)', fullmatch=False)))
def test_nothing_that_a_caller_sends_trips_it(told: str) -> None:
    found = read_place(told)
    assert found is None or abs(found.latitude) <= 90


async def test_the_caller_s_circle_is_stored_on_the_ticket_with_its_source(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit, PIDF)
    ticket = await here.history.ticket_of(CALL)
    assert (ticket.latitude, ticket.longitude, ticket.radius_m) == (-6.732, 108.5523, 50)
    assert ticket.location_source == "SIP"
    assert {c.by for c in (await here.history.ticket(ticket.number)).changes} == {"network"}
    _, sheet = await siti.get(f"/calls/{CALL}/sheet")
    assert "-6.73200, 108.55230" in sheet
    assert "± 50 m" in sheet
    bima = await visit("bima")
    for page in (f"/calls/{CALL}", f"/tickets/{ticket.number}"):
        assert "-6.73200, 108.55230" in (await bima.get(page))[1]


@pytest.mark.parametrize("sent", ["rubbish", 'shape="Circle",pos="x y",radius="z"', '"><script>alert(1)</script>'])
async def test_a_place_that_cannot_be_read_is_said_and_breaks_nothing(here: House, visit: Visit, sent: str) -> None:
    siti = await siti_speaks(here, visit, sent)
    assert (await here.history.ticket_of(CALL)).location_source == ""
    _, page = await siti.get(f"/?call={CALL}")
    assert page.count("lokasi tidak terbaca") == 2
    assert "<script>alert" not in page
    assert "lokasi tidak terbaca" in (await (await visit("bima")).get(f"/calls/{CALL}"))[1]


async def test_the_network_never_overwrites_what_somebody_set(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    here.telephone.dials(CALL, "+6281234567890")
    here.telephone.answers(CALL, "101")
    await here.stored()
    await here.until(lambda: CALL in here.board.tickets)
    point: dict[str, Any] = {"version": 1, "value": "-6.7"}
    assert (await siti.send(f"/calls/{CALL}/field", {"field": "latitude", **point}))[0] == 200
    ticket = await here.history.ticket_of(CALL)
    here.app[PARTS].desk.ask(CALL)
    await here.until(lambda: here.app[PARTS].desk.about(CALL).ticket == ticket)
    assert (await here.history.ticket_of(CALL)).latitude == -6.7


async def test_one_key_confirms_the_place_and_keeps_the_first_time(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit, PIDF)
    here.clock.pass_(40)  # type: ignore[attr-defined]
    assert (await siti.send(f"/calls/{CALL}/verify", {}))[0] == 200
    first = (await here.history.ticket_of(CALL)).location_verified_at
    here.clock.pass_(40)  # type: ignore[attr-defined]
    assert (await siti.send(f"/calls/{CALL}/verify", {}))[0] == 200
    ticket = await here.history.ticket_of(CALL)
    assert first is not None
    assert (ticket.location_verified_at, ticket.location_verified_by) == (first, "siti")
    _, sheet = await siti.get(f"/calls/{CALL}/sheet")
    assert "dipastikan 01.12.47" in sheet


async def test_a_place_that_nobody_wrote_cannot_be_confirmed(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit, "")
    status, told = await siti.send(f"/calls/{CALL}/verify", {})
    assert (status, told["error"]["sentence"]) == (400, "Tulis lokasinya dahulu, lalu pastikan.")
