"""Scores over time: of a call taker, of the room, of one question.

In:  finished sheets, or sums of them. Out: shares with numerator and denominator; columns of a chart.
Never: a sheet that was filled to compare supervisors; a call that was chosen and not drawn: choosing has
reasons.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from callcenter.core.score import NOT_APPLICABLE, UNIT, Question
from callcenter.core.tally import Part
from callcenter.storage import Review
from callcenter.storage.review_sums import Several
from callcenter.web.figures import charts, numbers
from callcenter.web.times import CityTime


@dataclass(slots=True)
class Sum:
    """Points of several sheets. `part` is in sixtieths, as they are counted."""

    sheets: int = 0
    failed: int = 0  # sheets with a critical question that failed
    earned: int = 0
    possible: int = 0

    def add(self, one: Several) -> None:
        self.sheets += one.sheets
        self.failed += one.failed
        self.earned += one.earned
        self.possible += one.possible

    @property
    def part(self) -> Part:
        return Part(self.earned, self.possible)


@dataclass(slots=True)
class Trend:
    """Drawn calls count; chosen ones stand beside them."""

    total: Sum = field(default_factory=Sum)
    chosen: Sum = field(default_factory=Sum)
    months: dict[date, Sum] = field(default_factory=dict)


def counted(found: Iterable[Review]) -> list[Review]:
    """Those of drawn calls, each call once."""
    return [one for one in found if one.drawn and not one.calibration]


def singly(found: Iterable[Review]) -> list[Several]:
    """Each sheet as a sum of one."""
    return [
        Several(one.month, one.person, one.drawn, 1, int(one.failed > 0), one.earned, one.possible)
        for one in found
        if not one.calibration
    ]


def trend(found: Iterable[Several], months: Sequence[date]) -> Trend:
    """All of these sheets together, month by month."""
    told = Trend(months={month: Sum() for month in months})
    for one in found:
        (told.total if one.drawn else told.chosen).add(one)
        if one.drawn and one.month in told.months:
            told.months[one.month].add(one)
    return told


def by_person(found: Iterable[Several], months: Sequence[date]) -> dict[str, Trend]:
    """Call taker -> her trend, by name."""
    hers: dict[str, list[Several]] = {}
    for one in found:
        hers.setdefault(one.person, []).append(one)
    return {name: trend(hers[name], months) for name in sorted(hers)}


def by_question(found: Iterable[Review]) -> list[tuple[Question, Part]]:
    """Question -> points got of points that could be had, the weakest first. As it was worded last."""
    words: dict[str, Question] = {}
    got: dict[str, list[int]] = {}
    for one in counted(found):
        for question in one.questions:
            given = one.answers.get(question.code)
            if given is None or given.value in ("", NOT_APPLICABLE):
                continue
            words[question.code] = question
            part = got.setdefault(question.code, [0, 0])
            part[0] += question.earned(given.value)
            part[1] += UNIT * question.weight
    parts = [(words[code], Part(*pair)) for code, pair in got.items()]
    return sorted(parts, key=lambda pair: (pair[1].value or 0, pair[0].code))


def picture(told: Trend, times: CityTime) -> charts.Chart | None:
    """Points by month; None where nothing was reviewed."""
    if not told.total.sheets:
        return None

    def bar(month: date, total: Sum) -> charts.Bar:
        share = numbers.percent(total.part, times.language)
        got, of = points(total.earned, times.language), points(total.possible, times.language)
        says = f"{times.month(month)}: {share} ({got} / {of})"
        return charts.Bar(f"{times.month(month)[:3]} {month:%y}", says, (("level", total.part.value or 0),))

    return charts.shares([bar(month, total) for month, total in told.months.items()])


def points(sixtieths: int, language: str) -> str:
    """12,5: as the sheet says it."""
    return numbers.days(sixtieths / UNIT, language)
