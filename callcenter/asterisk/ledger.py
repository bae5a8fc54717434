"""Asterisk's own database (AstDB) to the calls that our dialplan noted there. Pure.

In:  the entries below `e112/`. Out: one CallRecalled for each call.
Never: as much as the timeline: no rings, no attempt that nobody accepted, not that a caller whom she left waited again.
But it alone has what the INVITE said (`said`): where the number stood, the location, the operator's id.
It stands alone where Asterisk is on another machine, and a kill costs its last 1.5 s.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from callcenter.asterisk.conf import PAGE
from callcenter.asterisk.inbox import ATTEMPT_LEG, House, arrival, known
from callcenter.asterisk.records import off_by
from callcenter.asterisk.tale import Tale
from callcenter.asterisk.wire import Fields, text
from callcenter.core import facts
from callcenter.core.facts import Fact
from callcenter.core.kind import MADE
from callcenter.core.seen import CallRecalled

log = logging.getLogger(__name__)

JOURNAL = "e112"


def from_database(journal: Iterable[Fields]) -> Iterator[CallRecalled]:
    """`e112/<call>/in`, `/said`, `/msg`, `/blocked`, `/ans`, `/try/<leg>`, `/fail/<leg>`, `/over`, `/left`,
    `/acc/<leg>` and `/end`, as our dialplan writes them."""
    entries: dict[str, dict[str, list[str]]] = {}
    for f in journal:
        family, _, rest = text(f, "Key").strip("/").partition("/")
        call, _, what = rest.partition("/")
        if family == JOURNAL and what:
            entries.setdefault(call, {})[what] = text(f, "Val").split("|")
    for call, kept in entries.items():
        try:
            record = _from_entries(call, kept)
        except (ValueError, IndexError, OverflowError, OSError):
            log.warning("the journal entry of call %s cannot be read: %r", call, kept)
            continue
        if record is not None:
            yield record


def _from_entries(call: str, kept: Mapping[str, list[str]]) -> CallRecalled | None:
    if "in" not in kept or MADE.fullmatch(call):
        return None  # of a call that we make there is the timeline, and what we knew
    tale, came = Tale(House(), (), call), kept["in"]
    off = off_by(_moment(came[0]), call)

    def moment(said: str) -> datetime:
        return _moment(said) + off

    tale.tell(facts.CallArrived(call, moment(came[0]), known(came[1]), dialled=came[2], test=came[4:] == ["1"]))
    if "said" in kept:
        tale.tell(_said(call, moment(came[0]), "|".join(kept["said"])))
    if "blocked" in kept:
        tale.tell(facts.CallBlocked(call, moment(came[0])))
    in_message = bool({"blocked", "msg"} & kept.keys())  # he hung up in it, before the queue
    if not in_message:
        tale.tell(facts.CallQueued(call, moment(came[0])))  # the dialplan's next lines, within milliseconds
    answered, left, ended = kept.get("ans"), kept.get("left", [""]), kept.get("end")
    taker = f"taker-of-{call}"
    if answered:
        tale.tell(facts.CallAnswered(call, moment(answered[0]), answered[1].removesuffix(PAGE), taker))
    tale.tell(*_overflow(call, kept, moment))
    tale.tell(*_acceptances(call, kept, moment))
    if ended:
        at = moment(ended[0])
        if left[0] == "staff":  # she left before he did; when, it does not say
            tale.tell(facts.LegEnded(taker, at, int(left[1] or 0)))
        if not answered and not in_message:
            tale.tell(facts.CallAbandoned(call, at))
        if ended[3:] == ["cut"]:
            tale.tell(facts.CallCut(call, at))
        tale.tell(facts.LegEnded(call, at, int(ended[2] or 0)))
    record = tale.record()
    if record is not None and left[0] == "staff":
        record = replace(record, left_cause=int(left[1] or 0))
    return record


def _said(call: str, at: datetime, words: str) -> facts.CallDescribed:
    """The Arrival event as it stands in the journal: the same words, read by the same reader."""
    pairs = (part.partition(":") for part in words.split(","))
    return arrival(Fields({"Uniqueid": call} | {name.strip(): value.strip() for name, _, value in pairs}), at)


def _overflow(call: str, kept: Mapping[str, list[str]], moment: Callable[[str], datetime]) -> Iterator[Fact]:
    """The overflow lines that were tried, in their order, how they failed, and which one took him."""
    legs: dict[str, str] = {}
    for what, said in sorted(kept.items(), key=lambda entry: entry[1][0]):
        leg = what.partition("/")[2]
        if what.startswith("try/"):
            legs[said[1]] = leg
            yield facts.OverflowTried(call, moment(said[0]), leg, int(said[1]), int(said[2]), said[3])
        elif what.startswith("fail/"):
            yield facts.OverflowFailed(call, moment(said[0]), leg, int(said[1]), int(said[2]), said[3], said[4])
    if "over" in kept and kept["over"][0]:
        taken, line, name = kept["over"]
        yield facts.CallOverflowed(call, moment(taken), legs.get(line, ""), int(line), name)


def _acceptances(call: str, kept: Mapping[str, list[str]], moment: Callable[[str], datetime]) -> Iterator[Fact]:
    for what, said in kept.items():
        mine = ATTEMPT_LEG.fullmatch(what.removeprefix("acc/"))
        if mine and what.startswith("acc/"):
            at, leg = moment(said[0]), mine[0]
            yield facts.AttemptQueued(call, at, leg, mine["agency"], int(mine["line"]), int(mine["turn"]), "", "")
            yield facts.AttemptAccepted(leg, at, said[1])


def _moment(said: str) -> datetime:
    """20261122163634.002; in an entry of an older dialplan seconds since 1970."""
    if len(said.partition(".")[0]) == 14:
        return datetime.strptime(said, "%Y%m%d%H%M%S.%f").replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(said), UTC)
