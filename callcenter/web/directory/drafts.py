"""A form of the pages, read as what it is: an agency or a category as somebody typed it, faults and all.

In:  the texts of a form, hostile. Out: drafts; what is no number becomes one that the rules refuse.
Never: a rule (core/book_rules has them), an exception for a field that can be shown again with its fault.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import in_steps
from callcenter.core.errors import BadInput
from callcenter.core.share import Mode

LONGEST = 300
MOST_ROWS = 20
PLACE = re.compile(r"lines\.(\d{1,2})\.number")
BETWEEN_DIGITS = re.compile(r"(?<=[0-9+)])[ .()/-]+(?=[0-9(])|^\((?=[0-9])")
TICK = "language."
NO_NUMBER = -1  # no rule lets it through

Form = Mapping[str, str]


def read_agency(form: Form, code: str) -> Agency:
    """The agency of the form; an existing one keeps its code."""
    return Agency(
        code or _text(form, "code"),
        _text(form, "short"),
        _text(form, "name_id"),
        _text(form, "name_en"),
        read_lines(form),
        _text(form, "escalation"),
        tuple(name.removeprefix(TICK) for name in form if name.startswith(TICK) and form[name]),
        tuple(mode.value for mode in Mode if form.get(f"mode.{mode}")),
        _text(form, "contact"),
    )


def read_lines(form: Form) -> tuple[Line, ...]:
    """The chain as it stands on the page; a ticked "together" has the step of the line above."""
    places = sorted(int(found[1]) for found in map(PLACE.fullmatch, form) if found)[:MOST_ROWS]
    lines: list[Line] = []
    for place in places:
        with_above = bool(lines) and bool(form.get(f"lines.{place}.together"))
        step = lines[-1].order if with_above else (lines[-1].order + 1 if lines else 1)
        lines.append(_line(form, f"lines.{place}.", step))
    return tuple(lines)


def _line(form: Form, name: str, step: int) -> Line:
    number = BETWEEN_DIGITS.sub("", _text(form, name + "number"))
    show = BETWEEN_DIGITS.sub("", _text(form, name + "show"))
    ring = _number(_text(form, name + "ring_s"))
    return Line(
        number, _text(form, name + "road"), ring, show or "112", order=step, hours=_text(form, name + "hours").lower()
    )


def read_category(form: Form, code: str) -> Category:
    """The category of the form."""
    led = (_text(form, f"agencies.{place}") for place in range(MOST_ROWS))
    return Category(
        code or _text(form, "code"),
        _text(form, "name_id"),
        _text(form, "name_en"),
        _number(_text(form, "priority")),
        tuple(filter(None, led)),
        _text(form, "eido"),
        _text(form, "report_row"),
        _number(_text(form, "limit_min")),
        _number(_text(form, "limit_days")),
    )


def moved(agency: Agency, wish: str, road: str) -> Agency:
    """The draft after one of the buttons beside its lines: add, remove.N, up.N, down.N. BadInput: no such button."""
    lines = list(agency.lines)
    what, _, text = wish.partition(".")
    at = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
    if what == "add":
        lines.append(Line("", road, order=(lines[-1].order if lines else 0) + 1))
        return replace(agency, lines=tuple(lines))
    if what not in ("remove", "up", "down") or at >= len(lines):
        raise BadInput("This request cannot be read.")
    one = lines.pop(at)
    if what != "remove":
        to = max(0, at - 1) if what == "up" else at + 1
        order = _step_there(lines, to)
        lines = [replace(line, order=line.order + (line.order >= order)) for line in lines]
        lines.insert(to, replace(one, order=order))
    return replace(agency, lines=in_steps(lines))


def _step_there(lines: list[Line], to: int) -> int:
    """A step of its own right there: before the line that stands there now, but never within a group."""
    if to >= len(lines):
        return max((line.order for line in lines), default=0) + 1
    return lines[to].order


def _text(form: Form, name: str) -> str:
    text = form.get(name, "").strip()
    if len(text) > LONGEST:
        raise BadInput("That is too long: at most {count} letters.", count=LONGEST)
    return text


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else NO_NUMBER
