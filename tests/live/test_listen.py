"""A supervisor at somebody else's call, checked by ear: each phone speaks its own tone, and each ear is measured."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from callcenter import wav
from callcenter.core.call import Stage
from callcenter.core.errors import Refused
from callcenter.core.listen_wishes import Listen, StopListening
from callcenter.core.listener import Mode
from callcenter.core.listening import at
from callcenter.core.recorded import Part, pieces_of
from callcenter.core.wishes import HangUp
from tests.live.ami import Ami, first
from tests.live.conftest import Room
from tests.live.desk import Desk, desk_of
from tests.live.ears import BIMA, CALLER, DAMKAR, HER, Ears, ever_heard, over, rung_after_the_end, talk, with_damkar
from tests.live.tone import ever, samples_of
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(room: Room) -> AsyncIterator[Desk]:
    async with desk_of(room) as here:
        yield here


ONLY_TWO = {"caller": {HER}, "her": {CALLER}}
LISTENS = {**ONLY_TWO, "bima": {CALLER, HER}}
WHISPERS = {**LISTENS, "her": {CALLER, BIMA}}
JOINS = {**WHISPERS, "caller": {HER, BIMA}}


async def _listen_and_whisper(story: Ears) -> None:
    await story.lifts()
    await story.hear(**LISTENS)
    with pytest.raises(Refused):
        await story.turn(Mode.LISTEN)
    await story.turn(Mode.WHISPER)
    await story.hear(**WHISPERS)
    await story.bima.press("*#5")  # ChanSpy's own keys and those of others: nothing changes
    await story.hear(**WHISPERS)
    await story.desk.again()  # the next life finds who listens, and how
    assert story.mode() == Mode.WHISPER
    await story.turn(Mode.LISTEN)
    await story.hear(**LISTENS)
    for leg in ("", "-in", "-out"):
        assert not ever(samples_of(story.recorded(leg)), BIMA), f"the whisper is in {leg or 'the recording'}"
    assert not ever_heard(story.caller, BIMA)


async def _join_and_back(story: Ears) -> None:
    await story.turn(Mode.JOIN)
    await story.hear(**JOINS)
    await story.room.exchange.on_record(story.call.recording, CALLER, HER, BIMA, last=0.5)
    await story.room.exchange.on_record(story.call.recording.replace(".wav", "-out.wav"), HER, BIMA, last=0.5)
    await story.bima.press("777")  # in the middle of a key she goes: nobody is left with half of it
    for mode, heard_by in ((Mode.WHISPER, WHISPERS), (Mode.JOIN, JOINS), (Mode.LISTEN, LISTENS)):
        await story.turn(mode)
        await story.hear(**heard_by)
    assert not ever(samples_of(story.recorded("-in")), BIMA)  # what he says is his alone
    await story.stop()
    await story.hear(**ONLY_TWO)


async def test_listen_whisper_and_join_are_heard_on_the_right_legs_and_on_no_other(
    room: Room, desk: Desk, ami: Ami
) -> None:
    story = await talk(room, desk)
    with pytest.raises(Refused):
        await desk.wish(StopListening(story.id, "102", "bima"))
    await _listen_and_whisper(story)
    assert "ConfbridgeJoin" not in {first(m, "Event") for m in ami.heard}  # nobody was moved so far
    await _join_and_back(story)
    await story.lifts(Mode.WHISPER)  # again, at once as a whisper; this time her own phone ends it
    await story.hear(**WHISPERS)
    await story.bima.hang_up()
    await until(lambda: at(story.call, "102") is None, "nobody listens")
    await story.hear(**ONLY_TWO)
    assert (story.call.stage, story.call.position, story.call.answered_by) == (Stage.TALKING, "101", "101")
    await story.her.hang_up()
    await story.caller.closed()
    done = await over(desk, story)
    assert (done.outcome, done.disconnected_early, done.answered_by) == ("ANSWERED", False, "101")
    (own,) = [
        piece for piece in pieces_of(done) if piece.part is Part.COLLEAGUE
    ]  # her leg's, while she was in the room
    file = room.exchange.recording(own.places[0])
    await until(lambda: wav.look(file).closed, "her own recording is ended")
    assert (own.leg, own.position) == (f"ear-102-1-{story.id}", "102") and own.until is not None
    assert ever(samples_of(file), BIMA) and ever(samples_of(file), CALLER) and ever(samples_of(file), HER)
    if folder := os.environ.get("CALLCENTER_RECORD_AMI"):  # how tests/recordings/ came to its file
        (Path(folder) / "a-supervisor-listens-whispers-and-joins.ami").write_bytes(ami.raw)


async def test_she_hears_on_when_the_call_moves_to_a_room_with_an_agency(room: Room, desk: Desk) -> None:
    story = await talk(room, desk)
    await story.lifts()
    await with_damkar(story)
    there = {"caller": {HER, DAMKAR}, "her": {CALLER, DAMKAR}, "agency": {CALLER, HER}, "bima": {CALLER, HER, DAMKAR}}
    await story.hear(**there)
    await story.turn(Mode.WHISPER)
    await story.hear(caller={HER, DAMKAR}, her={CALLER, DAMKAR, BIMA}, agency={CALLER, HER}, bima={CALLER, HER, DAMKAR})
    assert not ever(samples_of(story.recorded()), BIMA)
    assert not ever(samples_of(story.recorded("-out")), BIMA)
    await story.turn(Mode.JOIN)
    await story.hear(
        caller={HER, DAMKAR, BIMA}, her={CALLER, DAMKAR, BIMA}, agency={CALLER, HER, BIMA}, bima={CALLER, HER, DAMKAR}
    )
    await story.turn(Mode.LISTEN)
    await story.hear(caller={HER, DAMKAR}, her={CALLER, DAMKAR}, agency={CALLER, HER}, bima={CALLER, HER, DAMKAR})
    await story.caller.hang_up()  # she relays to the agency: that is listened to as well
    await until(lambda: story.call.relay, "she relays")
    await story.hear(her={DAMKAR}, agency={HER}, bima={HER, DAMKAR})
    await desk.wish(HangUp(story.id, "101", "ayu"))
    for phone in (story.bima, story.her, story.agency):
        assert phone is not None
        await phone.closed()


async def test_a_call_that_is_taken_over_is_hers_and_the_call_taker_is_free(room: Room, desk: Desk) -> None:
    story = await talk(room, desk)
    await desk.wish(Listen(story.id, "102", "bima", Mode.TAKE))
    await story.bima.ringing()
    await desk.kill()  # in the middle: what was begun is completed by the next life
    await story.bima.answer()
    await story.hear(caller={HER, BIMA}, her={CALLER, BIMA}, bima={CALLER, HER})
    await desk.start()
    await story.her.closed()
    await until(lambda: story.call.position == "102", "it is hers")
    await story.hear(caller={BIMA}, bima={CALLER})
    (mine,) = story.call.listeners
    assert (mine.by, mine.live, mine.took_at is not None) == ("bima", False, True)
    assert (story.call.stage, story.call.answered_by) == (Stage.TALKING, "101")
    await room.exchange.on_record(story.call.recording, CALLER, BIMA, last=0.5)
    await story.bima.hang_up()
    await story.caller.closed()  # as in any call: he does not wait again
    assert not (await over(desk, story)).disconnected_early


@pytest.mark.parametrize("mode", [Mode.LISTEN, Mode.WHISPER])
async def test_a_listener_keeps_nobody_in_conversation_when_the_call_taker_s_phone_dies(
    room: Room, desk: Desk, ami: Ami, mode: Mode
) -> None:
    story = await talk(room, desk)
    await story.lifts(mode)
    await story.hear(caller={HER}, bima={CALLER, HER})
    if mode is Mode.WHISPER:
        await desk.kill()  # nor without our service
    joined = len(ami.events("QueueCallerJoin", Uniqueid=story.id))
    story.her.die()
    await story.bima.closed()
    again = await until(
        lambda: ami.events("QueueCallerJoin", Uniqueid=story.id)[joined:], "he comes into the queue again"
    )
    assert first(again[0], "Position") == "1" and not ever_heard(story.caller, BIMA)
    if mode is Mode.WHISPER:
        await desk.start()
    await until(lambda: story.call.stage is Stage.WAITING, "he waits")
    assert story.call.position == ""
    await until(lambda: rung_after_the_end(story.bima), "rung as the queue rings anybody")
    await story.bima.answer()
    await until(lambda: story.call.position == "102", "answered")
    await story.hear(caller={BIMA}, bima={CALLER})


@pytest.mark.parametrize("alone", [False, True])
async def test_who_joined_has_the_call_when_the_call_taker_s_phone_dies_and_all_are_free_when_he_hangs_up(
    room: Room, desk: Desk, ami: Ami, alone: bool
) -> None:
    story = await talk(room, desk)
    await story.lifts(Mode.JOIN)
    await story.hear(caller={HER, BIMA}, her={CALLER, BIMA}, bima={CALLER, HER})
    if alone:
        await desk.kill()  # nobody hears any of it: Asterisk's own records tell it afterwards
    joined = len(ami.events("QueueCallerJoin", Uniqueid=story.id))
    story.her.die()
    await story.hear(caller={BIMA}, bima={CALLER})
    await until(lambda: alone or story.call.position == "102", "it is hers")
    assert len(ami.events("QueueCallerJoin", Uniqueid=story.id)) == joined
    await story.caller.hang_up()
    await story.bima.closed()
    if alone:
        await desk.start()
    done = await over(desk, story)
    assert (done.outcome, done.disconnected_early) == ("ANSWERED", False)


def _free(desk: Desk) -> bool:
    return all(desk.board.floor.positions[position].phone == "IDLE" for position in ("101", "102"))


async def test_when_the_caller_hangs_up_every_phone_is_free(room: Room, desk: Desk) -> None:
    for mode in (Mode.LISTEN, Mode.JOIN):
        story = await talk(room, desk)
        await story.lifts(mode)
        await story.caller.hang_up()
        await story.her.closed()
        await story.bima.closed()
        await over(desk, story)
        for phone in (story.caller, story.her, story.bima):
            await phone.quiet()
        await until(lambda: _free(desk), "both are free")
