"""Columns over time, as places in a picture that the template draws (SVG, no script, no style of its own).

In:  groups in the order of time, with how many of what. Out: rectangles, ticks and labels in the picture's own units.
Never: the only place where a number stands: a table beside it has them all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 12, 26
MOST_LABELS = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """One rectangle. `kind` names its colour."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One group; `shown`: its label has room."""

    label: str
    says: str
    middle: float
    pieces: tuple[Piece, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole picture. `ticks`: height and text of the lines across; `goal`: height of the line to reach."""

    columns: tuple[Column, ...]
    ticks: tuple[tuple[float, str], ...]
    goal: float | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Bar:
    """What a column is made of, from the bottom up."""

    label: str
    says: str
    parts: tuple[tuple[str, float], ...]


def stacked(bars: Sequence[Bar]) -> Chart:
    """Columns of counts."""
    top = nice_top(max((sum(many for _, many in bar.parts) for bar in bars), default=0))
    step = top / 4 if top >= 4 and top % 4 == 0 else top / 2 if top >= 2 and top % 2 == 0 else top
    ticks = tuple((_y(n * step, top), f"{n * step:g}") for n in range(round(top / step) + 1))
    return Chart(_columns(bars, top), ticks)


def shares(bars: Sequence[Bar], goal: float | None = None) -> Chart:
    """Columns from 0 to 100 %."""
    ticks = tuple((_y(n, 1), f"{n:.0%}") for n in (0, 0.25, 0.5, 0.75, 1))
    return Chart(_columns(bars, 1), ticks, None if goal is None else _y(goal, 1))


def nice_top(most: float) -> int:
    """The next round number from there on: 1, 2, 4, 5, 8, 10, 20, 40, ..."""
    if most <= 1:
        return 1
    power = 10 ** math.floor(math.log10(most))
    return next(int(step * power) for step in (1, 2, 4, 5, 8, 10) if step * power >= most)


def _columns(bars: Sequence[Bar], top: float) -> tuple[Column, ...]:
    room = (WIDTH - LEFT - RIGHT) / max(len(bars), 1)
    wide = min(room * 0.72, 46)
    every = math.ceil(len(bars) / MOST_LABELS)
    found = []
    for n, bar in enumerate(bars):
        middle, below, pieces = LEFT + room * (n + 0.5), 0.0, []
        for kind, many in bar.parts:
            if many > 0:
                y, base = _y(below + many, top), _y(below, top)
                pieces.append(Piece(kind, round(middle - wide / 2, 2), y, round(wide, 2), round(base - y, 2)))
            below += many
        found.append(Column(bar.label, bar.says, round(middle, 2), tuple(pieces), n % every == 0))
    return tuple(found)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 2)
