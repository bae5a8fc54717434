"""The relay card as text, and what of it is missing."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.link import LETTERS, kept_of, token_of
from callcenter.core.outgoing import pause, worth_another
from callcenter.core.relay import Relay, missing, text

FIRE = Relay(
    "Cirebon", "260114-0007", "Kebakaran", 1, "Jl. Kartini 48", "dekat masjid", "Kejaksan",
    -6.732, 108.5523, 50.0, "0812-3456-7890", "Budi", "Api di\nlantai dua", 2, "tabung gas",
)  # fmt: skip


def say(sentence: str, /, **values: object) -> str:
    return sentence.format(**values)


def test_the_card_has_what_an_agency_must_hear_in_order() -> None:
    assert text(FIRE, say).splitlines() == [
        "112 Cirebon: Kebakaran",
        "Ticket 260114-0007 · priority 1",
        "Place: Jl. Kartini 48, dekat masjid, Kejaksan",
        "Coordinates: -6.73200, 108.55230 (± 50 m)",
        "Call back: 0812-3456-7890 (Budi)",
        "What happens: Api di lantai dua",
        "Victims: 2",
        "Hazards: tabung gas",
    ]
    assert missing(FIRE) == ()


def test_what_is_not_known_is_left_out_but_the_place_is_said_to_be_unknown() -> None:
    empty = Relay("Cirebon", "260114-0008")
    assert text(empty, say).splitlines()[2:] == ["Place: not known yet"]
    assert missing(empty) == ("place", "callback", "nature", "safety")


def test_a_protected_category_names_nobody_and_tells_no_story() -> None:
    told = text(replace(FIRE, protected=True), say)
    assert "Budi" not in told and "lantai" not in told
    assert "Jl. Kartini 48" in told


def test_a_test_says_so_first() -> None:
    assert text(replace(FIRE, test=True), say).startswith("TEST, no emergency")


@given(st.binary(min_size=16, max_size=64), st.text("0123456789abcdef", min_size=32, max_size=32))
def test_a_token_is_long_enough_and_cannot_be_made_without_the_key(key: bytes, seed: str) -> None:
    token = token_of(key, seed)
    assert len(token) == LETTERS and LETTERS * 6 >= 128
    assert token == token_of(key, seed)
    assert token != token_of(key + b"x", seed)
    assert token not in kept_of(token)


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_pauses_grow_to_about_an_hour_and_never_beyond(tries: int, chance: float) -> None:
    assert 1 <= pause(tries, chance).total_seconds() <= 3600 * 1.2
    assert pause(tries + 1, 0.5) >= pause(tries, 0.5)


def test_only_a_message_that_was_read_and_refused_is_not_sent_again() -> None:
    assert not worth_another(422)
    assert all(worth_another(status) for status in (301, 401, 404, 408, 429, 500, 503))
