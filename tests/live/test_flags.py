"""A flagged caller is the last or hears a message that any key leaves; a blocked one is told and cut off; both end by
themselves. Nothing of our service runs in these stories, but where one says so.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from callcenter.asterisk.exchange import Exchange, Known
from callcenter.asterisk.inbox import House
from callcenter.core.call import Outcome
from callcenter.core.catalogue import always
from callcenter.core.floor import Floor
from callcenter.core.phone import forms
from tests.live.ami import Ami, first
from tests.live.callers import alaw_tone
from tests.live.conftest import Room
from tests.live.house import SECRETS
from tests.live.raw_sip import Invite
from tests.live.softphone import Phone, speak
from tests.live.test_gaps import earlier, service
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PRANKSTER = "+6281298765432"
MESSAGE = 620
"""What the message sounds like here: half a second of a tone."""


@asynccontextmanager
async def our_service(room: Room) -> AsyncIterator[Exchange]:
    """Its link to Asterisk, for as long as the block lasts."""

    async def ended(ids: Sequence[str]) -> Known:
        return Known(set(ids), set())

    telephone = Exchange(
        host="127.0.0.1",
        port=room.exchange.ami_port,
        secret=SECRETS.ami,
        house=House(),
        positions=("101", "102"),
        catalogue=always(),
        hear=lambda _: None,
        on_state=lambda _: None,
        ended=ended,
        clock=lambda: datetime.now(UTC),
    )
    running = asyncio.create_task(telephone.run())
    try:
        await until(lambda: telephone.state.phase == "up", "the link is up")
        yield telephone
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def flagged(room: Room, effect: str = "flag", seconds: int = 3600, number: str = PRANKSTER) -> None:
    """Our service writes it down, in every form of the number, and dies."""
    wanted = {form: f"{int(time.time()) + seconds}|{effect}" for form in forms(number)}
    async with our_service(room) as telephone:
        assert await telephone.put_flags(wanted) > 0

        async def there() -> bool:
            return await telephone.put_flags(wanted) == 0

        await until(there, "Asterisk has the flags", every=0.1)


@pytest_asyncio.fixture(loop_scope="session")
async def short_messages(room: Room) -> None:
    for name in ("flagged", "blocked"):
        sound = alaw_tone(room.folder, MESSAGE).read_bytes()[:4000]
        (room.exchange.etc / "sounds" / "id" / f"{name}.alaw").write_bytes(sound)


@pytest_asyncio.fixture(loop_scope="session")
async def prankster(room: Room, short_messages: None, ami: Ami) -> AsyncIterator[Phone]:
    """His phone, as the trunk brings him: 0812..."""
    phone = Phone("081298765432", room.exchange.server, room.folder / "prankster", 500, host="127.0.0.2")
    await phone.start()
    await phone.quiet()  # what he heard in another story is forgotten
    yield phone
    await ami.do("Setvar", Variable="FLAG_EFFECT", Value="last")
    await phone.stop()


async def test_a_flagged_caller_is_behind_one_who_came_after_him(room: Room, ami: Ami) -> None:
    await flagged(room)
    caller, her, him = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await her.dial("102")
    await him.answer()
    for position in ("101", "102"):
        await ami.event("QueueMemberStatus", MemberName=position, Status="2")  # in use: nobody rings them
    sender = b"<sip:%s@127.0.0.2>" % PRANKSTER.encode()
    bad = await Invite(room.exchange.sip_port, "112").send(sender=sender)
    await bad.status(180)
    waiting = first(await ami.event("QueueCallerJoin"), "Uniqueid")
    await caller.dial("112")
    good = await until(
        lambda: next((m for m in ami.events("QueueCallerJoin") if m["Uniqueid"] != [waiting]), None), "both wait"
    )
    assert good and first(good, "Position") == "1"
    await her.order("hangup")
    rung = await ami.event("AgentCalled")
    assert first(rung, "Uniqueid") == first(good, "Uniqueid")
    await her.answer()
    await speak(caller, her)  # the one who came later is served first
    rung = await ami.event("AgentCalled", Uniqueid=waiting)  # and then the flagged one: never sent away
    assert first(rung, "MemberName") == "102"
    bad.cancel()
    await bad.refused()
    bad.close()


async def test_the_message_is_left_by_any_key_and_is_no_answer(room: Room, ami: Ami, prankster: Phone) -> None:
    await flagged(room)
    await ami.do("Setvar", Variable="FLAG_EFFECT", Value="message")
    her = await room.phone("101")
    await prankster.dial("112")
    await prankster.event("CALL_ESTABLISHED")
    await until(lambda: prankster.hears(MESSAGE), "he hears the message")
    assert ami.events("QueueCallerJoin") == []
    await prankster.press("7")
    joined = await ami.event("QueueCallerJoin")
    call, key = first(joined, "Uniqueid"), await ami.event("DTMFEnd", Digit="7", Direction="Received")
    at, put_through = float(first(key, "Timestamp")), float(first(joined, "Timestamp"))
    assert put_through - at < 4, "the message and its silence last 9 s"
    await her.ringing()
    assert f"e112/{call}/ans" not in await room.exchange.journal()
    await her.answer()
    await speak(prankster, her)
    assert await room.exchange.entry(call, "ans")


async def test_who_presses_nothing_is_put_through_after_the_message(room: Room, ami: Ami, prankster: Phone) -> None:
    await flagged(room)
    await ami.do("Setvar", Variable="FLAG_EFFECT", Value="message")
    her = await room.phone("101")
    await prankster.dial("112")
    await her.answer()
    await speak(prankster, her)


async def test_who_hangs_up_in_the_message_was_dropped_in_a_message(room: Room, ami: Ami, prankster: Phone) -> None:
    await flagged(room)
    over, began = earlier(room), datetime.now(UTC)
    await ami.do("Setvar", Variable="FLAG_EFFECT", Value="message")
    await prankster.dial("112")
    await until(lambda: prankster.hears(MESSAGE), "he hears the message")
    await prankster.hang_up()
    await until(room.exchange._empty, "the call is over")
    for file in ("master.db", "elsewhere.db"):
        async with service(room, Floor(blind_since=began), over, file) as (_, calls):
            (call,) = calls.values()
            assert (call.outcome, call.answered_at, call.queued_at) == (Outcome.ABANDONED_IVR, None, None)


async def test_a_blocked_caller_hears_why_and_his_call_ends_as_blocked(room: Room, ami: Ami, prankster: Phone) -> None:
    await flagged(room, "block")
    over, began = earlier(room), datetime.now(UTC)
    await prankster.dial("112")
    await until(lambda: prankster.hears(MESSAGE), "he hears the message")
    await prankster.closed()
    await until(room.exchange._empty, "the call is over")
    assert ami.events("AgentCalled") == []
    for file in ("master.db", "elsewhere.db"):  # our service was dead: Asterisk's own journals, together and alone
        async with service(room, Floor(blind_since=began), over, file) as (_, calls):
            (call,) = calls.values()
            assert (call.outcome, call.answered_at, call.number) == (Outcome.BLOCKED, None, "081298765432")


async def test_a_blocked_call_that_our_service_hears_is_blocked(room: Room, prankster: Phone) -> None:
    await flagged(room, "block")
    async with service(room, Floor(), earlier(room)) as (board, calls):
        await prankster.dial("112")
        await prankster.closed()
        await until(lambda: calls and not board.floor.calls, "the call is over")
        (call,) = calls.values()
        assert (call.outcome, call.answered_at) == (Outcome.BLOCKED, None)


async def test_a_block_ends_by_itself_with_nobody_there(room: Room, ami: Ami, prankster: Phone) -> None:
    await flagged(room, "block", seconds=3)
    her = await room.phone("101")
    until_s = time.time() + 3
    await until(lambda: time.time() > until_s + 1, "its time is over")
    await prankster.dial("112")
    await her.ringing()
    assert ami.events("UserEvent", UserEvent="Blocked") == []


@pytest.mark.parametrize("form", ["+6281298765432", "6281298765432", "081298765432"])
async def test_every_form_that_a_trunk_may_send_is_blocked(
    room: Room, ami: Ami, short_messages: None, form: str
) -> None:
    await flagged(room, "block")
    invite = await Invite(room.exchange.sip_port, "112").send(sender=b"<sip:%s@127.0.0.2>" % form.encode())
    await ami.event("UserEvent", UserEvent="Blocked")
    invite.cancel()
    invite.close()


async def written(ami: Ami, **variables: str) -> bool:
    count = len(ami.events("OriginateResponse"))
    headers = {"Channel": "Local/flag@flag-ledger/n", "Application": "NoOp", "Async": "true", "Timeout": "60000"}
    await ami.do("Originate", **headers, Variable=[f"{key}={value}" for key, value in variables.items()])
    answers = await until(lambda: ami.events("OriginateResponse")[count:], "an answer")
    return first(answers[0], "Response") == "Success"


async def test_a_flag_is_written_for_all_its_forms_and_taken_out(room: Room, ami: Ami) -> None:
    soon = str(int(time.time()) + 60)
    assert await written(ami, NUMBERS="0812000001&+62812000001", UNTIL=soon, EFFECT="block")
    kept = await room.exchange.journal()
    assert kept["flag/0812000001"] == kept["flag/+62812000001"] == f"{soon}|block"
    assert await written(ami, NUMBERS="0812000001&+62812000001", UNTIL="", EFFECT="")
    assert not [key for key in await room.exchange.journal() if key.startswith("flag/")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"NUMBERS": "112"},
        {"NUMBERS": ""},
        {"NUMBERS": "../e112"},
        {"NUMBERS": "0812x00001"},
        {"NUMBERS": "0812000001/x"},
        {"UNTIL": "x"},
        {"UNTIL": "99999999999"},
        {"UNTIL": "4102444800"},  # the year 2100: no block lasts longer than 72 hours
        {"EFFECT": "hangup"},
        {"EFFECT": "flag|x"},
        {"EFFECT": ""},
    ],
)
async def test_nothing_but_a_flag_can_be_written(room: Room, ami: Ami, wrong: dict[str, str]) -> None:
    before = await room.exchange.written()
    right = {"NUMBERS": "0812000001", "UNTIL": str(int(time.time()) + 60), "EFFECT": "block"}
    assert not await written(ami, **(right | wrong))
    assert await room.exchange.written() == before
