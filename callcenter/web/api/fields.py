"""How one field of the API is read and described.

In:  a name, a sentence, a row of storage. Out: a Field; `shaped` rows and the `schema` of the same fields.
Never: a field in the one that is not in the other. Moments are ISO 8601 in UTC; null reads "not known".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from callcenter.web.times import unknown

Json = dict[str, Any]


@dataclass(frozen=True)
class Field:
    name: str
    schema: Json
    read: Callable[[Any], Any]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return None if unknown(value) else value.astimezone(UTC).isoformat(timespec="milliseconds")
    return value


def _field(name: str, schema: Json, source: Callable[[Any], Any]) -> Field:
    return Field(name, schema, source)


def text(name: str, says: str, part: str = "") -> Field:
    """A text that may be empty."""
    return _field(name, {"type": "string", "description": says}, _reader(name, part, ""))


def figure(name: str, says: str, part: str = "") -> Field:
    """A number; null where it is not known."""
    return _field(name, {"type": ["number", "null"], "description": says}, _reader(name, part, None))


def maybe(name: str, says: str, part: str = "") -> Field:
    """A text, or null."""
    return _field(name, {"type": ["string", "null"], "description": says}, _reader(name, part, None))


def moment(name: str, says: str, part: str = "", of: str = "") -> Field:
    """A moment, or null where nobody knows it."""
    schema = {"type": ["string", "null"], "format": "date-time", "description": says}
    return _field(name, schema, _reader(of or name, part, None))


def flag(name: str, says: str, part: str = "") -> Field:
    return _field(name, {"type": "boolean", "description": says}, _reader(name, part, False))


def whole(name: str, says: str, part: str = "") -> Field:
    return _field(name, {"type": "integer", "description": says}, _reader(name, part, 0))


def code(name: str, says: str, codes: Sequence[str], part: str = "") -> Field:
    """One of a closed list, or null."""
    schema = {"type": ["string", "null"], "enum": [*(str(c) for c in codes), None], "description": says}
    return _field(name, schema, lambda row: str(_value(row, name, part)) or None if _value(row, name, part) else None)


def many(name: str, says: str, item: str, source: Callable[[Any], Any]) -> Field:
    schema = {"type": "array", "items": {"$ref": f"#/components/schemas/{item}"}, "description": says}
    return _field(name, schema, source)


def _value(row: Any, name: str, part: str) -> Any:
    return getattr(getattr(row, part) if part else row, name)


def _reader(name: str, part: str, empty: Any) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        value = _plain(_value(row, name, part))
        return empty if value is None or (value == "" and empty is None) else value

    return read


def shaped(fields: Sequence[Field], row: Any) -> Json:
    """The row as JSON values."""
    return {field.name: field.read(row) for field in fields}


def schema(fields: Sequence[Field]) -> Json:
    """The JSON schema of that."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in fields],
        "properties": {field.name: field.schema for field in fields},
    }
