"""Numbers as they are read by who need not know them whole: the same record with every number in it masked.

In:  anything that storage hands out, rows of JSON. Out: the same, field by field.
Never: a field left out because it is new: texts of every kind are looked through, whatever their name; a number of an
agency's line, of a ticket or of a call taken for a caller's.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

from callcenter.core.call import Call
from callcenter.core.phone import masked, masked_in
from callcenter.storage import AttemptLine, CallbackLine, CallLine, FactLine, FlagLine

T = TypeVar("T")

OPEN = (AttemptLine, Call)
"""An agency's line is nobody's secret; of a call as the floor knows it pages show no number."""
WHOSE: Mapping[type, frozenset[str]] = {
    CallLine: frozenset({"number", "e164", "shown"}),
    CallbackLine: frozenset({"number", "e164"}),
    FlagLine: frozenset({"number", "e164"}),
}
"""Fields that are a caller's number, however it is written."""
KEPT = frozenset({"id", "key", "call", "leg", "about", "address", "digest", "previous"})
"""Names of things, which are looked up by them."""
IN_FACTS = frozenset({"number", "name", "dialled"})


def hidden(value: T) -> T:
    """The value with every number in it masked."""
    return cast(T, _hidden(value))


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else masked_in(value)
    if isinstance(value, OPEN):
        return value
    if isinstance(value, FactLine):
        return replace(value, body={key: _in_fact(key, each) for key, each in value.body.items()})
    if is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    if isinstance(value, Mapping):
        return {name: _hidden(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_hidden(each) for each in value)
    return value


def _record(value: Any) -> Any:
    own = WHOSE.get(type(value), frozenset())
    read = {each.name: getattr(value, each.name) for each in fields(value) if each.init and each.name not in KEPT}
    new = {name: masked(each) if name in own and each else _hidden(each) for name, each in read.items()}
    changed = {name: each for name, each in new.items() if each != read[name]}
    if "callable" in read and own:  # what is masked is dialled by nobody
        changed |= {"callable": False, "e164": None}
    return replace(value, **changed) if changed else value


def _in_fact(key: str, value: Any) -> Any:
    return masked(value) if key in IN_FACTS and isinstance(value, str) else _hidden(value)
