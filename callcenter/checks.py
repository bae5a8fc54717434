"""What a setting may be.

In:  one value that has the right type already.
Out: None when it is good, else what it must be, as the end of a sentence ("must be ...").
Never: reads anything else, raises, or repairs a value.

Many settings end up inside Asterisk's configuration, where a line break, a semicolon or a bracket would start
something new. So every text is checked against a short alphabet, and nothing is escaped later.
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.core.hours import spans
from callcenter.core.tongue import CODE, MUST_BE

Check = Callable[[Any], str | None]


def matches(pattern: str, must_be: str) -> Check:
    """A text that fits the whole pattern."""
    form = re.compile(pattern)
    return lambda value: None if form.fullmatch(value) else must_be


def language(value: str) -> str | None:
    """A language code; whether the room has it is seen when the settings are put together."""
    return None if CODE.fullmatch(value) else MUST_BE


def between(low: int, high: int) -> Check:
    return lambda value: None if low <= value <= high else f"a whole number from {low} to {high}"


def one_of(*words: str) -> Check:
    return lambda value: None if value in words else "one of: " + ", ".join(words)


def each(check: Check) -> Check:
    """Every member of a list, none of them twice."""

    def look(values: tuple[Any, ...]) -> str | None:
        if len(set(values)) != len(values):
            return "a list without repetitions"
        return next((f"a list in which each is {wrong}" for wrong in map(check, values) if wrong), None)

    return look


def network(value: str) -> str | None:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        return 'a network such as "127.0.0.0/8" or "192.168.10.0/24"'
    return None


def zone(value: str) -> str | None:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        return 'a time zone such as "Asia/Jakarta"'
    return None


def day(value: str) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "a day as 2026-03-20"
    return None


def regex(value: str) -> str | None:
    try:
        re.compile(value)
    except re.error:
        return "a regular expression"
    return None


def hours(value: str) -> str | None:
    try:
        spans(value)
    except ValueError:
        return 'times such as "08:00-16:00" or "mon-fri 07:30-15:30, sat 08:00-12:00", or nothing'
    return None


port = between(1, 65535)
text = matches(r"[^\x00-\x1f\x7f;\[\]\"\\{}$|]{0,80}", 'one line of at most 80 letters without ; [ ] { } $ | " \\')
short_name = matches(r"[A-Za-z0-9 ._+-]{0,40}", "at most 40 letters, digits, spaces and . _ + -")
word = matches(r"[a-z][a-z0-9_-]{0,30}", "small letters, digits, - and _, beginning with a letter")
agency = matches(r"[a-z][a-z0-9_]{0,30}", "small letters, digits and _, beginning with a letter")
maybe_agency = matches(r"|[a-z][a-z0-9_]{0,30}", "the code of an agency, or nothing")
host = matches(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252})|[0-9a-fA-F:]{2,39}", "a host name or an address")
host_port = matches(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:[0-9]{1,5})?", 'a host, or "host:port"')
number = matches(r"\+?[0-9]{2,20}", "2 to 20 digits, with + before them if need be")
digits = matches(r"[0-9]{2,6}", "two to six digits")
contact = matches(
    r"|[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{3,120}|\+?[0-9]{5,20}", "a mobile number, an e-mail address, or nothing"
)
account = matches(r"[A-Za-z0-9._~+@-]{1,80}", "letters, digits and . _ ~ + @ -")
password = matches(r"[^\x00-\x20\x7f;\[\]\"\\,]{0,80}", 'at most 80 characters without spaces ; [ ] , " \\')
road = matches(
    r"trunk|trunk:[a-z][a-z0-9_-]{0,30}|position|sip:[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:[0-9]{1,5})?",
    '"trunk" (the first one), "trunk:NAME", "sip:HOST:PORT" or "position"',
)
folder = matches(r"|/[^\x00-\x1f]{0,400}", "a folder's whole path, or nothing")
