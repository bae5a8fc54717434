"""Over years of calls every list, search and figure stays quick, the month's report too, and an export flat.

SCALE_CALLS=5000000 ./test scale -k postgresql    for as many as wanted; 500,000 where nothing is said
"""

import os
import random
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from callcenter.core.catalogue import Catalogue
from callcenter.core.report import Material, document
from callcenter.storage import CallFilter, CallLine
from callcenter.web.i18n import read_languages
from callcenter.web.supervisor.export import csv_lines
from callcenter.web.supervisor.spreadsheet import xlsx_file
from callcenter.web.times import CityTime
from tests.scale.conftest import MANY, Question, Room, measured, too_slow
from tests.scale.years import AGENCIES, CATEGORIES, CLASSES, END, OUTCOMES, RARE, WORDS
from tests.storage.cast import READ_NUMBER, ZONE

pytestmark = pytest.mark.scale

REPORT_S, EXPORTED, FLAT_BYTES = 5, 100_000, 60 * 1024**2
DIMENSIONS = ("all", "hour", "day", "month", "person", "agency", "category", "kecamatan", "kelurahan")


def filters(chance: random.Random) -> dict[str, Callable[[], CallFilter]]:
    """What a supervisor looks for."""

    def some(weights: dict[str, float]) -> str:
        return chance.choice(list(weights))

    def month() -> dict[str, Any]:
        since = END - timedelta(days=chance.randrange(1700))
        return {"since": since, "until": since + timedelta(days=30)}

    return {
        "the newest": lambda: CallFilter(),
        "one outcome": lambda: CallFilter(outcome=some(OUTCOMES)),
        "one class": lambda: CallFilter(call_class=some(CLASSES)),
        "not classified": lambda: CallFilter(call_class="NONE"),
        "one category": lambda: CallFilter(category=some(CATEGORIES)),
        "one agency": lambda: CallFilter(agency=some(AGENCIES)),
        "one call taker": lambda: CallFilter(person=f"petugas{chance.randrange(45):02}"),
        "open ones": lambda: CallFilter(open=True),
        "one month": lambda: CallFilter(**month()),
        "a month, a class, an agency": lambda: CallFilter(call_class="EMERGENCY", agency="damkar", **month()),
        "a category and an outcome without any": lambda: CallFilter(category="FIRE", outcome="ABANDONED_IVR"),
        "a whole number": lambda: CallFilter(number=f"08{chance.randrange(10**9):09}"),
        "the end of a number": lambda: CallFilter(number=f"{chance.randrange(10**4):04}"),
        "one last digit": lambda: CallFilter(number=f"{chance.randrange(10)}"),
        "a common word": lambda: CallFilter(text=chance.choice(WORDS)),
        "two common words": lambda: CallFilter(text=" ".join(chance.choices(WORDS, k=2))),
        "a rare word": lambda: CallFilter(text=chance.choice(RARE)),
        "a word that nobody wrote": lambda: CallFilter(text="xylophon"),
        "a common word in a month": lambda: CallFilter(text=chance.choice(WORDS), **month()),
        "a word of an agency": lambda: CallFilter(text=chance.choice(WORDS), agency=some(AGENCIES)),
    }


async def test_every_list_and_search_answers_within_the_goal(room: Room) -> None:
    found = {}
    print()
    READ_NUMBER("081234567890")  # the tables of numbers are read once, at the first one
    for name, wanted in filters(room.chance).items():

        def of_calls(wanted: Callable[[], CallFilter] = wanted) -> Question:
            one = wanted()
            return lambda: room.history.calls(one)

        def of_tickets(wanted: Callable[[], CallFilter] = wanted) -> Question:
            one = wanted()
            return lambda: room.history.tickets(one)

        found[f"calls: {name}"] = await measured(f"calls: {name}", of_calls)
        found[f"tickets: {name}"] = await measured(f"tickets: {name}", of_tickets)
    deep = (END - timedelta(days=900)).astimezone(UTC).isoformat() + " z"
    found["deep"] = await measured("a page deep", lambda: lambda: room.history.calls(CallFilter(), after=deep))
    assert too_slow(found) == {}


async def test_every_figure_answers_within_the_goal(room: Room) -> None:
    found = {}
    print()
    end = END - timedelta(hours=7)  # midnight in Cirebon
    for days, name in ((0, "today"), (1, "a day"), (7, "a week"), (30, "a month"), (365, "a year")):
        for by in DIMENSIONS:

            def ask(days: int = days, by: str = by) -> Question:
                until = end - timedelta(days=room.chance.randrange(1, 700) if days else 0)
                return lambda: room.figures.count(until - timedelta(days=days or 1), until, by)

            found[f"{name} by {by}"] = await measured(f"{name} by {by}", ask, 10)
    assert too_slow(found) == {}


async def test_the_months_report_is_made_within_five_seconds(room: Room) -> None:
    async def report() -> object:
        counted = await room.figures.count(
            datetime(2026, 8, 31, 17, tzinfo=UTC), datetime(2026, 9, 30, 17, tzinfo=UTC), "agency"
        )
        days = (date(2026, 9, 1), date(2026, 9, 30))
        incidents = await room.reports.incidents(*days)
        body = document(Material("Cirebon", *days, counted.total, counted.groups, incidents, (), (), {}), Catalogue())
        assert body["adds_up"] and body["arrivals"] > MANY / 100
        return body

    print()
    assert await measured("the report of a month", lambda: report, 5) < REPORT_S * 1000


class Counting:
    """Lines as they come, until there are enough; how much memory there was at the first hundreds and at most."""

    def __init__(self, lines: AsyncIterator[CallLine]) -> None:
        self.lines, self.process, self.count, self.before, self.most = lines, psutil.Process(), 0, 0, 0

    async def __aiter__(self) -> AsyncIterator[CallLine]:
        async for line in self.lines:
            yield line
            self.count += 1
            if self.count % 500 == 0:
                now = self.process.memory_info().rss
                self.before, self.most = self.before or now, max(self.most, now)
            if self.count >= EXPORTED:
                break


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_an_export_of_many_rows_keeps_the_memory_flat(room: Room, tmp_path: Path, form: str) -> None:
    language, city = read_languages()["id"], CityTime(ZONE, "id")
    lines = Counting(room.history.export(CallFilter(), by="bima"))
    began, written = time.perf_counter(), 0
    if form == "csv":
        async for block in csv_lines(aiter(lines), language, city):
            written += len(block)
    else:
        written = (await xlsx_file(aiter(lines), language, city, tmp_path)).stat().st_size
    took, more = time.perf_counter() - began, lines.most - lines.before
    print(
        f"\n  {lines.count:,} rows as {form}, {written / 1024**2:.0f} MB, in {took:.1f} s,"
        f" {more / 1024**2:.0f} MB more memory, load {os.getloadavg()[0]:.1f}"
    )
    assert lines.count >= min(EXPORTED, MANY)
    assert more < FLAT_BYTES
