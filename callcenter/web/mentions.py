"""A note in pieces: plain text, and what in it can be opened.

In:  hostile text, the city's places. Out: pieces in order, whose letters together are the text again.
Never: markup. Templates write the pieces, and escape each of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from callcenter.core.gazetteer import Gazetteer
from callcenter.core.mention import find
from callcenter.core.phone import Number


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One piece. `kind` empty: plain text. `title`: how people write it."""

    text: str
    kind: str = ""
    value: str = ""
    title: str = ""


def mentioned(text: str, places: Gazetteer, region: str, number: Callable[[str], Number]) -> list[Mentioned]:
    """The whole text."""
    found, at = [], 0
    for each in find(text, places, region):
        if each.start > at:
            found.append(Mentioned(text[at : each.start]))
        title = number(each.value).shown if each.kind == "NUMBER" else each.name or each.value
        found.append(Mentioned(text[each.start : each.end], each.kind, each.value, title))
        at = each.end
    if at < len(text):
        found.append(Mentioned(text[at:]))
    return found


def once(texts: Iterable[list[Mentioned]]) -> list[Mentioned]:
    """What several texts speak of, each thing once."""
    found = {(each.kind, each.value): each for pieces in texts for each in pieces if each.kind}
    return list(found.values())
