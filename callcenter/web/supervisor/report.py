"""One ticket as a report on paper: A4, black on white, each page with whose ticket it is, who printed it, and when.

In:  a ticket's events and words in one language. Out: bytes of a PDF.
Never: markup from outside; a page without its number; a letter that cannot be shown left out without a word.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from callcenter.web.figures.papers import printable

EDGE = 16 * mm
WIDE = A4[0] - 2 * EDGE
GREY = colors.HexColor("#8794a3")
Rows = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Section:
    """A table with a title. `head` empty: pairs of a name and a value. `widths` are shares of the page."""

    title: str
    head: tuple[str, ...]
    rows: Rows
    widths: tuple[float, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `page`: how a page's number is said, with {page} and {pages}."""

    title: str
    printed: str
    page: str
    sections: Sequence[Section]
    letters: str  # what is said when letters had to be replaced


def as_pdf(report: Report) -> bytes:
    """A4 portrait."""
    out = io.BytesIO()
    styles = getSampleStyleSheet()
    small = styles["BodyText"].clone("small", fontSize=8.5, leading=10.5, textColor=colors.black)
    head = small.clone("head", fontName="Helvetica-Bold")
    document = SimpleDocTemplate(
        out, pagesize=A4, title=report.title, author=report.title, leftMargin=EDGE, rightMargin=EDGE,
        topMargin=24 * mm, bottomMargin=18 * mm, invariant=1,
    )  # fmt: skip
    story: list[Any] = [Paragraph(printable(report.title), styles["Title"])]
    for section in report.sections:
        story += [Spacer(1, 3 * mm), Paragraph(printable(section.title), styles["Heading3"])]
        story.append(_table(section, small, head) if section.rows else Paragraph(printable(section.empty), small))
    if _replaced(report):
        story += [Spacer(1, 3 * mm), Paragraph(printable(report.letters), small)]
    document.build(story, canvasmaker=lambda *more, **named: _Pages(report, *more, **named))
    return out.getvalue()


def _replaced(report: Report) -> bool:
    cells = [cell for section in report.sections for row in section.rows for cell in row]
    return any(cell.encode("cp1252", "replace") != cell.encode("cp1252", "ignore") for cell in cells)


def _table(section: Section, small: ParagraphStyle, head: ParagraphStyle) -> Table:
    rows = [[Paragraph(printable(title), head) for title in section.head]] if section.head else []
    for row in section.rows:
        first = head if not section.head else small
        rows.append([Paragraph(_lines(cell), first if n == 0 else small) for n, cell in enumerate(row)])
    table = Table(rows, colWidths=[WIDE * share for share in section.widths], repeatRows=1 if section.head else 0)
    table.setStyle(
        TableStyle([
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, GREY), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ])
    )  # fmt: skip
    return table


LONGEST_CELL = 3000
"""A cell is never longer than a page: a table cannot break one."""


def _lines(cell: str) -> str:
    short = cell if len(cell) <= LONGEST_CELL else cell[:LONGEST_CELL] + " ..."
    return "<br/>".join(printable(line) for line in short.splitlines()[:60])


class _Pages(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Writes head and foot when it knows how many pages there are."""

    def __init__(self, report: Report, *more: Any, **named: Any) -> None:
        super().__init__(*more, **named)
        self._report, self._waiting = report, list[dict[str, Any]]()

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Keep it until all are there."""
        self._waiting.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """All pages, each with its number."""
        for number, page in enumerate(self._waiting, 1):
            self.__dict__.update(page)
            self._edges(number, len(self._waiting))
            super().showPage()
        super().save()

    def _edges(self, number: int, count: int) -> None:
        self.setFont("Helvetica", 8)
        self.drawString(EDGE, A4[1] - 13 * mm, _plain(self._report.title))
        self.drawRightString(A4[0] - EDGE, A4[1] - 13 * mm, _plain(self._report.printed))
        self.setStrokeColor(GREY)
        self.line(EDGE, A4[1] - 15 * mm, A4[0] - EDGE, A4[1] - 15 * mm)
        self.drawRightString(A4[0] - EDGE, 10 * mm, _plain(self._report.page.format(page=number, pages=count)))


def _plain(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")
