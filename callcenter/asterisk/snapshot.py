"""What Asterisk says when it is asked: its lists, and the journal that it keeps without us, as one FloorSeen fact.

In:  the answers to CoreShowChannels, QueueStatus, ConfbridgeList and DBGetTree, right after a login, and the rows of
     Asterisk's timeline since we last listened.
Out: FloorSeen: every leg that is up, every position, and every call that Asterisk's two journals know.
Never: a change, a second question after the link is up; one bad line does not spoil the others.

The order of the questions matters. What happens while we ask is heard afterwards, event by event. So the journals are
read after the list of legs (a call that is in no list has its end in them), and what arrived after Asterisk's own
clock was asked is left to the events.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from panoramisk.message import Message

from callcenter.asterisk.inbox import (
    ATTEMPT_LEG,
    BLOCKED,
    ENTRIES,
    PHONES,
    House,
    in_page,
    is_local,
    known,
    position_of,
)
from callcenter.asterisk.ledger import JOURNAL, from_database
from callcenter.asterisk.own import DESK_LEG, EAR_LEG, MODES, VOICE_LEG
from callcenter.asterisk.pauses import unpack
from callcenter.asterisk.recall import recalled
from callcenter.asterisk.records import BORN, Remembers, off_by
from callcenter.asterisk.tale import owner_of
from callcenter.asterisk.wire import Fields, Given, fields, text
from callcenter.core.call import room_number
from callcenter.core.errors import CallCenterError, Refused
from callcenter.core.kind import MADE
from callcenter.core.listener import Mode
from callcenter.core.seen import RINGING, CallRecalled, FloorSeen, LegSeen, PositionSeen

log = logging.getLogger(__name__)

IN_A_MESSAGE = {"flag-message", BLOCKED}
CALLERS = (
    ENTRIES | IN_A_MESSAGE | {"arrival", "any-phone", "waiting", "room-caller", "room-talk", "room-hold", "passed-on"}
)
"""Contexts in which only a caller can be."""

WALL = "STRFTIME(,,%Y-%m-%d %H:%M:%S.%3q)"
"""Asterisk's wall clock. Not its %s: where TZ and /etc/localtime differ it is off by hours; EPOCH is right."""

HEARD = "SERVICE_HEARD"
"""A variable of Asterisk: until when this service heard it. It outlives the service, not Asterisk."""

LATE_S, LATE_TIMES = 0.3, 5
"""The timeline is written by a thread of its own: an end may stand in it a moment after the leg is gone."""


class Asks(Protocol):
    """The link, as far as a snapshot needs it."""

    async def ask(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> Message: ...
    async def ask_list(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> list[Message]: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """Asterisk's own, when the questions began. None: it did not say."""

    at: datetime | None = None
    booted_at: datetime | None = None


async def look(
    link: Asks,
    house: House,
    positions: Sequence[str],
    boot: str,
    now: Callable[[], datetime],
    records: Remembers | None = None,
    since: Callable[[datetime | None], datetime | None] = lambda heard: heard,
) -> FloorSeen:
    """Ask everything, once. Raises LineDown, Unconfirmed or Refused when the link or its rights are not there.

    `since`: given until when we heard, from when the timeline must be read, so that every call that was open then is
    in it as a whole.
    """

    async def ask(name: str, given: Given | None = None) -> list[Fields]:
        return [fields(message) for message in await link.ask_list(name, given, deadline=10.0)]

    clock = await _clock(link, boot)
    heard = await _heard(link)
    channels = await ask("CoreShowChannels")
    queue = await ask("QueueStatus")
    rooms = await _rooms(ask)
    seen = replace(floor_seen(now(), boot, house, positions, channels, queue, rooms), heard_until=heard)
    for _ in range(LATE_TIMES):
        journal = await ask("DBGetTree", {"Family": JOURNAL})
        rows = await records.read(_from(since(heard), journal)) if records else []
        told = await asyncio.to_thread(recalled, house, positions, rows, journal)
        seen = replace(with_recalled(seen, told, clock), timeline=records is not None and records.trouble is None)
        if not _late(seen):
            break
        await asyncio.sleep(LATE_S)
    return seen


def _from(since: datetime | None, journal: Sequence[Fields]) -> datetime | None:
    """A call that is still in the database is not committed: the timeline is read from its beginning, too."""
    return since and min([since, *(record.arrived_at for record in from_database(journal))])


async def _clock(link: Asks, boot: str) -> Clock:
    try:
        epoch, wall = [text(fields(await link.ask("Getvar", {"Variable": each})), "Value") for each in ("EPOCH", WALL)]
        return clock_of(epoch, wall, boot)
    except (CallCenterError, ValueError) as wrong:
        log.warning("Asterisk does not tell what its clock says: %s", wrong)
        return Clock()


async def _heard(link: Asks) -> datetime | None:
    try:
        said = text(fields(await link.ask("Getvar", {"Variable": HEARD})), "Value")
        return datetime.fromtimestamp(float(said), UTC) if said else None
    except (CallCenterError, ValueError) as wrong:
        log.warning("Asterisk does not tell until when we heard it: %s", wrong)
        return None


def clock_of(epoch: str, wall: str, boot: str) -> Clock:
    """The moment in UTC, and the one that names this life of Asterisk: its wall clock tells its zone.

    The name has no fractions, and a call may have died in the second in which Asterisk rose again: rounded up. No new
    call can have come in that second, since Asterisk was still loading.
    """
    now, rose = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (wall, boot))
    off = off_by(now, f"{epoch}.0")
    return Clock(now + off, rose + off + timedelta(seconds=1))


def with_recalled(seen: FloorSeen, told: Iterable[CallRecalled], clock: Clock) -> FloorSeen:
    """The snapshot with what the journals know of calls that began before we asked."""
    here = {leg.leg for leg in seen.legs}
    taken = {leg.call for leg in seen.legs if leg.position and leg.talking}
    mine = (_as_of(r, clock.at, here, taken) for r in told if r.call in here or not _is_news(r.arrived_at, clock.at))
    return replace(seen, recalled=tuple(mine), booted_at=clock.booted_at)


def _is_news(moment: datetime | None, asked_at: datetime | None) -> bool:
    return moment is not None and asked_at is not None and moment > asked_at


def _as_of(record: CallRecalled, asked_at: datetime | None, here: Set[str], taken: Set[str]) -> CallRecalled:
    """The record without what happened since we asked: of a call that goes on, events will tell it. But an answer
    that is in the lists already needs its moment, for they know only when her phone began to ring."""
    tries = tuple(a for a in record.attempts if a.leg in here or not _is_news(a.dialled_at, asked_at))
    record = replace(record, attempts=tries)
    if record.ended_at is not None:
        return record
    if _is_news(record.answered_at, asked_at) and record.call not in taken:
        record = replace(record, answered_at=None, position="")
    return replace(record, queued_at=None if _is_news(record.queued_at, asked_at) else record.queued_at)


def _late(seen: FloorSeen) -> bool:
    """A leg of this life of Asterisk is gone, and its end is not written yet."""
    here, life = {leg.leg for leg in seen.legs}, seen.booted_at
    young = [r for r in seen.recalled if life is None or r.arrived_at >= life]
    open_legs = {r.call for r in young if r.ended_at is None}
    open_legs |= {a.leg for r in young for a in r.attempts if a.dialled_at is not None and a.ended_at is None}
    return not open_legs <= here


async def _rooms(ask: Callable[..., Awaitable[list[Fields]]]) -> list[Fields]:
    """Who is in which conference. A room that empties while we ask has nobody in it."""
    found: list[Fields] = []
    for room in await ask("ConfbridgeListRooms"):
        try:
            found += await ask("ConfbridgeList", {"Conference": text(room, "Conference")})
        except Refused as gone:
            log.info("a conference ended while it was asked for: %s", gone)
    return found


def floor_seen(
    at: datetime,
    boot: str,
    house: House,
    positions: Sequence[str],
    channels: Iterable[Fields],
    queue: Iterable[Fields],
    rooms: Iterable[Fields],
    journal: Iterable[Fields] = (),
) -> FloorSeen:
    """The lists as one fact. Pure."""
    queue = list(queue)
    in_room = {text(f, "Uniqueid"): text(f, "Conference") for f in rooms}
    waits = {
        text(f, "Uniqueid"): at - timedelta(seconds=float(text(f, "Wait") or 0))
        for f in queue
        if text(f, "Event") == "QueueEntry" and house.ours(f)
    }
    legs = [_leg(f, at, positions, in_room, waits) for f in channels if text(f, "Uniqueid")]
    return FloorSeen(
        at,
        boot,
        legs=tuple(_tied(legs)),
        positions=tuple(
            _member(f, at) for f in queue if text(f, "Event") == "QueueMember" and house.tells_of_positions(f)
        ),
        recalled=tuple(recalled(house, positions, journal=journal)),
    )


def _leg(
    f: Fields,
    at: datetime,
    positions: Sequence[str],
    in_room: Mapping[str, str],
    waits: Mapping[str, datetime],
) -> LegSeen:
    leg = text(f, "Uniqueid")
    owner = owner_of(text(f, "Channel"))
    attempt = ATTEMPT_LEG.fullmatch(leg)
    ear = EAR_LEG.fullmatch(leg)
    made = attempt or ear or DESK_LEG.fullmatch(leg) or VOICE_LEG.fullmatch(leg)
    callee = MADE.fullmatch(leg) is not None
    return LegSeen(
        leg,
        since=_since(f, at),
        call=made["call"] if made else leg if callee else text(f, "Linkedid") or leg,
        number=known(text(f, "CallerIDNum")),
        name=known(text(f, "CallerIDName")),
        dialled=text(f, "Exten"),
        entry=callee or _is_entry(f, leg, bool(made)),
        held=text(f, "Context") == "room-hold",
        desk=DESK_LEG.fullmatch(leg) is not None,
        room=in_room.get(leg, ""),
        position=owner if owner in positions else "",
        talking=bool(text(f, "BridgeId")) or leg in in_room,
        waiting_since=waits.get(leg),
        ear=_mode(text(f, "Context"), leg in in_room) if ear else "",
        agency=attempt["agency"] if attempt else "",
        line=int(attempt["line"]) if attempt else 0,
        turn=int(attempt["turn"]) if attempt else 0,
    )


def _is_entry(f: Fields, leg: str, made: bool) -> bool:
    caller = text(f, "Context") in CALLERS and leg == (text(f, "Linkedid") or leg)
    return caller and not made and not is_local(text(f, "Channel"))


def _mode(context: str, in_room: bool) -> str:
    """How a supervisor hears the call."""
    if in_room:
        return Mode.JOIN.value
    return MODES[context].value if context in MODES else RINGING


def _since(f: Fields, at: datetime) -> datetime:
    """When the leg began: its id says it to the second; its duration says it roughly."""
    born = BORN.fullmatch(text(f, "Uniqueid"))
    if born:
        return datetime.fromtimestamp(int(born[1]), UTC)
    hours, minutes, seconds = (int(part) for part in (text(f, "Duration") or "0:0:0").split(":"))
    return at - timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _tied(legs: Sequence[LegSeen]) -> Iterable[LegSeen]:
    """In a room the caller is found by the room's number: Linkedid may have moved."""
    callers = {room_number(leg.leg): leg.leg for leg in legs}
    for leg in legs:
        yield replace(leg, call=callers.get(leg.room, leg.call)) if leg.room else leg


def _member(f: Fields, at: datetime) -> PositionSeen:
    return PositionSeen(
        position_of(f),
        at,
        phone=PHONES.get(text(f, "Status")),
        paused=text(f, "Paused") == "1",
        in_queue=True,
        page=in_page(f),
        pause=unpack(text(f, "PausedReason")) if text(f, "Paused") == "1" else None,
    )
