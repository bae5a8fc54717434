"""`./run agencies export|import FILE`: the book as CSV, from the command line.

In:  the settings, a file. Out: lines to print; a running service sees the change within a second.
Never: anything changed until every row is good.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from callcenter.core import book_csv
from callcenter.core.book import Book
from callcenter.core.errors import BadInput
from callcenter.seed import first_book
from callcenter.settings import Settings
from callcenter.storage import Database, Directory, Unfit, migrate

Clock = Callable[[], datetime]


async def export(settings: Settings, file: Path, *, categories: bool, clock: Clock) -> tuple[int, list[str]]:
    """Write the file; one that is there already stays."""
    await migrate(settings.database_url)
    async with Database(settings.database_url).running() as database:
        book = await _directory(settings, database, clock).read()
    text = book_csv.categories_out(book.categories) if categories else book_csv.agencies_out(book.agencies)
    try:
        with file.open("x", encoding="utf-8", newline="") as out:
            out.write(text)
    except OSError as wrong:
        raise BadInput("{file} cannot be written: {why}.", file=file, why=wrong.strerror) from wrong
    return 0, [f"{len(book.categories if categories else book.agencies)} entries in {file}"]


async def take_in(settings: Settings, file: Path, *, categories: bool, clock: Clock) -> tuple[int, list[str]]:
    """Exit code, and what to print: what changed, or every bad row."""
    try:
        text = book_csv.decoded(await asyncio.to_thread(file.read_bytes))
    except OSError as wrong:
        raise BadInput("{file} cannot be read: {why}.", file=file, why=wrong.strerror) from wrong
    sheet = book_csv.categories_in(text) if categories else book_csv.agencies_in(text)
    if sheet.bad:
        return 1, [*(f"row {row.number}: {row.why}" for row in sheet.bad), "Nothing was changed."]
    await migrate(settings.database_url)

    def edit(book: Book) -> Book:
        return book_csv.laid_over(book, sheet)

    async with Database(settings.database_url).running() as database:
        directory = _directory(settings, database, clock)
        before = await directory.read()
        try:
            after = await directory.change(edit, by="command line", seen={})
        except Unfit as wrong:
            return 1, [*(f"{fault.code}, {fault.field}: {fault.why}" for fault in wrong.faults), "Nothing was changed."]
    count = sum(new not in (*before.agencies, *before.categories) for new in (*after.agencies, *after.categories))
    return 0, [f"{len(sheet.rows)} entries read, {count} changed"]


def _directory(settings: Settings, database: Database, clock: Clock) -> Directory:
    return Directory(
        database,
        first=lambda: first_book(settings),
        roads=settings.roads,
        copy=settings.agencies_copy,
        clock=clock,
    )
