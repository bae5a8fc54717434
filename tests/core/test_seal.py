"""The audit's seal: whatever is done to the rows afterwards is found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.seal import FIRST, Head, Row, Seal, digest

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)


def trail(actions: list[str]) -> list[Row]:
    rows, previous = list[Row](), FIRST
    for id_, action in enumerate(actions, 1):
        at = NOON + timedelta(seconds=id_)
        details = {"old": "PRANK", "new": action}
        new = digest(
            previous, at=at, by="sari", action=action, target="260114-0007", details=details, address="10.0.0.7"
        )
        rows.append(Row(id_, at, "sari", action, "260114-0007", details, "10.0.0.7", previous, new))
        previous = new
    return rows


def wrong(rows: list[Row], heads: list[Head]) -> list[str]:
    seal = Seal(heads)
    return [*(line for row in rows for line in seal.next(row)), *seal.end()]


def head(rows: list[Row]) -> Head:
    return Head(rows[-1].at, len(rows), rows[-1].digest)


def test_a_trail_as_it_was_written_is_whole() -> None:
    rows = trail(["ticket.class", "call.recording", "calls.export"])
    assert wrong(rows, [head(rows[:1]), head(rows)]) == []


def test_the_moment_counts_in_whatever_zone_it_is_read_back() -> None:
    rows = trail(["ticket.class"])
    here = rows[0].at.astimezone(datetime.strptime("+0700", "%z").tzinfo)
    assert wrong([replace(rows[0], at=here)], [head(rows)]) == []


actions = st.lists(st.text(max_size=8), min_size=1, max_size=12)


@given(actions, st.data())
def test_a_changed_row_is_named(said: list[str], data: st.DataObject) -> None:
    rows = trail(said)
    place = data.draw(st.integers(0, len(rows) - 1))
    row = rows[place]
    ways = [replace(row, by="budi"), replace(row, action="nothing at all"), replace(row, target="")]
    ways += [replace(row, details={}), replace(row, address="::1"), replace(row, at=NOON)]
    changed = [*rows[:place], data.draw(st.sampled_from(ways)), *rows[place + 1 :]]
    assert any(f"Row {place + 1} " in line for line in wrong(changed, [head(rows)]))


@given(actions, st.data())
def test_a_row_taken_out_is_missed_also_the_last_one(said: list[str], data: st.DataObject) -> None:
    rows = trail(said)
    place = data.draw(st.integers(0, len(rows) - 1))
    assert wrong([*rows[:place], *rows[place + 1 :]], [head(rows)]) != []


@given(actions, st.data())
def test_a_row_put_in_between_is_seen_even_with_a_digest_of_its_own(said: list[str], data: st.DataObject) -> None:
    rows = trail(said)
    place = data.draw(st.integers(0, len(rows) - 1))
    before = rows[place - 1].digest if place else FIRST
    false = digest(before, at=NOON, by="x", action="x", target="", details={}, address="")
    added = Row(99, NOON, "x", "x", "", {}, "", before, false)
    assert wrong([*rows[:place], added, *rows[place:]], [head(rows)]) != []


def test_a_trail_written_anew_from_one_row_on_does_not_meet_the_heads_outside() -> None:
    rows = trail(["ticket.class", "call.recording", "calls.export"])
    anew = trail(["ticket.class", "nothing", "calls.export"])
    assert wrong(anew, [head(anew)]) == []
    assert len(wrong(anew, [head(rows), head(anew)])) == 1
