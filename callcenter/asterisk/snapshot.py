"""What Asterisk says when it is asked: its lists, and the journal that it keeps without us, as one FloorSeen fact.

In:  the answers to CoreShowChannels, QueueStatus, ConfbridgeList and DBGetTree, right after a login.
Out: FloorSeen: every leg that is up, every position, and every call in the AstDB journal.
Never: a change, a second question after the link is up; one bad line does not spoil the others.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from panoramisk.message import Message

from callcenter.asterisk.inbox import ATTEMPT_LEG, ENTRIES, PHONES, House, known, position_of
from callcenter.asterisk.wire import Fields, Given, fields, text
from callcenter.core.call import room_number
from callcenter.core.errors import Refused
from callcenter.core.seen import CallRecalled, FloorSeen, LegSeen, PositionSeen

log = logging.getLogger(__name__)

CALLERS = ENTRIES | {"arrival", "any-phone", "waiting", "room-caller"}
"""Contexts in which only a caller can be."""

BORN = re.compile(r"(?:.*-)?(\d{10})\.\d+")
"""An Asterisk id: the second of its birth, then a count."""

JOURNAL = "e112"


class Asks(Protocol):
    """The link, as far as a snapshot needs it."""

    async def ask_list(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> list[Message]: ...


async def look(link: Asks, house: House, positions: Sequence[str], boot: str, now: Callable[[], datetime]) -> FloorSeen:
    """Ask everything, once. Raises LineDown, Unconfirmed or Refused when the link or its rights are not there."""

    async def ask(name: str, given: Given | None = None) -> list[Fields]:
        return [fields(message) for message in await link.ask_list(name, given, deadline=10.0)]

    channels = await ask("CoreShowChannels")
    queue = await ask("QueueStatus", {"Queue": house.queue})
    rooms = await _rooms(ask)
    journal = await ask("DBGetTree", {"Family": JOURNAL})
    return floor_seen(now(), boot, house, positions, channels, queue, rooms, journal)


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
    journal: Iterable[Fields],
) -> FloorSeen:
    """The lists as one fact. Pure."""
    queue = list(queue)
    in_room = {text(f, "Uniqueid"): text(f, "Conference") for f in rooms}
    waits = {
        text(f, "Uniqueid"): at - timedelta(seconds=float(text(f, "Wait") or 0))
        for f in queue
        if text(f, "Event") == "QueueEntry" and house.ours(f)
    }
    legs = [_leg(f, at, house, positions, in_room, waits) for f in channels if text(f, "Uniqueid")]
    return FloorSeen(
        at,
        boot,
        legs=tuple(_tied(legs)),
        positions=tuple(_member(f, at) for f in queue if text(f, "Event") == "QueueMember" and house.ours(f)),
        recalled=tuple(recalled(journal)),
    )


def _leg(
    f: Fields,
    at: datetime,
    house: House,
    positions: Sequence[str],
    in_room: Mapping[str, str],
    waits: Mapping[str, datetime],
) -> LegSeen:
    leg = text(f, "Uniqueid")
    owner = text(f, "Channel").split("/", 1)[-1].rpartition("-")[0].removesuffix("-web")
    attempt = ATTEMPT_LEG.fullmatch(leg)
    return LegSeen(
        leg,
        since=_since(f, at),
        call=attempt["call"] if attempt else text(f, "Linkedid") or leg,
        number=known(text(f, "CallerIDNum")),
        name=known(text(f, "CallerIDName")),
        dialled=text(f, "Exten"),
        entry=text(f, "Context") in CALLERS and leg == (text(f, "Linkedid") or leg) and not attempt,
        room=in_room.get(leg, ""),
        position=owner if owner in positions else "",
        talking=bool(text(f, "BridgeId")) or leg in in_room,
        waiting_since=waits.get(leg),
    )


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
        position_of(f), at, phone=PHONES.get(text(f, "Status")), paused=text(f, "Paused") == "1", in_queue=True
    )


def recalled(journal: Iterable[Fields]) -> Iterable[CallRecalled]:
    """The AstDB journal: `e112/<call>/in`, `/ans` and `/end`, each beginning with its moment."""
    entries: dict[str, dict[str, list[str]]] = {}
    for f in journal:
        parts = text(f, "Key").strip("/").split("/")
        if len(parts) == 3 and parts[0] == JOURNAL:
            entries.setdefault(parts[1], {})[parts[2]] = text(f, "Val").split("|")
    for call, kept in entries.items():
        try:
            record = _record(call, kept)
        except (ValueError, IndexError, OverflowError):
            log.warning("the journal entry of call %s cannot be read: %r", call, kept)
            continue
        if record is not None:
            yield record


def _record(call: str, kept: Mapping[str, list[str]]) -> CallRecalled | None:
    if "in" not in kept:
        return None
    came, answered, ended = kept["in"], kept.get("ans"), kept.get("end")
    return CallRecalled(
        call,
        arrived_at=_moment(came[0]),
        number=known(came[1]),
        dialled=came[2],
        queued_at=_moment(came[0]),  # the queue is entered in the dialplan's next lines, within milliseconds
        answered_at=_moment(answered[0]) if answered else None,
        position=answered[1] if answered else "",
        ended_at=_moment(ended[0]) if ended else None,
    )


def _moment(epoch: str) -> datetime:
    return datetime.fromtimestamp(float(epoch), UTC)
