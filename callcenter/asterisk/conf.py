"""Lines and sections of Asterisk's configuration files.

In:  names and values from the settings. Out: text that Asterisk reads.
Never: a value that could begin a line, a section or a comment of its own. It is refused, not repaired.
"""

import re

from callcenter.core.agency import Line
from callcenter.core.errors import BadInput

PAGE = "-web"
"""A position's phone in the page is called like the position, with this behind it."""

REFUSED = re.compile(r"[\x00-\x1f\x7f;\[\]\"\\{}$]")


def plain(key: str, value: object) -> str:
    """The value as text. BadInput where it could mean more than itself."""
    text = str(value)
    if REFUSED.search(text):
        raise BadInput(
            'The setting {key} is {value!r}: a line break, ; [ ] {{ }} $ " or \\ cannot stand in a file of Asterisk.',
            key=key,
            value=text,
        )
    return text


def pairs(**values: object) -> str:
    return "".join(f"{key} = {plain(key, value)}\n" for key, value in values.items())


def section(name: str, base: str = "", /, **values: object) -> str:
    return f"\n[{plain('name', name)}]{f'({base})' if base else ''}\n" + pairs(**values)


def road(where: str) -> str:
    """The endpoint of a host that is reached without a trunk. Hosts have no underscore, so no two share a name."""
    return "road-" + where.lower().replace(":", "_")


def dial_string(line: Line) -> str:
    """How Asterisk dials this line: the one place that knows the names of endpoints."""
    kind, _, where = line.road.partition(":")
    if kind == "position":
        return f"PJSIP/{plain('number', line.number)}"
    endpoint = f"trunk-{where}" if kind == "trunk" else road(where)
    return f"PJSIP/{plain('number', line.number)}@{plain('road', endpoint)}"
