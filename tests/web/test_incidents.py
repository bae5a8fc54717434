"""One incident, many callers, on the pages: suggested with its reasons, merged or linked in two actions, undone."""

import json
from collections.abc import Awaitable, Callable

from callcenter.web.parts import PARTS
from tests.web.conftest import Visitor
from tests.web.house import House
from tests.web.test_shelf import took

Visit = Callable[..., Awaitable[Visitor]]
BUDI, ANI, TONO = "+6281234567890", "+6285711112222", "+6287733334444"
FIRST, SECOND = "e112-1.1", "e112-2.2"


async def fire(here: House, call: str = FIRST, number: str = BUDI, place: str = "Pasar Pagi, Panjunan") -> str:
    """A fire on the market, as somebody typed it."""
    ticket = await took(here, call, number=number)
    kept = await here.tickets.set_class(ticket, "EMERGENCY", version=1, by="siti")
    kept = await here.tickets.set_category(ticket, "FIRE", version=kept.version, by="siti")
    await here.tickets.set_fields(ticket, {"place": place, "kelurahan": "Panjunan"}, version=kept.version, by="siti")
    return ticket


async def both(here: House) -> tuple[str, str]:
    """Two callers, one fire; everybody's list has them."""
    one, two = await fire(here), await fire(here, SECOND, ANI, "di pasar pagi ada api")
    await here.app[PARTS].callers.known.read()
    return one, two


async def test_the_sheet_suggests_the_same_incident_and_says_why(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    one, _ = await both(here)
    _, sheet = await siti.get(f"/calls/{SECOND}/sheet")
    assert "Mungkin kejadian yang sama" in sheet and one in sheet
    assert "kelurahan sama: Panjunan" in sheet and "kata yang sama: pagi, pasar" in sheet
    assert "kategori sama" in sheet and "menit lalu" in sheet


async def test_merged_every_screen_shows_the_parent_and_undone_the_child(here: House, visit: Visit) -> None:
    siti, rina = await visit("siti", "101"), await visit("rina", "102")
    one, two = await both(here)
    status, told = await siti.send(f"/calls/{SECOND}/merge", {"into": one})
    assert (status, told["ticket"]) == (200, one)
    assert here.board.tickets[SECOND] == one
    _, sheet = await rina.get(f"/calls/{SECOND}/sheet")
    assert one in sheet and 'value="Pasar Pagi, Panjunan"' in sheet
    status, told = await rina.send(f"/calls/{SECOND}/field", {"field": "landmark", "value": "gerbang", "version": 99})
    assert (status, told["ticket"]) == (200, one)
    await here.app[PARTS].callers.known.read()
    assert "digabungkan ke tiket ini" in (await rina.get(f"/calls/{SECOND}/sheet"))[1]
    assert (await rina.send(f"/tickets/{two}/unmerge", {}))[0] == 200
    assert here.board.tickets[SECOND] == two
    assert 'value="di pasar pagi ada api"' in (await siti.get(f"/calls/{SECOND}/sheet"))[1]


async def test_a_link_is_one_order_and_the_suggestion_goes(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    one, two = await both(here)
    assert (await siti.send(f"/calls/{SECOND}/link", {"to": one, "kind": "RELATED"}))[0] == 200
    await here.app[PARTS].callers.known.read()
    _, sheet = await siti.get(f"/calls/{SECOND}/sheet")
    assert "Mungkin kejadian yang sama" not in sheet and "terkait" in sheet
    assert (await siti.send(f"/tickets/{two}/unlink", {"other": one}))[0] == 200
    assert (await siti.send(f"/tickets/{two}/unlink", {"other": one}))[0] == 404


async def test_a_caller_to_a_known_incident_is_told_at_ring(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    one = await fire(here)
    await here.app[PARTS].callers.known.read()
    call = here.telephone.dials("e112-9.9", BUDI)
    here.telephone.rings(call, "101")
    _, page = await siti.get("/")
    assert f"Sudah diketahui: {one}" in page
    assert "Kebakaran, Pasar Pagi, Panjunan, 0 menit lalu, Baru" in page


async def test_a_place_from_the_network_near_an_open_incident_is_known_at_ring_and_a_far_one_is_not(
    here: House, visit: Visit
) -> None:
    siti = await visit("siti", "101")
    one = await fire(here)
    point = {"latitude": "-6.7320", "longitude": "108.5523", "location_source": "MAP"}
    version = (await here.history.ticket(one)).ticket.version
    await here.tickets.set_fields(one, point, version=version, by="siti")
    await here.app[PARTS].callers.known.read()
    near, far = 'shape="Circle",crs="2d",pos="-6.7330 108.5530",radius="50"', 'pos="-6.9000 108.5530"'
    for call, number, location in (("e112-8.8", ANI, near), ("e112-9.9", TONO, far)):
        here.telephone.dials(call, number, location=location)
    known = here.app[PARTS].callers.known
    assert [each.likeness.ticket for each in known.same("e112-8.8")] == [one]
    assert known.same("e112-9.9") == ()
    here.telephone.rings("e112-8.8", "101")
    assert f"Sudah diketahui: {one}" in (await siti.get("/"))[1]


async def test_a_withheld_number_is_known_by_nothing(here: House) -> None:
    await fire(here, number="anonymous")
    await here.app[PARTS].callers.known.read()
    call = here.telephone.dials("e112-9.9", "anonymous")
    assert here.app[PARTS].callers.known.same(call) == ()


async def test_a_follow_up_links_itself_to_the_known_ticket(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    one = await fire(here)
    two = await took(here, SECOND, number=BUDI)
    await here.app[PARTS].callers.known.read()
    assert (await siti.send(f"/calls/{SECOND}/class", {"class": "FOLLOW_UP"}))[0] == 200
    related = await here.app[PARTS].callers.incidents.related(two)
    assert [(link.number, link.kind) for link in related.links] == [(one, "PARENT")]


async def test_what_cannot_be_merged_is_said_in_her_language(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    one, two = await both(here)
    for into, sentence in ((two, "dirinya sendiri"), ("261122-9999", "261122-9999")):
        status, told = await siti.send(f"/calls/{SECOND}/merge", {"into": into})
        assert status in (404, 409) and sentence in told["error"]["sentence"]
    await here.tickets.set_class(one, "PRANK", version=99, by="siti")
    status, told = await siti.send(f"/calls/{SECOND}/merge", {"into": one})
    assert (status, told["error"]["code"]) == (409, "refused")


async def test_the_ticket_s_page_shows_what_belongs_together_and_undoes_it(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    one, two = await both(here)
    await here.app[PARTS].callers.incidents.merge(two, one, by="siti")
    _, page = await bima.get(f"/tickets/{one}")
    assert "digabungkan ke tiket ini" in page and two in page
    assert f"digabungkan ke {one}" in (await bima.get(f"/tickets/{two}"))[1]
    status, _, where = await bima.form(f"/tickets/{two}/unmerge")
    assert (status, where) == (303, f"/tickets/{two}")
    assert "digabungkan" not in (await bima.get(f"/tickets/{one}"))[1]


async def test_the_api_tells_links_and_merges(here: House, visit: Visit) -> None:
    one, two = await both(here)
    third = await took(here, "e112-3.3", number=TONO)
    incidents = here.app[PARTS].callers.incidents
    await incidents.link(third, one, "CHILD", by="siti")
    await incidents.merge(two, one, by="siti")
    headers = {"Authorization": f"Bearer {await here.people.create_token('dashboard')}"}
    program = await visit()
    parent = json.loads((await program.get(f"/api/v1/tickets/{one}", headers=headers))[1])
    assert (parent["merged"], parent["merged_into"], sorted(parent["calls"])) == ([two], None, [FIRST, SECOND])
    assert [(link["number"], link["kind"]) for link in parent["links"]] == [(third, "CHILD")]
    child = json.loads((await program.get(f"/api/v1/tickets/{two}", headers=headers))[1])
    assert (child["merged_into"], child["calls"], child["disposition"]) == (one, [], "DUPLICATE")
