"""A pause in the real queue: with its reason over our own death, off the ring, and yet rung where nobody else can."""

import asyncio
from datetime import timedelta

import pytest

from callcenter.core.desk_wishes import BeReady, TakePause
from callcenter.core.position import Pause
from tests.live.conftest import Room
from tests.live.desk import desk_of, now
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_paused_phone_rests_over_our_death_and_rings_when_no_other_can(room: Room) -> None:
    hers, his, caller = await room.phone("101"), await room.phone("102"), await room.phone("caller")
    async with desk_of(room) as desk:

        def pause(position: str = "101") -> Pause | None:
            seat = desk.board.floor.positions.get(position)
            return seat.pause if seat else None

        began = now().replace(microsecond=0)
        await desk.wish(TakePause("101", "PRAYER", "siti", began))
        await until(lambda: pause() == Pause("PRAYER", began), "Asterisk says that she pauses, and why")
        await desk.again()
        await until(lambda: pause() == Pause("PRAYER", began), "the next life of the service reads it from Asterisk")
        end = began + timedelta(seconds=60)
        await desk.wish(TakePause("101", "WRAP_UP", "wrap-up", began, end))
        await until(lambda: pause() == Pause("WRAP_UP", began, end), "another reason takes the place of the first")

        await caller.dial("112")
        await his.ringing()
        assert not hers.has("CALL_INCOMING"), "her phone rests"
        await his.answer()
        second = await room.phone("citizen")
        await second.dial("112")
        await hers.ringing()  # nobody else is free: hers rings all the same
        await hers.answer()
        await asyncio.gather(caller.event("CALL_ESTABLISHED"), second.event("CALL_ESTABLISHED"))
        await desk.wish(BeReady("101", "siti"))
        await until(lambda: pause() is None and not desk.board.floor.positions["101"].paused, "ready during her call")
        await second.hang_up()
        await caller.hang_up()
        await asyncio.gather(hers.closed(), his.closed())
        assert "paused" not in await room.exchange.cli("queue show")
