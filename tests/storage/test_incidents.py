"""One incident, many callers: linked, merged, and taken apart exactly as they were; nothing typed is lost."""

import asyncio

import pytest
from sqlalchemy import select

from callcenter.core.account import Arrival, account
from callcenter.core.errors import BadInput, Conflict, NotFound, Refused
from callcenter.storage import Journal, Ticket
from callcenter.storage.books import kept
from callcenter.storage.tables import ticket_calls
from tests.storage.cast import NOON, Clock, a_call, about, answered, arrival, tried
from tests.storage.conftest import Room

CALLS = ("a", "b", "c")
UNTOUCHED = {"version"}


@pytest.fixture
async def three(room: Room, journal: Journal) -> list[str]:
    """The tickets of three calls about one fire."""
    for n, id_ in enumerate(CALLS):
        journal.write(arrival(answered(a_call(id_, number=f"+62812345678{n}0"))))
    await journal.settled(60)
    return [room.numbers[id_] for id_ in CALLS]


async def now(room: Room, number: str) -> Ticket:
    return (await room.history.ticket(number)).ticket


async def calls_of(room: Room, number: str) -> list[str]:
    return sorted(line.id for line in (await room.history.ticket(number)).calls)


def same_but_version(a: Ticket, b: Ticket) -> bool:
    return all(getattr(a, name) == getattr(b, name) for name in Ticket.__dataclass_fields__ if name not in UNTOUCHED)


async def ties(room: Room) -> list[tuple[object, ...]]:
    async with room.database.read() as connection:
        return sorted(tuple(row) for row in await connection.execute(select(ticket_calls)))


async def test_merged_the_calls_belong_to_the_parent_and_the_child_stays_as_a_closed_row(
    room: Room, three: list[str]
) -> None:
    one, two, _ = three
    into, moved = await room.incidents.merge(two, one, by="siti")
    assert (into.number, moved) == (one, ["b"])
    assert await calls_of(room, one) == ["a", "b"]
    child = await now(room, two)
    assert (child.status, child.disposition, child.closed_by) == ("CLOSED", "DUPLICATE", "siti")
    assert (await room.history.ticket(two)).related.into == one
    assert [each.number for each in (await room.history.ticket(one)).related.merged] == [two]
    assert (await room.history.ticket_of("b")).number == one


async def test_undone_both_are_exactly_what_they_were(room: Room, three: list[str], clock: Clock) -> None:
    one, two, _ = three
    await room.tickets.set_fields(two, {"place": "Pasar Pagi"}, version=1, by="rina")
    await room.tickets.set_status(two, "VERIFIED", version=9, by="rina")
    before, links = [await now(room, one), await now(room, two)], await ties(room)
    clock.pass_(60)
    await room.incidents.merge(two, one, by="siti")
    clock.pass_(60)
    child, back = await room.incidents.undo(two, by="siti")
    assert (child.number, back) == (two, ["b"])
    assert [same_but_version(was, await now(room, was.number)) for was in before] == [True, True]
    assert await ties(room) == links


async def test_the_child_s_notes_and_tries_are_seen_on_the_parent_and_go_back(
    room: Room, journal: Journal, three: list[str]
) -> None:
    one, two, _ = three
    await room.tickets.save_note(two, key="rina-note-1", text="api besar", version=1, by="rina")
    journal.write(about(tried(answered(a_call("b")))))
    await journal.settled(60)
    await room.incidents.merge(two, one, by="siti")
    page = await room.history.ticket(one)
    assert [note.text for note in page.notes] == ["api besar"]
    assert [attempt.agency for attempt in page.attempts] == ["damkar"]
    await room.incidents.undo(two, by="siti")
    assert (await room.history.ticket(one)).notes == []
    page = await room.history.ticket(two)
    assert ([note.text for note in page.notes], [a.agency for a in page.attempts]) == (["api besar"], ["damkar"])


async def test_what_is_typed_after_the_merge_stays_on_the_parent_when_it_is_undone(
    room: Room, three: list[str]
) -> None:
    one, two, _ = three
    await room.incidents.merge(two, one, by="siti")
    parent = await now(room, one)
    await room.tickets.set_fields(one, {"place": "Pasar Pagi"}, version=parent.version, by="rina")
    await room.tickets.save_note(one, key="rina-note-2", text="asap tebal", version=1, by="rina")
    await room.incidents.undo(two, by="siti")
    page = await room.history.ticket(one)
    assert (page.ticket.place, [note.text for note in page.notes]) == ("Pasar Pagi", ["asap tebal"])
    assert ((await now(room, two)).place, (await room.history.ticket(two)).notes) == ("", [])


async def test_a_merged_ticket_takes_nothing_and_says_where_to_write(room: Room, three: list[str]) -> None:
    one, two, _ = three
    await room.incidents.merge(two, one, by="siti")
    with pytest.raises(Refused, match=f"{two} is merged into {one}: write there"):
        await room.tickets.set_fields(two, {"place": "x"}, version=9, by="rina")


async def test_a_note_that_is_being_typed_goes_on_through_merge_and_undo(room: Room, three: list[str]) -> None:
    one, two, _ = three
    await room.tickets.save_note(two, key="rina-note-1", text="api", version=1, by="rina")
    await room.incidents.merge(two, one, by="siti")
    await room.tickets.save_note(one, key="rina-note-1", text="api besar", version=2, by="rina")
    await room.incidents.undo(two, by="siti")
    await room.tickets.save_note(two, key="rina-note-1", text="api besar sekali", version=3, by="rina")
    assert [note.text for note in (await room.history.ticket(two)).notes] == ["api besar sekali"]


async def test_who_typed_into_the_child_s_field_does_not_overwrite_the_parent_s(room: Room, three: list[str]) -> None:
    one, two, _ = three
    await room.tickets.set_fields(one, {"place": "Pasar Pagi"}, version=1, by="siti")
    for text in ("Pas", "Pasar", "Pasar Kano"):
        seen = (await room.tickets.set_fields(two, {"place": text}, version=99, by="rina")).version
    await room.incidents.merge(two, one, by="siti")
    with pytest.raises(Conflict, match="Pasar Pagi"):
        await room.tickets.set_fields(one, {"place": "Pasar Kanoman"}, version=seen, by="rina")


async def test_three_become_one_and_come_apart_in_the_right_order(room: Room, three: list[str]) -> None:
    one, two, last = three
    before = await ties(room)
    await room.incidents.merge(last, two, by="siti")
    await room.incidents.merge(two, one, by="siti")
    assert await calls_of(room, one) == ["a", "b", "c"]
    with pytest.raises(Refused, match="undo that first"):
        await room.incidents.undo(last, by="siti")
    with pytest.raises(Refused, match="choose that one"):
        await room.incidents.merge(one, two, by="siti")
    await room.incidents.undo(two, by="siti")
    await room.incidents.undo(last, by="siti")
    assert await ties(room) == before


async def test_of_eight_who_merge_at_once_one_does(room: Room, three: list[str]) -> None:
    one, two, _ = three
    got = await asyncio.gather(*(room.incidents.merge(two, one, by=f"p{n}") for n in range(8)), return_exceptions=True)
    assert len([each for each in got if isinstance(each, Conflict)]) == 7
    assert await calls_of(room, one) == ["a", "b"]


async def test_what_cannot_be_merged_is_said(room: Room, journal: Journal, three: list[str]) -> None:
    one, two, _ = three
    journal.write(arrival(a_call("t", test=True)))
    await journal.settled(60)
    with pytest.raises(Refused, match="itself"):
        await room.incidents.merge(one, one, by="siti")
    with pytest.raises(Refused, match="test"):
        await room.incidents.merge(room.numbers["t"], one, by="siti")
    with pytest.raises(NotFound):
        await room.incidents.merge("260114-9999", one, by="siti")
    with pytest.raises(Refused, match="not merged"):
        await room.incidents.undo(one, by="siti")
    await room.tickets.set_class(one, "PRANK", version=1, by="siti")
    with pytest.raises(Refused, match="is closed"):
        await room.incidents.merge(two, one, by="siti")


async def test_the_daily_account_comes_out_before_and_after(room: Room, three: list[str]) -> None:
    arrivals = [Arrival(id_, NOON) for id_ in CALLS]
    span = {"since": NOON, "until": NOON.replace(hour=6), "now": NOON.replace(hour=8), "records_begin": NOON}

    async def right() -> bool:
        rows = await kept(room.database, span["since"], span["until"])
        found = account(arrivals, rows, **span)  # type: ignore[arg-type]
        return (found.arrivals, found.calls, found.tickets, found.differences) == (3, 3, 3, ())

    assert await right()
    await room.incidents.merge(three[1], three[0], by="siti")
    assert await right()
    await room.incidents.undo(three[1], by="siti")
    assert await right()


async def test_a_call_that_goes_on_after_the_merge_moves_the_parent(
    room: Room, journal: Journal, three: list[str]
) -> None:
    one, two, _ = three
    await room.incidents.merge(two, one, by="siti")
    journal.write(about(tried(answered(a_call("b")))))
    await journal.settled(60)
    assert ((await now(room, one)).status, (await now(room, two)).status) == ("FORWARDED", "CLOSED")


async def test_links_are_seen_from_both_sides_and_end(room: Room, three: list[str]) -> None:
    one, two, last = three
    await room.incidents.link(two, one, "CHILD", by="siti")
    await room.incidents.link(two, one, "CHILD", by="rina")
    await room.incidents.link(one, last, "RELATED", by="siti")
    assert [(each.number, each.kind) for each in (await room.incidents.related(two)).links] == [(one, "PARENT")]
    assert {(each.number, each.kind) for each in (await room.incidents.related(one)).links} == {
        (two, "CHILD"),
        (last, "RELATED"),
    }
    await room.incidents.link(two, one, "RELATED", by="siti")  # said otherwise: the newer word counts
    assert [each.kind for each in (await room.incidents.related(two)).links] == ["RELATED"]
    await room.incidents.unlink(one, two, by="siti")
    assert (await room.incidents.related(two)).links == ()
    with pytest.raises(NotFound):
        await room.incidents.unlink(one, two, by="siti")
    with pytest.raises(BadInput):
        await room.incidents.link(one, two, "TWIN", by="siti")


async def test_every_tie_is_audited(room: Room, three: list[str]) -> None:
    one, two, _ = three
    await room.incidents.link(two, one, "CHILD", by="siti")
    await room.incidents.unlink(two, one, by="siti")
    await room.incidents.merge(two, one, by="siti")
    await room.incidents.undo(two, by="rina")
    done = [line.action for line in reversed((await room.history.audit()).lines)]
    assert done == ["ticket.link", "ticket.unlink", "ticket.merge", "ticket.unmerge"]


async def test_open_reports_bring_numbers_notes_and_who_accepted(
    room: Room, journal: Journal, three: list[str]
) -> None:
    one, two, last = three
    await room.tickets.save_note(one, key="rina-note-1", text="api besar", version=1, by="rina")
    await room.incidents.merge(two, one, by="siti")
    await room.tickets.set_class(last, "PRANK", version=1, by="siti")
    (report,) = await room.incidents.open(NOON)
    assert (report.ticket.number, sorted(report.calls), report.text.strip()) == (one, ["a", "b"], "api besar")
    assert report.numbers == {"+6281234567800", "+6281234567810"}
