"""A phone's do-not-disturb or call forwarding never takes 112 away: the others ring on, and the position is named."""

import pytest

from callcenter.core.alarms import TURNED_AWAY, wrong
from tests.live.callers import refusing_phone
from tests.live.conftest import BUDI, Room
from tests.live.desk import desk_of
from tests.live.house import SECRETS
from tests.live.softphone import speak
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("refusal", ["486 Busy Here", "603 Decline", "302 Moved Temporarily"])
async def test_the_others_ring_on_and_the_position_is_named(room: Room, refusal: str) -> None:
    budi, caller, him = await room.phone("budi"), await room.phone("caller"), await room.phone("102")
    await (await room.phone("101")).stop()  # somebody else has its account now
    elsewhere = f"{BUDI}@127.0.0.4:{room.ports['budi']}"
    folder = room.folder / refusal.split()[0]
    dnd = await refusing_phone("101", SECRETS.phones["101"], room.exchange.server, folder, refusal, elsewhere)
    try:
        async with desk_of(room) as desk:
            await until(lambda: desk.board.floor.positions["101"].phone == "IDLE", "101 is registered")
            await caller.dial("112")
            await him.ringing()
            positions = desk.board.floor.positions
            await until(lambda: desk.board.floor.positions["101"].turns_away, f"101 is found out, {positions['101']}")
            told = wrong(desk.board.floor, line_up=True, trunks={}, others={})
            assert told == {"turned-away": TURNED_AWAY.format(names="101")}
            assert not desk.board.floor.positions["102"].turns_away
            await him.answer()
            await speak(caller, him)
        assert budi.has("CALL_INCOMING") is None  # a forwarding is not followed
    finally:
        await dnd.stop()
