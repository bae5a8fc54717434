"""The agency's side: each answer once, with who gave it; the ticket follows; nobody sees another agency's share."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.core.answer import Answer
from callcenter.core.attempt import Result
from callcenter.core.call import Call
from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, Refused
from callcenter.core.share import Mode, Share, Status, stopped
from callcenter.storage import Duty, Journal, Responders, Source, Teller, commands
from tests.storage.cast import BUDI, NOON, a_call, about, answered, arrival, tried
from tests.storage.conftest import Room

DAMKAR = Teller("regu1", Source.AGENCY, "damkar", "Rudi")
SITI = Teller("siti", Source.CALL_TAKER, name="Rudi")
FIRE = "damkar-1-budi"


def share(agency: str = "damkar") -> Share:
    return Share(agency, 1, Mode.WARM, "siti", NOON)


async def forwarded(room: Room, journal: Journal, *agencies: str) -> tuple[Responders, Call]:
    """Budi called; these agencies are being reached."""
    call = answered(a_call("budi"))
    for agency in agencies or ("damkar",):
        call = tried(call.with_forward(share(agency)), agency)
    journal.write(arrival(call))
    await journal.settled(60)
    return Responders(room.database, clock=room.clock), call


async def test_eight_at_once_accept_and_one_is_first(room: Room, journal: Journal) -> None:
    responders, _ = await forwarded(room, journal)

    async def accept(number: int) -> Duty | CallCenterError:
        try:
            return await responders.say(FIRE, "ACCEPTED", replace(DAMKAR, by=f"regu{number}", name=f"Regu {number}"))
        except CallCenterError as said:
            return said

    done = await asyncio.gather(*(accept(number) for number in range(8)))
    (first,) = [one for one in done if isinstance(one, Duty)]
    others = [one for one in done if isinstance(one, Conflict)]
    assert len(others) == 7
    assert {one.values["who"] for one in others} == {first.forward.accepted_by}
    page = await room.history.ticket(room.numbers["budi"])
    assert [change.new for change in page.changes if change.field == "status"][-1] == "ACCEPTED"
    assert [change.by for change in page.changes if change.field == "damkar ACCEPTED"] == [first.forward.accepted_by]


async def test_each_step_moves_the_ticket_and_keeps_its_first_moment(room: Room, journal: Journal) -> None:
    responders, _ = await forwarded(room, journal)
    await responders.say(FIRE, "ACCEPTED", DAMKAR)
    room.clock.pass_(120)
    await responders.say(FIRE, "EN_ROUTE", DAMKAR)
    room.clock.pass_(300)
    duty = await responders.say(FIRE, "ON_SCENE", SITI)
    assert (duty.forward.status, duty.ticket.status) == ("ON_SCENE", "ON_SCENE")
    assert (duty.forward.accepted_by, duty.forward.accepted_source) == ("Rudi (damkar)", "agency")
    assert (duty.forward.on_scene_by, duty.forward.on_scene_source) == ("siti", "call_taker")
    assert (duty.ticket.en_route_at, duty.ticket.on_scene_at) == (
        NOON + timedelta(seconds=120),
        NOON + timedelta(seconds=420),
    )
    room.clock.pass_(60)
    with pytest.raises(Conflict) as again:
        await responders.say(FIRE, "ON_SCENE", DAMKAR)
    assert again.value.values["who"] == "siti"
    with pytest.raises(Conflict):
        await responders.say(FIRE, "EN_ROUTE", SITI)
    duty = await responders.say(FIRE, "HANDLED", DAMKAR)
    assert (duty.ticket.status, duty.ticket.handled_at) == ("HANDLED", NOON + timedelta(seconds=480))


async def test_who_is_on_the_way_has_accepted_and_nothing_else_is_invented(room: Room, journal: Journal) -> None:
    responders, _ = await forwarded(room, journal)
    room.clock.pass_(60)
    duty = await responders.say(FIRE, "ON_SCENE", DAMKAR)
    assert duty.forward.accepted_at == duty.forward.on_scene_at == NOON + timedelta(seconds=60)
    assert duty.forward.en_route_at is None
    with pytest.raises(Refused):
        await responders.say(FIRE, "EN_ROUTE", DAMKAR)


async def test_a_key_on_the_phone_is_not_written_over(room: Room, journal: Journal) -> None:
    responders, call = await forwarded(room, journal)
    (attempt,) = call.attempts
    pressed = NOON + timedelta(seconds=40)
    journal.write(
        about(call.with_attempt(replace(attempt, result=Result.ACCEPTED, accepted_at=pressed, accepted_by="key")))
    )
    await journal.settled(60)
    room.clock.pass_(90)
    with pytest.raises(Conflict) as said:
        await responders.say(FIRE, "ACCEPTED", DAMKAR)
    assert said.value.values == {"at": pressed}
    duty = await responders.say(FIRE, "EN_ROUTE", DAMKAR)
    assert (duty.forward.accepted_at, duty.forward.accepted_source) == (pressed, "phone")


async def test_what_was_taken_back_gets_no_answer_and_what_was_not_reached_does(room: Room, journal: Journal) -> None:
    responders, call = await forwarded(room, journal, "damkar", "psc119")
    for agency, status in (("damkar", Status.CANCELLED), ("psc119", Status.UNREACHED)):
        call = call.with_forward(stopped(call.forward(agency, 1), status, NOON, "siti"))  # type: ignore[arg-type]
    journal.write(about(call))
    await journal.settled(60)
    with pytest.raises(Refused, match="taken this request back"):
        await responders.say(FIRE, "ACCEPTED", DAMKAR)
    duty = await responders.say("psc119-1-budi", "ACCEPTED", replace(DAMKAR, agency="psc119"))
    assert (duty.forward.status, duty.forward.ended_at) == ("ACCEPTED", None)


async def test_an_agency_sees_its_own_shares_and_no_others(room: Room, journal: Journal) -> None:
    responders, _ = await forwarded(room, journal, "damkar", "psc119")
    (mine,) = await responders.of("psc119")
    assert (mine.forward.id, mine.number, mine.ticket.number) == ("psc119-1-budi", BUDI, room.numbers["budi"])
    other = replace(DAMKAR, agency="psc119")
    for work in (
        responders.one(FIRE, agency="psc119"),
        responders.say(FIRE, "ACCEPTED", other),
        responders.note(FIRE, "siap", key="k" * 16, teller=other),
        responders.one("damkar-9-nobody"),
    ):
        with pytest.raises(NotFound):
            await work
    assert (await responders.one(FIRE)).forward.status == "TRYING"


async def test_the_ticket_is_handled_when_the_last_agency_is_done(room: Room, journal: Journal) -> None:
    responders, _ = await forwarded(room, journal, "damkar", "psc119")
    medic = replace(DAMKAR, agency="psc119")
    await responders.say(FIRE, "ON_SCENE", DAMKAR)
    await responders.say("psc119-1-budi", "EN_ROUTE", medic)
    room.clock.pass_(60)
    duty = await responders.say(FIRE, "HANDLED", DAMKAR)
    assert (duty.ticket.status, duty.ticket.handled_at) == ("ON_SCENE", None)
    room.clock.pass_(60)
    duty = await responders.say("psc119-1-budi", "HANDLED", medic)
    assert (duty.ticket.status, duty.ticket.handled_at) == ("HANDLED", NOON + timedelta(seconds=120))


async def test_a_closed_ticket_stays_closed_and_learns_the_times(room: Room, journal: Journal) -> None:
    responders, _ = await forwarded(room, journal)
    number = room.numbers["budi"]
    await room.tickets.set_status(number, "CLOSED", disposition="RESOLVED", version=1, by="siti")
    duty = await responders.say(FIRE, "ON_SCENE", DAMKAR)
    assert (duty.ticket.status, duty.ticket.on_scene_at) == ("CLOSED", NOON)


async def test_a_supervisor_corrects_with_a_reason_and_the_old_time_stays(room: Room, journal: Journal) -> None:
    responders, _ = await forwarded(room, journal)
    room.clock.pass_(600)
    await responders.say(FIRE, "ON_SCENE", DAMKAR)
    right = NOON + timedelta(seconds=300)
    for at, reason in ((right, " "), (NOON + timedelta(days=1), "x"), (NOON - timedelta(seconds=1), "x")):
        with pytest.raises(BadInput):
            await responders.correct(FIRE, "ON_SCENE", at, reason=reason, by="bima")
    duty = await responders.correct(FIRE, Answer.ON_SCENE, right, reason="pressed late", by="bima")
    assert (duty.forward.on_scene_at, duty.forward.on_scene_source, duty.ticket.on_scene_at) == (right, "agency", right)
    change = next(c for c in reversed((await room.history.ticket(room.numbers["budi"])).changes) if " " in c.field)
    assert (change.field, change.old, change.by, change.reason) == (
        "damkar ON_SCENE",
        (NOON + timedelta(seconds=600)).isoformat(),
        "bima",
        "pressed late",
    )


async def test_a_call_taker_says_who_accepted_and_an_agency_s_note_is_on_the_ticket(
    room: Room, journal: Journal
) -> None:
    responders, _ = await forwarded(room, journal)
    with pytest.raises(BadInput, match="name"):
        await responders.say(FIRE, "ACCEPTED", replace(SITI, name=" "))
    duty = await responders.say(FIRE, "ACCEPTED", SITI)
    assert (duty.forward.accepted_by, duty.forward.accepted_name) == ("siti", "Rudi")
    duty = await responders.note(FIRE, "Jalan tertutup", key="k" * 16, teller=DAMKAR)
    assert [(note.author, note.text) for note in duty.notes] == [("Rudi (damkar)", "Jalan tertutup")]
    done = [(line.by, line.action, line.target) for line in (await room.history.audit()).lines]
    assert ("regu1", "forward.note", FIRE) in done
    assert ("siti", "forward.answer", FIRE) in done


async def test_a_request_leaves_the_list_when_its_own_ticket_is_closed(room: Room, journal: Journal) -> None:
    responders, _ = await forwarded(room, journal)
    other = answered(a_call("ani"))
    journal.write(arrival(tried(other.with_forward(share("psc119")), "psc119")))
    await journal.settled(60)
    await room.tickets.set_status(room.numbers["budi"], "CLOSED", disposition="RESOLVED", version=2, by="siti")
    assert [duty.forward.call for duty in await responders.open()] == ["ani"]
    assert [duty.open for duty in await responders.of("damkar")] == [False]
    room.clock.pass_(4 * 86400)
    assert await responders.of("damkar") == []
    assert [duty.forward.call for duty in await responders.of("psc119")] == ["ani"]


async def test_people_of_an_agency_are_added_on_the_command_line(url: str, room: Room) -> None:
    with pytest.raises(BadInput, match="which agency"):
        await commands.user_add(url, "regu1", role="agency", clock=room.clock)
    await commands.user_add(url, "regu1", role="agency", agency="Damkar", clock=room.clock)
    await commands.user_add(url, "siti", agency="damkar", clock=room.clock)
    assert [(user.name, user.agency) for user in await room.people.users()] == [("regu1", "damkar"), ("siti", "")]
    assert "regu1\tagency of damkar" in await commands.user_list(url, clock=room.clock)
