"""Phrases by shortcut: what a city may write, and what is refused with its line."""

from importlib.resources import files

import pytest

from callcenter.core.errors import BadInput
from callcenter.core.phrase import Phrase, read


def test_a_list_is_read_line_by_line() -> None:
    text = "# korban\n.Kb Kebakaran: api\\nterlihat dari jalan\n\n  tj   Tidak dijawab.  \n"
    assert read(text) == (Phrase("kb", "Kebakaran: api\nterlihat dari jalan"), Phrase("tj", "Tidak dijawab."))


@pytest.mark.parametrize("line", ["5k Lima", ".", "kb", "panjangsekalisingkatan x", "a-b c", "<b> c"])
def test_a_line_that_is_no_phrase_is_named(line: str) -> None:
    with pytest.raises(BadInput) as wrong:
        read(f"kb Kebakaran\n{line}")
    assert wrong.value.values["line"] == 2


def test_a_shortcut_stands_for_one_phrase_and_lists_have_an_end() -> None:
    with pytest.raises(BadInput, match="stands on the list already"):
        read("kb satu\nKB dua")
    with pytest.raises(BadInput, match="at most 500 letters"):
        read("kb " + "x" * 501)
    with pytest.raises(BadInput, match="at most 200 phrases"):
        read("\n".join(f"k{n} x" for n in range(201)))
    with pytest.raises(BadInput, match="20000 letters"):
        read("x" * 20_001)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_shipped_lists_are_good(language: str) -> None:
    assert len(read(files("callcenter").joinpath(f"data/phrases.{language}.txt").read_text("utf-8"))) > 20
