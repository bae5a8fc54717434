"""A report as a file: PDF, XLSX, CSV, JSON.

In:  sheets in one language, or the document itself. Out: bytes; the same report gives the same bytes.
Never: a cell that a spreadsheet would run as a formula; the moment at which somebody pressed the button.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from callcenter.web.figures.sheets import Cell, Sheet, plain, said
from callcenter.web.supervisor.export import BOM, safe

INK, LINE, SOFT = colors.HexColor("#14202c"), colors.HexColor("#d5dde6"), colors.HexColor("#eef2f6")
MUTE = colors.HexColor("#52606e")
A_DAY_OF_NO_MEANING = datetime(2000, 1, 1)  # noqa: DTZ001 - a spreadsheet's own date has no zone
LONGEST_NAME = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands above the tables: title, days, and how it was published."""

    title: str
    days: str
    lines: tuple[str, ...]
    sheets: Sequence[Sheet]
    language: str = "id"


def as_csv(paper: Paper) -> bytes:
    """The tables, one below the other, an empty line between them."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    for line in (paper.title, paper.days, *paper.lines):
        writer.writerow([safe(line)])
    for sheet in paper.sheets:
        writer.writerow([])
        writer.writerow([safe(sheet.title)])
        writer.writerow([safe(title) for title in sheet.head])
        writer.writerows([[_safe(cell) for cell in row] for row in sheet.rows])
        if sheet.note:
            writer.writerow([safe(sheet.note)])
    return out.getvalue().encode()


def as_xlsx(paper: Paper) -> bytes:
    """One sheet for each table; numbers stay numbers. Text is written as text, whatever it begins with."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": paper.title, "created": A_DAY_OF_NO_MEANING})
        bold = book.add_format({"bold": True})
        first = book.add_worksheet(_sheet_name(paper.title, 0))
        first.set_column(0, 0, 90)
        for row, line in enumerate((paper.title, paper.days, *paper.lines)):
            first.write_string(row, 0, line, bold if row == 0 else None)
        for number, sheet in enumerate(paper.sheets, 1):
            page = book.add_worksheet(_sheet_name(sheet.title, number))
            page.set_column(0, 0, 48)
            page.set_column(1, max(len(sheet.head) - 1, 1), 16)
            page.write_row(0, 0, sheet.head, bold)
            for row, cells in enumerate(sheet.rows, 1):
                for column, cell in enumerate(cells):
                    page.write(row, column, plain(cell), bold if row > len(sheet.rows) - sheet.sums else None)
            if sheet.note:
                page.write_string(len(sheet.rows) + 2, 0, sheet.note)
    return out.getvalue()


def as_pdf(paper: Paper) -> bytes:
    """A4, with the tables as on the page."""
    out = io.BytesIO()
    styles = getSampleStyleSheet()
    document = SimpleDocTemplate(
        out, pagesize=A4, title=paper.title, author=paper.title, leftMargin=16 * mm, rightMargin=16 * mm,
        topMargin=16 * mm, bottomMargin=16 * mm, invariant=1,
    )  # fmt: skip
    days = styles["Heading3"].clone("days", fontName="Helvetica", textColor=MUTE, spaceBefore=0)
    story: list[Any] = [
        Paragraph(printable(paper.title), styles["Title"].clone("name", alignment=TA_LEFT, spaceAfter=2)),
        Paragraph(printable(paper.days), days),
    ]
    story += [Paragraph(printable(line), styles["BodyText"]) for line in paper.lines]
    for sheet in paper.sheets:
        story.append(Spacer(1, 5 * mm))
        heading, table = Paragraph(printable(sheet.title), styles["Heading2"]), _table(sheet, styles, paper.language)
        note = [Paragraph(printable(sheet.note), styles["Italic"])] if sheet.note else []
        story += [KeepTogether([heading, table, *note])] if len(sheet.rows) < 25 else [heading, table, *note]
    foot = partial(_foot, f"{paper.title} · {paper.days}")
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _table(sheet: Sheet, styles: Any, language: str) -> Table:
    wide = A4[0] - 32 * mm
    first = wide * (0.6 if len(sheet.head) <= 4 else 0.28)
    widths = [first, *[(wide - first) / max(len(sheet.head) - 1, 1)] * (len(sheet.head) - 1)]
    small = styles["BodyText"].clone("small", fontSize=8, leading=9.5)
    bold = small.clone("bold", fontName="Helvetica-Bold")
    over = bold.clone("over", alignment=TA_RIGHT)  # as the numbers below it
    rows: list[list[Any]] = [[Paragraph(printable(str(t)), over if n else bold) for n, t in enumerate(sheet.head)]]
    for number, row in enumerate(sheet.rows):
        words = bold if number >= len(sheet.rows) - sheet.sums else small
        rows.append(
            [Paragraph(printable(cell), words) if isinstance(cell, str) else said(cell, language) for cell in row]
        )
    table = Table(rows, colWidths=widths, repeatRows=1)
    look: list[Any] = [
        ("FONTSIZE", (0, 0), (-1, -1), 8), ("TEXTCOLOR", (0, 0), (-1, -1), INK), ("BACKGROUND", (0, 0), (-1, 0), SOFT),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("ALIGN", (1, 1), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]  # fmt: skip
    if sheet.sums:
        look += [
            ("FONTNAME", (0, -sheet.sums), (-1, -1), "Helvetica-Bold"),
            ("LINEABOVE", (0, -sheet.sums), (-1, -sheet.sums), 1, INK),
        ]
    table.setStyle(TableStyle(look))
    return table


def _foot(name: str, canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(MUTE)
    canvas.drawString(16 * mm, 9 * mm, name.encode("cp1252", "replace").decode("cp1252"))
    canvas.drawRightString(A4[0] - 16 * mm, 9 * mm, str(document.page))


def printable(text: str) -> str:
    """What the PDF's own letters can show, and no markup."""
    shown = text.encode("cp1252", "replace").decode("cp1252")
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _safe(cell: Cell) -> str | int | float:
    return safe(cell) if isinstance(cell, str) else plain(cell)


def _sheet_name(title: str, number: int) -> str:
    """Names are short and unique, and have none of the letters that a spreadsheet keeps for itself."""
    return f"{number} {title.translate(FORBIDDEN)}"[:LONGEST_NAME].strip()
