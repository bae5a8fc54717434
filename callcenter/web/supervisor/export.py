"""The filtered call log as CSV.

In:  call lines, one after the other. Out: bytes of CSV, in the person's language, with times of the city.
Never: the whole log in memory; a cell that a spreadsheet would run as a formula.
"""

import csv
import io
from collections.abc import AsyncIterator, Callable

from callcenter.storage import CallLine
from callcenter.web.i18n import N_, Language
from callcenter.web.labels import CALL_CLASS, KIND, OUTCOME, STATUS
from callcenter.web.times import CityTime, between, unknown

BATCH = 200
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
BOM = "\ufeff"  # without it the usual spreadsheet reads UTF-8 as something else

Cell = Callable[[CallLine, Language, CityTime], str]


def _moment(name: str) -> Cell:
    def cell(line: CallLine, _language: Language, city: CityTime) -> str:
        at = getattr(line, name)
        return "n/a" if unknown(at) else at.astimezone(city.zone).strftime("%Y-%m-%d %H:%M:%S")

    return cell


def _seconds(first: str, last: str) -> Cell:
    def cell(line: CallLine, _language: Language, _city: CityTime) -> str:
        value = between(getattr(line, first), getattr(line, last))
        return "n/a" if value is None else f"{value:.1f}"

    return cell


def _text(name: str) -> Cell:
    return lambda line, _language, _city: str(getattr(line, name) or "")


COLUMNS: tuple[tuple[str, Cell], ...] = (
    (N_("Ticket"), _text("ticket")),
    (N_("Arrived"), _moment("arrived_at")),
    (N_("Number"), _text("number")),
    (N_("Caller's name"), _text("name")),
    (N_("Kind"), lambda line, language, _: language.say(KIND.get(line.kind, line.kind))),
    (N_("Outcome"), lambda line, language, _: language.say(OUTCOME.get(line.outcome, line.outcome))),
    (N_("Class"), lambda line, language, _: language.say(CALL_CLASS.get(line.call_class, line.call_class or ""))),
    (N_("Category"), _text("category")),
    (N_("Place"), _text("place")),
    (N_("Status"), lambda line, language, _: language.say(STATUS.get(line.status, line.status or ""))),
    (N_("Answered by"), _text("answered_by")),
    (N_("Call taker"), _text("person")),
    (N_("Agencies"), lambda line, _language, _city: " ".join(line.agencies)),
    (N_("Answered at"), _moment("answered_at")),
    (N_("First agency dialled"), _moment("forwarded_at")),
    (N_("Agency accepted"), _moment("accepted_at")),
    (N_("Ended"), _moment("ended_at")),
    (N_("Seconds to answer"), _seconds("arrived_at", "answered_at")),
    (N_("Seconds of talk"), _seconds("answered_at", "ended_at")),
    (N_("Call id"), _text("id")),
)


def safe(text: str) -> str:
    """The same text, which no spreadsheet takes for a formula; one line."""
    flat = " ".join(text.split())
    return "'" + flat if flat.startswith(DANGEROUS) else flat


async def csv_lines(lines: AsyncIterator[CallLine], language: Language, city: CityTime) -> AsyncIterator[bytes]:
    """Blocks of the file, the head first."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(BOM)
    writer.writerow([language.say(title) for title, _ in COLUMNS])
    count = 0
    async for line in lines:
        writer.writerow([safe(cell(line, language, city)) for _, cell in COLUMNS])
        count += 1
        if count % BATCH == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()
