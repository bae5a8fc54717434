"""What may stand in the book of agencies: everything that would break dialling is refused, in words, beside its field.

In:  a book as it would be, the codes that change, the roads there are.
Out: faults, each with the entry, the field, and a sentence.
Never: a repair; a look at entries that nobody touches, so that an old fault does not block another's change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import Book, Roads
from callcenter.core.errors import BadInput
from callcenter.core.hours import spans
from callcenter.core.share import Mode
from callcenter.core.tongue import CODE as CODE_OF_LANGUAGE

MOST_LINES = 9  # Asterisk's own list, which works without us, counts to nine
CODE = re.compile(r"[a-z][a-z0-9_]{0,30}")
CATEGORY = re.compile(r"[A-Z][A-Z0-9_]{1,30}")
NUMBER = re.compile(r"\+?[0-9]{2,20}")
CONTACT = re.compile(r"|[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{3,120}|\+?[0-9]{5,20}")
LONGEST_NAME = 80

BAD_CODE = "A code has small letters, digits and _, begins with a letter, and has 31 characters at most."
BAD_CATEGORY = "A code has capitals, digits and _, begins with a letter, and has 2 to 31 characters."
NO_NAME = "The Indonesian name is missing."
LONG_NAME = "A name has 80 letters at most and no line break."
BAD_SHORT = "The short code has two to six digits."
SHORT_TAKEN = "{short} is the short code of {name} already."
BAD_NUMBER = "{number} cannot be dialled: a number has 2 to 20 digits, with + before them if need be."
SPOILT_NUMBER = "{number} was changed by a spreadsheet. Write all its digits, and format that column as text."
NO_ROAD = "There is no road {road}. Trunks and gateways are set in settings.toml."
NO_POSITION = "{number} is no position of this room."
OWN_NUMBER = "{number} is this room's own number: the call would come back to you."
BAD_RING = "A line rings 5 to 120 seconds."
BAD_STEP = "A step is a number from 0 to 99."
BAD_SHOW = "The number that is shown has 2 to 20 digits, with + before them if need be."
BAD_HOURS = "Write hours like 08:00-16:00, or mon-fri 07:30-15:30, sat 08:00-12:00; nothing means always."
TOO_MANY = "An agency has nine lines at most."
NO_ESCALATION = "There is no agency {code} in service to escalate to."
ITSELF = "An agency cannot escalate to itself."
LOOP = "This escalation goes round in a circle: {way}."
NEEDED = "It is the escalation of {names}. Change that first."
BAD_LANGUAGE = "Languages are codes such as id, en or jv-x-cirebon, each once."
BAD_MODE = "There is no way to forward called {mode}."
BAD_CONTACT = "Messages go to a mobile number or an e-mail address."
BAD_PRIORITY = "The priority is 1 (life), 2 (urgent) or 3 (routine)."
NO_AGENCY = "There is no agency with the code {code}."
TWICE = "{code} stands there twice."
BAD_LIMIT_MIN = "The limit is 0 to 600 minutes; 0 is none."
BAD_LIMIT_DAYS = "The limit is 0 to 90 working days; 0 is none."
BAD_EIDO = "The incident type has capitals only, 12 at most."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field. `field` is the field's name; of a line: lines.0.number, from 0."""

    code: str
    field: str
    why: BadInput


Found = Iterator[tuple[str, BadInput]]


def faults(book: Book, agencies: set[str], categories: set[str], roads: Roads) -> list[Fault]:
    """All that is wrong with these entries."""
    found = []
    for entry in book.agencies:
        if entry.code in agencies:
            looks = (_agency(entry.what), _lines(entry.what, roads), _beside(entry.what, entry.active, book))
            found += [Fault(entry.code, field, why) for look in looks for field, why in look]
    for kept in book.categories:
        if kept.code in categories:
            found += [Fault(kept.code, field, why) for field, why in _category(kept.what, book)]
    return found


def _agency(agency: Agency) -> Found:
    if not CODE.fullmatch(agency.code):
        yield "code", BadInput(BAD_CODE)
    if not (agency.short.isascii() and agency.short.isdigit() and 2 <= len(agency.short) <= 6):
        yield "short", BadInput(BAD_SHORT)
    yield from _names(agency)
    if len(set(agency.languages)) < len(agency.languages) or not all(map(CODE_OF_LANGUAGE.fullmatch, agency.languages)):
        yield "languages", BadInput(BAD_LANGUAGE)
    for mode in agency.modes:
        if mode not in set(Mode):
            yield "modes", BadInput(BAD_MODE, mode=mode[:40])
    if not CONTACT.fullmatch(agency.contact):
        yield "contact", BadInput(BAD_CONTACT)


def _names(one: Agency | Category) -> Found:
    if not one.name_id.strip():
        yield "name_id", BadInput(NO_NAME)
    for field in ("name_id", "name_en"):
        name = getattr(one, field)
        if len(name) > LONGEST_NAME or not name.isprintable():
            yield field, BadInput(LONG_NAME)


def _lines(agency: Agency, roads: Roads) -> Found:
    if len(agency.lines) > MOST_LINES:
        yield "lines", BadInput(TOO_MANY)
    for place, line in enumerate(agency.lines):
        for field, why in _line(line, roads):
            yield f"lines.{place}.{field}", why


def _line(line: Line, roads: Roads) -> Found:
    if "E+" in line.number.upper():
        yield "number", BadInput(SPOILT_NUMBER, number=line.number[:40])
    elif not NUMBER.fullmatch(line.number):
        yield "number", BadInput(BAD_NUMBER, number=line.number[:40])
    elif line.road == "position":
        if line.number not in roads.positions:
            yield "number", BadInput(NO_POSITION, number=line.number)
    elif _national(line.number) in {_national(own) for own in roads.own}:
        yield "number", BadInput(OWN_NUMBER, number=line.number)
    if line.road not in roads.choices():
        yield "road", BadInput(NO_ROAD, road=line.road[:60])
    if not 5 <= line.ring_s <= 120:
        yield "ring_s", BadInput(BAD_RING)
    if not NUMBER.fullmatch(line.show):
        yield "show", BadInput(BAD_SHOW)
    if not 0 <= line.order <= 99:
        yield "order", BadInput(BAD_STEP)
    try:
        spans(line.hours)
    except ValueError:
        yield "hours", BadInput(BAD_HOURS)


def _national(number: str) -> str:
    """+62231112 and 0231112 are the same line; +62112 is 112."""
    if not number.startswith("+62"):
        return number
    rest = number[3:]
    return rest if len(rest) <= 3 else "0" + rest


def _beside(agency: Agency, active: bool, book: Book) -> Found:
    """What only the other entries tell."""
    working = {one.code: one.what for one in book.agencies if one.active}
    same = next((one for one in working.values() if one.short == agency.short and one.code != agency.code), None)
    if active and same:
        yield "short", BadInput(SHORT_TAKEN, short=agency.short, name=same.name_id)
    if not active:
        needs = [one.name_id for one in working.values() if one.escalation == agency.code]
        if needs:
            yield "active", BadInput(NEEDED, names=", ".join(needs))
    if agency.escalation == agency.code:
        yield "escalation", BadInput(ITSELF)
    elif agency.escalation and agency.escalation not in working:
        yield "escalation", BadInput(NO_ESCALATION, code=agency.escalation[:40])
    elif way := _circle(agency, working):
        yield "escalation", BadInput(LOOP, way=" → ".join(way))


def _circle(agency: Agency, working: dict[str, Agency]) -> list[str]:
    """The way back to this agency; empty where there is none."""
    way, here = [agency.code], agency.escalation
    while here and here in working and here not in way:
        way.append(here)
        here = working[here].escalation
    return [*way, here] if here == agency.code and len(way) > 1 else []


def _category(category: Category, book: Book) -> Found:
    if not CATEGORY.fullmatch(category.code):
        yield "code", BadInput(BAD_CATEGORY)
    yield from _names(category)
    if category.priority not in (1, 2, 3):
        yield "priority", BadInput(BAD_PRIORITY)
    for place, code in enumerate(category.agencies):
        if book.agency(code) is None:
            yield "agencies", BadInput(NO_AGENCY, code=code[:40])
        elif code in category.agencies[:place]:
            yield "agencies", BadInput(TWICE, code=code)
    if len(category.report_row) > LONGEST_NAME or not category.report_row.isprintable():
        yield "report_row", BadInput(LONG_NAME)
    if not re.fullmatch(r"[A-Z]{0,12}", category.eido):
        yield "eido", BadInput(BAD_EIDO)
    if not 0 <= category.limit_min <= 600:
        yield "limit_min", BadInput(BAD_LIMIT_MIN)
    if not 0 <= category.limit_days <= 90:
        yield "limit_days", BadInput(BAD_LIMIT_DAYS)
