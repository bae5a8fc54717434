"""What the pages of quality share: their stores, months as an address says them.

In:  the parts of the web, an address line, hostile. Out: stores, months.
Never: a month that is no month.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from callcenter.core.errors import BadInput
from callcenter.storage import Coaching, Draws, Reviews, ScoreForms
from callcenter.web.figures.period import month_end
from callcenter.web.parts import Parts

A_DAY = timedelta(days=1)
MONTHS = 12
NO_MONTH = "{text} is no month: write 2026-10."


@dataclass(frozen=True, slots=True)
class Stores:
    """What is kept of quality."""

    draws: Draws
    forms: ScoreForms
    reviews: Reviews
    coaching: Coaching


def stores(here: Parts) -> Stores:
    base, clock = here.database, here.clock
    return Stores(
        Draws(base, clock), ScoreForms(base, clock), Reviews(base, clock, here.settings.zone), Coaching(base, clock)
    )


def read_month(text: str) -> date:
    """2026-10. BadInput."""
    if re.fullmatch(r"(19[89][0-9]|20[0-9]{2})-(0[1-9]|1[0-2])", text):
        return date(int(text[:4]), int(text[5:]), 1)
    raise BadInput(NO_MONTH, text=text[:40])


def this_month(here: Parts) -> date:
    return here.painter.times["en"].today(here.clock()).replace(day=1)


def month_before(month: date) -> date:
    return (month - A_DAY).replace(day=1)


def month_after(month: date) -> date:
    return month_end(month) + A_DAY


def last_months(month: date, count: int = MONTHS) -> list[date]:
    """So many months up to that one, the oldest first."""
    found = [month]
    while len(found) < count:
        found.append(month_before(found[-1]))
    return found[::-1]


def number_of(request: web.Request, name: str = "sheet") -> int:
    """The routes let digits through only."""
    return int(request.match_info[name])
