"""The book as a file, out and back in: the same book, whatever stands in it; and bad rows in words."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import Book, Kept, in_steps
from callcenter.core.book_csv import (
    AGENCY_COLUMNS,
    agencies_in,
    agencies_out,
    categories_in,
    categories_out,
    guarded,
    laid_over,
)
from callcenter.core.errors import BadInput

HEAD = ",".join(AGENCY_COLUMNS)
WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=30).map(
    lambda text: " ".join(text.split())
)
LINES = st.lists(
    st.builds(
        lambda number, step, ring: Line(number, "trunk", ring, "0231112", order=step, hours="08:00-16:00"),
        st.from_regex(r"\A\+?[0-9]{2,12}\Z"),
        st.integers(1, 5),
        st.integers(5, 120),
    ),
    max_size=4,
)


@given(names=st.lists(st.tuples(WORDS, WORDS, LINES, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=60)
def test_what_goes_out_comes_back_the_same(names: list[tuple[str, str, list[Line], bool]]) -> None:
    entries = tuple(
        Kept(
            Agency(f"a{place}", f"0{place}1", id_, en, in_steps(lines), "a0", ("id", "en"), ("WARM",), "+62812"), active
        )
        for place, (id_, en, lines, active) in enumerate(names)
    )
    for end in ("", "\ufeff"):
        sheet = agencies_in(end + agencies_out(entries).removeprefix("\ufeff"))
        assert sheet.bad == ()
        assert sheet.agencies == entries
    kinds = tuple(
        Kept(Category(f"C{place}", id_, en, 1 + place % 3, ("a0", "a1"), "FSTRU", id_, place, 5), active)
        for place, (id_, en, _, active) in enumerate(names)
    )
    again = categories_in(categories_out(kinds))
    assert (again.bad, again.categories) == ((), kinds)


@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@SUM", "|x", "%x", "'x", "0231"])
def test_no_spreadsheet_takes_a_cell_for_a_formula_or_drops_its_first_0(text: str) -> None:
    assert guarded(text) == "'" + text


def test_semicolons_and_tabs_are_read_as_well() -> None:
    for mark in (";", "\t"):
        text = HEAD.replace(",", mark) + "\r\n" + mark.join(["rsud", "", "301", "RSUD, kota"] + [""] * 11) + "\r\n"
        (kept,) = agencies_in(text).agencies
        assert (kept.what.name_id, kept.active) == ("RSUD, kota", True)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",1,301,RSUD,,,,,,,,,,,", "The code is missing."),
        ("rsud,ja,301,RSUD,,,,,,,,,,,", "active: write 1 or 0, not ja."),
        ("rsud,1,301,RSUD,,,,,,1,113,trunk,lama,112,", "ring_s: lama is no whole number."),
        ("rsud,1,301,RSUD,,,,,,x,113,trunk,20,112,", "step: x is no whole number."),
        ("rsud,1,301,RSUD,,,,,,,,,,,,more", "The row has more cells than the first one."),
        (
            "damkar,1,114,Damkar,,,,,,2,114,trunk,20,112,",
            "The row says something else about damkar than the",
        ),
    ],
)
def test_a_bad_row_is_named_with_its_number_and_what_is_wrong(row: str, says: str) -> None:
    first = "damkar,1,113,Damkar,,,,,,1,113,trunk,20,112,"
    (bad,) = agencies_in(f"{HEAD}\n{first}\n\n{row}\n").bad
    assert bad.number == 4  # as the spreadsheet counts, the empty row too
    assert str(bad.why).startswith(says)


def test_a_category_in_two_rows_is_named() -> None:
    text = categories_out([Kept(Category("FIRE", "Kebakaran", "Fire", 1))]).removeprefix("\ufeff")
    (bad,) = categories_in(text + text.splitlines()[1]).bad
    assert (bad.number, str(bad.why)) == (3, "FIRE stands in two rows.")


@pytest.mark.parametrize("text", ["", "code,short", HEAD + ",password", '"', "\0"])
def test_a_file_of_something_else_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(BadInput):
        agencies_in(text)


def test_entries_of_the_file_take_the_place_of_theirs_and_the_others_stay() -> None:
    fire, police = Agency("damkar", "113", "Damkar", ""), Agency("polres", "110", "Polres", "")
    book = Book((Kept(fire, version=3), Kept(police)))
    sheet = agencies_in(agencies_out([Kept(replace(fire, short="213")), Kept(Agency("rsud", "301", "RSUD", ""))]))
    over = laid_over(book, sheet)
    assert [(one.code, one.what.short, one.version) for one in over.agencies] == [
        ("damkar", "213", 3),
        ("polres", "110", 1),
        ("rsud", "301", 1),
    ]
