"""Numbers as they come and as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.phone import LONGEST, read


@pytest.mark.parametrize(
    ("raw", "shown", "origin", "e164"),
    [
        ("+6281234567890", "0812-3456-7890", "Telkomsel", "+6281234567890"),
        ("081234567890", "0812-3456-7890", "Telkomsel", "+6281234567890"),
        ("0231201001", "(0231) 201001", "Cirebon", "+62231201001"),
        ("+31612345678", "+31 6 12345678", "KPN", "+31612345678"),
        ("62231201001", "(0231) 201001", "Cirebon", "+62231201001"),
        ("62 (231) 201-001", "(0231) 201001", "Cirebon", "+62231201001"),
        ("0062231201001", "(0231) 201001", "Cirebon", "+62231201001"),
        ("62811234567", "0811-234-567", "Telkomsel", "+62811234567"),
        ("00131612345678", "+31 6 12345678", "KPN", "+31612345678"),
        ("0622211001", "(0622) 211001", "Pematangsiantar/Pematang Raya/Limapuluh", "+62622211001"),
    ],
)
def test_a_number_reads_as_people_write_it(raw: str, shown: str, origin: str, e164: str) -> None:
    number = read(raw)
    assert (number.shown, number.origin, number.e164, number.callable) == (shown, origin, e164, True)


@pytest.mark.parametrize("raw", [None, "", "anonymous", "Anonymous", "<unknown>", "Restricted", " \r\n"])
def test_a_withheld_number_is_nobody(raw: str | None) -> None:
    number = read(raw)
    assert number.withheld
    assert not number.callable


@pytest.mark.parametrize(
    "raw",
    ["112", "101", "abc", "+62", "++1", "😀", "1" * 300, "*31*112", "#31#08123456789", "0812345678a", "00999999999"],
)
def test_what_is_no_subscriber_is_shown_and_never_callable(raw: str) -> None:
    number = read(raw)
    assert not number.callable
    assert not number.withheld
    assert number.shown == raw[:LONGEST]


def test_a_phone_without_a_sim_is_never_a_person() -> None:
    assert read("+6281100000000").callable
    assert not read("+6281100000000", pseudo=[r"\+628110000\d{4}"]).callable


@given(st.text(max_size=200))
def test_no_text_trips_the_reader(raw: str) -> None:
    number = read(raw)
    assert number.raw is None or len(number.raw) <= LONGEST
    assert "\n" not in number.shown
