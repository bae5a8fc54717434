"""The second factor: a phone's code opens once, guesses are slowed down, a lost phone is no disaster."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from callcenter.core.errors import Refused
from callcenter.storage import AuditFilter, People, Second, SignedIn, commands
from callcenter.storage.codes import Vault, code_at, step_of
from tests.storage.cast import Clock, quick
from tests.storage.conftest import Room

GOOD = "a-long-password"
SECRET = "the data folder's secret"


@pytest.fixture
async def second(room: Room, clock: Clock) -> Second:
    """A room where Bima is a supervisor, and phones may be set up."""
    await room.people.add_user("bima", GOOD, role="supervisor", by="admin")
    return Second(room.database, secret=SECRET, clock=clock)


async def signed_in(room: Room, people: People | None = None) -> SignedIn:
    return await (people or room.people).sign_in("bima", GOOD, position="101", address="10.0.0.7")


async def set_up(room: Room, second: Second, clock: Clock) -> tuple[bytes, list[str]]:
    """His phone's secret, and his recovery codes."""
    there = await signed_in(room)
    offer = second.offer("bima", "112 Cirebon")
    secret = Vault(SECRET).open(offer.sealed)
    codes = await second.begin("bima", offer.sealed, code_at(secret, clock()), keep=there.session.id)
    await room.people.sign_out(there.token)
    clock.pass_(60)
    return secret, codes


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_the_codes_are_those_of_rfc_6238(at: int, code: str) -> None:
    """Appendix B, SHA-1, the last six digits."""
    clock = Clock()
    moment = clock() + timedelta(seconds=at - clock().timestamp())
    assert code_at(b"12345678901234567890", moment) == code
    assert step_of(b"12345678901234567890", code, moment) == at // 30


async def test_with_a_phone_the_password_alone_opens_nothing(room: Room, second: Second, clock: Clock) -> None:
    secret, _ = await set_up(room, second, clock)
    there = await signed_in(room)
    assert (there.session.owes, there.session.position) == ("code", "")
    assert await room.people.at_positions() == {}, "and no position is taken"
    with pytest.raises(Refused, match="not the one that the phone shows"):
        await second.complete(there.session.id, "bima", "000000", token=there.token)
    await second.complete(
        there.session.id, "bima", f" {code_at(secret, clock())[:3]} {code_at(secret, clock())[3:]} ", token=there.token
    )
    session = await room.people.session(there.token)
    assert session is not None
    assert (session.owes, session.position) == ("", "101")
    lines = (await room.history.audit(AuditFilter(by="bima", action="sign_in"))).lines
    assert [line.action for line in lines][:3] == ["sign_in", "sign_in.code_refused", "sign_in.half"]


async def test_a_code_opens_once_and_one_step_of_drift_is_forgiven(room: Room, second: Second, clock: Clock) -> None:
    secret, _ = await set_up(room, second, clock)
    early = code_at(secret, clock() - timedelta(seconds=30))
    late = code_at(secret, clock() + timedelta(seconds=30))
    too_late = code_at(secret, clock() + timedelta(seconds=90))
    there = await signed_in(room)
    with pytest.raises(Refused, match="not the one"):
        await second.complete(there.session.id, "bima", too_late, token=there.token)
    await second.complete(there.session.id, "bima", early, token=there.token)
    other = await signed_in(room)
    with pytest.raises(Refused, match="used already"):
        await second.complete(other.session.id, "bima", early, token=other.token)
    await second.complete(other.session.id, "bima", late, token=other.token)
    third = await signed_in(room)
    with pytest.raises(Refused, match="used already"):  # an older step than the newest that was used
        await second.complete(third.session.id, "bima", code_at(secret, clock()), token=third.token)


async def test_guessing_codes_is_slowed_down_and_a_half_sign_in_ends(room: Room, second: Second, clock: Clock) -> None:
    secret, _ = await set_up(room, second, clock)
    there = await signed_in(room)
    made = 0
    for n in range(100):
        try:
            await second.complete(there.session.id, "bima", f"{n:06d}", token=there.token)
        except Refused as refused:
            made += "not the one" in refused.sentence
    assert made <= 5
    clock.pass_(11 * 60)
    assert await room.people.session(there.token) is None
    with pytest.raises(Refused, match="too long"):
        await second.complete(there.session.id, "bima", code_at(secret, clock()), token=there.token)


async def test_a_recovery_code_opens_once_and_new_ones_replace_them(room: Room, second: Second, clock: Clock) -> None:
    secret, codes = await set_up(room, second, clock)
    assert len(set(codes)) == 10
    there = await signed_in(room)
    await second.complete(there.session.id, "bima", codes[3].upper().replace("-", " "), token=there.token)
    assert (await second.standing("bima")).codes_left == 9
    other = await signed_in(room)
    with pytest.raises(Refused, match="not the one"):
        await second.complete(other.session.id, "bima", codes[3], token=other.token)
    new = await second.renew_codes("bima", code_at(secret, clock()))
    assert (await second.standing("bima")).codes_left == 10
    with pytest.raises(Refused):
        await second.complete(other.session.id, "bima", codes[4], token=other.token)
    await second.complete(other.session.id, "bima", new[4], token=other.token)


async def test_nothing_in_the_database_opens_anything(room: Room, second: Second, clock: Clock) -> None:
    secret, codes = await set_up(room, second, clock)
    async with room.database.read() as connection:
        kept = [str(row) for table in ("users", "recovery_codes", "audit", "sessions")
                for row in await connection.execute(text(f"SELECT * FROM {table}"))]  # fmt: skip
    assert not [row for row in kept if secret.hex() in row or any(code in row for code in codes)]
    stranger = Second(room.database, secret="another folder's secret", clock=clock)
    there = await signed_in(room)
    with pytest.raises(Refused, match=r"another secrets\.json"):
        await stranger.complete(there.session.id, "bima", code_at(secret, clock()), token=there.token)


async def test_a_lost_phone_is_taken_off_by_an_administrator_and_that_is_written_down(
    room: Room, second: Second, clock: Clock
) -> None:
    secret, _ = await set_up(room, second, clock)
    there = await signed_in(room)
    await second.complete(there.session.id, "bima", code_at(secret, clock()), token=there.token)
    with pytest.raises(Refused, match="used already"):  # by himself: with a code only
        await second.take_off("bima", by="bima", code=code_at(secret, clock()))
    await second.take_off("bima", by="ayu", address="10.0.0.1")
    assert await room.people.session(there.token) is None
    assert (await signed_in(room)).session.owes == ""
    line = (await room.history.audit(AuditFilter(action="second.off"))).lines[0]
    assert (line.by, line.target, line.address) == ("ayu", "bima", "10.0.0.1")
    with pytest.raises(Refused, match="There is no authenticator"):
        await second.take_off("bima", by="ayu")


async def test_the_command_line_takes_it_off_too(room: Room, second: Second, url: str, clock: Clock) -> None:
    await set_up(room, second, clock)
    assert "password alone" in await commands.user_second_off(url, "bima", clock=clock)
    assert (await second.standing("bima")).since is None
    assert (await room.history.audit()).lines[0].by == "command line"


async def test_roles_that_need_one_owe_it_until_it_is_set_up(room: Room, second: Second, clock: Clock) -> None:
    strict = People(room.database, clock=clock, passwords=quick(), required=["supervisor", "admin"])
    there = await signed_in(room, strict)
    assert there.session.owes == "second"
    offer = second.offer("bima", "112 Cirebon")
    with pytest.raises(Refused, match="not the one"):
        await second.begin("bima", offer.sealed, "000000", keep=there.session.id)
    assert second.offer("bima", "112 Cirebon", offer.sealed) == offer, "a wrong code shows the same picture again"
    code = code_at(Vault(SECRET).open(offer.sealed), clock())
    await second.begin("bima", offer.sealed, code, keep=there.session.id)
    session = await strict.session(there.token)
    assert session is not None and session.owes == ""
    with pytest.raises(Refused, match="already"):
        await second.begin("bima", offer.sealed, code_at(Vault(SECRET).open(offer.sealed), clock()), keep="")
