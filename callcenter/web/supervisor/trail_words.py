"""A row of the audit in words of one language: who, what, and what is told beside it.

In:  rows as the storage wrote them. Out: text; codes become labels, moments the city's clock, browsers their names.
Never: something left out: what has no words is shown as it was written.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callcenter.web.i18n import N_, Language
from callcenter.web.labels_of_deeds import CODED, DEED, DETAIL, LISTS
from callcenter.web.painter import Painter
from callcenter.web.people.words import browser
from callcenter.web.times import CityTime

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.+-]*Z?")
AGENTS = ("agent", "browser")
FOR_THE_CHECK = frozenset({"digest", "notes", "rewritten"})


@dataclass(frozen=True, slots=True)
class TrailWords:
    """Words for rows, in one language."""

    painter: Painter
    language: Language

    @property
    def times(self) -> CityTime:
        return self.painter.times[self.language.code]

    def who(self, by: str) -> str:
        """Whoever did it."""
        return self.painter.person(by, self.language.code) or "–"

    def deed(self, action: str) -> str:
        """What was done."""
        return self.language.say(DEED[action]) if action in DEED else action

    def told(self, details: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """What a person reads of them; digests are for the check and in the file."""
        return [(name, value) for name, value in details.items() if name not in FOR_THE_CHECK]

    def name(self, detail: str) -> str:
        """What that detail is called."""
        return self.language.say(DETAIL[detail]) if detail in DETAIL else detail.replace("_", " ")

    def value(self, detail: str, value: Any) -> str:
        """One, or an old and a new one."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            between = ", " if detail in LISTS or len(value) != 2 else " → "
            return between.join(self._one(detail, each) for each in value)
        return self._one(detail, value)

    def _one(self, detail: str, value: Any) -> str:
        if value in ("", None):
            return "–"
        if isinstance(value, bool):
            return self.language.say(N_("Yes") if value else N_("No"))
        text, code = str(value), self.language.code
        if detail in CODED:
            return self.painter.label(CODED[detail], text, code)
        if detail == "agency":
            return self.painter.catalogue().agency_name(text, code)
        if detail == "category":
            return self.painter.category_name(text, self.language)
        if detail in AGENTS:
            return browser(text)
        if MOMENT.fullmatch(text):
            with suppress(ValueError):
                return self.times.moment(datetime.fromisoformat(text))
        return text
