"""Links open one request until they are over; the outbox announces each forward once, whatever happens in between."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.core.errors import BadInput, Conflict, NotFound
from callcenter.core.link import kept_of
from callcenter.storage import Journal, Links, Messages, Responders
from callcenter.storage.messages import FAILED, LEASE, QUEUED, SENT
from callcenter.storage.tables_responders import links
from tests.storage.cast import NOON
from tests.storage.conftest import Room
from tests.storage.test_responders import FIRE, forwarded

KEY = b"key-of-the-tests"


def linked(room: Room, hours: float = 24) -> Links:
    return Links(room.database, key=KEY, hours=hours, clock=room.clock)


def outbox(room: Room) -> Messages:
    return Messages(room.database, linked(room), clock=room.clock)


async def announced(messages: Messages, *, every: bool = True) -> int:
    return len(await messages.announce({"damkar": "+62811"}, lambda duty: f"to {duty.forward.agency}", every=every))


async def test_a_link_opens_its_request_and_its_token_is_nowhere_kept(room: Room, journal: Journal) -> None:
    await forwarded(room, journal)
    found = await linked(room).of(FIRE, by="siti")
    duty, line = await linked(room).open(found.token, address="10.0.0.9", agent="WhatsApp/2")
    assert (duty.forward.id, line.opened) == (FIRE, 0)
    async with room.database.read() as connection:
        (row,) = (await connection.execute(select(links))).all()
    assert row.id == kept_of(found.token)
    assert found.token not in str(tuple(row))
    used = [line for line in (await room.history.audit()).lines if line.action == "link.opened"]
    assert (used[0].target, used[0].address, used[0].details["agent"]) == (FIRE, "10.0.0.9", "WhatsApp/2")
    assert (await linked(room).of(FIRE, by="rina")).token == found.token


async def test_looking_changes_nothing_of_the_request(room: Room, journal: Journal) -> None:
    responders, _ = await forwarded(room, journal)
    token = (await linked(room).of(FIRE, by="siti")).token
    before = await responders.one(FIRE)
    for _ in range(3):
        await linked(room).open(token)
    assert await responders.one(FIRE) == before


async def test_who_accepts_says_the_name_and_the_second_reads_it(room: Room, journal: Journal) -> None:
    await forwarded(room, journal)
    found = linked(room)
    token = (await found.of(FIRE, by="siti")).token
    with pytest.raises(BadInput, match="name"):
        await found.say(token, "ACCEPTED", name="  ")
    done = await asyncio.gather(
        *(found.say(token, "ACCEPTED", name=f"Rudi {n}") for n in range(8)), return_exceptions=True
    )
    assert sum(isinstance(one, Conflict) for one in done) == 7
    duty, _ = await found.open(token)
    assert duty.forward.accepted_by.startswith("Rudi ") and duty.forward.accepted_source == "agency"
    assert duty.ticket.status == "ACCEPTED"
    who = {line.by for line in (await room.history.audit()).lines if line.action == "forward.answer"}
    assert who == {f"link: {duty.forward.accepted_by}"}


async def test_a_link_that_is_over_taken_back_or_invented_opens_nothing(room: Room, journal: Journal) -> None:
    await forwarded(room, journal, "damkar", "psc119")
    found = linked(room, hours=1)
    token, other = (await found.of(FIRE, by="siti")).token, (await found.of("psc119-1-budi", by="siti")).token
    await found.revoke(FIRE, by="siti")
    for wrong in (token, "x" * 32):
        with pytest.raises(NotFound):
            await found.open(wrong)
        with pytest.raises(NotFound):
            await found.say(wrong, "ACCEPTED", name="Rudi")
    assert (await found.open(other))[0].forward.agency == "psc119"
    room.clock.pass_(3601)
    with pytest.raises(NotFound):
        await found.open(other)
    assert (await found.of(FIRE, by="siti")).token != token


async def test_each_forward_is_announced_once_to_those_who_want_it(room: Room, journal: Journal) -> None:
    await forwarded(room, journal, "damkar", "psc119")
    messages = outbox(room)
    assert await announced(messages, every=False) == 0
    counts = await asyncio.gather(*(announced(outbox(room)) for _ in range(4)))
    assert max(counts) == 1
    (line,) = (await room.history.ticket(room.numbers["budi"])).messages
    assert (line.forward, line.address, line.text, line.state) == (FIRE, "+62811", "to damkar", QUEUED)
    assert await announced(messages) == 0


async def test_a_message_is_claimed_by_one_and_comes_back_when_its_sender_died(room: Room, journal: Journal) -> None:
    await forwarded(room, journal)
    messages = outbox(room)
    await announced(messages)
    claims = await asyncio.gather(*(outbox(room).due() for _ in range(8)))
    (letter,) = [letter for claim in claims for letter in claim]
    assert await messages.due() == []
    room.clock.pass_(LEASE.total_seconds() + 1)
    (again,) = await messages.due()
    assert (again.line.key, again.line.tries) == (letter.line.key, 2)
    await messages.not_sent(again.line, "HTTP 503", timedelta(seconds=30), 503)
    assert await messages.due() == []
    assert (await messages.waiting()).why == "HTTP 503"
    room.clock.pass_(31)
    (third,) = await messages.due()
    await messages.sent(third.line, 202)
    (line,) = (await room.history.ticket(room.numbers["budi"])).messages
    assert (line.state, line.sent_at, line.tries, line.error) == (SENT, room.clock(), 3, "")
    assert await messages.waiting() == type(await messages.waiting())()


async def test_a_message_that_nobody_takes_for_a_day_is_given_up_in_sight(room: Room, journal: Journal) -> None:
    await forwarded(room, journal)
    messages = outbox(room)
    await announced(messages)
    room.clock.pass_(25 * 3600)
    (letter,) = await messages.due()
    await messages.not_sent(letter.line, "HTTP 500", timedelta(hours=1), 500)
    (line,) = (await room.history.ticket(room.numbers["budi"])).messages
    assert (line.state, line.error) == (FAILED, "Given up after 24 hours: HTTP 500")


async def test_a_forward_by_message_needs_no_call_taker_on_the_phone(room: Room, journal: Journal) -> None:
    await forwarded(room, journal)
    number = room.numbers["budi"]
    duty = await Responders(room.database, clock=room.clock).message(number, "bpbd", by="siti", call="budi")
    assert (duty.forward.mode, duty.forward.status, duty.forward.asked_at) == ("MESSAGE", "TRYING", NOON)
    assert await announced(outbox(room), every=False) == 0
    made = await outbox(room).announce({"bpbd": "bpbd@example.id"}, lambda _: "x", every=False)
    assert [duty.forward.agency for duty in made] == ["bpbd"]
    page = await room.history.ticket(number)
    assert {line.agency for line in page.forwards} == {"damkar", "bpbd"}
