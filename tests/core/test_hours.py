"""When a line is staffed."""

from datetime import datetime

import pytest

from callcenter.checks import hours
from callcenter.core.hours import staffed

MONDAY = "2026-01-12"
SATURDAY, SUNDAY = "2026-01-17", "2026-01-18"


@pytest.mark.parametrize(
    ("words", "moment", "there"),
    [
        ("", f"{SUNDAY} 03:00", True),
        ("08:00-16:00", f"{MONDAY} 08:00", True),
        ("08:00-16:00", f"{MONDAY} 16:00", False),
        ("mon-fri 07:30-15:30, sat 08:00-12:00", f"{SATURDAY} 09:00", True),
        ("mon-fri 07:30-15:30, sat 08:00-12:00", f"{SUNDAY} 09:00", False),
        ("20:00-06:00", f"{MONDAY} 05:59", True),
        ("sat 20:00-06:00", f"{SUNDAY} 05:59", True),
        ("sat 20:00-06:00", f"{SATURDAY} 05:59", False),
        ("sat-mon 00:00-00:00", f"{MONDAY} 23:59", True),
        ("what nobody can read", f"{SUNDAY} 03:00", True),
    ],
)
def test_a_line_is_staffed_as_its_words_say(words: str, moment: str, there: bool) -> None:
    assert staffed(words, datetime.fromisoformat(moment)) is there


@pytest.mark.parametrize("words", ["8-16", "xyz 08:00-16:00", "08:00-16:00,", "25:00-26:00"])
def test_words_that_cannot_be_read_are_refused_where_they_are_written(words: str) -> None:
    assert "mon-fri 07:30-15:30" in (hours(words) or "")
