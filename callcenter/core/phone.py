"""Telephone numbers as they come, as they are dialled back, and as people write them.

In:  what the network sent (hostile), the region of the settings, patterns of pseudo-numbers.
Out: a Number: as received, E.164, how to show it, whose or where it is, whether it can be called.
Never: two unknown callers taken for the same person: a number that is not callable has no E.164.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, carrier

WITHHELD = frozenset({"", "anonymous", "unknown", "<unknown>", "restricted", "private", "unavailable", "withheld"})
LONGEST = 64
MASK = "•"
MASKED_FROM = 8
"""A number of so many digits is somebody's."""
_IN_TEXT = re.compile(  # no ticket's number, no date
    r"(?<![\w.:-])(?!\d{6}-\d{4}(?!\d)|\d{4}-\d{2}-\d{2}(?!\d))\+?\(?\d[\d ()-]{6,18}\d(?![\w:]|\.\d)"
)
_AFTER_A_WORD = re.compile(  # HP:0812..., no.0812..., 0812.3456.7890: sure enough only where it begins as numbers do
    r"(?<!\d)(?<!\d[.,:/-])(?!\d{1,2}\.\d{1,2}\.\d{2,4}(?!\d)|\d{1,3}\.\d{3,}(?![\d.-]))"
    r"\+?\(?(?:62|0)\)?[ .–/-]?\d{1,3}(?:[ ().–/-]{0,2}\d{2,5}){2,4}(?!\d)"
)
_DIGITS = re.compile(r"(?:\d\D{0,3}){7}\d")
_BETWEEN = re.compile(r"[\s()./\u2010-\u2015-]")
_DIALLED = re.compile(r"\+?\d+")  # no star, no hash, no letter: *31*0812 is a service's code, and calls somebody else
_SERVICE = re.compile(r"[0-9]{2,6}\Z")  # short codes and extensions: shown, not dialled back


@dataclass(frozen=True, slots=True)
class Number:
    """One caller's number."""

    raw: str | None  # as received, cut to a sane length; None: nothing was sent
    e164: str | None = None  # +6281234567890; None: withheld, malformed, pseudo or a short code
    shown: str = ""  # 0812-3456-7890, (0231) 201001; the raw text where it is no number
    origin: str = ""  # carrier (Telkomsel) or area (Cirebon), as far as the number tells
    withheld: bool = False

    @property
    def callable(self) -> bool:
        """It can be called back, and names one subscriber."""
        return self.e164 is not None


def read(raw: str | None, region: str = "ID", language: str = "id", pseudo: Sequence[str] = ()) -> Number:
    """The number as received, understood. `pseudo` are patterns (regular expressions) of phones without a SIM."""
    text = "".join(c for c in (raw or "") if c.isprintable()).strip()[:LONGEST]
    if text.lower() in WITHHELD:
        return Number(raw=text or None, withheld=True)
    if MASK in text or any(re.fullmatch(pattern, text) for pattern in pseudo) or _SERVICE.match(text):
        return Number(raw=text, shown=text)
    parsed = _parsed(text, region)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        return Number(raw=text, shown=text)
    return Number(
        raw=text,
        e164=phonenumbers.format_number(parsed, PhoneNumberFormat.E164),
        shown=_shown(parsed, region),
        origin=_origin(parsed, language),
    )


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    """Trunks send the country's code without + as well, or behind 00: 62231201001 is Cirebon, though it could be read
    as a number in the area 0622. None: it is no number."""
    digits = _BETWEEN.sub("", text)
    if not _DIALLED.fullmatch(digits):
        return None
    home = str(phonenumbers.country_code_for_region(region))
    abroad = (digits[2:], digits[3:]) if digits.startswith("00") else (digits,) if digits.startswith(home) else ()
    try:
        whole = (phonenumbers.parse(f"+{each}") for each in abroad if each[:1] not in ("", "0"))
        valid = next((each for each in whole if phonenumbers.is_valid_number(each)), None)
        return valid or (None if digits.startswith("00") else phonenumbers.parse(text, region))
    except NumberParseException:
        return None


def masked(raw: str | None) -> str | None:
    """The number for eyes that need not know it: its first four and last two digits, whatever it is written with."""
    digits = "".join(c for c in raw or "" if c.isascii() and c.isdigit())
    if len(digits) < MASKED_FROM:
        return raw  # a short code, an extension, "anonymous"
    return f"{digits[:4]}{MASK * (len(digits) - 6)}{digits[-2:]}"


def masked_in(text: str) -> str:
    """A text, with every number in it masked."""
    if not _DIGITS.search(text):
        return text
    text = _AFTER_A_WORD.sub(lambda found: _sure(found[0]), text)
    return _IN_TEXT.sub(lambda found: masked(found[0]) or "", text)


def _sure(text: str) -> str:
    """Hours such as 08.00-10.00 have fewer digits than a number with its 0 or 62 before it."""
    return masked(text) or "" if sum(letter.isdigit() for letter in text) > MASKED_FROM else text


def forms(e164: str, region: str = "ID") -> tuple[str, ...]:
    """Every way in which a trunk of this country may send the number: +62812..., 62812..., 0812..., and what else is
    read as the same one."""
    digits, home = e164.removeprefix("+"), str(phonenumbers.country_code_for_region(region))
    if not digits.startswith(home):
        return (e164, *(form for form in (digits, f"00{digits}") if read(form, region).e164 == e164))
    national = digits.removeprefix(home)
    more = (form for form in (f"00{digits}", national) if read(form, region).e164 == e164)
    return (e164, digits, f"0{national}", *more)


def in_each_area(codes: Sequence[str], number: str, region: str = "ID") -> Iterator[str]:
    """A short number behind each area code, as operators send it: 0231112, +62231112, 62231112."""
    country = phonenumbers.country_code_for_region(region)
    for code in codes:
        yield code + number
        if code.startswith("0") and country:
            yield from (f"{plus}{country}{code[1:]}{number}" for plus in ("+", ""))


def _shown(parsed: phonenumbers.PhoneNumber, region: str) -> str:
    home = phonenumbers.country_code_for_region(region) == parsed.country_code
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def _origin(parsed: phonenumbers.PhoneNumber, language: str) -> str:
    """The carrier of a mobile number, the area of a fixed one. Indonesian names but for English readers."""
    if phonenumbers.number_type(parsed) in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
        name = carrier.name_for_number(parsed, "en")
        if name:
            return str(name)
    geocoder = areas()
    area = geocoder.description_for_number(
        parsed, language if language == "en" else "id"
    ) or geocoder.description_for_number(parsed, "en")
    return str(area)


@cache
def areas() -> Any:
    """phonenumbers' names of areas. They cost 180 MB and a second or more, which only the service needs to pay: it
    calls this once in a thread when it starts, so that the first call from a fixed line finds them there."""
    from phonenumbers import geocoder

    return geocoder
