"""The audit as it is read: by any filter the same rows, in the same order, as a search of all of it by hand."""

from datetime import datetime, timedelta
from itertools import product

from callcenter.core.seal import Row
from callcenter.storage import AuditFilter
from callcenter.storage.audit import audited
from callcenter.storage.trail import Trail
from tests.storage.cast import NOON
from tests.storage.conftest import Room

ACTIONS = ("call.view", "calls.view", "data.erase", "user.role")
TARGETS = ("e112-1.1", "e112-1.12", "260114-0001", "", "a_c", "abc", "Ünal")
DETAILS = ({"tickets": ["260114-0002", "e112-1.1"]}, {"of": "nobody"})


def fits(row: Row, wanted: AuditFilter) -> bool:
    named = row.details.get("tickets", [])
    return (
        (wanted.since is None or row.at >= wanted.since)
        and (wanted.until is None or row.at < wanted.until)
        and wanted.by in ("", row.by)
        and row.action.startswith(wanted.action)
        and any(each.startswith(wanted.target) for each in (row.target, *named))
    )


async def test_every_filter_finds_what_a_search_by_hand_finds_page_by_page(room: Room) -> None:
    for n in range(60):  # the clock is set back once in the middle
        at = NOON + timedelta(minutes=n // 2 - (20 if n > 40 else 0))
        who, target = ("bima", "ayu", "sari")[n % 3], TARGETS[n % 7]
        told = DETAILS[n % 2] if n % 5 == 0 else {}
        await audited(room.database, by=who, action=ACTIONS[n % 4], at=at, target=target, details=told)
    trail, all_ = Trail(room.database), [row async for row in Trail(room.database).rows()]
    span: tuple[datetime | None, ...] = (None, NOON + timedelta(minutes=9))
    names = ("", "e112-1.1", "2601", "a_c", "Ü", "%")
    filters = product(span, span, ("", "sari"), ("", "call", "data.erase"), names)
    for since, until, by, action, target in filters:
        wanted = AuditFilter(since, until, by, action, target)
        found, after = list[int](), ""
        while not found or after:
            page = await trail.lines(wanted, after=after, limit=17)
            found, after = found + [row.id for row in page.lines], page.next
            if not after:
                break
        by_hand = sorted((row for row in all_ if fits(row, wanted)), key=lambda row: (row.at, row.id), reverse=True)
        assert found == [row.id for row in by_hand], wanted
