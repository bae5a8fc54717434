"""An agency's chain of lines: what is due now, and when to look again. Pure.

In:  a call with its forwards and attempts, the agencies, the moment on the city's own clock.
Out: what shall be done: dial, stop, give up, escalate, let the call taker go.
Never: a line dialled twice in one forward; another line while nobody knows whether the last order was carried out; an
agency left with a caller's silence; a forward that goes on for ever.

One line after the other, at once when the one before is over. Lines of the same step ring together. A line that was
lifted without a key has 15 s, then the next one starts beside it. After the last line the agency to escalate to is
tried by itself, each agency once in a chain.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from callcenter.core.agency import Agency
from callcenter.core.attempt import ELSEWHERE, ORDERED, Attempt
from callcenter.core.call import Call, Stage
from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.core.hours import staffed
from callcenter.core.share import WORD, Mode, Share, Status

Agencies = Mapping[str, Agency]

FAR = datetime.max.replace(tzinfo=UTC)

KEY_WAIT = timedelta(seconds=15)
"""So long a lifted line has the agency for itself."""

KEYLESS = timedelta(seconds=120)
"""A line that was lifted and never presses a key is a voice box."""

A_MOMENT = timedelta(seconds=2)
"""Asterisk's word may be ahead of our clock by so much without anything being wrong with either."""

GRACE = timedelta(seconds=5)
"""Asterisk itself ends a line that rang out; what goes on so long after that is stuck."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Dial this line of the agency."""

    share: Share
    place: int  # of the line in the chain, from 1


@dataclass(frozen=True, slots=True)
class Stop:
    """End that agency's leg."""

    leg: str
    cause: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No further line: UNREACHED, or CANCELLED since nobody is left for the agency to speak with."""

    share: Share
    status: Status


@dataclass(frozen=True, slots=True)
class Escalate:
    """Nobody was reached: the next agency is asked for."""

    share: Share  # the new one


@dataclass(frozen=True, slots=True)
class Release:
    """The call taker's part is over: her phone is put down."""

    leg: str


Due = Dial | Stop | GiveUp | Escalate | Release


def due(call: Call, agencies: Agencies, now: datetime) -> tuple[Due, ...]:
    """What shall be done, the most urgent first. Empty: nothing, until a fact or `look_again`."""
    found = [step for share in call.forwards for step in _due(call, share, agencies, now)]
    found += _release(call)
    return tuple(found)


def look_again(call: Call, agencies: Agencies, now: datetime) -> datetime | None:
    """When something is due though nothing is heard. None: never."""
    moments = [
        moment
        for share in call.forwards
        for attempt in _open(call, share)
        for moment in _moments(attempt, agencies.get(share.agency))
        if moment > now
    ]
    return min(moments, default=None)


def next_turn(call: Call, agency: str) -> int:
    """The number of this agency's next forward on this call."""
    turns = [share.turn for share in call.forwards if share.agency == agency]
    return 1 + max([*turns, *(attempt.turn for attempt in call.attempts if attempt.agency == agency)], default=0)


def open_lines(agency: Agency, now: datetime) -> list[list[int]]:
    """The places of the lines that are staffed now, those that ring together in one list."""
    steps: dict[int, list[int]] = {}
    for place, line in enumerate(agency.lines, 1):
        if staffed(line.hours, now):
            steps.setdefault(line.order or place, []).append(place)
    return [steps[step] for step in sorted(steps)]


def somebody_waits(call: Call) -> bool:
    """There is somebody for an agency to speak with: the call taker, the caller with another agency."""
    return (call.stage is Stage.TALKING and bool(call.leg)) or call.stage is Stage.HANDED_OVER or call.relay


def _due(call: Call, share: Share, agencies: Agencies, now: datetime) -> Iterator[Due]:
    waiting = _open(call, share)
    if not share.trying:
        cause = ELSEWHERE if share.status is Status.ACCEPTED else ORDERED
        stays = share.accepted_by == WORD and somebody_waits(call)  # somebody there may be on the way to the phone
        over = [a for a in waiting if not stays or _moments(a, agencies.get(share.agency))[-1] <= now]
        yield from (Stop(attempt.leg, cause) for attempt in over)
        yield from _out_of_an_empty_room(call, share)
        return
    if not somebody_waits(call):
        yield GiveUp(share, Status.CANCELLED)
        return
    agency = agencies.get(share.agency)
    yield from (Stop(attempt.leg, ORDERED) for attempt in waiting if _moments(attempt, agency)[-1] <= now)
    if any(attempt.dialled_at is None for attempt in waiting):
        return  # ordered, not seen yet: whether it exists is told by the floor and by nothing else
    blocked = any(_moments(attempt, agency)[0] > now and not _ahead(attempt, now) for attempt in waiting)
    tried = {attempt.line for attempt in call.attempts if share.owns(attempt)}
    for step in open_lines(agency, now) if agency else []:
        missing = [place for place in step if place not in tried]
        if missing:
            if not blocked or len(missing) < len(step):
                yield from (Dial(share, place) for place in missing)
            return
    if not blocked:
        yield from _escalation(call, share, agency, agencies)
    if not waiting:
        yield GiveUp(share, Status.UNREACHED)


def _open(call: Call, share: Share) -> list[Attempt]:
    """Its legs that are up and not accepted."""
    return [a for a in call.attempts if share.owns(a) and a.live and a.accepted_at is None]


def _moments(attempt: Attempt, agency: Agency | None) -> tuple[datetime, datetime]:
    """Until when the next line waits for this one, and until when it is left alone."""
    if attempt.answered_at is not None:
        return _after(attempt.answered_at, KEY_WAIT), _after(attempt.answered_at, KEYLESS)
    if attempt.dialled_at is None:
        return FAR, FAR
    line = agency.lines[attempt.line - 1] if agency and attempt.line <= len(agency.lines) else None
    stuck = _after(attempt.dialled_at, timedelta(seconds=line.ring_s if line else 20) + GRACE)
    return stuck, stuck


def _ahead(attempt: Attempt, now: datetime) -> bool:
    """Lifted in the future: the clock was set back since. Nobody waits an hour for a voice box to press a key."""
    return attempt.answered_at is not None and attempt.answered_at > now + A_MOMENT


def _after(moment: datetime, span: timedelta) -> datetime:
    return moment + span if moment != UNKNOWN_MOMENT else UNKNOWN_MOMENT  # long ago


def _escalation(call: Call, share: Share, agency: Agency | None, agencies: Agencies) -> Iterator[Escalate]:
    to = agencies.get(agency.escalation) if agency else None
    if to is None or not to.lines or any(each.escalated_from == share.key for each in call.forwards):
        return
    if to.code in _chain(call, share):
        return  # once in a chain
    theirs = [each.status for each in call.forwards if each.agency == to.code]
    if theirs and theirs[-1] in (Status.TRYING, Status.ACCEPTED):
        return  # somebody asked them already
    yield Escalate(Share(to.code, next_turn(call, to.code), share.mode, share.by, escalated_from=share.key))


def _chain(call: Call, share: Share) -> set[str]:
    """The agencies that were tried up to this forward, by escalation."""
    by_key = {each.key: each for each in call.forwards}
    found: set[str] = set()
    now: Share | None = share
    while now is not None and now.agency not in found:
        found.add(now.agency)
        now = by_key.get(now.escalated_from)
    return found


def _out_of_an_empty_room(call: Call, share: Share) -> Iterator[Stop]:
    """Caller and call taker are gone, and one agency is left alone with silence."""
    if call.live or call.relay:
        return
    legs = [attempt.leg for attempt in call.attempts if share.owns(attempt) and attempt.live]
    yield from (Stop(leg, ORDERED) for leg in legs if set(call.in_room) <= {leg})


def _release(call: Call) -> Iterator[Release]:
    if call.relay and not any(s.trying for s in call.forwards) and not any(a.live for a in call.attempts):
        yield Release(call.leg)  # the last one hung up: nobody is left for her to speak with
        return
    blind = [share for share in call.forwards if share.mode is Mode.BLIND]
    if not blind or call.stage is not Stage.TALKING or not call.leg or any(share.trying for share in call.forwards):
        return
    if any(a.accepted_at and a.leg in call.in_room and share.owns(a) for share in blind for a in call.attempts):
        yield Release(call.leg)
