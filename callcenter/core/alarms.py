"""What is wrong right now, in sentences that a person at the desk can act on. Pure.

In:  the floor, how the line to Asterisk stands, which trunks answer, what other parts say of themselves.
Out: code -> sentence; and, with the moments, the alarms that last long enough to be told.
Never: a clock; an alarm for what a restart causes and ends by itself within seconds (GRACE_S).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from callcenter.core.floor import Floor

NO_PHONE = "No phone of any position is registered: callers are offered to the overflow lines alone. Start the phones."
NOBODY_HEARS = "No phone of any position is registered: callers wait, and nobody hears them. Start the phones."
NO_TRUNK = "No trunk answers ({names}): nobody from outside reaches us. Call the operator; look at the network."
A_TRUNK = "The trunk {names} does not answer; the others do. Call the operator."
CALLBACKS_LATE = "A callback is owed for more than {minutes} minutes ({count} in all). Call them back."
FLAGS_NOT_WRITTEN = "The flags of callers could not be written to Asterisk: the last change does not act yet."
TURNED_AWAY = (
    "The phone of position {names} turns calls away by itself: do-not-disturb or call forwarding is on. Switch it off "
    "there; 112 rings at the others meanwhile."
)
DISK_FULL = "The disk is full: recordings and tickets cannot be stored. Free some space."

PLACE_FULL = "The disk under {place} is full. Free some space."
NO_FILES = (
    "The disk under {place} takes no more files, though it may have room: recordings cannot be made. Delete files."
)
EMPTIED = (
    "This folder was in use since {since}, but its database was empty at the start: calls and tickets of before are "
    "missing. Restore a backup with ./run restore FILE; if an empty one is meant: ./run setup --anew."
)

GRACE_S: Mapping[str, float] = {"phones": 20, "line": 10, "trunks": 45, "database": 10, "agency-lines": 10}
"""For so long it may be wrong without an alarm. All else is told at once."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must look at. `since`: the first moment at which it was wrong."""

    code: str
    sentence: str
    since: datetime


def wrong(
    floor: Floor,
    *,
    line_up: bool,
    trunks: Mapping[str, bool],
    others: Mapping[str, str | None],
    overflow: bool = True,
) -> dict[str, str]:
    """Everything that is wrong at this moment. `trunks`: name -> whether it answers; empty while nobody could ask.
    `overflow`: somebody else is called when no position answers."""
    found = {code: sentence for code, sentence in others.items() if sentence}
    if line_up and floor.positions and not any(position.reachable for position in floor.positions.values()):
        found["phones"] = NO_PHONE if overflow else NOBODY_HEARS
    refusing = ", ".join(sorted(number for number, position in floor.positions.items() if position.turns_away))
    if line_up and refusing:
        found["turned-away"] = TURNED_AWAY.format(names=refusing)
    silent = ", ".join(sorted(name for name, answers in trunks.items() if not answers))
    if line_up and silent:
        found["trunks"] = (A_TRUNK if any(trunks.values()) else NO_TRUNK).format(names=silent)
    return found


def since(before: Mapping[str, Alarm], found: Mapping[str, str], now: datetime) -> dict[str, Alarm]:
    """What is wrong, each with its first moment; a new sentence for the same code keeps it. A moment that is still to
    come is one of before the clock was set back: its grace is over."""
    first = {code: before[code].since if code in before else now for code in found}
    early = {code: now - timedelta(seconds=GRACE_S.get(code, 0)) for code, at in first.items() if at > now}
    return {code: Alarm(code, sentence, {**first, **early}[code]) for code, sentence in found.items()}


def told(found: Mapping[str, Alarm], now: datetime) -> dict[str, Alarm]:
    """Those that have lasted longer than their grace."""
    return {
        code: alarm for code, alarm in found.items() if now - alarm.since >= timedelta(seconds=GRACE_S.get(code, 0))
    }
