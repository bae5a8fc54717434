"""What a note speaks of is found where it stands; hostile letters cost neither time nor truth."""

import time

from callcenter.core.gazetteer import Gazetteer, Place
from callcenter.core.mention import Kind, find

BOOK = Gazetteer([
    Place(1, "Jalan Kartini", "street"),
    Place(2, "Kesambi", "kelurahan"),
    Place(3, "Pasar Kanoman", "landmark", also="Kanoman"),
    Place(4, "Pasar", "landmark"),
    Place(5, "Jalan Kesambi Dalam", "street"),
])  # fmt: skip


def said(text: str) -> list[tuple[Kind, str, str]]:
    return [(each.kind, text[each.start : each.end], each.value) for each in find(text, BOOK)]


def test_places_numbers_and_tickets_are_found_as_people_write_them() -> None:
    text = (
        "Api di jl. kartini dekat PASAR  Kanoman, hub 0812-3456-7890 / (0231) 201001, lihat 260114-0007 dan 260114-T007"
    )
    assert said(text) == [
        (Kind.PLACE, "jl. kartini", "1"),
        (Kind.PLACE, "PASAR  Kanoman", "3"),
        (Kind.NUMBER, "0812-3456-7890", "+6281234567890"),
        (Kind.NUMBER, "(0231) 201001", "+62231201001"),
        (Kind.TICKET, "260114-0007", "260114-0007"),
        (Kind.TICKET, "260114-T007", "260114-T007"),
    ]


def test_the_longest_name_wins_and_a_kind_of_place_alone_is_none() -> None:
    assert said("Jl Kesambi Dalam, pasar ramai, Kesambi") == [
        (Kind.PLACE, "Jl Kesambi Dalam", "5"),
        (Kind.PLACE, "Kesambi", "2"),
    ]


def test_what_only_looks_alike_is_left_alone() -> None:
    for text in ("", "113 119 112", "NIK 3274010101900001", "RT 03 RW 12", "Kesambinya", "22-11-2026", "1260114-00071"):
        assert said(text) == [], text


def test_hostile_text_is_bounded() -> None:
    began = time.monotonic()
    for text in ("+62" * 9000, "0812-" * 5000, "jalan " * 5000, "<script>" * 3000, "\u202e0812\u200b3456" * 900):
        for each in find(text, BOOK):
            assert 0 <= each.start < each.end <= len(text)
    assert time.monotonic() - began < 20
