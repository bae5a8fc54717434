"""A practice call on a real Asterisk: a voice, an agency that comes by itself, and a true caller who comes first."""

import pytest

from callcenter.core.call import Call
from callcenter.core.desk_wishes import Practise
from callcenter.core.practice import CUT, practice_of
from callcenter.core.share import Status
from callcenter.core.wishes import Forward
from tests.live.conftest import Room
from tests.live.desk import Desk, desk_of
from tests.live.softphone import Phone
from tests.live.tone import samples_of
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


def loud(phone: Phone) -> bool:
    """Somebody speaks in its ear."""
    files = phone.sound()
    samples = samples_of(files[-1], 1.0) if files else []
    return len(samples) > 4000 and max(abs(int(each)) for each in samples) > 2000


def practice(desk: Desk) -> Call | None:
    """As it was last, also after its end."""
    return next((call for call in reversed(list(desk.calls.values())) if practice_of(call)), None)


async def begun(desk: Desk, her: Phone) -> Call:
    await until(lambda: desk.board.floor.positions["101"].phone == "IDLE", "101 is free")
    await desk.wish(Practise("1", "101", "siti"))
    await her.answer()
    return await until(lambda: (c := practice(desk)) and c.position == "101" and c, "it is hers") or desk.only()


async def test_she_hears_a_caller_and_the_agency_that_comes_is_not_the_true_one(room: Room) -> None:
    her, him, damkar = await room.phone("101"), await room.phone("102"), await room.phone("damkar")
    async with desk_of(room) as desk:
        call = await begun(desk, her)
        assert call.test and call.number == "112"
        await until(lambda: loud(her), "the voice speaks")
        await desk.wish(Forward(call.id, "damkar", "101", "siti"))
        await until(lambda: (c := practice(desk)) and c.accepted_at, "the practice agency accepts by itself")
        now = practice(desk)
        assert now is not None and [share.status for share in now.forwards] == [Status.ACCEPTED]
        assert not damkar.has("CALL_INCOMING") and not him.has("CALL_INCOMING")

        caller = await room.phone("caller")
        await caller.dial("112")
        await her.closed()  # the practice steps aside, at once: by itself it would go on for minutes
        await her.rung(2)
        await her.answer()  # and the true caller has her phone
        await caller.event("CALL_ESTABLISHED")
        await until(lambda: (c := practice(desk)) and not c.live, "the practice is over")
        over = practice(desk)
        assert over is not None and over.cause == CUT
        await caller.hang_up()


async def test_with_our_service_dead_a_practice_steps_aside_too(room: Room) -> None:
    her = await room.phone("101")
    await (await room.phone("102")).stop()
    caller = await room.phone("caller")
    async with desk_of(room) as desk:
        await begun(desk, her)
        await until(lambda: loud(her), "the voice speaks")
        await desk.kill()
        await caller.dial("112")
        await her.closed()  # at the end of a sentence
        await her.rung(2)
        await her.answer()
        await caller.event("CALL_ESTABLISHED")
        await caller.hang_up()
