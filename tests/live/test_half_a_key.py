"""Somebody leaves the room in the middle of a key press: those who stay go on hearing each other."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.live.conftest import Room
from tests.live.desk import Desk, desk_of
from tests.live.ears import CALLER, DAMKAR, HER, talk, with_damkar

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(room: Room) -> AsyncIterator[Desk]:
    async with desk_of(room) as here:
        yield here


async def test_an_agency_that_hangs_up_in_the_middle_of_a_key_leaves_nobody_deaf(room: Room, desk: Desk) -> None:
    story = await talk(room, desk)
    await with_damkar(story)
    assert story.agency is not None
    await story.hear(caller={HER, DAMKAR}, her={CALLER, DAMKAR}, agency={CALLER, HER})
    await story.agency.press("5555555")
    await story.agency.hang_up()
    await story.hear(caller={HER}, her={CALLER})
