"""Who is signed in stays so while the database is away."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callcenter.core.errors import StoreDown
from callcenter.storage import Role, Session
from callcenter.web.sessions import Sessions
from tests.web.house import Clock


class SlowPeople:
    """Storage that answers until its disk dies."""

    def __init__(self, session: Session) -> None:
        self.session_: Session | None = session
        self.away = False

    async def session(self, _token: str) -> Session | None:
        if self.away:
            raise StoreDown("The database does not answer.")
        return self.session_


def siti(clock: Clock) -> Session:
    return Session("1", "siti", "Siti", Role.CALL_TAKER, "101", "csrf", clock(), clock() + timedelta(hours=8))


def remembering(people: Any, clock: Clock) -> Sessions:
    return Sessions(people, clock)


async def test_siti_goes_on_working_while_the_database_is_away() -> None:
    clock = Clock()
    people = SlowPeople(siti(clock))
    sessions = remembering(people, clock)
    assert await sessions.find("cookie") == people.session_
    people.away = True
    assert await sessions.find("cookie") == people.session_
    with pytest.raises(StoreDown):
        await sessions.find("somebody else's cookie")
    clock.pass_(9 * 3600)
    with pytest.raises(StoreDown):
        await sessions.find("cookie")


async def test_a_session_that_was_ended_is_not_remembered() -> None:
    clock = Clock()
    people = SlowPeople(siti(clock))
    sessions = remembering(people, clock)
    await sessions.find("cookie")
    people.session_ = None
    assert await sessions.find("cookie") is None
    people.away = True
    with pytest.raises(StoreDown):
        await sessions.find("cookie")


async def test_a_new_position_is_seen_at_once() -> None:
    clock = Clock()
    people = SlowPeople(siti(clock))
    sessions = remembering(people, clock)
    await sessions.find("cookie")
    people.session_ = replace(siti(clock), position="102")
    found = await sessions.find("cookie")
    assert found is not None
    assert found.position == "102"
