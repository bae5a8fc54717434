"""The filtered call log as a spreadsheet.

In:  call lines, one after the other, a folder. Out: a file in it, of any length.
Never: more than one row in memory; the loop held up (rows are written in a thread, some hundreds at a time); a cell
that runs as a formula.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import xlsxwriter

from callcenter.storage import CallLine
from callcenter.web.i18n import Language
from callcenter.web.supervisor.export import COLUMNS
from callcenter.web.times import CityTime

BATCH = 200
MOST_ROWS = 1_000_000
"""Of one sheet; the next ones follow on another."""


async def xlsx_file(lines: AsyncIterator[CallLine], language: Language, city: CityTime, folder: Path) -> Path:
    """The whole file. The caller takes the folder away."""
    path = folder / "calls.xlsx"
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(folder), **safe})
    sheet: Any = None
    waiting: list[list[str]] = []
    row = 0

    def write() -> None:
        nonlocal sheet, row
        for cells in waiting:
            if sheet is None or row > MOST_ROWS:
                sheet, row = book.add_worksheet(), 1
                sheet.write_row(0, 0, [language.say(title) for title, _ in COLUMNS])
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
            row += 1
        waiting.clear()

    async for line in lines:
        waiting.append([" ".join(cell(line, language, city).split()) for _, cell in COLUMNS])
        if len(waiting) >= BATCH:
            await asyncio.to_thread(write)
    await asyncio.to_thread(write)
    if sheet is None:
        book.add_worksheet().write_row(0, 0, [language.say(title) for title, _ in COLUMNS])
    await asyncio.to_thread(book.close)
    return path
