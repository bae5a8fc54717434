"""What our floor makes of a caller whom an overflow line took: heard, and found again; and which trunks answer."""

from datetime import timedelta

import pytest

from callcenter.asterisk.exchange import Exchange
from callcenter.core.call import Call, Outcome, Stage
from callcenter.core.floor import Floor
from tests.live.ami import Ami
from tests.live.conftest import Room
from tests.live.softphone import Phone
from tests.live.test_gaps import earlier, now, service
from tests.live.test_overflow import Lines, lines, nobody, taken
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")
__all__ = ["lines"]  # the fixture


async def put_through(room: Room, ami: Ami, lines: Lines) -> tuple[Phone, Phone]:
    await lines("damkar", after=30)
    await nobody(room)
    caller, fire = await room.phone("caller"), await room.phone("damkar")
    await caller.dial("112")
    await taken(caller, fire, ami)
    return caller, fire


async def test_it_is_heard_as_overflowed_with_a_time_of_its_own_and_no_answer(
    room: Room, ami: Ami, lines: Lines
) -> None:
    async with service(room, Floor(), earlier(room)) as (board, calls):
        began = now()
        _, fire = await put_through(room, ami, lines)
        await until(lambda: any(call.stage is Stage.HANDED_OVER for call in calls.values()), "the floor knows")
        await fire.hang_up()
        await until(lambda: not board.floor.calls, "the call has left the floor")
        (call,) = calls.values()
    assert (call.outcome, call.overflowed_to, call.answered_at) == (Outcome.OVERFLOWED, "on-call damkar", None)
    assert call.overflowed_at and began < call.overflowed_at < now()
    assert not call.disconnected_early


@pytest.mark.parametrize("file", ["master.db", "elsewhere.db"], ids=["both journals", "the database alone"])
async def test_when_nobody_listened_it_is_found_again_as_overflowed(
    room: Room, ami: Ami, lines: Lines, file: str
) -> None:
    over, began = earlier(room), now() - timedelta(seconds=1)
    _, fire = await put_through(room, ami, lines)
    await fire.hang_up()
    await until(room.exchange._empty, "the call is over")
    async with service(room, Floor(blind_since=began), over, file) as (_, calls):
        (call,) = calls.values()
    assert (call.outcome, call.overflowed_to, call.answered_at) == (Outcome.OVERFLOWED, "on-call damkar", None)
    assert call.overflowed_at and call.ended_at and began < call.overflowed_at < call.ended_at


def tries(call: Call) -> list[tuple[str, int, str]]:
    return [(each.number, each.line, str(each.result)) for each in call.attempts]


async def test_every_line_that_was_tried_is_told_and_found_again_with_how_it_ended(
    room: Room, ami: Ami, lines: Lines
) -> None:
    await lines("damkar", "psc", "damkar", after=30)
    psc_line = f"PJSIP/119@road-127.0.0.4_{room.ports['psc']}"
    await ami.do("Setvar", Variable="OVERFLOW_2", Value=f"{psc_line}|0231112|2|press|on-call psc")
    await ami.do("Setvar", Variable="OVERFLOW_1", Value="PJSIP/119@nowhere|0231112|2|press|on-call nobody")
    await nobody(room)
    over, began = earlier(room), now() - timedelta(seconds=1)
    caller, psc, fire = [await room.phone(name) for name in ("caller", "psc", "damkar")]
    async with service(room, Floor(), over) as (board, calls):
        await caller.dial("112")
        await psc.ringing()
        await taken(caller, fire, ami)
        await fire.hang_up()
        await until(lambda: not board.floor.calls, "the call has left the floor")
        (heard,) = calls.values()
    assert tries(heard) == [
        ("on-call nobody", 1, "FAILED"),
        ("on-call psc", 2, "NO_ANSWER"),
        ("on-call damkar", 3, "ACCEPTED"),
    ]
    assert all(each.dialled_at and each.ended_at and each.by == "overflow" for each in heard.attempts)
    assert (heard.forwarded_at, heard.agency_answered_at, heard.accepted_at) == (None, None, None)
    assert heard.number_source and heard.sip_call_id
    for file in ("master.db", "elsewhere.db"):
        async with service(room, Floor(blind_since=began), over, file) as (_, calls):
            (found,) = calls.values()
        assert tries(found) == tries(heard), file
        assert (found.outcome, found.overflowed_to) == (heard.outcome, heard.overflowed_to)
        assert (found.number_source, found.sip_call_id) == (heard.number_source, heard.sip_call_id)


async def test_while_it_goes_on_it_is_found_in_its_room(room: Room, ami: Ami, lines: Lines) -> None:
    over, began = earlier(room), now() - timedelta(seconds=1)
    _, fire = await put_through(room, ami, lines)
    async with service(room, Floor(blind_since=began), over) as (board, calls):
        (call,) = board.floor.calls.values()
        assert (call.stage, call.overflowed_to) == (Stage.HANDED_OVER, "on-call damkar")
        await fire.hang_up()
        await until(lambda: not board.floor.calls, "the call has left the floor")
    assert next(iter(calls.values())).outcome is Outcome.OVERFLOWED


async def test_trunks_that_do_not_answer_are_told_from_those_that_do(room: Room) -> None:
    async with service(room, Floor(), earlier(room)) as (board, _):
        telephone = board._telephone
        assert isinstance(telephone, Exchange)

        async def found() -> bool:
            return await telephone.trunks(["main", "rpid"]) == {"main": False, "rpid": False}

        await until(found, "nobody is at the trunks' addresses", every=0.5)
        assert await telephone.trunks([]) == {}
