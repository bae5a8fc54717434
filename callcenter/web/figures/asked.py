"""Figures for one question: read, grouped, named.

In:  who asks, a period, a dimension. Out: the total and its groups, ready for a page, a file or another program.
Never: one person's figures shown to somebody who may see only what all did together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from callcenter.core import kpi
from callcenter.core.errors import BadInput
from callcenter.core.tally import Tally
from callcenter.storage.figures import DAY
from callcenter.storage.figures import MONTH as OF_MONTH
from callcenter.web.access import VIEWER
from callcenter.web.figures.period import MONTH, WEEK, YEAR, Period, month_end, read_period, shift_names, shift_of
from callcenter.web.figures.words import DIMENSIONS
from callcenter.web.parts import Parts

NOT_THIS = "Your role sees figures of all together, not of one call taker."
OF_SHIFT = "shift"
IN_TIME = (kpi.HOUR, OF_SHIFT, DAY, OF_MONTH)
"""Dimensions whose groups stand in the order of time."""
MOST_DAYS = 92
"""A quarter: nobody reads a longer column of days. A page shows more of them by month; files and programs have each."""


@dataclass(frozen=True, slots=True)
class Group:
    """One key of the dimension; `key` empty: not known."""

    key: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer."""

    period: Period
    by: str
    total: Tally
    groups: tuple[Group, ...]
    waiting: tuple[date, ...] = ()
    days: int = 0  # so many were asked for, and are shown by month

    def days_of(self, month: str) -> str:
        """The address of a month's days, as far as they lie in the period."""
        first = date.fromisoformat(f"{month}-01")
        since, until = max(first, self.period.first), min(month_end(first), self.period.last)
        return f"/figures?period=free&from={since}&to={until}&by={DAY}"


def dimensions(role: str) -> list[str]:
    """What this role may ask for."""
    return [code for code in DIMENSIONS if code != kpi.PERSON or role != VIEWER]


async def ask(here: Parts, query: Mapping[str, str], role: str, most_days: int | None = None) -> Asked:
    """The figures that these parameters ask for; more days than `most_days` by month. BadInput."""
    shifts = here.settings.shifts
    period = read_period(query, here.clock(), here.settings.zone, shifts)
    by = query.get("by", "") or _usual(period)
    if by not in DIMENSIONS:
        raise BadInput("There is no {name} {value}.", name="by", value=by[:40])
    if by not in dimensions(role):
        raise BadInput(NOT_THIS)
    days = (period.last - period.first).days + 1 if by == DAY else 0
    folded = most_days is not None and days > most_days
    by = OF_MONTH if folded else by
    counted = await here.figures.count(period.since, period.until, kpi.HOUR if by == OF_SHIFT else by)
    groups = _folded(by, counted.groups, shifts)
    ordered = tuple(_in_order(by, groups, shifts))
    return Asked(period, by, counted.total, ordered, counted.waiting, days if folded else 0)


def _usual(period: Period) -> str:
    if period.kind == YEAR or (period.last - period.first).days > 62:
        return OF_MONTH
    return DAY if period.kind in (WEEK, MONTH) or period.first != period.last else kpi.HOUR


def _folded(by: str, found: Mapping[str, Tally], shifts: tuple[str, ...]) -> dict[str, Tally]:
    """Hours to shifts."""
    if by != OF_SHIFT:
        return dict(found)
    groups: dict[str, Tally] = {}
    for key, tally in found.items():
        groups.setdefault(shift_of(key, shifts), Tally()).add(tally)
    return groups


def _in_order(by: str, groups: Mapping[str, Tally], shifts: tuple[str, ...]) -> list[Group]:
    if by == OF_SHIFT:
        order = {name: n for n, name in enumerate(shift_names(shifts))}
        return [Group(key, groups[key]) for key in sorted(groups, key=lambda name: order.get(name, 99))]
    if by in IN_TIME:
        return [Group(key, groups[key]) for key in sorted(groups)]
    many = "forwards" if by == kpi.AGENCY else "arrivals"
    return [Group(key, tally) for key, tally in sorted(groups.items(), key=lambda g: (not g[0], -g[1].of(many), g[0]))]
