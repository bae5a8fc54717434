"""What the doctor finds: a grade and a sentence.

In:  a sentence. Out: a Finding that prints as one line. Never: decides anything.
"""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    GOOD = "good"
    LOOK = "look"  # calls are taken, but a person should see to it
    BROKEN = "BROKEN"


@dataclass(frozen=True)
class Finding:
    grade: Grade
    sentence: str

    def __str__(self) -> str:
        return f"{self.grade:<7} {self.sentence}"


def good(sentence: str) -> Finding:
    return Finding(Grade.GOOD, sentence)


def look(sentence: str) -> Finding:
    return Finding(Grade.LOOK, sentence)


def broken(sentence: str) -> Finding:
    return Finding(Grade.BROKEN, sentence)
