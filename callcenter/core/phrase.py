"""Phrases by shortcut: `.kb ` in a note becomes the sentence that the city wrote for it. Pure.

In:  plain text that a city edits, a line each: a shortcut, a space, the phrase; `\\n` in it begins a new line.
Out: phrases in the list's order; BadInput names the first line that cannot be one.
Never: a shortcut that people type by themselves: it begins with a letter, and in a note a full stop stands before it.
"""

import re
from dataclasses import dataclass

from callcenter.core.errors import BadInput

LONGEST, MOST, LONGEST_PHRASE = 20_000, 200, 500
LINE = re.compile(r"\.?([a-z][a-z0-9]{0,11})\s+(\S.*)")

TOO_LONG = "The list has at most {most} letters."
TOO_MANY = "The list has at most {most} phrases."
NO_PHRASE = "Line {line}: write a shortcut (a letter, then letters and digits, 12 at most), a space, then the phrase."
LONG_PHRASE = "Line {line}: a phrase has at most {most} letters."
TWICE = "Line {line}: the shortcut .{shortcut} stands on the list already."


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stands for a shortcut, which is written without its full stop."""

    shortcut: str
    text: str


def read(text: str) -> tuple[Phrase, ...]:
    """The phrases of a list; empty lines and those that begin with # are left out."""
    if len(text) > LONGEST:
        raise BadInput(TOO_LONG, most=LONGEST)
    found: dict[str, Phrase] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        parts = LINE.fullmatch(line[0:13].lower() + line[13:])
        if parts is None:
            raise BadInput(NO_PHRASE, line=number)
        shortcut, said = parts[1], line[parts.start(2) :].replace("\\n", "\n")
        if len(said) > LONGEST_PHRASE:
            raise BadInput(LONG_PHRASE, line=number, most=LONGEST_PHRASE)
        if shortcut in found:
            raise BadInput(TWICE, line=number, shortcut=shortcut)
        found[shortcut] = Phrase(shortcut, said)
    if len(found) > MOST:
        raise BadInput(TOO_MANY, most=MOST)
    return tuple(found.values())
