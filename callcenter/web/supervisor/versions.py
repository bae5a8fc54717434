"""How a note came to say what it says: each version with what was added and taken out since the one before.

In:  a note, what it said before. Out: versions, oldest first, in pieces that are the same, new or gone.
Never: a version left out; markup (templates escape every piece).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from callcenter.storage import Note, NoteVersion

MOST_WORDS = 1500
"""Beyond it whole lines are compared, so that a long text costs no second."""


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a note. `refused`: typed in a second window and kept beside, while the note said something newer."""

    at: datetime
    pieces: tuple[tuple[str, str], ...]  # "same", "new" or "gone", and its letters
    refused: bool = False


def versions(note: Note, kept: Iterable[NoteVersion]) -> list[Version]:
    """All states of this note; one where nothing was ever changed."""
    found, before = list[Version](), ""
    mine = [each for each in kept if each.note == note.key]
    for each in [*mine, NoteVersion(note.key, note.version, note.text, note.changed_at, False)]:
        found.append(Version(each.at, tuple(_pieces(before, each.text)), each.refused))
        if not each.refused:
            before = each.text
    return found


def _pieces(before: str, after: str) -> Iterable[tuple[str, str]]:
    one, other = _words(before), _words(after)
    if len(one) + len(other) > MOST_WORDS:
        one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for what, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "equal":
            yield "same", "".join(one[a:b])
            continue
        if b > a:
            yield "gone", "".join(one[a:b])
        if d > c:
            yield "new", "".join(other[c:d])


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)
