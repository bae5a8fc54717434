"""The wallboard: the room at one glance, without a caller on it."""

from collections.abc import Awaitable, Callable

from callcenter.web.parts import PARTS
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, House
from tests.web.test_screen import CALL, siti_speaks

Visit = Callable[..., Awaitable[Visitor]]


async def a_viewer(here: House, visit: Visit) -> Visitor:
    await here.people.add_user("wali", role="viewer", password=PASSWORD)
    return await visit("wali")


async def test_the_wall_shows_the_room_and_no_caller(here: House, visit: Visit) -> None:
    await siti_speaks(here, visit)
    here.telephone.dials("e112-1790010000.9", "+6281299998888", name="Udin")
    await here.app[PARTS].wall.read()
    bima = await visit("bima")
    status, page = await bima.get("/wall")
    assert status == 200
    assert 'class="wseat talking"' in page and "Siti" in page
    for told in ("0812", "+62", "Budi", "Udin"):
        assert told not in page


async def test_the_wall_counts_who_is_ready_and_is_red_only_when_nobody_is(here: House, visit: Visit) -> None:
    await siti_speaks(here, visit)
    bima = await visit("bima", position="102")
    tile = '<div class="tile{}"><b>{}</b><span>siap</span><small>{}</small></div>'
    assert tile.format("", 1, "0 jeda, 2 tidak di tempat") in (await bima.get("/wall"))[1]
    here.telephone.pauses("102", "BREAK")
    assert tile.format("", 0, "1 jeda, 2 tidak di tempat") in (await bima.get("/wall"))[1], "101 speaks: not red"


async def test_a_viewer_from_outside_sees_counts_and_no_names(here: House, visit: Visit) -> None:
    await siti_speaks(here, visit)
    wali = await a_viewer(here, visit)
    status, page = await wali.get("/wall")
    assert status == 200 and "Siti" not in page and 'class="wseat talking"' in page
    assert (await wali.get("/calls"))[0] == 403


async def test_the_same_as_json_for_the_command_centre(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    await here.app[PARTS].wall.read()
    for role, named in (("viewer", False), ("supervisor", True)):
        secret = await here.people.create_token(f"wall-{role}", role=role)
        url = siti.base.join(siti.base.with_path("/api/v1/wall"))
        async with siti.session.get(url, headers={"Authorization": f"Bearer {secret}"}) as answer:
            told = await answer.json()
        assert answer.status == 200
        seat = told["positions"][0]
        assert (seat["position"], seat["state"], seat.get("person")) == ("101", "TALKING", "Siti" if named else None)
        assert (told["waiting"], told["talking"], told["today"]["arrivals"]) == (0, 1, 1)
        assert told["today"]["service_level"]["denominator"] == 1
        assert told["today"]["open_tickets"] == {"NEW": 1}
        assert CALL not in str(told)


async def test_figures_are_read_only_while_somebody_looks(here: House, visit: Visit) -> None:
    wall = here.app[PARTS].wall
    assert wall.now().today is None
    await here.until(lambda: wall.now().today)
