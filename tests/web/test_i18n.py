"""Both languages say everything."""

from callcenter.web.i18n import Language, check, read_languages


def test_every_sentence_of_pages_scripts_and_errors_is_in_every_language() -> None:
    assert check(read_languages()) == []


def test_indonesian_comes_first() -> None:
    assert list(read_languages()) == ["id", "en"]


def test_a_bad_catalogue_never_raises() -> None:
    broken = Language("xx", "xx", {"Position {position} rings": "Pos {wrong} {0}"})
    assert broken.say("Position {position} rings", position="101") == "Position 101 rings"
