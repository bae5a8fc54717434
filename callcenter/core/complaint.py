"""Complaints about public services: when an answer is due, and what the national system (SP4N-LAPOR) is told. Pure.

In:  days, a ticket's words. Out: the working day on which it is due; one row for a person who enters it there.
Never: a name or a number of the caller unless it was asked for; a clock.

The columns are those of the form on lapor.go.id as cities describe it to their citizens (title, text, date, place,
agency, category, anonymous, confidential). A format for handing in many at once is not published.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from callcenter.core.pace import worked, works

TITLE_LONGEST = 100
LAPOR_COLUMNS = (
    "Judul Laporan",
    "Isi Laporan",
    "Tanggal Kejadian",
    "Lokasi Kejadian",
    "Instansi Tujuan",
    "Kategori Laporan",
    "Anonim",
    "Rahasia",
    "Nama Pelapor",
    "Kontak Pelapor",
    "Nomor Tiket 112",
)
YES, NO = "Ya", "Tidak"
NO_PLACE = "lokasi belum dicatat"


def due(asked_at: datetime, days: int, zone: ZoneInfo, holidays: Collection[date] = ()) -> date:
    """The working day on which the limit ends, by the same clock that colours the screens (`pace.py`)."""
    ends = worked(asked_at, timedelta(days=days), zone, holidays)
    return (ends - timedelta(seconds=1)).astimezone(zone).date()  # a limit until midnight is that day's


def left(today: date, until: date, holidays: Collection[date] = ()) -> int:
    """Working days that are left; negative: so many too late."""
    if today > until:
        return -left(until, today, holidays)
    return sum(works(today + timedelta(days=n), holidays) for n in range(1, (until - today).days + 1))


@dataclass(frozen=True, slots=True)
class Report:
    """One complaint for the national system."""

    ticket: str
    day: date  # on which the citizen called, in the city
    category: str  # its name in Indonesian
    place: str
    text: str
    agency: str  # its name in Indonesian; empty: the system's own people choose
    name: str = ""
    contact: str = ""


def lapor_row(report: Report, *, contacts: bool) -> tuple[str, ...]:
    """The cells, in the order of LAPOR_COLUMNS. Without contacts it is anonymous."""
    named = contacts and bool(report.name or report.contact)
    place = report.place or NO_PLACE
    title = f"{report.category or 'Keluhan layanan publik'}: {place}"
    return (
        title if len(title) <= TITLE_LONGEST else title[: TITLE_LONGEST - 1] + "…",
        report.text or title,
        f"{report.day:%d-%m-%Y}",
        place,
        report.agency,
        report.category,
        NO if named else YES,
        NO,
        report.name if named else "",
        report.contact if named else "",
        report.ticket,
    )
