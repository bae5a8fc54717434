"""Protocol cards: what to ask, and what to tell the caller, for each category. Pure.

In:  plain text that a city edits, a line each: `? question`, `! say this`, `- for yourself`; without a sign as `-`.
Out: lines with their kind. Never: a step that must be taken: a card proposes, the call taker decides.
"""

from dataclasses import dataclass
from enum import StrEnum

LONGEST, MOST_LINES, LONGEST_LINE = 4000, 40, 300


class Kind(StrEnum):
    """What a line is for."""

    ASK = "ASK"
    SAY = "SAY"
    DO = "DO"


SIGNS = {"?": Kind.ASK, "!": Kind.SAY, "-": Kind.DO}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card."""

    kind: Kind
    text: str


def read(text: str) -> tuple[Line, ...]:
    """The lines of a card; empty ones are left out, and what is too long is cut."""
    found = []
    for raw in text[:LONGEST].splitlines():
        line = raw.strip()
        if not line:
            continue
        kind = SIGNS.get(line[0])
        found.append(Line(kind or Kind.DO, (line[1:] if kind else line).strip()[:LONGEST_LINE]))
    return tuple(line for line in found[:MOST_LINES] if line.text)


def sections(text: str) -> dict[str, str]:
    """A file of many cards: `[CODE]` begins one; what stands before the first belongs to none."""
    found: dict[str, list[str]] = {}
    code = ""
    for line in text.splitlines():
        if line.startswith("[") and line.rstrip().endswith("]"):
            code = line.strip()[1:-1]
            found[code] = []
        elif code and not line.startswith("#"):
            found[code].append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items()}
