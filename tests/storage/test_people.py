"""People: signing in, guessing passwords, sitting at positions, tokens."""

import asyncio
from datetime import timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from callcenter.core.errors import BadInput, Conflict, NotFound, Refused
from callcenter.storage import AuditFilter, People, Role, SignedIn, commands
from callcenter.storage.passwords import Passwords
from tests.storage.cast import Clock
from tests.storage.conftest import Room

GOOD = "a-long-password"
HERE = "10.0.0.7"


@pytest.fixture
async def siti(room: Room) -> Room:
    """A room where Siti and Rina may sign in."""
    await room.people.add_user("siti", GOOD, display="Siti Aminah", by="admin")
    await room.people.add_user("rina", GOOD, role="supervisor", by="admin")
    return room


async def signed_in(room: Room, name: str = "siti", position: str = "", password: str = GOOD) -> SignedIn:
    return await room.people.sign_in(name, password, position=position, address=HERE, agent="test")


async def test_who_signs_in_has_a_session_until_she_signs_out(siti: Room) -> None:
    there = await signed_in(siti, " SITI ", "101")
    session = await siti.people.session(there.token)
    assert session == there.session
    assert (session.person, session.display, session.role, session.position) == (
        "siti", "Siti Aminah", Role.CALL_TAKER, "101",
    )  # fmt: skip
    await siti.people.sign_out(there.token)
    assert await siti.people.session(there.token) is None
    assert await siti.people.at_positions() == {}


async def test_neither_passwords_nor_tokens_are_kept_as_they_are(siti: Room) -> None:
    there = await signed_in(siti)
    token = await siti.people.create_token("wall", by="admin")
    async with siti.database.read() as connection:
        for table in ("users", "sessions", "tokens", "audit"):
            for row in await connection.execute(text(f"SELECT * FROM {table}")):
                assert not {GOOD, there.token, token} & {str(value) for value in row}
        kept = (await connection.execute(text("SELECT password_hash FROM users"))).scalars().first()
    assert str(kept).startswith("$argon2id$")


async def test_a_session_ends_by_itself(siti: Room, clock: Clock) -> None:
    there = await signed_in(siti)
    clock.pass_(11 * 3600)
    assert await siti.people.session(there.token) is not None
    clock.pass_(11 * 3600)
    assert await siti.people.session(there.token) is not None  # she worked on
    clock.pass_(3 * 3600)
    assert await siti.people.session(there.token) is None  # 25 h after she signed in
    idle = await signed_in(siti)
    clock.pass_(13 * 3600)
    assert await siti.people.session(idle.token) is None


@pytest.mark.parametrize(("name", "password"), [("siti", "wrong"), ("nobody", GOOD), ("", ""), ("siti\0", GOOD)])
async def test_a_wrong_name_and_a_wrong_password_look_alike(siti: Room, name: str, password: str) -> None:
    with pytest.raises(Refused, match=r"The name or the password is wrong\."):
        await signed_in(siti, name, password=password)


async def test_a_position_has_one_person_and_says_who(siti: Room) -> None:
    await signed_in(siti, "siti", "101")
    with pytest.raises(Conflict, match="Position 101 is taken by Siti Aminah since 2026-01-14") as caught:
        await signed_in(siti, "rina", "101")
    assert caught.value.values["who"] == "Siti Aminah"
    there = await signed_in(siti, "rina", "102")
    assert {p: at.person for p, at in (await siti.people.at_positions()).items()} == {"101": "siti", "102": "rina"}
    moved = await siti.people.claim_position(there.token, "103")
    assert moved.position == "103"
    assert set(await siti.people.at_positions()) == {"101", "103"}
    assert (await siti.people.claim_position(there.token, "")).position == ""


async def test_of_eight_who_sit_down_at_once_one_sits(room: Room) -> None:
    for n in range(8):
        await room.people.add_user(f"p{n}", GOOD)
    got = await asyncio.gather(*(signed_in(room, f"p{n}", "101") for n in range(8)), return_exceptions=True)
    assert sorted(type(found).__name__ for found in got) == ["Conflict"] * 7 + ["SignedIn"], got
    assert len(await room.people.at_positions()) == 1


async def test_a_position_is_free_again_after_its_session_is_over(siti: Room, clock: Clock) -> None:
    await signed_in(siti, "siti", "101")
    clock.pass_(timedelta(hours=13).total_seconds())
    assert (await signed_in(siti, "rina", "101")).session.position == "101"


async def test_she_takes_her_position_along_to_another_browser(siti: Room) -> None:
    await signed_in(siti, "siti", "101")
    assert (await signed_in(siti, "siti", "101")).session.position == "101"
    assert len(await siti.people.at_positions()) == 1


async def test_a_disabled_person_is_out_at_once(siti: Room) -> None:
    there = await signed_in(siti, "siti", "101")
    await siti.people.disable("siti", by="admin")
    assert await siti.people.session(there.token) is None
    assert await siti.people.at_positions() == {}
    with pytest.raises(Refused, match="wrong"):
        await signed_in(siti)


async def test_a_new_password_ends_every_session(siti: Room) -> None:
    there = await signed_in(siti)
    told = await siti.people.change_password("siti", by="admin")
    assert await siti.people.session(there.token) is None
    assert (await signed_in(siti, password=told)).session.person == "siti"
    with pytest.raises(NotFound):
        await siti.people.change_password("nobody")


async def test_another_role_signs_in_anew_and_the_last_administrator_keeps_the_role(siti: Room) -> None:
    there = await signed_in(siti)
    await siti.people.set_role("siti", "supervisor", by="admin")
    assert await siti.people.session(there.token) is None
    assert (await signed_in(siti)).session.role is Role.SUPERVISOR
    line = (await siti.history.audit(AuditFilter(action="user.role"))).lines[0]
    assert line.details == {"role": ["call_taker", "supervisor"]}
    await siti.people.set_display("siti", " Siti A. ", by="admin")
    assert (await siti.people.user("siti")).display == "Siti A."
    await siti.people.add_user("boss", GOOD, role="admin")
    with pytest.raises(Refused, match="last administrator"):
        await siti.people.set_role("boss", "auditor")


async def test_the_first_administrator_is_made_once_and_the_last_one_stays(room: Room) -> None:
    password = await room.people.first_admin()
    assert password
    assert (await signed_in(room, "admin", password=password)).session.role is Role.ADMIN
    assert await room.people.first_admin() is None
    with pytest.raises(Refused, match="last administrator"):
        await room.people.disable("admin")
    await room.people.add_user("second", GOOD, role="admin")
    await room.people.disable("admin")


async def test_accounts_that_cannot_be_are_refused_in_words(siti: Room) -> None:
    for name, password, role, says in (
        ("siti", GOOD, "call_taker", "already"),
        ("a b", GOOD, "call_taker", "a b does not"),
        ("new", "short", "call_taker", "at least 8"),
        ("new", "x" * 300, "call_taker", "at most 200"),
        ("new", GOOD, "mayor", "mayor is no role. Roles: call_taker"),
    ):
        with pytest.raises((BadInput, Refused), match=says):
            await siti.people.add_user(name, password, role=role)


async def test_a_token_is_told_once_and_opens_until_it_is_revoked(room: Room) -> None:
    made = await room.people.create_token("wall", by="admin")
    found = await room.people.token(made)
    assert found is not None
    assert (found.name, found.role) == ("wall", Role.AUDITOR)
    assert await room.people.token(made + "x") is None
    with pytest.raises(Refused, match="already"):
        await room.people.create_token("wall")
    await room.people.revoke_token("wall", by="admin")
    assert await room.people.token(made) is None
    with pytest.raises(NotFound):
        await room.people.revoke_token("wall")
    assert [token.revoked_at is not None for token in await room.people.tokens()] == [True]


async def test_the_command_line_makes_people_and_tokens(url: str, clock: Clock) -> None:
    assert (await commands.first_admin(url, clock=clock)) is not None
    told = await commands.user_add(url, "siti", clock=clock, display="Siti")
    assert "Password: " in told
    assert "siti\tcall_taker\tSiti" in await commands.user_list(url, clock=clock)
    assert "new password" in await commands.user_password(url, "siti", clock=clock)
    assert "at once" in await commands.user_unlock(url, "siti", clock=clock)
    with pytest.raises(NotFound, match="There is no"):
        await commands.user_unlock(url, "nobody", clock=clock)
    with pytest.raises(Refused, match="no authenticator"):
        await commands.user_second_off(url, "siti", clock=clock)
    await commands.user_disable(url, "siti", clock=clock)
    assert "(disabled)" in await commands.user_list(url, clock=clock)
    assert "./run user enable siti" in await commands.user_password(url, "siti", clock=clock)
    assert "siti can sign in again" in await commands.user_enable(url, "siti", clock=clock)
    assert "disabled" not in await commands.user_list(url, clock=clock)
    assert "enable" not in await commands.user_password(url, "siti", clock=clock)
    token = (await commands.token_create(url, "wall", clock=clock)).split()[-1]
    assert token.startswith("cc112_")
    assert "wall\tauditor\tvalid" in await commands.token_list(url, clock=clock)
    await commands.token_revoke(url, "wall", clock=clock)
    assert "revoked" in await commands.token_list(url, clock=clock)


@pytest.mark.parametrize(
    "word", ["12345678", "aaaaaaaa", "rahasia123", "Password1!", "siti1234", "87654321", "20261122"]
)
async def test_a_password_that_everybody_guesses_is_refused_and_a_sentence_is_not(siti: Room, word: str) -> None:
    signed_in = await siti.people.sign_in("siti", GOOD, address="10.0.0.7")
    with pytest.raises(BadInput, match="guessed soon"):
        await siti.people.choose_password(signed_in.session, GOOD, word)
    await siti.people.choose_password(signed_in.session, GOOD, "kereta api pagi")


class Counting(PasswordHasher):
    """Counts the work."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified += 1
        return super().verify(hash, password)


async def test_a_name_that_is_not_there_costs_the_same_work_as_one_that_is(room: Room) -> None:
    hasher = Counting()
    people = People(room.database, clock=room.clock, passwords=Passwords(hasher))
    await people.add_user("siti", GOOD)
    await people.add_user("rudi", GOOD)
    await people.disable("rudi")
    for name in ("siti", "rudi", "nobody"):
        before = hasher.verified
        with pytest.raises(Refused):
            await people.sign_in(name, "wrong-password", address=f"10.0.0.{before}")
        assert hasher.verified == before + 1, name
