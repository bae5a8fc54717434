"""Wrong tries, one-time passwords, and who is signed in where."""

import asyncio

import pytest

from callcenter.core.errors import BadInput, NotFound, Refused
from callcenter.storage import AuditFilter, SignIns
from tests.storage.cast import Clock
from tests.storage.conftest import Room
from tests.storage.test_people import GOOD, HERE, signed_in


@pytest.fixture
async def siti(room: Room) -> Room:
    """A room where Siti and Rina may sign in."""
    await room.people.add_user("siti", GOOD, display="Siti Aminah", by="admin")
    await room.people.add_user("rina", GOOD, role="supervisor", by="admin")
    return room


async def wait_of(room: Room, name: str = "siti", address: str = HERE, browser: str = "") -> int:
    """One wrong guess. How many seconds the refusal asks to wait; 0: the guess was made."""
    try:
        await room.people.sign_in(name, "guess-guess", address=address, browser=browser)
    except Refused as refused:
        seconds, minutes = refused.values.get("seconds", 0), refused.values.get("minutes", 0)
        assert isinstance(seconds, int) and isinstance(minutes, int)
        return seconds or minutes * 60
    raise AssertionError("a wrong password let somebody in")


async def test_guessing_takes_longer_and_longer_but_never_locks_for_good(siti: Room, clock: Clock) -> None:
    waits: list[int] = []
    for _ in range(60):
        if asked := await wait_of(siti):
            waits.append(asked)
            clock.pass_(asked)
    assert waits == sorted(waits)
    assert 600 < max(waits) <= 16 * 60
    clock.pass_(16 * 60)
    assert (await signed_in(siti)).session.person == "siti"


async def test_strangers_guesses_never_keep_her_out_of_the_browser_that_she_uses(siti: Room, clock: Clock) -> None:
    for n in range(200):  # from many addresses, and from her own
        await wait_of(siti, address=f"198.51.100.{n}")
        await wait_of(siti)
        await wait_of(siti, name=f"somebody{n}")
        clock.pass_(1)
    assert await wait_of(siti), "a browser that nobody knows has to wait"
    there = await siti.people.sign_in("siti", GOOD, address=HERE, browser="a-mark-of-an-earlier-sign-in")
    assert there.session.person == "siti"
    for _ in range(8):
        asked = await wait_of(siti, browser="a-mark-of-an-earlier-sign-in")
    assert asked, "and who sits at it cannot guess without end either"


async def test_an_administrator_ends_a_wait_of_a_name_and_of_an_address(siti: Room) -> None:
    while not await wait_of(siti):
        pass
    ins = SignIns(siti.database, siti.clock)
    assert {lock.name for lock in await ins.locks()} == {"siti"}
    await ins.end_lock(name="siti", by="admin")
    assert (await signed_in(siti)).session.person == "siti"
    for n in range(40):
        await wait_of(siti, name=f"x{n}")
    assert ("address", HERE) in {(lock.kind, lock.address) for lock in await ins.locks()}
    await ins.end_lock(address=HERE, by="admin")
    assert (await signed_in(siti)).session.person == "siti"
    assert [line.target for line in (await siti.history.audit(AuditFilter(action="lock.end"))).lines] == [HERE, "siti"]


async def test_during_the_wait_even_the_right_password_is_refused(siti: Room) -> None:
    for _ in range(4):
        with pytest.raises(Refused, match="wrong"):
            await signed_in(siti, password="guess-guess")
    with pytest.raises(Refused, match="wrong"):
        await signed_in(siti, password="guess-guess")
    with pytest.raises(Refused, match=r"Too many wrong tries\. Wait [0-9]+ seconds"):
        await signed_in(siti)
    assert (await signed_in(siti, "rina")).session.person == "rina"


async def test_many_guesses_at_once_count_as_many(siti: Room) -> None:
    async def guess() -> str:
        try:
            await signed_in(siti, password="guess-guess")
        except Refused as refused:
            return refused.sentence
        return ""

    said = await asyncio.gather(*(guess() for _ in range(30)))
    assert sum("wrong." in sentence for sentence in said) <= 5


async def test_a_one_time_password_is_good_for_choosing_an_own_one_for_three_days(siti: Room, clock: Clock) -> None:
    told = await siti.people.change_password("siti", by="admin", once=True)
    there = await signed_in(siti, password=told)
    elsewhere = await signed_in(siti, password=told)
    assert (there.session.owes, elsewhere.session.owes) == ("password", "password")
    with pytest.raises(Refused, match="former password is wrong"):
        await siti.people.choose_password(there.session, "guess-guess", "an-own-password")
    with pytest.raises(BadInput, match="another password than the one"):
        await siti.people.choose_password(there.session, told, told)
    with pytest.raises(BadInput, match="at least 8"):
        await siti.people.choose_password(there.session, told, "short")
    await siti.people.choose_password(there.session, told, "an-own-password")
    session = await siti.people.session(there.token)
    assert session is not None and session.owes == ""
    assert await siti.people.session(elsewhere.token) is None, "she is signed out everywhere else"
    told = await siti.people.change_password("siti", by="admin", once=True)
    clock.pass_(73 * 3600)
    with pytest.raises(Refused, match="more than three days ago"):
        await signed_in(siti, password=told)


async def test_a_closed_account_opens_again_with_a_one_time_password(siti: Room) -> None:
    await siti.people.disable("siti", by="admin")
    told = await siti.people.enable("siti", by="admin")
    assert (await signed_in(siti, password=told)).session.owes == "password"


async def test_sessions_are_listed_and_ended_and_the_history_says_from_where_and_with_what(siti: Room) -> None:
    there = await signed_in(siti, position="101")
    other = await siti.people.sign_in("siti", GOOD, address="10.0.0.9", agent="Firefox/130.0 Linux")
    await signed_in(siti, "rina")
    await wait_of(siti)
    ins = SignIns(siti.database, siti.clock)
    there_now = {(one.person, one.address, one.position) for one in await ins.open("siti")}
    assert there_now == {("siti", "10.0.0.9", ""), ("siti", HERE, "101")}
    with pytest.raises(NotFound, match="over already"):
        await ins.end(there.session.id, by="rina", person="rina")  # not hers
    await ins.end(there.session.id, by="admin")
    assert await siti.people.session(there.token) is None
    assert await siti.people.at_positions() == {}
    served = await ins.served("siti")
    assert [(one.position, one.ended_by, one.until is not None) for one in served] == [("101", "admin", True)]
    await ins.end_others(other.session)
    assert await siti.people.session(other.token) is not None
    await ins.end_all("siti", by="admin")
    assert await siti.people.session(other.token) is None
    tried = await ins.history("siti")
    assert [(one.action, one.agent) for one in tried] == [
        ("sign_in.refused", ""), ("sign_in", "Firefox/130.0 Linux"), ("sign_in", "test"),
    ]  # fmt: skip
    assert len(await ins.history()) == 4
