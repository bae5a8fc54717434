"""The link and a real Asterisk: what only the real one does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.asterisk.link_state import Limits, News, Phase
from callcenter.asterisk.wire import MAX_LINE, fields, originated_leg
from callcenter.core.errors import LineDown, Refused, Unconfirmed
from tests.asterisk.linked import Linked, linked
from tests.asterisk.real import RealAsterisk, real_asterisk
from tests.live.places import asterisk_program
from tests.live.waiting import PATIENT_S, until

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(asterisk_program() is None, reason="no Asterisk: ./test brings it"),
]
LIMITS = Limits(ping=0.5, dead=30.0, login=20.0, retry_most=0.5, retry_refused=1.0)  # a refused login takes 1 s
IMPATIENT = replace(LIMITS, dead=3.0)
"""For an Asterisk that stands still: one that is only slow must not be taken for it."""
LEG = "fwd-damkar-1-1-e112-1.7"


@pytest.fixture
async def asterisk(tmp_path: Path) -> AsyncIterator[RealAsterisk]:
    async with real_asterisk(tmp_path / "asterisk") as real:
        yield real


@pytest.fixture
async def line(asterisk: RealAsterisk, request: pytest.FixtureRequest) -> AsyncIterator[Linked]:
    async with linked(asterisk, limits=getattr(request, "param", LIMITS)) as it:
        await it.is_up(within=PATIENT_S)
        yield it


async def _call(line: Linked, leg: str = LEG) -> None:
    """A channel that stays up: a Local one, which waits in the dialplan on both sides."""
    where = {"Context": "trial", "Exten": "wait", "Priority": "1", "ChannelId": leg}
    await line.link.ask("Originate", {"Channel": "Local/wait@trial", **where}, deadline=PATIENT_S)


async def _legs(line: Linked) -> set[str]:
    return {str(fields(row)["Uniqueid"]) for row in await line.link.ask_list("CoreShowChannels", deadline=PATIENT_S)}


async def test_a_leg_of_ours_is_queued_seen_listed_and_hung_up(line: Linked) -> None:
    assert line.sessions[0].news is News.FIRST
    assert line.sessions[0].boot.startswith("20")
    await _call(line)
    await line.watch.until(lambda: "OriginateResponse" in line.story)
    assert LEG in await _legs(line)
    await line.watch.until(
        lambda: LEG in {str(fields(m).get("Uniqueid")) for m in line.heard if m.event == "Newchannel"}
    )
    outcome = next(m for m in line.heard if m.event == "OriginateResponse")
    assert (outcome.response, originated_leg(fields(outcome))) == ("Success", LEG)
    await line.link.ask("Hangup", {"Channel": LEG}, deadline=PATIENT_S)
    await line.watch.until(lambda: LEG in {str(fields(m).get("Uniqueid")) for m in line.heard if m.event == "Hangup"})


async def test_a_leg_that_never_came_to_be_is_known_by_the_id_we_gave_it(line: Linked) -> None:
    nowhere = {"Channel": "Local/nobody@trial", "Context": "trial", "Exten": "over", "Priority": "1", "ChannelId": LEG}
    await line.link.ask("Originate", nowhere, deadline=PATIENT_S)
    await line.watch.until(lambda: "OriginateResponse" in line.story)
    outcome = next(m for m in line.heard if m.event == "OriginateResponse")
    assert (outcome.response, originated_leg(fields(outcome))) == ("Failure", LEG)


async def test_nothing_to_list_is_empty_and_what_is_not_allowed_is_refused(line: Linked) -> None:
    for question, given in (
        ("CoreShowChannels", {}),
        ("ConfbridgeListRooms", {}),
        ("ConfbridgeList", {"Conference": "112"}),
        ("DBGet", {"Family": "e112", "Key": "none"}),
        ("DBGetTree", {"Family": "e112"}),
    ):
        assert await line.link.ask_list(question, given, deadline=PATIENT_S) == [], question
    with pytest.raises(Refused, match="Permission denied"):
        await line.link.ask("Command", {"Command": "core stop now"}, deadline=PATIENT_S)
    with pytest.raises(Refused, match="No such channel"):
        await line.link.ask("Hangup", {"Channel": "e112-1.1"}, deadline=PATIENT_S)


async def test_the_longest_line_that_we_send_is_one_that_asterisk_reads(line: Linked) -> None:
    with pytest.raises(Refused, match="No such channel"):
        await line.link.ask("Hangup", {"Channel": "x" * (MAX_LINE - len("Channel: "))}, deadline=PATIENT_S)


@pytest.mark.parametrize("line", [IMPATIENT], indirect=True, ids=[""])
async def test_a_frozen_asterisk_is_noticed_and_found_again_as_the_same(asterisk: RealAsterisk, line: Linked) -> None:
    wire = line.link._wire
    await until(lambda: wire and wire.outlived_its_first_second, "Asterisk is old enough to be known again")
    await asterisk.freeze()
    asking = asyncio.create_task(line.link.ask("Ping", deadline=20))
    assert "silent for 3 s" in (await line.is_down()).sentence
    with pytest.raises(Unconfirmed):
        await asking
    with pytest.raises(LineDown):
        await line.link.ask("Ping")
    asterisk.thaw()
    await line.is_up(2, within=PATIENT_S)
    assert line.sessions[1].news is News.LINK_LOST


async def test_after_kill_9_nothing_is_asked_again_and_the_restart_is_told(
    asterisk: RealAsterisk, line: Linked
) -> None:
    await _call(line)
    await line.watch.until(lambda: "OriginateResponse" in line.story)
    await asterisk.freeze()  # so that the question is sent, and certainly not answered
    asking = asyncio.create_task(_call(line, "fwd-damkar-1-2-e112-1.7"))
    await line.watch.until(lambda: len(line.link._questions) == 1)
    await asterisk.kill()
    with pytest.raises(Unconfirmed):
        await asking
    await line.watch.until(lambda: line.link.state.phase is Phase.DOWN)
    await asterisk.start()
    await line.is_up(2, within=PATIENT_S)
    assert line.sessions[1].news is News.RESTARTED
    assert await _legs(line) == set()


async def test_core_restart_now_is_said_and_survived(asterisk: RealAsterisk, line: Linked) -> None:
    await _call(line)
    rising = asyncio.create_task(asterisk.rise())
    try:
        await asterisk.cli("core restart now")
        await line.is_up(2, within=PATIENT_S)
    finally:
        rising.cancel()
    assert line.sessions[1].news is News.RESTARTED
    assert "Asterisk is restarting." in [state.sentence for state in line.states]
    assert Phase.REFUSED not in {state.phase for state in line.states}


@pytest.mark.parametrize(("user", "secret"), [("desk", "wrong"), ("nobody", "s3cret"), ("elsewhere", "s3cret")])
async def test_wrong_secret_unknown_user_and_forbidden_address_are_one_sentence_since_asterisk_has_one(
    asterisk: RealAsterisk, user: str, secret: str
) -> None:
    asterisk.user, asterisk.secret = user, secret
    async with linked(asterisk, limits=LIMITS) as line:
        state = await line.is_down(Phase.REFUSED, within=PATIENT_S)
        assert f"does not let the account {user} in: unknown name, wrong secret, or" in state.sentence


async def test_an_account_that_lacks_a_right_is_told_which(asterisk: RealAsterisk) -> None:
    asterisk.user = "deaf"
    async with linked(asterisk, limits=replace(LIMITS, boot=0.5)) as line:
        await line.watch.until(lambda: any("read = system" in s.sentence for s in line.states), within=PATIENT_S)
    asterisk.user = "mute"
    async with linked(asterisk, limits=LIMITS) as line:
        await line.watch.until(lambda: any("write = reporting" in s.sentence for s in line.states), within=PATIENT_S)
