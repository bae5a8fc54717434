"""Forwards in the database: the telephone's word and the agency's own, side by side."""

from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.attempt import Result
from callcenter.core.call import Call
from callcenter.core.share import Mode, Share, Status, stopped
from callcenter.storage import Journal
from callcenter.storage.forwards import Source
from callcenter.storage.tables import forwards
from tests.storage.cast import NOON, a_call, about, answered, arrival, tried
from tests.storage.conftest import Room


def forwarded(call: Call) -> Call:
    """Damkar is asked for, its first line rings."""
    return tried(call.with_forward(Share("damkar", 1, Mode.CONFERENCE, "siti", NOON)))


async def test_a_forward_is_on_the_page_of_its_call_and_of_its_ticket(room: Room, journal: Journal) -> None:
    call = forwarded(answered(a_call("budi")))
    journal.write(arrival(call))
    await journal.settled(60)
    (line,) = (await room.history.call("budi")).forwards
    assert (line.id, line.agency, line.mode, line.status, line.by) == (
        "damkar-1-budi",
        "damkar",
        "CONFERENCE",
        "TRYING",
        "siti",
    )
    assert line.asked_at == NOON
    assert line.ticket_number == room.numbers["budi"]
    assert (await room.history.ticket(room.numbers["budi"])).forwards == [line]


async def test_what_the_agency_said_itself_is_not_taken_back_by_the_telephone(room: Room, journal: Journal) -> None:
    call = forwarded(answered(a_call("budi")))
    journal.write(arrival(call))
    await journal.settled(60)

    async def says(connection: AsyncConnection) -> None:
        said = {"accepted_at": NOON, "accepted_by": "regu-1", "accepted_source": Source.AGENCY.value}
        await connection.execute(update(forwards).values(status="EN_ROUTE", en_route_at=NOON, **said))

    await room.database.write(says)
    (share,) = call.forwards
    journal.write(about(call.with_forward(stopped(share, Status.UNREACHED, NOON))))
    await journal.settled(60)
    (line,) = (await room.history.call("budi")).forwards
    assert (line.status, line.accepted_by, line.accepted_source, line.ended_at) == (
        "EN_ROUTE",
        "regu-1",
        "agency",
        None,
    )


async def test_a_key_on_the_agencys_phone_is_kept_with_its_source(room: Room, journal: Journal) -> None:
    call = forwarded(answered(a_call("budi")))
    (attempt,) = call.attempts
    journal.write(arrival(call))
    accepted = replace(attempt, result=Result.ACCEPTED, accepted_at=NOON, accepted_by="key")
    journal.write(about(call.with_attempt(accepted)))
    await journal.settled(60)
    (line,) = (await room.history.call("budi")).forwards
    assert (line.status, line.accepted_at, line.accepted_source) == ("ACCEPTED", NOON, "phone")


async def test_two_agencies_on_one_call_are_two_rows(room: Room, journal: Journal) -> None:
    call = forwarded(answered(a_call("budi")))
    journal.write(arrival(tried(call.with_forward(Share("psc119", 1, Mode.WARM, "siti", NOON)), "psc119")))
    await journal.settled(60)
    assert sorted(line.agency for line in (await room.history.call("budi")).forwards) == ["damkar", "psc119"]
    assert journal.state.quarantined == 0
