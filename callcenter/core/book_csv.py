"""Agencies and categories as CSV, out and back in: one row for each line of an agency, one for each category.

In:  a book, or the bytes of a file from a spreadsheet, hostile. Out: the file; entries; bad rows, each in words.
Never: a guess. An unknown column, a number that a spreadsheet spoilt, two rows of one agency that differ: said.

Comma or semicolon (an Indonesian Excel writes the latter), UTF-8 with or without BOM. A cell that a spreadsheet would
run as a formula, or a number whose first 0 it would drop, goes out with ' before it, and comes in without.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import Book, Kept, in_steps
from callcenter.core.errors import BadInput

T = TypeVar("T", bound=Agency | Category)

BOM = "\ufeff"
GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "'", "0")
LARGEST, MOST_ROWS = 400_000, 5000
YES, NO = "1", "0"
OF_AGENCY = ("code", "active", "short", "name_id", "name_en", "escalation", "languages", "modes", "contact")
OF_LINE = ("step", "number", "road", "ring_s", "show", "hours")
AGENCY_COLUMNS = (*OF_AGENCY, *OF_LINE)
CATEGORY_COLUMNS = (
    "code", "active", "name_id", "name_en", "priority", "agencies", "report_row", "eido", "limit_min", "limit_days",
)  # fmt: skip

NOT_UTF8 = "The file is not UTF-8. In the spreadsheet choose: save as CSV UTF-8."
TOO_LARGE = "The file is too large: {most} rows at most."
NO_COLUMN = "The first row must name the columns. Missing: {names}."
WHAT_COLUMN = "There is no column {name}."
NO_CODE = "The code is missing."
NOT_WHOLE = "{column}: {text} is no whole number."
NOT_YES = "active: write 1 or 0, not {text}."
OTHER_CELLS = "The row says something else about {code} than the one before: {column}."
TWICE = "{code} stands in two rows."
TOO_MANY_CELLS = "The row has more cells than the first one."


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be taken. `number`: as the spreadsheet counts, the head is 1."""

    number: int
    why: BadInput


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the file says: entries in its order, and the row in which each begins."""

    agencies: tuple[Kept[Agency], ...] = ()
    categories: tuple[Kept[Category], ...] = ()
    rows: tuple[tuple[str, int], ...] = ()
    bad: tuple[BadRow, ...] = ()


def guarded(text: str) -> str:
    """The same text, which no spreadsheet takes for a formula or a number."""
    return "'" + text if text.startswith(GUARDED) and text != NO else text


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(GUARDED) else cell


def agencies_out(entries: Iterable[Kept[Agency]]) -> str:
    """The file of agencies and their lines."""
    rows: list[tuple[str, ...]] = []
    for kept in entries:
        one = kept.what
        told = (one.code, YES if kept.active else NO, one.short, one.name_id, one.name_en, one.escalation)
        lists = (" ".join(one.languages), " ".join(one.modes), one.contact)
        for line in one.lines:
            cells = (str(line.order), line.number, line.road, str(line.ring_s), line.show, line.hours)
            rows.append((*told, *lists, *cells))
        if not one.lines:
            rows.append((*told, *lists, *("" for _ in OF_LINE)))
    return _out(AGENCY_COLUMNS, rows)


def categories_out(entries: Iterable[Kept[Category]]) -> str:
    """The file of categories."""
    rows = []
    for kept in entries:
        one = kept.what
        told = (one.code, YES if kept.active else NO, one.name_id, one.name_en, str(one.priority))
        rows.append((*told, " ".join(one.agencies), one.report_row, one.eido, str(one.limit_min), str(one.limit_days)))
    return _out(CATEGORY_COLUMNS, rows)


def _out(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def decoded(data: bytes) -> str:
    """The text of a file. BadInput."""
    if len(data) > LARGEST:
        raise BadInput(TOO_LARGE, most=MOST_ROWS)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInput(NOT_UTF8) from wrong


Row = tuple[int, dict[str, str]]


def _rows(text: str, columns: tuple[str, ...]) -> Iterator[Row | BadRow]:
    """Every row by its columns' names. BadInput: the head cannot be used."""
    text = text.removeprefix(BOM)
    first = text.split("\n", 1)[0]
    parts = max((",", ";", "\t"), key=first.count)
    try:
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=parts))
    except csv.Error as wrong:
        raise BadInput("This request cannot be read.") from wrong
    if len(read) > MOST_ROWS:
        raise BadInput(TOO_LARGE, most=MOST_ROWS)
    head = [cell.strip().lower() for cell in read[0]] if read else []
    missing = [name for name in columns if name not in head]
    if missing:
        raise BadInput(NO_COLUMN, names=", ".join(missing))
    strange = next((name for name in head if name and name not in columns), None)
    if strange is not None:
        raise BadInput(WHAT_COLUMN, name=strange[:40])
    for number, cells in enumerate(read[1:], 2):
        if len(cells) > len(head) and any(cell.strip() for cell in cells[len(head) :]):
            yield BadRow(number, BadInput(TOO_MANY_CELLS))
        elif any(cell.strip() for cell in cells):
            yield number, {name: _plain(cell.strip()) for name, cell in zip(head, cells, strict=False)}


def agencies_in(text: str) -> Sheet:
    """Agencies of a file, each with the lines of its rows. BadInput: no such file at all."""
    found: dict[str, Kept[Agency]] = {}
    told: dict[str, dict[str, str]] = {}
    rows: dict[str, int] = {}
    bad: list[BadRow] = []

    def take(number: int, cells: dict[str, str]) -> None:
        code = cells.get("code", "")
        mine = {name: cells.get(name, "") for name in OF_AGENCY}
        before = told.setdefault(code, mine)
        other = next((name for name in OF_AGENCY if mine[name] != before[name]), None)
        if other is not None:
            raise BadInput(OTHER_CELLS, code=code[:40], column=other)
        kept = found.get(code) or _agency(mine)
        rows.setdefault(code, number)
        lines = kept.what.lines
        if any(cells.get(name) for name in OF_LINE):
            lines = (*lines, _line(cells, len(lines) + 1))
        found[code] = replace(kept, what=replace(kept.what, lines=lines))

    _each(text, AGENCY_COLUMNS, take, bad)
    stepped = tuple(replace(kept, what=_stepped(kept.what)) for kept in found.values())
    return Sheet(agencies=stepped, rows=tuple(rows.items()), bad=tuple(bad))


def categories_in(text: str) -> Sheet:
    """Categories of a file. BadInput: no such file at all."""
    found: dict[str, Kept[Category]] = {}
    rows: dict[str, int] = {}
    bad: list[BadRow] = []

    def take(number: int, cells: dict[str, str]) -> None:
        code = cells.get("code", "")
        if code in found:
            raise BadInput(TWICE, code=code[:40])
        names = (code, cells.get("name_id", ""), cells.get("name_en", ""))
        whole = {name: _whole(cells, name) for name in ("priority", "limit_min", "limit_days")}
        led = tuple(cells.get("agencies", "").split())
        one = Category(*names, whole["priority"], led, cells.get("eido", ""), cells.get("report_row", ""))
        one = replace(one, limit_min=whole["limit_min"], limit_days=whole["limit_days"])
        found[code], rows[code] = Kept(one, _yes(cells)), number

    _each(text, CATEGORY_COLUMNS, take, bad)
    return Sheet(categories=tuple(found.values()), rows=tuple(rows.items()), bad=tuple(bad))


def _each(text: str, columns: tuple[str, ...], take: Callable[[int, dict[str, str]], None], bad: list[BadRow]) -> None:
    for row in _rows(text, columns):
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            if not row[1].get("code"):
                raise BadInput(NO_CODE)
            take(*row)
        except BadInput as wrong:
            bad.append(BadRow(row[0], wrong))


def _agency(cells: dict[str, str]) -> Kept[Agency]:
    names = (cells["code"], cells["short"], cells["name_id"], cells["name_en"])
    lists = (tuple(cells["languages"].split()), tuple(cells["modes"].split()), cells["contact"])
    return Kept(Agency(*names, (), cells["escalation"], *lists), _yes(cells))


def _line(cells: dict[str, str], place: int) -> Line:
    step = _whole(cells, "step") if cells.get("step") else place
    ring = _whole(cells, "ring_s") if cells.get("ring_s") else 20
    number, road = cells.get("number", ""), cells.get("road") or "trunk"
    return Line(number, road, ring, cells.get("show") or "112", order=step, hours=cells.get("hours", "").lower())


def _whole(cells: dict[str, str], column: str) -> int:
    text = cells.get(column, "")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadInput(NOT_WHOLE, column=column, text=text[:40])
    return int(text)


def _yes(cells: dict[str, str]) -> bool:
    text = cells.get("active", "")
    if text not in (YES, NO, ""):
        raise BadInput(NOT_YES, text=text[:40])
    return text != NO


def _stepped(agency: Agency) -> Agency:
    return replace(agency, lines=in_steps(agency.lines)) if all(0 <= x.order <= 99 for x in agency.lines) else agency


def laid_over(book: Book, sheet: Sheet) -> Book:
    """The book with what the sheet says: entries of the same code are replaced, new ones come behind, others stay."""
    return replace(
        book, agencies=_over(book.agencies, sheet.agencies), categories=_over(book.categories, sheet.categories)
    )


def _over(old: tuple[Kept[T], ...], new: tuple[Kept[T], ...]) -> tuple[Kept[T], ...]:
    said = {one.code: one for one in new}
    here = {one.code for one in old}
    changed = [replace(said[one.code], version=one.version) if one.code in said else one for one in old]
    return (*changed, *(one for one in new if one.code not in here))
