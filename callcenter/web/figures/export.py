"""Figures as a file: one figure a line, with both its parts.

In:  figures that were asked for. Out: CSV in the person's language; the codes stand beside the names.
Never: a rounded share without the numbers that it is made of; a cell that a spreadsheet would run as a formula.
"""

import csv
import io
from collections.abc import Callable, Iterator

from callcenter.core import kpi
from callcenter.core.tally import Spread, Tally
from callcenter.web.figures.asked import Asked
from callcenter.web.figures.words import CLASSES, PARTS, SPANS
from callcenter.web.i18n import N_, Language
from callcenter.web.labels import OUTCOME
from callcenter.web.supervisor.export import BOM, safe
from callcenter.web.times import NOT_KNOWN

HEAD = (
    N_("From"), N_("Until"), N_("Dimension"), N_("Key"), N_("Name"), N_("Figure"), N_("Meaning"),
    N_("Numerator"), N_("Denominator"), N_("Share"), N_("Mean (s)"), N_("Median (s)"), N_("90 % within (s)"),
    N_("95 % within (s)"), N_("Longest (s)"), N_("Slowest tenth (s)"),
)  # fmt: skip
EMPTY = ("",) * 6
Line = tuple[str, ...]


def csv_of(asked: Asked, name: Callable[[str], str], language: Language) -> str:
    """The whole file: the total first, then each group."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow([language.say(title) for title in HEAD])
    span = (asked.period.since.isoformat(), asked.period.until.isoformat())
    wholes = [("all", "", "", asked.total)]
    groups = [(asked.by, group.key, name(group.key), group.tally) for group in asked.groups]
    for dimension, key, said, tally in (*wholes, *groups):
        for line in _lines(tally, language):
            writer.writerow([*span, dimension, safe(key), safe(said), *line])
    return out.getvalue()


def _lines(tally: Tally, language: Language) -> Iterator[Line]:
    arrivals = str(tally.of("arrivals"))
    yield "arrivals", language.say("Arrivals"), arrivals, arrivals, *EMPTY, ""
    for code, says in OUTCOME.items():
        yield f"outcome.{code}", language.say(says), str(tally.of(f"outcome.{code}")), arrivals, *EMPTY, ""
    for code, says in CLASSES.items():
        yield f"class.{code}", language.say(says), str(tally.of(f"class.{code}")), arrivals, *EMPTY, ""
    for code, part in kpi.parts(tally).items():
        share = NOT_KNOWN if part.value is None else f"{part.value:.6f}"
        yield code, language.say(PARTS[code]), str(part.numerator), str(part.denominator), share, *EMPTY
    for code, spread in kpi.spreads(tally).items():
        yield code, language.say(SPANS[code]), str(spread.count), str(spread.of), "", *_spread(spread)


def _spread(spread: Spread) -> Line:
    values = (spread.mean, spread.median, spread.p90, spread.p95, spread.longest, spread.slowest)
    return tuple(NOT_KNOWN if value is None else f"{value:.3f}" for value in values)
