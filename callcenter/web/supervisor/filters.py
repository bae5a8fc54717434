"""What is asked of the call log: an address line, hostile, to a CallFilter.

In:  query parameters. Out: a CallFilter, or BadInput that names the parameter.
Never: a value longer than a person would type; an unknown code that would quietly find nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from callcenter.core.call import Outcome
from callcenter.core.catalogue import Catalogue
from callcenter.core.coverage import Verdict
from callcenter.core.errors import BadInput
from callcenter.core.kind import Kind
from callcenter.core.ticket import CallClass, TicketStatus
from callcenter.settings import Settings
from callcenter.storage import CallFilter
from callcenter.web.times import CityTime

LONGEST = 200
MOST_LINES = 200
UNCLASSIFIED = "NONE"

NAMES = (
    "day", "from", "to", "since", "until", "number", "outcome", "class", "category",
    "agency", "position", "person", "status", "q", "ticket", "tests", "kind", "recording",
)  # fmt: skip
"""Every parameter that narrows the log; the export and the next page carry them on."""


def read_filter(query: Mapping[str, str], settings: Settings, catalogue: Catalogue) -> CallFilter:
    """The filter that these parameters ask for."""
    for name in NAMES:
        if len(query.get(name, "")) > LONGEST:
            raise BadInput("{name} is too long.", name=name)
        if not query.get(name, "").isprintable():
            raise BadInput("{name} has letters that cannot be searched for.", name=name)
    since, until = read_span(query, settings)
    values: dict[str, Any] = {
        "since": since,
        "until": until,
        "number": _number(query.get("number", "")),
        "outcome": _one_of("outcome", query, Outcome),
        "kind": _one_of("kind", query, Kind),
        "recording": _one_of("recording", query, Verdict),
        "call_class": _one_of("class", query, (*CallClass, UNCLASSIFIED)),
        "category": _one_of("category", query, catalogue.all_categories),
        "agency": _one_of("agency", query, catalogue.all_agencies),
        "position": _one_of("position", query, settings.positions),
        "person": query.get("person", "").strip(),
        "status": _one_of("status", query, TicketStatus),
        "text": query.get("q", "").strip(),
        "ticket": query.get("ticket", "").strip(),
        "tests": _yes("tests", query),
    }
    return CallFilter(**values)


def read_span(query: Mapping[str, str], settings: Settings) -> tuple[datetime | None, datetime | None]:
    """A day of the city, or from-to in days, or since-until as moments. Until is excluded."""
    return _moments(query, CityTime(settings.zone, "en"))


def read_limit(query: Mapping[str, str], usual: int = 50) -> int:
    """How many lines, at most 200."""
    text = query.get("limit", str(usual))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST_LINES):
        raise BadInput("limit must be a number from 1 to {most}.", most=MOST_LINES)
    return int(text)


def read_after(query: Mapping[str, str]) -> str:
    """Where the last page ended."""
    after = query.get("after", "")
    if len(after) > LONGEST or not after.isprintable():
        raise BadInput("This page marker cannot be read. Begin again with the first page.")
    return after


def _one_of(name: str, query: Mapping[str, str], known: Iterable[str]) -> str:
    value = query.get(name, "").strip()
    if value and value not in {str(code) for code in known}:
        raise BadInput("There is no {name} {value}.", name=name, value=value[:40])
    return value


def _number(text: str) -> str:
    """Digits, and what people write between them."""
    kept = "".join(c for c in text if c.isascii() and c.isdigit())
    if text.strip() and not kept:
        raise BadInput("number must have digits.")
    return ("+" if text.strip().startswith("+") else "") + kept


def _yes(name: str, query: Mapping[str, str]) -> bool:
    value = query.get(name, "")
    if value not in ("", "0", "1", "true", "false"):
        raise BadInput("{name} must be 1 or 0.", name=name)
    return value in ("1", "true")


def _moments(query: Mapping[str, str], city: CityTime) -> tuple[datetime | None, datetime | None]:
    """A day of the city, or from-to in days, or since-until as moments. Until is excluded."""
    since, until = _moment("since", query), _moment("until", query)
    first = _date("day", query) or _date("from", query)
    last = _date("day", query) or _date("to", query)
    try:
        since = city.bounds(first)[0] if first else since
        until = city.bounds(last)[1] if last else until
    except (OverflowError, ValueError) as wrong:
        raise BadInput("{name} is not a day: write 2026-01-31.", name="day") from wrong
    if since and until and since >= until:
        raise BadInput("The end of the time lies before its beginning.")
    return since, until


def _date(name: str, query: Mapping[str, str]) -> date | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as wrong:
        raise BadInput("{name} is not a day: write 2026-01-31.", name=name) from wrong
    if not date(1970, 1, 2) <= found <= date(9000, 1, 1):
        raise BadInput("{name} is not a day: write 2026-01-31.", name=name)
    return found


def _moment(name: str, query: Mapping[str, str]) -> datetime | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        if not datetime(1970, 1, 2, tzinfo=UTC) <= found <= datetime(9000, 1, 1, tzinfo=UTC):
            raise ValueError(text)
        return found.astimezone(UTC) + timedelta(0)
    except (ValueError, OverflowError) as wrong:
        raise BadInput("{name} is not a moment: write 2026-01-31T07:00:00Z.", name=name) from wrong
