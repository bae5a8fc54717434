"""What people type into a ticket's fields, read as what it is.

In:  strings of a form. Out: values for the columns; an empty string is an empty field.
Never: a value that the column cannot hold, or that cannot be true.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from callcenter.core.errors import BadInput
from callcenter.storage.sql import clean

LONGEST = 4000
LONG = "This text is too long ({length} letters, {most} at most)."
NOT_A_NUMBER = "{field}: {text} is not a number."
OUTSIDE = "{field}: {text} is not between {least} and {most}."
UNKNOWN_FIELD = "There is no field {field} on a ticket."
RELATIONS = ("", "VICTIM", "WITNESS", "AGENCY")
SOURCES = ("", "CALLER", "MAP", "AML", "SIP", "SMS_LINK")
ONE_OF = "{field}: {text} is none of {choices}."


def _text(field: str, value: str) -> str:
    found = clean(value).strip()
    if len(found) > LONGEST:
        raise BadInput(LONG, field=field, length=len(found), most=LONGEST)
    return found


def _number(least: float, most: float) -> Callable[[str, str], float | None]:
    def read(field: str, value: str) -> float | None:
        if not value.strip():
            return None
        try:
            found = float(value.strip().replace(",", "."))
        except ValueError:
            raise BadInput(NOT_A_NUMBER, field=field, text=value[:40]) from None
        if math.isnan(found) or not least <= found <= most:
            raise BadInput(OUTSIDE, field=field, text=value[:40], least=least, most=most)
        return found

    return read


def _whole(least: int, most: int) -> Callable[[str, str], int | None]:
    read = _number(least, most)

    def read_whole(field: str, value: str) -> int | None:
        found = read(field, value)
        if found is None:
            return None
        if found != int(found):
            raise BadInput(NOT_A_NUMBER, field=field, text=value[:40])
        return int(found)

    return read_whole


def _choice(choices: tuple[str, ...]) -> Callable[[str, str], str]:
    def read(field: str, value: str) -> str:
        if value not in choices:
            raise BadInput(ONE_OF, field=field, text=value[:40], choices=", ".join(filter(None, choices)))
        return value

    return read


FIELDS: dict[str, Callable[[str, str], Any]] = {
    "place": _text,
    "landmark": _text,
    "kelurahan": _text,
    "kecamatan": _text,
    "latitude": _number(-90, 90),
    "longitude": _number(-180, 180),
    "radius_m": _number(0, 1_000_000),
    "location_source": _choice(SOURCES),
    "caller_name": _text,
    "relation": _choice(RELATIONS),
    "victims": _whole(0, 100_000),
    "hazards": _text,
    "priority": _whole(1, 3),
    "summary": _text,
}
"""The fields that `Tickets.set_fields` sets. Class, category, status and disposition have rules of their own."""

TYPED_FIELDS = frozenset(FIELDS)


def read_fields(values: Mapping[str, str]) -> dict[str, Any]:
    """The values of a form. BadInput names the field."""
    unknown = next((field for field in values if field not in FIELDS), None)
    if unknown is not None:
        raise BadInput(UNKNOWN_FIELD, field=unknown[:40])
    return {field: FIELDS[field](field, value) for field, value in values.items()}
