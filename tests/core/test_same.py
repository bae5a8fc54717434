"""Reports of one incident: by number, place, time and words; never by one weak sign, never across the town."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.core.same import Report, metres, suggestions, words_of

NOW = datetime(2026, 1, 14, 5, 0, tzinfo=UTC)
BUDI = frozenset({"+6281234567890"})
FIRE = Report(
    "260114-0007",
    NOW - timedelta(minutes=4),
    category="FIRE",
    latitude=-6.7320,
    longitude=108.5523,
    kelurahan="Panjunan",
    words=words_of("Pasar Pagi, Jl. Siliwangi", "api besar di lantai dua"),
)
MINE = Report("260114-0009", NOW)


def said(mine: Report, *others: Report) -> list[tuple[str, ...]]:
    return [
        tuple(reason.sentence.format(**reason.values) for reason in each.reasons)
        for each in suggestions(mine, others, NOW)
    ]


def test_near_soon_and_with_the_same_words_is_the_same_incident_and_says_why() -> None:
    mine = replace(MINE, latitude=-6.7336, longitude=108.5530, category="FIRE", words=words_of("api di pasar"))
    (reasons,) = said(mine, FIRE)
    assert reasons[0].endswith("m away") and 150 < float(reasons[0].split()[0]) < 250
    assert reasons[1:] == ("the same words: api, pasar", "the same category", "4 min ago")


def test_the_same_number_within_a_day_is_enough() -> None:
    early = replace(FIRE, at=NOW - timedelta(hours=5), numbers=BUDI)
    assert said(replace(MINE, numbers=BUDI), early) == [("the same number called", "300 min ago")]
    assert said(replace(MINE, numbers=BUDI), replace(early, at=NOW - timedelta(hours=25))) == []
    assert said(replace(MINE, numbers=frozenset({"+62800"})), early) == []


def test_unknown_callers_are_never_taken_for_the_same() -> None:
    assert said(MINE, replace(FIRE, words=frozenset(), kelurahan="")) == []


@pytest.mark.parametrize("minutes", [31, 600])
def test_the_same_place_later_is_another_incident(minutes: int) -> None:
    mine = replace(MINE, latitude=-6.7320, longitude=108.5523, category="FIRE")
    assert said(mine, replace(FIRE, at=NOW - timedelta(minutes=minutes))) == []


def test_the_same_words_across_the_town_are_another_incident() -> None:
    mine = replace(MINE, latitude=-6.7600, longitude=108.5900, category="FIRE", words=words_of("Pasar Pagi api besar"))
    assert said(mine, FIRE) == []


def test_one_word_alone_or_the_time_alone_is_nothing() -> None:
    assert said(replace(MINE, words=words_of("api")), FIRE) == []
    assert said(replace(MINE, category="FIRE"), FIRE) == []


def test_words_that_every_ticket_has_say_nothing() -> None:
    crowd = [replace(FIRE, ticket=f"260114-{n:04}", latitude=None, kelurahan="", category="") for n in range(20)]
    assert said(replace(MINE, words=words_of("pasar pagi siliwangi api")), *crowd) == []


def test_the_same_kelurahan_and_category_within_minutes_with_a_word_is_suggested() -> None:
    mine = replace(MINE, kelurahan="panjunan", category="FIRE", words=words_of("pasar terbakar"))
    assert said(mine, replace(FIRE, latitude=None))[0][:2] == ("the same kelurahan: Panjunan", "the same words: pasar")


def test_another_category_speaks_against_it() -> None:
    mine = replace(MINE, kelurahan="Panjunan", category="MEDICAL", words=words_of("pasar"))
    assert said(mine, replace(FIRE, latitude=None)) == []


def test_the_likeliest_stands_first_and_three_are_enough() -> None:
    others = [replace(FIRE, ticket=f"260114-{n:04}", latitude=-6.7320 - n / 2000) for n in range(6)]
    mine = replace(MINE, latitude=-6.7320, longitude=108.5523)
    assert [each.ticket for each in suggestions(mine, others, NOW)] == ["260114-0000", "260114-0001", "260114-0002"]


def test_a_ticket_is_not_like_itself() -> None:
    assert said(replace(FIRE, numbers=BUDI), replace(FIRE, numbers=BUDI)) == []


def test_distance_is_as_the_crow_flies() -> None:
    away = metres(FIRE, replace(FIRE, latitude=-6.7365))
    assert away is not None and 495 < away < 505
    assert metres(FIRE, MINE) is None


def test_streets_words_are_no_words() -> None:
    assert words_of("Jl. Siliwangi No. 12, depan rumah", "") == {"siliwangi", "12"}
