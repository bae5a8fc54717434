"""The city's list of places: shipped, replaced whole or not at all; the points of a ticket stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.errors import BadInput, Conflict
from callcenter.core.gazetteer import KINDS, Place
from callcenter.core.where import Point
from callcenter.storage import BadRows, Database, Journal, Places, write_places
from callcenter.storage.places import read_csv, shipped
from tests.storage.cast import Clock, a_call, answered, arrival
from tests.storage.conftest import Room


async def test_the_shipped_list_knows_every_kelurahan_with_its_point(url: str) -> None:
    async with Database(url).running() as database:
        places = Places(database, Clock())
        await places.load()
        await places.load()  # a second start adds nothing
        kinds = [place.kind for place in places.book.places]
        assert (kinds.count("kecamatan"), kinds.count("kelurahan")) == (5, 22)
        assert all(place.point for place in places.book.places if place.kind in ("kecamatan", "kelurahan"))
        assert len(places.book.places) == len(shipped())


async def test_a_list_is_replaced_whole_and_the_audit_says_by_whom(room: Room) -> None:
    places = Places(room.database, Clock())
    await places.load()
    text = "\ufeffname;kind;latitude;longitude\r\nGudang Lama;building;-6,72;108,56\r\n"
    assert await places.replace(text.encode(), by="rina") == 1
    assert places.book.find("gudang")[0].point == Point(-6.72, 108.56)
    assert places.book.find("kejaksan") == []
    again = Places(room.database, Clock())
    await again.load()
    assert [place.name for place in again.book.places] == ["Gudang Lama"]
    line = (await room.history.audit()).lines[0]
    assert (line.by, line.action, line.details) == ("rina", "places.replace", {"before": len(shipped()), "after": 1})


async def test_one_bad_row_and_nothing_is_changed(room: Room) -> None:
    places = Places(room.database, Clock())
    await places.load()
    text = "name,kind,latitude,longitude\nA,street,,\n,street,,\nB,planet,,\nC,street,91,0\nD,street,-6.7,\n"
    with pytest.raises(BadRows) as wrong:
        await places.replace(text.encode(), by="rina")
    assert [number for number, _ in wrong.value.rows] == [3, 4, 5, 6]
    assert len(places.book.places) == len(shipped())


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a,b\n1,2\n", b"x" * 2_000_001, b'name,kind\n"' + b"a" * 200_000])
async def test_what_is_no_such_file_is_a_sentence(data: bytes) -> None:
    with pytest.raises(BadInput):
        list(read_csv(data))


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).map(str.strip)
points = st.none() | st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(st.lists(st.tuples(names.filter(bool), st.sampled_from(KINDS), names, names, points), max_size=8))
def test_an_exported_list_comes_back_as_it_was(rows: list[tuple[str, str, str, str, Point | None]]) -> None:
    wanted = [Place(i, n, kind, a, "", b, point) for i, (n, kind, a, b, point) in enumerate(rows, 1)]
    text = write_places(wanted)
    assert list(read_csv(text.encode())) == wanted
    for line in text.splitlines()[1:]:
        assert not line.startswith(("=", "+", "-", "@"))


async def test_every_point_that_was_told_stays_with_who_told_it(room: Room, journal: Journal) -> None:
    journal.write(arrival(answered(a_call("budi"))))
    await journal.settled(60)
    ticket = (await room.history.ticket(room.numbers["budi"])).ticket
    first = {"latitude": "-6.73", "longitude": "108.55", "radius_m": "800", "location_source": "SIP"}
    ticket = await room.tickets.set_fields(ticket.number, first, version=ticket.version, by="network")
    second = {"latitude": "-6.7125", "longitude": "108.5582", "radius_m": "", "location_source": "MAP"}
    ticket = await room.tickets.set_fields(ticket.number, second, version=ticket.version, by="siti")
    ticket = await room.tickets.set_fields(ticket.number, second, version=ticket.version, by="siti")  # again: no news
    with pytest.raises(Conflict):
        await room.tickets.set_fields(ticket.number, first, version=1, by="rina")
    told = [(p.by, p.source, p.latitude, p.radius_m) for p in (await room.history.ticket(ticket.number)).points]
    assert told == [("network", "SIP", -6.73, 800.0), ("siti", "MAP", -6.7125, None)]
