"""Working days of complaints, and what the national system is told of them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from callcenter.core.complaint import LAPOR_COLUMNS, TITLE_LONGEST, Report, due, lapor_row, left

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
CIREBON = ZoneInfo("Asia/Jakarta")
NEW_YEAR = {date(2027, 1, 1)}
LAMP = Report(
    "261122-0003", FRIDAY, "Lampu jalan", "Jl. Kesambi RT 03", "PJU padam", "Dishub", "Budi", "0812-3456-7890"
)


@pytest.mark.parametrize(
    ("asked_at", "days", "until"),
    [
        ("2026-11-20 10:00", 1, MONDAY),
        ("2026-11-20 10:00", 5, date(2026, 11, 27)),
        ("2026-11-21 10:00", 1, MONDAY),  # a Saturday
        ("2026-12-31 16:00", 1, date(2027, 1, 4)),  # New Year is a Friday
    ],
)
def test_working_days_are_counted_over_weekends_and_holidays(asked_at: str, days: int, until: date) -> None:
    assert due(datetime.fromisoformat(asked_at).replace(tzinfo=CIREBON), days, CIREBON, NEW_YEAR) == until


@pytest.mark.parametrize(
    ("today", "days"),
    [(FRIDAY, 5), (date(2026, 11, 21), 5), (MONDAY, 4), (date(2026, 11, 27), 0), (date(2026, 11, 30), -1)],
)
def test_what_is_left_counts_down_over_the_weekend_and_then_below_nothing(today: date, days: int) -> None:
    assert left(today, date(2026, 11, 27)) == days


def test_a_report_has_every_column_and_is_anonymous_unless_contacts_are_wanted() -> None:
    row = dict(zip(LAPOR_COLUMNS, lapor_row(LAMP, contacts=False), strict=True))
    assert row["Judul Laporan"] == "Lampu jalan: Jl. Kesambi RT 03"
    assert (row["Tanggal Kejadian"], row["Instansi Tujuan"], row["Anonim"]) == ("20-11-2026", "Dishub", "Ya")
    assert "Budi" not in row.values() and "0812-3456-7890" not in row.values()
    named = dict(zip(LAPOR_COLUMNS, lapor_row(LAMP, contacts=True), strict=True))
    assert (named["Anonim"], named["Nama Pelapor"], named["Kontak Pelapor"]) == ("Tidak", "Budi", "0812-3456-7890")


def test_a_report_that_says_little_still_has_a_title_and_a_text() -> None:
    title, text, *_ = lapor_row(Report("261122-0004", FRIDAY, "", "", "", ""), contacts=True)
    assert title == text == "Keluhan layanan publik: lokasi belum dicatat"
    long = Report("1", FRIDAY, "Jalan", "x" * 300, "", "")
    assert len(lapor_row(long, contacts=False)[0]) == TITLE_LONGEST
