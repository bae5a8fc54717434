"""The score sheet: what answers come to, exactly, and what a sheet may not be."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.errors import BadInput
from callcenter.core.score import (
    SCALES,
    UNIT,
    Answer,
    Kind,
    Question,
    answered,
    coded,
    faults,
    from_plain,
    score,
    to_plain,
)
from callcenter.storage.score_forms import shipped

GREETING = Question("greeting", "Salam", "Greeting")
LOCATION = Question("location", "Lokasi", "Place", weight=3, critical=True)
CALM = Question("calm", "Tenang", "Calm", Kind.POINTS, 4, 2)
SHEET = (GREETING, LOCATION, CALM)


def said(**values: str) -> dict[str, Answer]:
    return {code: Answer(value) for code, value in values.items()}


def test_points_weigh_and_what_does_not_apply_counts_on_neither_side() -> None:
    total = score(SHEET, said(greeting="NA", location="YES", calm="1"))
    assert (Fraction(total.earned, UNIT), Fraction(total.possible, UNIT)) == (Fraction(7, 2), Fraction(5))
    assert (total.failed, total.missing, total.share) == ((), (), 0.7)


def test_a_critical_question_that_fails_is_named_and_what_is_not_answered_too() -> None:
    assert score(SHEET, said(location="NO")) == replace(
        score(SHEET, {}), possible=180, failed=("location",), missing=("greeting", "calm")
    )
    assert score(SHEET, said(location="NA")).failed == ()
    assert score(SHEET, said(greeting="NA", location="NA", calm="NA")).share is None


questions = st.builds(
    Question, st.uuids().map(str), st.just("x"), st.just("y"), st.just(Kind.POINTS), st.sampled_from(SCALES),
    st.integers(1, 10), st.booleans(),
)  # fmt: skip


@given(st.lists(questions, max_size=15), st.data())
def test_no_sum_is_rounded(sheet: list[Question], data: st.DataObject) -> None:
    given_ = {q.code: Answer(data.draw(st.sampled_from(q.choices))) for q in sheet}
    total = score(sheet, given_)
    points = {q.code: given_[q.code].value for q in sheet if given_[q.code].value != "NA"}
    exact = sum((Fraction(int(points[q.code]) * q.weight, q.most) for q in sheet if q.code in points), Fraction(0))
    assert Fraction(total.earned, UNIT) == exact
    assert total.possible == UNIT * sum(q.weight for q in sheet if q.code in points)


def test_an_answer_that_the_question_does_not_know_is_refused_and_a_stranger_is_left_out() -> None:
    for code, value in (("greeting", "2"), ("calm", "YES"), ("calm", "5"), ("calm", "-1")):
        with pytest.raises(BadInput):
            answered(SHEET, said(**{code: value}))
    assert set(answered(SHEET, said(greeting="YES", other="NO"))) == {"greeting"}


def test_the_shipped_sheet_is_one_that_may_be_saved_and_knows_what_a_112_call_needs() -> None:
    sheet = shipped()
    assert faults(sheet) == []
    assert from_plain(to_plain(sheet)) == sheet
    assert {
        "greeting",
        "location_first",
        "callback_number",
        "nature",
        "safety",
        "class",
        "agency",
        "calm",
        "closing",
    } <= {q.code for q in sheet}
    assert [q.code for q in sheet if q.critical] == ["location_first", "safety", "agency"]


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [GREETING] * 41,
        [replace(GREETING, text_en="")],
        [replace(GREETING, text_id="x" * 301)],
        [replace(GREETING, weight=0)],
        [replace(GREETING, weight=11)],
        [replace(GREETING, most=2)],
        [replace(CALM, most=7)],
    ],
)
def test_a_sheet_that_nobody_could_fill_is_refused_in_a_sentence(wrong: list[Question]) -> None:
    assert [str(each) for each in faults(wrong)]


def test_a_new_question_never_takes_the_name_of_an_old_one() -> None:
    new = replace(GREETING, code="")
    first, second = coded([GREETING, new], 4), coded([GREETING, new], 5)
    assert (first[0].code, first[1].code, second[1].code) == ("greeting", "q4-2", "q5-2")
