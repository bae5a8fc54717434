"""Frozen dataclasses to plain JSON values and back, exactly.

In:  any dataclass of `core` (facts, calls, attempts), or what `to_plain` made of one.
Out: dict, list, str, int, float, bool, None; moments as ISO 8601 in UTC.
Never: code chosen by the data: `from_plain` builds only the class it is told to, `fact_from_plain` only facts.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from callcenter.core.facts import Fact

T = TypeVar("T")
Plain = dict[str, Any]

_HINTS: dict[type[Any], dict[str, Any]] = {}

FACTS: dict[str, type[Any]] = {cls.__name__: cls for cls in get_args(Fact)}


def to_plain(thing: Any) -> Any:
    """JSON values of this dataclass (or of what is in its fields)."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: to_plain(getattr(thing, f.name)) for f in fields(thing)}
    if isinstance(thing, datetime):
        return thing.astimezone(UTC).isoformat()
    if isinstance(thing, StrEnum):
        return thing.value
    if isinstance(thing, Mapping):
        return {str(key): to_plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple | list):
        return [to_plain(value) for value in thing]
    return thing


def from_plain(cls: type[T], data: Mapping[str, Any]) -> T:
    """The dataclass that `to_plain` was given. Unknown keys are ignored, missing ones take their defaults.

    Raises ValueError, TypeError or KeyError where the data does not fit.
    """
    hints = _hints(cls)
    return cls(**{name: _value(hints[name], value) for name, value in data.items() if name in hints})


def fact_to_plain(fact: Fact) -> Plain:
    """A fact with its kind."""
    return {"fact": type(fact).__name__, **to_plain(fact)}


def fact_from_plain(data: Mapping[str, Any]) -> Fact:
    """The fact that `fact_to_plain` was given. Raises KeyError for a kind that does not exist."""
    found: Fact = from_plain(FACTS[data["fact"]], data)
    return found


def _hints(cls: type[Any]) -> dict[str, Any]:
    known = _HINTS.get(cls)
    if known is None:
        known = _HINTS[cls] = get_type_hints(cls)  # slow: read once for each class
    return known


def _value(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        if value is None:
            return None
        return _value(next(arg for arg in get_args(hint) if arg is not NoneType), value)
    if origin is tuple:
        return tuple(_value(get_args(hint)[0], item) for item in value)
    if hint is datetime:
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(hint, type) and (is_dataclass(hint)):
        return from_plain(hint, value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return value
