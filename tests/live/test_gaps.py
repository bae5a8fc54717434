"""Nobody listens on AMI while calls come and go and Asterisk is killed; then our link comes up: what do we know?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.asterisk.exchange import NOTED_EVERY_S, Exchange, Known
from callcenter.asterisk.inbox import ATTEMPT_LEG, House
from callcenter.asterisk.own import DESK_LEG
from callcenter.asterisk.records import Records
from callcenter.core.call import Call, Outcome
from callcenter.core.catalogue import always
from callcenter.core.floor import Floor
from callcenter.core.reconcile import read_from
from callcenter.switchboard import Switchboard
from tests.live.conftest import Room
from tests.live.house import SECRETS
from tests.live.raw_sip import Invite
from tests.live.softphone import Phone
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

Span = tuple[datetime, datetime]
BUSY = timedelta(seconds=1)
"""What a busy machine may add where nobody looked at the clock."""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Told:
    """What the test did and when: each moment lies between two looks at the clock."""

    arrived: Span
    answered: Span | None = None
    ended: Span | None = None


class Day:
    """Calls, made one after the other, and the truth about them."""

    def __init__(self, room: Room, caller: Phone, her: Phone, him: Phone) -> None:
        self.room, self.caller, self.her, self.him = room, caller, her, him
        self.truth: dict[str, Told] = {}

    async def arrival(self, name: str) -> None:
        before = now()
        await self.caller.dial("112")
        await self.her.ringing()
        self.truth[name] = Told((before, now()))

    async def answer(self, name: str) -> None:
        before = now()
        await self.her.answer()
        self.truth[name].answered = (before, now())

    async def end(self, name: str, phone: Phone) -> None:
        before = now()
        await phone.hang_up()
        await until(self.room.exchange._empty, "the call is over")
        self.truth[name].ended = (before, now())
        for each in (self.caller, self.her, self.him):
            await each.quiet()  # what it heard is forgotten too: the next call is not proved by this one's sound

    async def speaks(self, name: str) -> None:
        """Asterisk joins the two a moment after her phone is lifted; later on a busy machine."""
        await until(lambda: self.caller.hears(800), "he hears her")
        self.joined(name)

    def joined(self, name: str) -> None:
        began, _ = self.truth[name].answered or (now(), now())
        self.truth[name].answered = (began, now())


@asynccontextmanager
async def service(
    room: Room, floor: Floor, over: Sequence[str] = (), file: str = "master.db", *, away: bool = False
) -> AsyncIterator[tuple[Switchboard, dict[str, Call]]]:
    """Our service as far as the telephone matters: link, snapshot, records, floor. `away`: so is the database."""
    calls: dict[str, Call] = {}
    board = Switchboard(catalogue=always(), keep=lambda _, changed: calls.update({call.id: call for call in changed}))
    board.floor = floor

    async def ended(ids: Sequence[str]) -> Known:
        return Known(set(), set(ids)) if away else Known({id_ for id_ in ids if id_ in over}, set())

    telephone = Exchange(
        host="127.0.0.1",
        port=room.exchange.ami_port,
        secret=SECRETS.ami,
        house=House(),
        positions=("101", "102"),
        catalogue=always(),
        hear=board.hear,
        on_state=lambda state: None,
        ended=ended,
        clock=now,
        records=Records(room.exchange.home / "asterisk" / "log" / file),
        since=lambda heard: read_from(board.floor, heard),
    )
    board.connect(telephone)
    running = asyncio.create_task(telephone.run())
    try:
        await until(lambda: telephone.state.phase == "up", "the link is up")
        assert telephone.records is not None
        assert (telephone.records.trouble is None) is (file == "master.db")
        yield board, calls
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def earlier(room: Room) -> list[str]:
    """The calls of other tests: committed long ago."""
    legs = {row[name] for row in room.exchange.timeline() for name in ("linkedid", "uniqueid")}
    made = {found["call"] for leg in legs if (found := ATTEMPT_LEG.fullmatch(leg) or DESK_LEG.fullmatch(leg))}
    return sorted(legs | made)


def within(moment: datetime | None, span: Span | None) -> bool:
    if moment is None or span is None:
        return moment is None and span is None
    return span[0] <= moment <= span[1] + BUSY


def right(call: Call, truth: Told) -> bool:
    return (
        within(call.arrived_at, truth.arrived)
        and within(call.answered_at, truth.answered)
        and within(call.ended_at, truth.ended)
    )


def moments(call: Call) -> tuple[datetime | None, ...]:
    return call.arrived_at, call.answered_at, call.ended_at


async def anonymous(day: Day, name: str) -> None:
    """A withheld number, which the operator vouches for."""
    before, port = now(), day.room.exchange.sip_port
    pai = b"P-Asserted-Identity: <sip:+628111222333@operator.example>"
    invite = await Invite(port, "112").send(
        pai, b"Privacy: id", sender=b'"Anonymous" <sip:anonymous@anonymous.invalid>'
    )
    await day.her.ringing()
    day.truth[name] = Told((before, now()))
    await day.answer(name)
    await invite.status(200)  # Asterisk joins the two
    day.joined(name)
    await day.end(name, day.her)
    invite.close()


async def late(day: Day, name: str) -> None:
    """The queue's time limit passes: he is answered toward the network, and she is rung again."""
    async with day.room.answered_after(5):
        await day.arrival(name)
        await day.caller.event("CALL_ESTABLISHED")
        await day.her.rung(2)


async def seven_calls(room: Room) -> Day:
    """The seven of the facts, with nobody on AMI."""
    day = Day(room, await room.phone("caller"), await room.phone("101"), await room.phone("102"))
    for name in ("answered", "passed on", "given up", "anonymous", "answered late", "cut off", "after"):
        if name == "anonymous":
            await anonymous(day, name)
            continue
        await (late if name == "answered late" else Day.arrival)(day, name)
        if name == "given up":
            await day.end(name, day.caller)
            continue
        await day.answer(name)
        await day.speaks(name)
        if name == "passed on":
            await day.her.order("transfer", f"sip:102@{room.exchange.server}")
            await day.him.answer()
        if name == "cut off":
            await killed(day)
            continue
        await day.end(name, day.caller)
    return day


async def killed(day: Day) -> None:
    """What Asterisk knew for 1.5 s, it has written."""

    def written() -> bool:
        rows = day.room.exchange.timeline()
        call = rows[-1]["linkedid"]
        return [row["linkedid"] for row in rows if row["eventtype"] == "BRIDGE_ENTER"].count(call) == 2

    await until(written, "both are in the bridge, also in the records")
    assert day.room.exchange.process
    day.room.exchange.process.kill()
    await day.room.exchange.process.wait()
    await day.room.exchange.start()
    for each in (day.caller, day.her, day.him):
        await each.quiet()


async def test_seven_calls_that_nobody_heard_come_out_right_although_asterisk_was_killed(room: Room) -> None:
    over, began = earlier(room), now()
    day = await seven_calls(room)
    async with service(room, Floor(blind_since=began), over) as (board, calls):
        (gap,) = board.floor.gaps
        assert (gap.found, gap.unknown, gap.cut) == (6, 0, 1)
        assert not board.floor.calls
        assert len(calls) == 7
        found = dict(zip(day.truth, sorted(calls.values(), key=lambda call: call.arrived_at), strict=True))
        wrong = [
            (name, moments(call), day.truth[name]) for name, call in found.items() if not right(call, day.truth[name])
        ]
        assert not wrong
        short, late = found.pop("given up"), found["answered late"]
        assert short.outcome is Outcome.ABANDONED_SHORT
        assert {call.outcome for call in found.values()} == {Outcome.ANSWERED}
        assert {call.answered_by for call in found.values()} == {"101"}
        assert [name for name, call in found.items() if call.disconnected_early] == ["cut off"]
        assert [name for name, call in found.items() if not call.end_seen] == ["cut off"]
        assert found["anonymous"].number == "+628111222333"
        assert [attempt.number for attempt in found["passed on"].attempts] == ["102"]
        assert late.rung == 4 and late.answered_at and (late.answered_at - late.arrived_at).total_seconds() > 5
    async with service(room, Floor(blind_since=began), [*over, *calls]) as (board, again):
        assert not again
        assert (board.floor.gaps[0].found, board.floor.gaps[0].unknown) == (0, 0)


async def test_a_call_that_ends_while_the_service_is_dead_gets_its_true_end(room: Room) -> None:
    day = Day(room, await room.phone("caller"), await room.phone("101"), await room.phone("102"))
    over = earlier(room)
    async with service(room, Floor(), over) as (board, calls):
        await day.arrival("known")
        await day.answer("known")
        await until(lambda: any(call.position for call in calls.values()), "the answer is known")
        await day.speaks("known")
        await asyncio.sleep(NOTED_EVERY_S)
        left, died = board.floor.calls.values(), now()
    await day.end("known", day.caller)
    again = Switchboard(catalogue=always(), keep=lambda _, changed: None)
    again.resume(left)
    async with service(room, again.floor, over) as (board, calls):
        (call,) = calls.values()
        assert right(call, day.truth["known"])
        assert (call.outcome, call.disconnected_early, call.end_seen) == (Outcome.ANSWERED, False, True)
        (gap,) = board.floor.gaps
        assert gap.found == 1
        assert 0 <= (died - gap.since).total_seconds() < 5 * NOTED_EVERY_S  # a busy machine notes late


async def test_without_the_timeline_asterisk_s_database_alone_tells_it(room: Room) -> None:
    day = Day(room, await room.phone("caller"), await room.phone("101"), await room.phone("102"))
    over, began = earlier(room), now()
    await day.arrival("alone")
    await day.answer("alone")
    await day.speaks("alone")
    await day.end("alone", day.caller)
    async with service(room, Floor(blind_since=began), over, "elsewhere.db") as (board, calls):
        (call,) = calls.values()
        assert right(call, day.truth["alone"])
        assert (call.outcome, call.answered_by, board.floor.gaps[0].found) == (Outcome.ANSWERED, "101", 1)


async def test_who_is_up_is_known_whole_also_while_the_database_cannot_say_who_is_over(room: Room) -> None:
    """Else his row would be written over without what the INVITE said, and without his recording."""
    day = Day(room, await room.phone("caller"), await room.phone("101"), await room.phone("102"))
    await day.arrival("up")
    await day.answer("up")
    await day.speaks("up")
    async with service(room, Floor(), away=True) as (board, _):
        (call,) = board.floor.calls.values()
        assert (call.answered_by, call.recording) == ("101", f"{call.arrived_at:%Y/%m/%d}/{call.id}.wav")
        assert call.number_source and call.sip_call_id and within(call.arrived_at, day.truth["up"].arrived)
        assert within(call.answered_at, day.truth["up"].answered)
    await day.end("up", day.caller)
