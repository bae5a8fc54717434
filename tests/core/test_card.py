"""Protocol cards: plain text that a city edits."""

from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.card import LONGEST_LINE, MOST_LINES, Kind, Line, read, sections


def test_a_line_says_by_its_first_sign_what_it_is_for() -> None:
    assert read("? Siapa?\n\n! Keluar!\n- catat\n  tanpa tanda ") == (
        Line(Kind.ASK, "Siapa?"),
        Line(Kind.SAY, "Keluar!"),
        Line(Kind.DO, "catat"),
        Line(Kind.DO, "tanpa tanda"),
    )
    assert read("?\n!\n-\n") == ()


def test_a_file_of_cards_is_read_by_its_heads_and_without_comments() -> None:
    assert sections("# x\n? nobody's\n[A]\n? a\n# not this\n! b\n\n[B]\n") == {"A": "? a\n! b", "B": ""}


def test_both_languages_have_a_card_of_the_same_size_for_every_category() -> None:
    both = [
        sections(files("callcenter").joinpath(f"data/cards.{code}.txt").read_text("utf-8")) for code in ("id", "en")
    ]
    assert [*both[0]] == [*both[1]]
    for code in both[0]:
        kinds = [[line.kind for line in read(cards[code])] for cards in both]
        assert kinds[0] == kinds[1] and kinds[0], code


@given(st.text(max_size=6000))
def test_no_text_is_too_much(text: str) -> None:
    lines = read(text)
    assert len(lines) <= MOST_LINES and all(0 < len(line.text) <= LONGEST_LINE for line in lines)
