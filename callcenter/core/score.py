"""The score sheet: questions as data, and what the answers to them come to.

In:  questions as the city wrote them, answers from a form, hostile. Out: a score with numerator and denominator.
Never: a rounded sum: points are counted in sixtieths, which every scale divides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from callcenter.core.errors import BadInput

UNIT = 60
"""A weight of 1 is so many parts: 1, 2, 3, 4, 5 and 10 points divide it, so that every sum is exact."""
SCALES = (2, 3, 4, 5, 10)
MOST_QUESTIONS, LONGEST, HEAVIEST = 40, 300, 10
YES, NO, NOT_APPLICABLE = "YES", "NO", "NA"

NO_QUESTION = "The sheet needs at least one question."
TOO_MANY = "The sheet has more than {most} questions."
BOTH = "Question {place}: write it in Indonesian and in English."
TOO_LONG = "Question {place} has more than {most} letters."
WEIGHT = "Question {place}: the weight is a whole number from 1 to {most}."
SCALE = "Question {place}: that scale is not known."
NO_ANSWER = "This is no answer to that question."


class Kind(StrEnum):
    """How a question is answered; always also: not applicable."""

    YES_NO = "YES_NO"
    POINTS = "POINTS"


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the sheet. `most`: points of the scale; 1 for yes or no. `critical`: a call fails where it fails."""

    code: str
    text_id: str
    text_en: str
    kind: Kind = Kind.YES_NO
    most: int = 1
    weight: int = 1
    critical: bool = False

    def text(self, language: str) -> str:
        return self.text_id if language == "id" else self.text_en

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be answered, the best first."""
        scale = (YES, NO) if self.kind is Kind.YES_NO else tuple(str(n) for n in range(self.most, -1, -1))
        return (*scale, NOT_APPLICABLE)

    def earned(self, answer: str) -> int:
        """In sixtieths of the weight."""
        points = {YES: 1, NO: 0}[answer] if self.kind is Kind.YES_NO else int(answer)
        return UNIT * self.weight * points // self.most


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; empty: not yet."""

    value: str = ""
    remark: str = ""


Answers = Mapping[str, Answer]
UNANSWERED = Answer()


@dataclass(frozen=True, slots=True)
class Score:
    """Points got of points that could be had, in sixtieths; which critical questions failed; what is not answered."""

    earned: int = 0
    possible: int = 0
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def share(self) -> float | None:
        """None: nothing applied."""
        return self.earned / self.possible if self.possible else None


def score(questions: Sequence[Question], answers: Answers) -> Score:
    """What is not applicable counts on neither side."""
    total = Score()
    for question in questions:
        value = answers.get(question.code, UNANSWERED).value
        if not value:
            total = replace(total, missing=(*total.missing, question.code))
        elif value != NOT_APPLICABLE:
            earned = question.earned(value)
            failed = (question.code,) if question.critical and not earned else ()
            total = replace(
                total,
                earned=total.earned + earned,
                possible=total.possible + UNIT * question.weight,
                failed=(*total.failed, *failed),
            )
    return total


def answered(questions: Sequence[Question], given: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers that this sheet has questions for. BadInput: one that its question does not know."""
    found = {}
    for question in questions:
        one = given.get(question.code, UNANSWERED)
        if one.value and one.value not in question.choices:
            raise BadInput(NO_ANSWER)
        if one.value or one.remark:
            found[question.code] = one
    return found


def faults(questions: Sequence[Question]) -> list[BadInput]:
    """What is wrong with a sheet, each a sentence."""
    if not questions:
        return [BadInput(NO_QUESTION)]
    if len(questions) > MOST_QUESTIONS:
        return [BadInput(TOO_MANY, most=MOST_QUESTIONS)]
    found = []
    for place, one in enumerate(questions, 1):
        if not (one.text_id and one.text_en):
            found.append(BadInput(BOTH, place=place))
        if max(len(one.text_id), len(one.text_en)) > LONGEST:
            found.append(BadInput(TOO_LONG, place=place, most=LONGEST))
        if not 1 <= one.weight <= HEAVIEST:
            found.append(BadInput(WEIGHT, place=place, most=HEAVIEST))
        if one.most not in ((1,) if one.kind is Kind.YES_NO else SCALES):
            found.append(BadInput(SCALE, place=place))
    return found


def coded(questions: Iterable[Question], version: int) -> list[Question]:
    """A new question gets a name that no question of an older version had; a kept one keeps its own."""
    return [one if one.code else replace(one, code=f"q{version}-{place}") for place, one in enumerate(questions, 1)]


def to_plain(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """As it is stored."""
    return [
        {
            "code": q.code, "id": q.text_id, "en": q.text_en, "kind": q.kind.value,
            "most": q.most, "weight": q.weight, "critical": q.critical,
        }
        for q in questions
    ]  # fmt: skip


def from_plain(plain: Iterable[Mapping[str, Any]]) -> list[Question]:
    """What `to_plain` wrote."""
    return [
        Question(q["code"], q["id"], q["en"], Kind(q["kind"]), q["most"], q["weight"], q["critical"]) for q in plain
    ]
