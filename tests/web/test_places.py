"""Places: found while somebody types, picked with one key, replaced by the city's own list."""

from collections.abc import Awaitable, Callable

from aiohttp import FormData

from callcenter.web.parts import PARTS
from tests.web.conftest import Visitor
from tests.web.house import House
from tests.web.test_screen import CALL, siti_speaks

Visit = Callable[..., Awaitable[Visitor]]


async def found(visitor: Visitor, text: str) -> dict[str, object]:
    async with visitor.session.get(
        visitor.base.join(visitor.base.with_path("/places/find")), params={"q": text}
    ) as got:
        assert got.status == 200
        answer: dict[str, object] = await got.json()
        return answer


async def test_letters_find_places_and_a_pick_fills_the_ticket(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    places = (await found(siti, "kesen"))["places"]
    assert isinstance(places, list)
    assert (places[0]["name"], places[0]["detail"]) == ("Kesenden", "Kelurahan · Kejaksan")
    body = {"place": str(places[0]["id"]), "text": "Kesenden", "version": 99}
    assert (await siti.send(f"/calls/{CALL}/place", body))[0] == 200
    ticket = await here.history.ticket_of(CALL)
    assert (ticket.place, ticket.kelurahan, ticket.kecamatan) == ("Kesenden", "Kesenden", "Kejaksan")
    assert (ticket.latitude, ticket.longitude, ticket.location_source) == (-6.699, 108.55894, "CALLER")


async def test_a_pasted_point_is_told_before_it_is_taken_and_names_the_kelurahan(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    link = "https://www.google.com/maps/@-6.7000,108.5590,17z"
    point = (await found(siti, link))["point"]
    assert point == {"latitude": -6.7, "longitude": 108.559, "near": "Kesenden, Kejaksan"}
    assert (await siti.send(f"/calls/{CALL}/place", {"text": link, "version": 99}))[0] == 200
    ticket = await here.history.ticket_of(CALL)
    assert (ticket.latitude, ticket.longitude, ticket.kelurahan) == (-6.7, 108.559, "Kesenden")


async def test_a_point_of_the_map_is_kept_as_such(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    body = {"latitude": -6.7125, "longitude": 108.5582, "version": 99}
    assert (await siti.send(f"/calls/{CALL}/place", body))[0] == 200
    assert (await here.history.ticket_of(CALL)).location_source == "MAP"
    async with siti.session.get(siti.base.join(siti.base.with_path("/places/map"))) as got:
        told = await got.json()
    assert told["coast"]["features"] and len(told["places"]) == 27
    assert [(i["call"], i["at"]) for i in told["incidents"]] == [(CALL, [-6.7125, 108.5582])]
    assert "6281234567890" not in str(told)


async def test_what_is_no_place_is_a_sentence_and_changes_nothing(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    before = await here.history.ticket_of(CALL)
    bodies: tuple[dict[str, object], ...] = (
        {"text": "Pasar Pagi"},
        {"text": "https://maps.app.goo.gl/x"},
        {"place": "999999"},
        {"latitude": "nan", "longitude": 1},
        {"latitude": 91, "longitude": 1},
        {"latitude": -6.7},
        {"latitude": [1], "longitude": {}},
        {},
    )
    for body in bodies:
        status, told = await siti.send(f"/calls/{CALL}/place", {**body, "version": 99})
        assert status in (400, 404) and told["error"]["sentence"].endswith("."), body
        assert await here.history.ticket_of(CALL) == before, body


async def test_the_admin_replaces_the_list_and_a_bad_row_is_named(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    await ayu.get("/places")

    async def send(text: str) -> tuple[int, str]:
        form = FormData()
        form.add_field("csrf", ayu.csrf)
        form.add_field("file", text.encode(), filename="places.csv", content_type="text/csv")
        async with ayu.session.post(ayu.base.join(ayu.base.with_path("/places")), data=form) as got:
            return got.status, await got.text()

    status, page = await send("name,kind\nGudang Lama,building\n,street\n")
    assert status == 400 and "Baris 3" in page and "Nama kosong." in page
    status, page = await send("name,kind,also\nGudang Lama,building,Gudang Tua\n")
    assert status == 200 and "1 tempat sekarang ada di daftar." in page
    assert [place.name for place in here.app[PARTS].places.book.places] == ["Gudang Lama"]
    _, text = await ayu.get("/places.csv")
    assert text.removeprefix("\ufeff").splitlines() == [
        "name,kind,kelurahan,kecamatan,also,latitude,longitude",
        "Gudang Lama,building,,,Gudang Tua,,",
    ]
