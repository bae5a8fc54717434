"""A report as tables of words and numbers, in one language: every form of it prints these.

In:  a report's document, a language, the city's names of agencies and categories. Out: sheets.
Never: a number that is not in the document; a form that says more or less than another.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from callcenter.core.catalogue import Catalogue
from callcenter.core.report import NO_ROW, Json
from callcenter.core.tally import Part
from callcenter.web.figures import numbers
from callcenter.web.figures.words import CLASSES, PARTS, SPANS
from callcenter.web.i18n import N_, Language
from callcenter.web.labels import OUTCOME
from callcenter.web.times import NOT_KNOWN, CityTime

Cell = str | int | float | Part
"""A share stands as both its parts: a page and a paper say 68,4 %, a spreadsheet gets the number."""
WIDE = 7
MINISTRY: dict[str, str] = {
    "normal": N_("Normal"),
    "ghost": N_("Ghost"),
    "prank": N_("Prank"),
    "informasi": N_("Information"),
    "": N_("not folded"),
}
COUNT, NUMERATOR, DENOMINATOR, SHARE = N_("Count"), N_("Numerator"), N_("Denominator"), N_("Share")
TIMES = (
    N_("Known"), N_("Of"), N_("Mean (s)"), N_("Median (s)"), N_("90 % within (s)"), N_("95 % within (s)"),
    N_("Longest (s)"), N_("Slowest tenth (s)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. `sums`: so many rows at its end are sums. `note` stands below it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: int = 0
    note: str = ""

    @property
    def wide(self) -> bool:
        """It needs the whole width."""
        return len(self.head) > WIDE


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose words the sheets speak."""

    language: Language
    catalogue: Catalogue
    times: CityTime

    def say(self, sentence: str, **values: object) -> str:
        return self.language.say(sentence, **values)


def sheets(body: Json, speaker: Speaker) -> list[Sheet]:
    """All of a report."""
    return [sheet for make in (_calls, _incidents, _places, _figures) for sheet in make(body, speaker)]


def days(body: Json, speaker: Speaker) -> str:
    """1 Oktober 2026 – 31 Oktober 2026"""
    first, last = (speaker.times.long_date(date.fromisoformat(body[name])) for name in ("first", "last"))
    return first if first == last else f"{first} – {last}"


def _calls(body: Json, speaker: Speaker) -> Iterator[Sheet]:
    say, arrivals = speaker.say, body["arrivals"]
    if not arrivals and body["earlier"]:
        return
    rows = [(say(CLASSES[code]), many) for code, many in body["classes"].items()]
    comes_out = N_("The parts are the arrivals: it comes out.")
    wrong = N_("The parts are not the arrivals: it does not come out.")
    yield Sheet(
        say(N_("Arrivals by class")),
        (say(N_("Class")), say(COUNT)),
        (*rows, (say(N_("Sum: the arrivals")), sum(many for _, many in rows)), (say(N_("Arrivals")), arrivals)),
        sums=2,
        note=say(comes_out if body["adds_up"] else wrong),
    )
    yield Sheet(
        say(N_("For the ministry")),
        (say(N_("Row")), say(COUNT)),
        tuple((say(MINISTRY.get(row, row)), many) for row, many in body["ministry"].items() if row or many),
        note=say(N_("Answered calls that have a class, folded into the ministry's rows.")),
    )
    yield Sheet(
        say(N_("What became of the arrivals")),
        (say(N_("Outcome")), say(COUNT)),
        (
            *((say(OUTCOME.get(code, code)), many) for code, many in body["outcomes"].items()),
            (say(N_("Arrivals")), arrivals),
        ),
        sums=1,
    )


def _incidents(body: Json, speaker: Speaker) -> Iterator[Sheet]:
    say, found = speaker.say, body["incidents"]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name if name != NO_ROW else say(N_("without a category")), own, handed, own + handed)
        for name, own, handed in sorted(found["rows"], key=lambda row: row[0] == NO_ROW)
    )
    head = (say(N_("Row")), say(N_("Counted here")), say(N_("Handed in")), say(N_("Incidents")))
    total = (say(N_("Sum")), found["own"], found["earlier"], found["own"] + found["earlier"])
    note = say(
        N_("Incidents are tickets of the classes emergency, complaint and information, each once. They are not calls.")
    )
    yield Sheet(say(N_("Incidents")), head, (*rows, total), sums=1, note=note)
    if body["left_out"]:
        late = tuple((f"{first} – {last}", row, many) for first, last, row, many in body["left_out"])
        says = say(N_("These were handed in for days that only partly lie in this period: they are in no sum."))
        yield Sheet(say(N_("Handed in, left out")), (say(N_("Days")), say(N_("Row")), say(COUNT)), late, note=says)


def _places(body: Json, speaker: Speaker) -> Iterator[Sheet]:
    say, known = speaker.say, speaker.say(N_("not known"))

    def names(code: str) -> str:
        return speaker.catalogue.category_name(code, speaker.language.code)

    tables: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("categories", N_("Incidents by category"), names),
        ("kecamatan", N_("Incidents by kecamatan"), str),
        ("kelurahan", N_("Incidents by kelurahan"), str),
    )
    for part, title, name in tables:
        if body[part]:
            found = sorted(body[part].items(), key=lambda row: not row[0])  # what is not known stands last
            rows = tuple((name(key) if key else known, many) for key, many in found)
            yield Sheet(
                say(title), (say(N_("Name")), say(COUNT)), (*rows, (say(N_("Sum")), sum(body[part].values()))), sums=1
            )


def _figures(body: Json, speaker: Speaker) -> Iterator[Sheet]:
    say = speaker.say
    if not body["arrivals"]:
        return
    head = (say(N_("Figure")), say(NUMERATOR), say(DENOMINATOR), say(SHARE))
    yield Sheet(
        say(N_("Shares")), head, tuple(_share(say(PARTS[code]), *pair) for code, pair in body["shares"].items())
    )
    spans = tuple((say(SPANS[code]), *_span(values)) for code, values in body["spans"].items())
    yield Sheet(say(N_("Times")), (say(N_("Span")), *(say(title) for title in TIMES)), spans)
    if body["agencies"]:
        yield Sheet(
            say(N_("Agencies")),
            _agency_head(speaker),
            tuple(_agency(a, f, speaker) for a, f in body["agencies"].items()),
        )
    missing = NOT_KNOWN if body["missing"] is None else body["missing"]
    said = say(N_("Calls in Asterisk's own records without a row here:"))
    yield Sheet(say(N_("Reconciliation")), (say(N_("Figure")), say(COUNT)), ((said.rstrip(":"), missing),))


def _share(title: str, numerator: int, denominator: int) -> tuple[Cell, ...]:
    return title, numerator, denominator, Part(numerator, denominator)


def said(cell: Cell, language: str) -> str:
    """A cell as people read it."""
    if isinstance(cell, Part):
        return numbers.percent(cell, language)
    if isinstance(cell, float):
        return numbers.days(cell, language)
    return numbers.whole(cell, language) if isinstance(cell, int) else cell


def plain(cell: Cell) -> str | int | float:
    """A cell as a spreadsheet takes it."""
    if isinstance(cell, Part):
        return NOT_KNOWN if cell.value is None else round(cell.value, 6)
    return cell


def _span(values: list[float | None]) -> tuple[Cell, ...]:
    return tuple(NOT_KNOWN if value is None else round(value, 3) for value in values)


def _agency_head(speaker: Speaker) -> tuple[str, ...]:
    titles = (
        N_("Agency"), N_("Forwards"), N_("Accepted"), N_("Lines dialled"), N_("Lines answered"), N_("On scene known"),
        N_("Within 15 min"), N_("of known"), N_("To acceptance, median (s)"), N_("To on scene, median (s)"),
    )  # fmt: skip
    return tuple(speaker.say(title) for title in titles)


def _agency(code: str, found: Mapping[str, Any], speaker: Speaker) -> tuple[Cell, ...]:
    shares, spans = found["shares"], found["spans"]
    accepted, forwards = shares["acceptance"]
    answered, dialled = shares["try_answer"]
    medians = (spans["acceptance"][3], spans["response"][3])
    return (
        speaker.catalogue.agency_name(code, speaker.language.code),
        forwards, accepted, dialled, answered, shares["on_scene_known"][0], *shares["response_15"],
        *(NOT_KNOWN if median is None else median for median in medians),
    )  # fmt: skip
