"""Flags of numbers in Asterisk's own database: what must be written so that it is as we want it. Pure.

In:  what stands below `flag/` there, and what should. Out: the variables of each order to [flag-ledger] (flags.conf).
Never: a number or a moment that the dialplan would refuse; more numbers in one order than a line holds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from callcenter.asterisk.wire import Fields, text

FAMILY = "flag"
MOST_NUMBERS = 40
NUMBER = re.compile(r"\+?[0-9]{6,18}")


def there(entries: Iterable[Fields]) -> dict[str, str]:
    """Number -> `until|effect`, as Asterisk has it."""
    found = {}
    for f in entries:
        family, _, number = text(f, "Key").strip("/").partition("/")
        if family == FAMILY and number:
            found[number] = text(f, "Val")
    return found


def orders(now: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What is missing or other than wanted, then what should not be there."""
    groups: dict[str, list[str]] = {}
    for number, value in wanted.items():
        if now.get(number) != value and NUMBER.fullmatch(number):
            groups.setdefault(value, []).append(number)
    for value, numbers in groups.items():
        until, _, effect = value.partition("|")
        for some in _some(numbers):
            yield {"NUMBERS": "&".join(some), "UNTIL": until, "EFFECT": effect}
    for some in _some([number for number in now if number not in wanted and NUMBER.fullmatch(number)]):
        yield {"NUMBERS": "&".join(some), "UNTIL": "", "EFFECT": ""}


def _some(numbers: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(numbers), MOST_NUMBERS):
        yield numbers[start : start + MOST_NUMBERS]
