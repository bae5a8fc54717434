"""Both languages say everything."""

import re
from collections import Counter

from callcenter.web.i18n import LOCALES, Language, check, read_languages


def test_every_sentence_of_pages_scripts_and_errors_is_in_every_language() -> None:
    assert check(read_languages()) == []


def test_indonesian_comes_first() -> None:
    assert list(read_languages()) == ["id", "en"]


def test_a_bad_catalogue_never_raises() -> None:
    broken = Language("xx", "xx", {"Position {position} rings": "Pos {wrong} {0}"})
    assert broken.say("Position {position} rings", position="101") == "Position 101 rings"


def test_one_call_is_one_call_and_two_are_calls() -> None:
    languages = read_languages()
    assert [languages["en"].say("{count} calls", count=count) for count in (0, 1, 2)] == [
        "0 calls",
        "1 call",
        "2 calls",
    ]
    assert languages["id"].say("{count} calls", count=1) == "1 panggilan"
    assert languages["en"].again("1 recovery codes left") == "1 recovery code left"


def test_no_sentence_stands_twice_in_a_catalogue() -> None:
    """The second one would win unseen, and correcting the first would change nothing."""
    for path in LOCALES.glob("*.po"):
        entries = re.findall(r'^(?:msgctxt (.*)\n)?msgid (".*")$', path.read_text("utf-8"), re.MULTILINE)
        assert [each for each, times in Counter(entries).items() if times > 1] == []
