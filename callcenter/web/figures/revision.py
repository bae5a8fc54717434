"""What a new version of a report changes, in words.

In:  two documents, a language. Out: the figure, what it was, what it is.
Never: a change left out because there is no word for it: then its path in the document stands there.
"""

import json
from collections.abc import Iterator
from typing import Any

from callcenter.core.report import NO_ROW, Json, canonical, differences
from callcenter.web.figures.sheets import MINISTRY, TIMES, Speaker
from callcenter.web.figures.words import CLASSES, PARTS, SPANS
from callcenter.web.i18n import N_
from callcenter.web.labels import OUTCOME

MOST = 400
Change = tuple[str, str, str]
NOTHING = "–"
TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "classes": (N_("Arrivals by class"), CLASSES),
    "ministry": (N_("For the ministry"), MINISTRY),
    "outcomes": (N_("What became of the arrivals"), OUTCOME),
    "categories": (N_("Incidents by category"), {}),
    "kecamatan": (N_("Incidents by kecamatan"), {}),
    "kelurahan": (N_("Incidents by kelurahan"), {}),
}
INCIDENTS = (N_("Counted here"), N_("Handed in"))


def changes(old: Json, new: Json, speaker: Speaker) -> list[Change]:
    """All of them, but no more than a page can bear."""
    before, after = (json.loads(canonical(body)) for body in (old, new))
    found: list[Change] = []
    for path, was, is_ in differences(before, after):
        found += _told(path.split("/"), was, is_, speaker)
        if len(found) >= MOST:
            break
    return found[:MOST]


def _told(path: list[str], was: Any, is_: Any, speaker: Speaker) -> Iterator[Change]:
    say, rest = speaker.say, "/".join(path[1:])
    match path:
        case ["agencies", code, *inside] if inside:
            agency = speaker.catalogue.agency_name(code, speaker.language.code)
            for name, before, after in _told(inside, was, is_, speaker):
                yield f"{agency}: {name}", before, after
        case ["shares", code] if code in PARTS:
            yield say(PARTS[code]), _value(was), _value(is_)
        case ["spans", code] if code in SPANS:
            for title, before, after in zip(TIMES, _eight(was), _eight(is_), strict=True):
                if before != after:
                    yield f"{say(SPANS[code])}: {say(title)}", _value(before), _value(after)
        case ["incidents", "rows", *_]:
            row = "/".join(path[2:])
            name = row if row != NO_ROW else say(N_("without a category"))
            for title, before, after in zip(INCIDENTS, _two(was), _two(is_), strict=True):
                if before != after:
                    yield f"{say(N_('Incidents'))}, {name}: {say(title)}", _value(before), _value(after)
        case ["incidents", "own" | "earlier" as part]:
            yield f"{say(N_('Incidents'))}: {say(INCIDENTS[part == 'earlier'])}", _value(was), _value(is_)
        case [table, _, *_] if table in TABLES:
            yield f"{say(TABLES[table][0])}: {_name(table, rest, speaker)}", _value(was), _value(is_)
        case ["arrivals"]:
            yield say(N_("Arrivals")), _value(was), _value(is_)
        case _:
            yield "/".join(path), _value(was), _value(is_)


def _name(table: str, key: str, speaker: Speaker) -> str:
    names = TABLES[table][1]
    if key in names:
        return speaker.say(names[key])
    if table == "categories" and key:
        return speaker.catalogue.category_name(key, speaker.language.code)
    return key or speaker.say(N_("not known"))


def _eight(values: Any) -> list[Any]:
    return values if isinstance(values, list) and len(values) == len(TIMES) else [None] * len(TIMES)


def _two(values: Any) -> list[Any]:
    return values if isinstance(values, list) and len(values) == len(INCIDENTS) else [0, 0]


def _value(value: Any) -> str:
    if isinstance(value, list):
        return " / ".join(_value(each) for each in value)
    if value is None:
        return NOTHING
    return f"{value:.1f}" if isinstance(value, float) else str(value)
