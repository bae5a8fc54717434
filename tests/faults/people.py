"""The room's people, for as long as a block lasts.

In:  a running house. Out: telephones that are signed in; watchers of a screen.
Never: anything that a fault would have to spare.
"""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.desks import Desk, Habits
from tests.faults.house import House
from tests.live.waiting import until


@asynccontextmanager
async def desks_of(
    house: House, *, answers: bool = True, seed: int = 0, **habits: tuple[float, float]
) -> AsyncIterator[list[Desk]]:
    """One telephone at each position, signed in."""
    desks: list[Desk] = []
    for name in house.positions:
        chance = random.Random(f"{seed} desk {name}")
        password = house.secrets.phones[name]
        desk = Desk(name, password, house.settings.sip_port, chance, Habits(answers=answers, **habits))
        desks.append(await desk.start())
        house.on_death.append(desks[-1].asterisk_died)
    try:
        await until(lambda: all(desk.signed_in.is_set() for desk in desks), "the desks are signed in")
        yield desks
    finally:
        for desk in desks:
            desk.close()
