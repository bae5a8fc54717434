"""What looks after recordings and the trail asks its questions every few seconds, for years: they stay quick.

In:  the full databases. Out: milliseconds.
Never: a page of the audit deep down that is slower than the first.
"""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from callcenter.storage import AuditFilter
from callcenter.storage.books import kept
from callcenter.storage.recordings import Recordings
from callcenter.storage.subject import Subjects
from callcenter.storage.trail import Trail
from tests.scale.conftest import Question, Room, clock, measured, too_slow
from tests.scale.years import END
from tests.storage.cast import READ_NUMBER

pytestmark = pytest.mark.scale
ERASING_S = 30
"""A person's data are asked for a few times a year; every text of every year is read for it."""


def _same(question: Question) -> Question:
    return question


async def test_what_the_keeper_of_recordings_asks_again_and_again_stays_quick(room: Room, tmp_path: Path) -> None:
    kept_for = Recordings(room.database, tmp_path, clock=clock)
    asked: dict[str, Question] = {
        "recordings to make smaller": lambda: kept_for.unpacked(clock() - timedelta(minutes=5)),
        "recordings too old": lambda: kept_for.older(clock() - timedelta(days=366)),
        "recordings of which files are left": kept_for.sweep,
        "calls that are not judged": lambda: kept_for.unsealed(clock() - timedelta(days=3)),
        "calls that are not judged in a month": lambda: kept_for.unsealed(clock() - timedelta(days=30)),
        "the newest recording": kept_for.newest,
        "the books of two days": lambda: kept(room.database, clock() - timedelta(days=2), clock()),
    }
    print()
    found = {name: await measured(name, partial(_same, one), 8) for name, one in asked.items()}
    assert await kept_for.older(clock() - timedelta(days=300)), "there are some that a shorter time would delete"
    assert too_slow(found) == {}


async def test_a_page_of_the_audit_deep_down_is_as_quick_as_the_first(room: Room) -> None:
    trail, found = Trail(room.database), {}
    print()
    for name, wanted in {
        "all": AuditFilter(), "who looks every day": AuditFilter(by="bima"), "a kind": AuditFilter(action="call"),
        "who left, a kind": AuditFilter(by="sari", action="call"), "calls": AuditFilter(target="e112"),
        "a month's tickets": AuditFilter(target="2203"),
    }.items():  # fmt: skip
        first = await trail.lines(AuditFilter(wanted.since, END - timedelta(days=1400), wanted.by, wanted.action))
        assert len(first.lines) == 100

        async def deep(wanted: AuditFilter = wanted, after: str = first.next) -> None:
            assert len((await trail.lines(wanted, after=after)).lines) == 100

        found[name] = await measured(f"the audit, deep: {name}", partial(_same, deep), 8)
    assert too_slow(found) == {}


async def test_one_persons_data_are_found_among_years(room: Room) -> None:
    subjects = Subjects(room.database, read_number=READ_NUMBER)
    print()
    assert await measured("a person's data", lambda: lambda: subjects.find("081234567890"), 3) < ERASING_S * 1000
