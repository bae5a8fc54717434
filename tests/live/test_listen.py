"""A supervisor at somebody else's call, checked by ear: each phone speaks its own tone, and each ear is measured."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from callcenter.core.call import Call, Stage
from callcenter.core.errors import Refused
from callcenter.core.listen_wishes import Listen, StopListening
from callcenter.core.listener import Mode
from callcenter.core.listening import at
from callcenter.core.wishes import Forward, HangUp
from tests.live.ami import Ami, first
from tests.live.conftest import TONES, Room
from tests.live.desk import Desk, desk_of
from tests.live.softphone import Phone
from tests.live.tone import ever, heard, samples_of
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, HER, BIMA, DAMKAR = (TONES[name] for name in ("caller", "101", "102", "damkar"))
ALL = {CALLER, HER, BIMA, DAMKAR}
LASTS = 0.4


@pytest_asyncio.fixture(loop_scope="session")
async def desk(room: Room) -> AsyncIterator[Desk]:
    async with desk_of(room) as here:
        yield here


@dataclass
class Ears:
    """A caller in speech with 101; 102 is the supervisor's. `hear` says which tones each of them must hear, exactly."""

    room: Room
    desk: Desk
    caller: Phone
    her: Phone
    bima: Phone
    id: str
    agency: Phone | None = None
    missed: list[str] = field(default_factory=list)

    @property
    def call(self) -> Call:
        return self.desk.board.floor.calls[self.id]

    async def hear(self, **wanted: set[int]) -> None:
        """Each phone hears these tones and no other, for as long as is measured."""
        phones: dict[str, Phone | None] = vars(self)

        def right() -> bool:
            now = {name: _tones(phones[name]) for name in wanted}
            self.missed = [f"{name} hears {sorted(now[name])}" for name in wanted if now[name] != wanted[name]]
            return not self.missed

        try:
            await until(right, f"{wanted}", 15)
        except AssertionError as late:
            raise AssertionError(f"{late}: {', '.join(self.missed)}") from None

    async def turn(self, mode: Mode) -> None:
        await self.desk.wish(Listen(self.id, "102", "bima", mode))
        told = Mode.JOIN if mode is Mode.TAKE else mode
        await until(lambda: self.mode() in (told, "hers"), f"she is at {mode}")

    async def lifts(self, mode: Mode = Mode.LISTEN) -> None:
        self.bima.events.clear()
        await self.desk.wish(Listen(self.id, "102", "bima", mode))
        await self.bima.answer()
        await until(lambda: self.mode() not in (None, ""), "she hears it")

    def mode(self) -> str | None:
        if self.call.position == "102":
            return "hers"
        mine = at(self.call, "102")
        return mine.mode if mine else ""

    async def stop(self) -> None:
        await self.desk.wish(StopListening(self.id, "102", "bima"))
        await self.bima.closed()
        await until(lambda: at(self.call, "102") is None, "nobody listens")

    def with_agency(self) -> bool:
        return self.call.agency_in_room()

    def recorded(self, part: str = "") -> Path:
        return self.room.exchange.recording(self.call.recording.removesuffix(".wav") + f"{part}.wav")


def _tones(phone: Phone | None) -> set[int]:
    assert phone is not None
    files = phone.sound()
    samples = samples_of(files[-1], LASTS) if files else None
    if samples is None or len(samples) < LASTS * 7200:
        return {0}
    return {hertz for hertz in ALL if heard(samples, hertz)}


def _ever(phone: Phone, hertz: int) -> bool:
    return any(ever(samples_of(file), hertz) for file in phone.sound())


def _rung_after_the_end(phone: Phone) -> bool:
    kinds = phone.kinds()
    return "CALL_INCOMING" in kinds[kinds.index("CALL_CLOSED") :]


async def over(desk: Desk, story: Ears) -> Call:
    """As it was written down."""
    await until(lambda: desk.calls[story.id].done, "it is over")
    return desk.calls[story.id]


async def talk(room: Room, desk: Desk) -> Ears:
    caller, her, bima = await room.phone("caller"), await room.phone("101"), await room.phone("102")
    await caller.dial("112")
    await her.answer()
    await until(lambda: any(c.position == "101" for c in desk.board.floor.calls.values()), "it is hers")
    await until(lambda: desk.board.floor.positions["102"].phone == "IDLE", "102 is free")
    bima.events.clear()
    story = Ears(room, desk, caller, her, bima, desk.only().id)
    await story.hear(caller={HER}, her={CALLER})
    return story


async def with_damkar(story: Ears) -> None:
    """She forwards, and the fire brigade presses 1."""
    story.agency = await story.room.phone("damkar")
    await story.desk.wish(Forward(story.id, "damkar", "101", "ayu"))
    await story.agency.answer()
    await until(lambda: story.call.attempts and story.call.attempts[0].answered_at, "the agency lifted")
    await story.agency.press("1")
    await until(story.with_agency, "the agency is in")


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
    await story.bima.press("*#12#5")  # ChanSpy's own keys and those of others: nothing changes
    await story.hear(**WHISPERS)
    await story.desk.again()  # the next life finds who listens, and how
    assert story.mode() == Mode.WHISPER
    await story.turn(Mode.LISTEN)
    await story.hear(**LISTENS)
    for leg in ("", "-in", "-out"):
        assert not ever(samples_of(story.recorded(leg)), BIMA), f"the whisper is in {leg or 'the recording'}"
    assert not _ever(story.caller, BIMA)


async def _join_and_back(story: Ears) -> None:
    await story.turn(Mode.JOIN)
    await story.hear(**JOINS)
    await story.room.exchange.on_record(story.call.recording, CALLER, HER, BIMA, last=0.5)
    await story.room.exchange.on_record(story.call.recording.replace(".wav", "-out.wav"), HER, BIMA, last=0.5)
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
    story.her.die()
    await story.bima.closed()
    joined = await ami.event("QueueCallerJoin", Uniqueid=story.id, Position="1")
    assert joined and not _ever(story.caller, BIMA)
    if mode is Mode.WHISPER:
        await desk.start()
    await until(lambda: story.call.stage is Stage.WAITING, "he waits")
    assert story.call.position == ""
    await until(lambda: _rung_after_the_end(story.bima), "rung as the queue rings anybody")
    await story.bima.order("accept")
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
    story.her.die()
    await story.hear(caller={BIMA}, bima={CALLER})
    await until(lambda: alone or story.call.position == "102", "it is hers")
    assert len(ami.events("QueueCallerJoin", Uniqueid=story.id)) == 1
    await story.caller.hang_up()
    await story.bima.closed()
    if alone:
        await desk.start()
    done = await over(desk, story)
    assert (done.outcome, done.disconnected_early) == ("ANSWERED", False)


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
