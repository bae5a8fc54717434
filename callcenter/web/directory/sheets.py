"""Agencies and categories as files: out, and in through a look that changes nothing.

In:  GET; POST of a file, or of the text that was looked at.
Out: CSV; the look: what each row would do, or why it cannot.
Never: half a file taken; a change that was not shown before, as the book stands now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import hdrs, web

from callcenter.core import book_csv
from callcenter.core.book import Book
from callcenter.core.book_csv import BadRow, Sheet
from callcenter.core.book_rules import faults
from callcenter.core.errors import BadInput, CallCenterError
from callcenter.storage import audited
from callcenter.storage.book_changes import Difference, differences, old_and_new
from callcenter.web.errors import status_of
from callcenter.web.parts import parts
from callcenter.web.security import person, see_other

NO_FILE = "Choose a file first."


@dataclass(frozen=True)
class Kind:
    """Which of the two."""

    home: str
    read: Callable[[str], Sheet]


AGENCIES = Kind("/agencies", book_csv.agencies_in)
CATEGORIES = Kind("/categories", book_csv.categories_in)


async def agencies_out(request: web.Request) -> web.Response:
    return await _out(request, "agencies", lambda book: book_csv.agencies_out(book.agencies))


async def categories_out(request: web.Request) -> web.Response:
    return await _out(request, "categories", lambda book: book_csv.categories_out(book.categories))


async def _out(request: web.Request, name: str, write: Callable[[Book], str]) -> web.Response:
    here = parts(request)
    text = write(await here.directory.read())
    by, address = person(request).person, request.remote or ""
    await audited(here.database, by=by, action=f"{name}.export", at=here.clock(), address=address)
    disposition = f'attachment; filename="112-{name}.csv"'
    return web.Response(
        body=text.encode(),
        headers={hdrs.CONTENT_TYPE: "text/csv; charset=utf-8", hdrs.CONTENT_DISPOSITION: disposition},
    )


async def agencies_in(request: web.Request) -> web.Response:
    return await _in(request, AGENCIES)


async def categories_in(request: web.Request) -> web.Response:
    return await _in(request, CATEGORIES)


async def _in(request: web.Request, kind: Kind) -> web.Response:
    """A file is looked at; the text that was looked at is taken, if nobody changed the book since."""
    here, sent = parts(request), await request.post()
    text, sheet = "", Sheet()
    error: CallCenterError | None = None
    book = await here.directory.read()
    try:
        text = _text(sent.get("text"), sent.get("file"))
        sheet = kind.read(text)
    except BadInput as wrong:
        error = wrong
    bad = sheet.bad or tuple(_unfit(book, sheet, here))
    same = sent.get("revision") == str(book.revision)
    if sent.get("do") == "save" and same and not bad and error is None:
        try:
            await _take(request, book, sheet)
            return see_other(f"{kind.home}?told=in")
        except CallCenterError as wrong:
            error = wrong
    return here.painter.page(
        request,
        "directory/sheet.html",
        status=status_of(error)[0] if error else 400 if bad else 200,
        error=here.painter.sentence(request, error) if error else "",
        bad=bad,
        changes=[] if bad or error else _changes(book, sheet),
        count=len(sheet.rows),
        revision=book.revision,
        text=text,
        home=kind.home,
    )


async def _take(request: web.Request, book: Book, sheet: Sheet) -> None:
    seen = {code: _version(book, code) for code, _ in sheet.rows}

    def edit(old: Book) -> Book:
        return book_csv.laid_over(old, sheet)

    await parts(request).directory.change(edit, by=person(request).person, seen=seen)


def _text(text: object, file: object) -> str:
    if isinstance(file, web.FileField):
        return book_csv.decoded(file.file.read(book_csv.LARGEST + 1))
    if isinstance(text, str) and text:
        return text
    raise BadInput(NO_FILE)


def _version(book: Book, code: str) -> int:
    entry = book.agency(code) or book.category(code)
    return entry.version if entry else 0


def _unfit(book: Book, sheet: Sheet, here: Any) -> list[BadRow]:
    """What would break dialling, at the row in which the entry begins."""
    rows = dict(sheet.rows)
    agencies, categories = {one.code for one in sheet.agencies}, {one.code for one in sheet.categories}
    found = faults(book_csv.laid_over(book, sheet), agencies, categories, here.directory.roads)
    return [BadRow(rows[fault.code] + _line(fault.field), fault.why) for fault in found]


def _line(field: str) -> int:
    """lines.2.number stands two rows below the first one."""
    parts_ = field.split(".")
    return int(parts_[1]) if parts_[0] == "lines" and len(parts_) == 3 else 0


def _changes(book: Book, sheet: Sheet) -> list[tuple[Difference, dict[str, list[str]]]]:
    found = differences(book, book_csv.laid_over(book, sheet))
    return [(change, old_and_new(change.old, change.new)) for change in found]
