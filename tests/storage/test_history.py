"""The call log: what is looked for is found, in order, page by page, and who took it out is written down."""

from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.core.call import Call, Outcome
from callcenter.core.errors import BadInput, NotFound
from callcenter.storage import CallFilter, Journal
from tests.storage.cast import NOON, a_call, answered, arrival, ended, tried
from tests.storage.conftest import Room


def minute(n: int, id_: str, **more: object) -> Call:
    return a_call(id_, arrived_at=NOON + timedelta(minutes=n), **more)


@pytest.fixture
async def day(room: Room, journal: Journal) -> Room:
    """Five calls: Budi, an abandoned one, a withheld one, one for the fire department, a test."""
    calls = [
        ended(answered(minute(0, "budi"), "101")),
        ended(minute(1, "gone", number="0231201001"), outcome=Outcome.ABANDONED),
        ended(answered(minute(2, "withheld", number="anonymous"), "102")),
        ended(answered(tried(minute(3, "fire", recording="2026/01/14/fire.wav")), "102")),
        ended(minute(4, "trial", test=True)),
    ]
    for call in calls:
        journal.write(arrival(call))
    await journal.settled(60)
    await room.tickets.set_class(room.numbers["withheld"], "GHOST", version=1, by="siti")
    fire = await room.tickets.set_category(room.numbers["fire"], "FIRE", version=1, by="siti")
    await room.tickets.set_fields(fire.number, {"place": "Gang Melati 5"}, version=fire.version, by="siti")
    await room.tickets.save_note(fire.number, key="key-00001", text="Asap HITAM, 100% penuh", version=1, by="siti")
    return room


FOUND: list[tuple[CallFilter, list[str]]] = [
    (CallFilter(), ["fire", "withheld", "gone", "budi"]),
    (CallFilter(tests=True), ["trial", "fire", "withheld", "gone", "budi"]),
    (CallFilter(outcome="ABANDONED"), ["gone"]),
    (CallFilter(since=NOON + timedelta(minutes=1), until=NOON + timedelta(minutes=3)), ["withheld", "gone"]),
    (CallFilter(number="0812-3456-7890"), ["fire", "budi"]),
    (CallFilter(number="7890"), ["fire", "budi"]),
    (CallFilter(number="1001"), ["gone"]),
    (CallFilter(number="789"), []),
    (CallFilter(number="anonymous"), ["withheld"]),
    (CallFilter(call_class="GHOST"), ["withheld"]),
    (CallFilter(call_class="NONE"), ["fire", "budi"]),
    (CallFilter(category="FIRE"), ["fire"]),
    (CallFilter(agency="damkar"), ["fire"]),
    (CallFilter(agency="polres"), []),
    (CallFilter(position="102"), ["fire", "withheld"]),
    (CallFilter(status="CLOSED"), ["withheld"]),
    (CallFilter(text="hitam"), ["fire"]),
    (CallFilter(text="melati"), ["fire"]),
    (CallFilter(text="100%"), ["fire"]),
    (CallFilter(text="1_0%"), []),
    (CallFilter(text="' OR 1=1 --"), []),
    (CallFilter(ticket="260114-0001"), ["budi"]),
    (CallFilter(ticket="260114-T001"), ["trial"]),
]


async def test_each_filter_finds_its_calls_newest_first(day: Room) -> None:
    for wanted, found in FOUND:
        page = await day.history.calls(wanted)
        assert [line.id for line in page.lines] == found, wanted
        tickets = await day.history.tickets(wanted)
        assert [t.number for t in tickets.lines] == [day.numbers[id_] for id_ in found], wanted


async def test_pages_follow_each_other_without_a_gap_or_a_double(room: Room, journal: Journal) -> None:
    for n in range(45):
        journal.write(arrival(minute(n // 10, f"call-{n:02d}")))  # ten calls at the same moment
    await journal.settled(60)
    seen: list[str] = []
    after = ""
    for _ in range(10):
        page = await room.history.calls(CallFilter(), after=after, limit=7)
        seen += [line.id for line in page.lines]
        after = page.next
        if not after:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 45
    exported = [line.id async for line in room.history.export(CallFilter(), by="rina")]
    assert exported == seen
    first = await room.history.tickets(CallFilter(), limit=40)
    second = await room.history.tickets(CallFilter(), limit=40, after=first.next)
    assert (len(first.lines), len(second.lines), second.next) == (40, 5, "")


async def test_a_page_that_does_not_exist_is_said(room: Room) -> None:
    for after in ("nonsense", "2026-01-14T05:00:00 x", "1; DROP TABLE calls"):
        for read in (room.history.calls, room.history.tickets):
            with pytest.raises(BadInput, match="does not exist"):
                await read(CallFilter(), after=after)
        with pytest.raises(BadInput, match="does not exist"):
            await room.history.audit(after=after)


async def test_an_export_is_written_down_before_it_is_handed_out(day: Room) -> None:
    export = day.history.export(CallFilter(number="7890"), by="rina", address="10.0.0.9")
    assert (await anext(export)).id == "fire"
    line = (await day.history.audit()).lines[0]
    assert (line.action, line.by, line.target, line.address) == ("calls.export", "rina", "", "10.0.0.9")
    assert line.details == {"number": "7890"}
    await export.aclose()


async def test_earlier_calls_are_those_of_the_same_number(day: Room) -> None:
    assert [line.id for line in await day.history.earlier_calls("fire")] == ["budi"]
    soon = NOON + timedelta(hours=1)
    assert [line.id for line in await day.history.earlier_from("+6281234567890", before=soon)] == ["fire", "budi"]


async def test_unknown_callers_are_never_taken_for_the_same_person(day: Room, journal: Journal) -> None:
    journal.write(arrival(minute(9, "withheld-2", number="anonymous")))
    journal.write(arrival(minute(9, "inside", number="101")))
    journal.write(arrival(minute(10, "inside-2", number="101")))
    journal.write(arrival(minute(11, "nothing", number=None)))
    await journal.settled(60)
    for id_ in ("withheld-2", "inside-2", "nothing"):
        assert await day.history.earlier_calls(id_) == []
    for number in ("anonymous", "101", None, ""):
        assert await day.history.earlier_from(number, before=NOON + timedelta(days=1)) == []


async def test_one_call_and_one_ticket_are_found_or_said_to_be_missing(day: Room) -> None:
    assert (await day.history.ticket_of("budi")).number == day.numbers["budi"]
    for missing in (day.history.call("nobody"), day.history.ticket_of("nobody")):
        with pytest.raises(NotFound):
            await missing
    line = (await day.history.call("fire")).line
    assert (line.ticket, line.ticket_created_at) == (day.numbers["fire"], NOON)


async def test_my_open_tickets_are_those_that_i_took_and_are_not_closed(day: Room) -> None:
    for id_ in ("budi", "withheld"):
        await day.tickets.take(day.numbers[id_], by="siti")
    assert [t.number for t in await day.history.open_tickets("siti")] == [day.numbers["budi"]]
    assert await day.history.open_tickets("rina") == []


async def test_a_call_of_a_number_in_another_writing_is_the_same_caller(room: Room, journal: Journal) -> None:
    one = minute(0, "one", number="081234567890")
    journal.write(arrival(one))
    journal.write(arrival(replace(one, id="two", number="+62 812-3456-7890", arrived_at=NOON + timedelta(minutes=5))))
    await journal.settled(60)
    assert [line.id for line in await room.history.earlier_calls("two")] == ["one"]
