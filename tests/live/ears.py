"""A supervisor at a call on a real Asterisk: who hears which tones, exactly.

In:  a room, a desk. Out: a caller in speech with 101, and 102 as the supervisor's phone; what each ear has.
Never: a tone that is only looked for where it should be: each ear is asked for all of them.
"""

from dataclasses import dataclass, field
from pathlib import Path

from callcenter.core.call import Call
from callcenter.core.listen_wishes import Listen, StopListening
from callcenter.core.listener import Mode
from callcenter.core.listening import at
from callcenter.core.wishes import Forward
from tests.live.conftest import TONES, Room
from tests.live.desk import Desk
from tests.live.softphone import Phone
from tests.live.tone import ever, heard, samples_of
from tests.live.waiting import until

CALLER, HER, BIMA, DAMKAR = (TONES[name] for name in ("caller", "101", "102", "damkar"))
ALL = {CALLER, HER, BIMA, DAMKAR}
LASTS = 0.4


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
            await until(right, f"{wanted}")
        except AssertionError as late:
            raise AssertionError(f"{late}: {', '.join(self.missed)}") from None

    async def turn(self, mode: Mode) -> None:
        await self.desk.wish(Listen(self.id, "102", "bima", mode))
        told = Mode.JOIN if mode is Mode.TAKE else mode
        await until(lambda: self.mode() in (told, "hers"), f"she is at {mode}")

    async def lifts(self, mode: Mode = Mode.LISTEN) -> None:
        await self.at_rest()
        self.bima.events.clear()
        await self.desk.wish(Listen(self.id, "102", "bima", mode))
        await self.bima.answer()
        await until(lambda: self.mode() not in (None, ""), "she hears it")

    async def at_rest(self) -> None:
        """Her phone, also for the floor: it hears so a moment after the phone itself."""
        await until(lambda: self.desk.board.floor.positions["102"].phone == "IDLE", "102 is free")

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


def ever_heard(phone: Phone, hertz: int) -> bool:
    return any(ever(samples_of(file), hertz) for file in phone.sound())


def rung_after_the_end(phone: Phone) -> bool:
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
    await bima.rung_along()
    story = Ears(room, desk, caller, her, bima, desk.only().id)
    await story.at_rest()
    await story.hear(caller={HER}, her={CALLER})
    return story


async def with_damkar(story: Ears) -> None:
    """She forwards, and the fire brigade presses 1."""
    story.agency = await story.room.phone("damkar")
    await story.desk.wish(Forward(story.id, "damkar", "101", "ayu"))
    await story.agency.asked()
    await until(lambda: story.call.attempts and story.call.attempts[0].answered_at, "the agency lifted")
    await story.agency.press("1")
    await until(story.with_agency, "the agency is in")
