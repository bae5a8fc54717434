"""Is all that was said on the recording? While a call runs, and once it is over. Pure.

In:  how a file grows and what is in it; how long people spoke. Out: what is wrong, and a verdict.
Never: an alarm because somebody is silent. Three signs are kept apart:

* a file that stops growing: certain, whoever speaks. Asterisk writes every two seconds, also silence.
* a side of which nothing at all comes any more, after sound that had no empty sample: certain for A-law, whose
  quietest sample is not 0. No sound arrives, or the recording lost it; a quiet caller still sends noise.
* a side that is empty for a long time while the other speaks: "perhaps". A phone that sends nothing while nobody
  speaks, or one that sends digital silence, looks the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from callcenter.core.recorded import Span

STALL_S = 5.0
"""Asterisk's steps are 2 s; the rest is for a machine that is busy."""
LOST_S = 5.0
CALIBRATED_S = 4.0
"""So long a side must have had sound without one empty sample, before its silence means that it is lost."""
PAUSE_S = 0.2
"""A line that sends nothing while nobody speaks shows it by such a pause; then only PERHAPS_S holds."""
PERHAPS_S = 45.0
TOLERANCE_S = 3.0
"""Asterisk's last step, and the moments between the answer and the first sample."""
SHORTEST_ONE_SIDED_S = 8.0
QUARTER = 0.25


NOT_THERE = "Call {call} is not being recorded: there is no file. Look at Asterisk's disk; write down what is said."
STANDS_STILL = (
    "The recording of call {call} has stopped: what is said now is not kept. Look at the disk and at Asterisk; write "
    "down what is said."
)
CALLER_LOST = "Nothing of the caller's side reaches the recording of call {call} any more, though it did before."
ROOM_LOST = "Nothing of our side reaches the recording of call {call} any more, though it did before."
CALLER_EMPTY = "Perhaps call {call} is recorded without the caller's side: nothing came from it for {seconds} seconds."
ROOM_EMPTY = "Perhaps call {call} is recorded without our side: nothing came from it for {seconds} seconds."


class Trouble(StrEnum):
    """What is wrong with a recording that should be growing."""

    MISSING = "MISSING"
    STOPPED = "STOPPED"
    LOST = "LOST"
    PERHAPS = "PERHAPS"


class Verdict(StrEnum):
    """Of a call that is over."""

    COMPLETE = "COMPLETE"
    GAP = "GAP"
    ONE_SIDED = "ONE_SIDED"  # perhaps: judged by its sound alone
    MISSING = "MISSING"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is known of one side while the call runs."""

    heard_s: float = 0.0  # sound, all told
    empty_s: float = 0.0  # nothing at all, until now
    full: bool = True  # its sound never had an empty sample, nor a pause in which nothing came
    other_s: float = 0.0  # sound of the other side since this one is empty


def heard(before: Hearing, seconds: float, *, empty: bool, full: bool, other: bool) -> Hearing:
    """So much more of it. `empty`: only empty samples. `full`: not one of them. `other`: the other side spoke."""
    if empty:
        other_s = before.other_s + (seconds if other else 0.0)
        return replace(before, empty_s=before.empty_s + seconds, other_s=other_s)
    paused = before.heard_s > 0 and before.empty_s > PAUSE_S
    return Hearing(before.heard_s + seconds, 0.0, before.full and full and not paused)


def side_trouble(side: Hearing) -> Trouble | None:
    """What its emptiness means."""
    if side.empty_s >= LOST_S and side.full and side.heard_s >= CALIBRATED_S:
        return Trouble.LOST
    return Trouble.PERHAPS if side.other_s >= PERHAPS_S else None


def sentence(trouble: Trouble, call: str, side: str = "in") -> str:
    """What to tell the room. `call`: how people name it."""
    if trouble in (Trouble.LOST, Trouble.PERHAPS):
        said = {
            (Trouble.LOST, "in"): CALLER_LOST,
            (Trouble.LOST, "out"): ROOM_LOST,
            (Trouble.PERHAPS, "in"): CALLER_EMPTY,
        }.get((trouble, side), ROOM_EMPTY)
        return said.format(call=call, seconds=round(PERHAPS_S))
    return (NOT_THERE if trouble is Trouble.MISSING else STANDS_STILL).format(call=call)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a whole recording."""

    seconds: float
    empty_s: float  # the longest time in which nothing at all came

    @property
    def one_sided(self) -> bool:
        """Perhaps: long enough to ask a person."""
        whole = self.empty_s >= self.seconds - 1 and self.seconds >= SHORTEST_ONE_SIDED_S
        return whole or self.empty_s >= PERHAPS_S


@dataclass(frozen=True, slots=True)
class Found:
    """A recording as it is kept. `closed`: Asterisk wrote its length, so it ended in order."""

    seconds: float
    closed: bool
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of it. `began`: the moment of its first sample, as well as it is known."""

    verdict: Verdict
    missing_s: float = 0.0
    gaps: tuple[Span, ...] = ()
    began: datetime | None = None
    silent_side: str = ""  # in (what came), out (what went), or nothing


def judge(
    found: Found | None, since: datetime, until: datetime | None, *, seen: Sequence[Span] = (), began: datetime | None
) -> Judged:
    """Length against the speech from `since` to `until` (None: its end is not known), and what was seen meanwhile:
    `seen`, when it did not grow; `began`, its first moment as its growth told."""
    if found is None or found.seconds <= 0:
        gone = (Span(since, until),) if until else ()
        return Judged(Verdict.MISSING, gone[0].seconds if gone else 0.0, gone)
    holes = tuple(_within(seen, since, until))
    began = began or _began(found, since, until, holes)
    ends = began + timedelta(seconds=found.seconds) + sum((each.until - each.since for each in holes), timedelta())
    if until is not None and (until - ends).total_seconds() > TOLERANCE_S:
        holes = (*holes, Span(ends, until))
    if holes or not found.closed:
        missing = sum(hole.seconds for hole in holes)
        return Judged(Verdict.GAP, missing, holes, began)
    empty = [name for name, side in zip(("in", "out"), found.sides, strict=False) if side.one_sided]
    if len(empty) == 1:
        return Judged(Verdict.ONE_SIDED, 0.0, (), began, empty[0])
    return Judged(Verdict.COMPLETE, 0.0, (), began)


def _began(found: Found, since: datetime, until: datetime | None, holes: Sequence[Span]) -> datetime:
    """A whole file ends with the call; another one began with the answer, as far as anybody knows."""
    if until is None or not found.closed or holes:
        return since
    began = until - timedelta(seconds=found.seconds)
    return since if (began - since).total_seconds() > TOLERANCE_S else began


def _within(seen: Sequence[Span], since: datetime, until: datetime | None) -> list[Span]:
    cut = [Span(max(each.since, since), min(each.until, until) if until else each.until) for each in seen]
    return [each for each in cut if each.seconds > QUARTER]
