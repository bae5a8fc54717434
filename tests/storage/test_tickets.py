"""What people type: nobody overwrites anybody, nothing closes by accident, every old value stays."""

import asyncio

import pytest

from callcenter.core.errors import BadInput, Conflict, NotFound, Refused, StoreDown
from callcenter.core.ticket import CLOSING_CLASSES, CallClass
from callcenter.storage import Journal, Ticket, Tickets
from tests.storage.cast import CATALOGUE, NOON, Clock, a_call, answered, arrival, tried
from tests.storage.conftest import Room


@pytest.fixture
async def ticket(room: Room, journal: Journal) -> str:
    """The ticket of Budi's call, which went to the fire department too."""
    journal.write(arrival(tried(answered(a_call("budi")))))
    await journal.settled(60)
    return room.numbers["budi"]


async def now(room: Room, number: str) -> Ticket:
    return (await room.history.ticket(number)).ticket


async def test_a_field_is_set_with_a_line_of_history(room: Room, ticket: str) -> None:
    new = await room.tickets.set_fields(ticket, {"place": " Jl. Siliwangi 1 ", "victims": "2"}, version=1, by="siti")
    assert (new.place, new.victims) == ("Jl. Siliwangi 1", 2)
    assert new == await now(room, ticket)
    changes = (await room.history.ticket(ticket)).changes
    assert {(c.field, c.old, c.new, c.by, c.at) for c in changes if c.by == "siti"} == {
        ("place", "", "Jl. Siliwangi 1", "siti", NOON),
        ("victims", "", "2", "siti", NOON),
    }


async def test_two_people_in_one_field_keep_both_texts(room: Room, ticket: str) -> None:
    seen = (await now(room, ticket)).version
    await room.tickets.set_fields(ticket, {"place": "Pasar Kanoman"}, version=seen, by="siti")
    with pytest.raises(Conflict, match="siti changed this field meanwhile to: Pasar Kanoman") as caught:
        await room.tickets.set_fields(ticket, {"place": "Pasar Pagi"}, version=seen, by="rina")
    assert caught.value.values["mine"] == "Pasar Pagi"
    assert (await now(room, ticket)).place == "Pasar Kanoman"
    kept = [c for c in (await room.history.ticket(ticket)).changes if c.field == "place"]
    assert [(c.new, c.by, c.refused) for c in kept] == [
        ("Pasar Kanoman", "siti", False),
        ("Pasar Pagi", "rina", True),
    ]
    after = (await now(room, ticket)).version
    await room.tickets.set_fields(ticket, {"place": "Pasar Pagi"}, version=after, by="rina")
    assert (await now(room, ticket)).place == "Pasar Pagi"


async def test_two_people_in_different_fields_do_not_meet(room: Room, ticket: str) -> None:
    await room.tickets.set_fields(ticket, {"place": "Pasar"}, version=1, by="siti")
    new = await room.tickets.set_fields(ticket, {"landmark": "masjid"}, version=1, by="rina")
    assert (new.place, new.landmark) == ("Pasar", "masjid")


async def test_one_person_typing_on_never_meets_herself(room: Room, ticket: str) -> None:
    for text in ("P", "Pa", "Pas", "Pas"):
        await room.tickets.set_fields(ticket, {"place": text}, version=1, by="siti")
    assert (await now(room, ticket)).place == "Pas"


async def test_what_cannot_be_true_is_refused_by_name(room: Room, ticket: str) -> None:
    for field, text, says in (
        ("latitude", "91", "latitude: 91 is not between -90 and 90"),
        ("latitude", "nan", "not between"),
        ("victims", "two", "victims: two is not a number"),
        ("victims", "1.5", "not a number"),
        ("priority", "4", "not between"),
        ("relation", "COUSIN", "relation: COUSIN is none of VICTIM"),
        ("status", "CLOSED", "There is no field status"),
        ("place", "x" * 5000, "too long"),
    ):
        with pytest.raises(BadInput, match=says):
            await room.tickets.set_fields(ticket, {field: text}, version=1, by="siti")


@pytest.mark.parametrize("call_class", sorted(CLOSING_CLASSES))
async def test_a_worthless_call_is_closed_by_its_key(
    room: Room, ticket: str, clock: Clock, call_class: CallClass
) -> None:
    clock.pass_(20)
    new = await room.tickets.set_class(ticket, call_class, version=1, by="siti")
    assert (new.status, new.disposition, new.closed_by) == ("CLOSED", "NO_INCIDENT", "siti")
    assert new.closed_at == clock.at
    assert (await room.history.audit()).lines[0].action == "ticket.class"


async def test_a_wrong_key_is_put_right_with_the_next_one(room: Room, ticket: str) -> None:
    closed = await room.tickets.set_class(ticket, "PRANK", version=1, by="siti")
    new = await room.tickets.set_class(ticket, "EMERGENCY", version=closed.version, by="siti")
    assert (new.call_class, new.status, new.disposition, new.closed_at) == ("EMERGENCY", "REOPENED", "", None)
    assert (new.classed_by, new.classed_at) == ("siti", NOON)


async def test_a_silent_call_with_sound_behind_it_stays_open(room: Room, ticket: str) -> None:
    new = await room.tickets.set_class(ticket, "OPEN_LINE", version=1, by="siti")
    assert new.status == "FORWARDED"


async def test_a_category_brings_its_priority_unless_somebody_set_another(room: Room, ticket: str) -> None:
    fire = await room.tickets.set_category(ticket, "FIRE", version=1, by="siti")
    tree = await room.tickets.set_category(ticket, "TREE", version=fire.version, by="siti")
    assert (fire.priority, tree.priority) == (1, 2)
    mine = await room.tickets.set_fields(ticket, {"priority": "1"}, version=tree.version, by="siti")
    again = await room.tickets.set_category(ticket, "FIRE", version=mine.version, by="siti")
    tree = await room.tickets.set_category(ticket, "TREE", version=again.version, by="siti")
    assert again.priority == 1
    with pytest.raises(BadInput, match="ALIENS is no category"):
        await room.tickets.set_category(ticket, "ALIENS", version=1, by="siti")


async def test_nothing_closes_without_a_disposition(room: Room, ticket: str, clock: Clock) -> None:
    with pytest.raises(Refused, match="Say how it ended"):
        await room.tickets.set_status(ticket, "CLOSED", version=1, by="siti")
    clock.pass_(60)
    new = await room.tickets.set_status(ticket, "CLOSED", disposition="RESOLVED", version=1, by="siti")
    assert (new.status, new.disposition, new.closed_at) == ("CLOSED", "RESOLVED", clock.at)
    with pytest.raises(Refused, match="Open it again first"):
        await room.tickets.set_status(ticket, "EN_ROUTE", version=new.version, by="siti")
    opened = await room.tickets.set_status(ticket, "REOPENED", version=new.version, by="siti")
    assert (opened.status, opened.disposition, opened.closed_at) == ("REOPENED", "", None)


async def test_the_agencys_way_has_its_moments(room: Room, ticket: str, clock: Clock) -> None:
    version = 1
    for status, column in (("EN_ROUTE", "en_route_at"), ("ON_SCENE", "on_scene_at"), ("HANDLED", "handled_at")):
        at = clock.pass_(60)
        new = await room.tickets.set_status(ticket, status, version=version, by="siti")
        assert getattr(new, column) == at
        version = new.version


async def test_a_confirmed_place_with_a_category_makes_the_ticket_verified(room: Room, journal: Journal) -> None:
    journal.write(arrival(a_call("new")))
    await journal.settled(60)
    number = room.numbers["new"]
    first = await room.tickets.verify_location(number, by="siti")
    assert (first.status, first.location_verified_at, first.location_verified_by) == ("NEW", NOON, "siti")
    new = await room.tickets.set_category(number, "FIRE", version=first.version, by="siti")
    assert new.status == "VERIFIED"


async def test_the_first_wrap_up_counts(room: Room, ticket: str, clock: Clock) -> None:
    await room.tickets.wrap_up(ticket, by="siti")
    clock.pass_(10)
    new = await room.tickets.wrap_up(ticket, by="rina")
    assert (new.wrapped_up_at, new.wrapped_up_by) == (NOON, "siti")


async def test_of_eight_who_take_a_ticket_at_once_one_has_it(room: Room, ticket: str) -> None:
    names = [f"person-{n}" for n in range(8)]
    got = await asyncio.gather(*(room.tickets.take(ticket, by=name) for name in names), return_exceptions=True)
    winners = [found for found in got if isinstance(found, Ticket)]
    assert len(winners) == 1
    others = [found for found in got if isinstance(found, Conflict)]
    assert len(others) == 7
    assert {found.values["who"] for found in others} == {winners[0].taken_by}
    assert (await room.tickets.take(ticket, by=winners[0].taken_by)).taken_by == winners[0].taken_by


async def test_who_of_the_agency_accepted_is_typed_and_stays_whatever_the_telephone_says(
    room: Room, ticket: str, journal: Journal
) -> None:
    call = tried(answered(a_call("budi")))
    leg = call.attempts[0].leg
    new = await room.tickets.name_acceptance(leg, name="Pak Dedi", by="siti")
    assert new.status == "ACCEPTED"
    journal.write(arrival(call))
    await journal.settled(60)
    [attempt] = (await room.history.ticket(ticket)).attempts
    assert (attempt.accepted_name, attempt.named_by, attempt.taken_at) == ("Pak Dedi", "siti", NOON)
    with pytest.raises(BadInput, match="Type who"):
        await room.tickets.name_acceptance(leg, name="  ", by="siti")
    with pytest.raises(NotFound):
        await room.tickets.name_acceptance("nothing", name="x", by="siti")


async def test_a_ticket_that_is_not_there_is_said(room: Room) -> None:
    with pytest.raises(NotFound, match=r"There is no ticket 990101-0001\."):
        await room.tickets.wrap_up("990101-0001", by="siti")


async def test_without_an_answer_in_time_nothing_is_claimed(room: Room, ticket: str) -> None:
    hasty = Tickets(room.database, catalogue=CATALOGUE, clock=room.clock, deadline=0.0)
    with pytest.raises(StoreDown, match="keep it on the screen and try again"):
        await hasty.wrap_up(ticket, by="siti")


async def test_twenty_people_at_once_lose_nothing(room: Room, ticket: str) -> None:
    fields = ("place", "landmark", "kelurahan", "hazards")
    people = [f"person-{n}" for n in range(20)]
    before = room.database.commits
    got = await asyncio.gather(
        *(room.tickets.set_fields(ticket, {fields[n % 4]: name}, version=1, by=name) for n, name in enumerate(people)),
        return_exceptions=True,
    )
    assert sum(isinstance(found, Ticket) for found in got) == 4
    assert sum(isinstance(found, Conflict) for found in got) == 16
    history = (await room.history.ticket(ticket)).changes
    assert {c.new for c in history if c.by in people} == set(people)
    assert room.database.commits - before < 20
