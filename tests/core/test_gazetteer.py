"""Places by name: found while they are typed, however they are spelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.gazetteer import Gazetteer, Place
from callcenter.core.where import Point

CITY = Gazetteer(
    [
        Place(1, "Kejaksan", "kecamatan", kecamatan="Kejaksan", point=Point(-6.70437, 108.55582)),
        Place(2, "Kejaksan", "kelurahan", "Kejaksan", "Kejaksan", point=Point(-6.71251, 108.5582)),
        Place(3, "Kesenden", "kelurahan", "Kesenden", "Kejaksan", point=Point(-6.699, 108.55894)),
        Place(4, "Jalan Siliwangi", "street", "Kejaksan", "Kejaksan"),
        Place(5, "Jalan Dr. Cipto Mangunkusumo", "street", "Pekiringan", "Kesambi", also="Jl Cipto"),
        Place(6, "Pasar Pagi", "landmark", "Pekiringan", "Kesambi", also="PGC"),
        Place(7, "Pasar Kanoman", "landmark", "Lemahwungkuk", "Lemahwungkuk"),
        Place(8, "Stasiun Kejaksan", "landmark", "Kejaksan", "Kejaksan", also="Stasiun Cirebon"),
        Place(9, "RSUD Gunung Jati", "landmark", "Kesenden", "Kejaksan"),
    ]
)


def names(text: str) -> list[str]:
    return [place.name for place in CITY.find(text)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("keja", "Kejaksan"),
        ("kejaksan", "Kejaksan"),
        ("jl siliw", "Jalan Siliwangi"),
        ("Jln. Siliwangi", "Jalan Siliwangi"),
        ("siliwangi", "Jalan Siliwangi"),
        ("cipto", "Jalan Dr. Cipto Mangunkusumo"),
        ("mangun cipto", "Jalan Dr. Cipto Mangunkusumo"),
        ("psr pagi", "Pasar Pagi"),
        ("pgc", "Pasar Pagi"),
        ("stasiun", "Stasiun Kejaksan"),
        ("rs gunung", "RSUD Gunung Jati"),
        ("SÍLIWANGI", "Jalan Siliwangi"),
    ],
)
def test_the_place_that_is_meant_comes_first(typed: str, first: str) -> None:
    assert names(typed)[0] == first


@pytest.mark.parametrize("misheard", ["siliwanggi", "silwangi", "siliwnagi", "siliwamgi"])
def test_one_wrong_letter_still_finds_it(misheard: str) -> None:
    assert names(misheard) == ["Jalan Siliwangi"]


def test_the_larger_of_the_same_name_comes_first_and_nothing_finds_everything() -> None:
    assert [place.kind for place in CITY.find("kejaksan")][:2] == ["kecamatan", "kelurahan"]
    for nothing in ("", "   ", ".,-", "xyz", "pasar xyz"):
        assert names(nothing) == []


def test_the_nearest_kelurahan_is_told_and_nothing_from_another_city() -> None:
    found = CITY.nearest(Point(-6.7000, 108.5590), "kelurahan")
    assert found is not None and found.name == "Kesenden"
    assert CITY.nearest(Point(-7.79, 110.36), "kelurahan") is None


@given(st.text(max_size=60))
def test_no_text_trips_the_search(text: str) -> None:
    assert len(CITY.find(text)) <= 8


@given(st.sampled_from(CITY.places), st.integers(3, 40))
def test_every_place_is_found_by_the_beginning_of_its_name(place: Place, letters: int) -> None:
    typed = place.name[:letters]
    assert place in CITY.find(typed, limit=len(CITY.places))
