"""Asterisk's two journals to what became of each call: the same facts, told afterwards, on the same floor. Pure.

In:  rows of its timeline (`records.py`) and the entries of its database (AstDB, `e112/<call>/...`).
Out: one CallRecalled for each 112 call in them, with every moment that they know.
Never: a rule of its own. Each row becomes the fact that the inbox would have made of the event, and `core.apply` says
what it means; so a call that nobody heard comes out like one that was heard.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from callcenter.asterisk.inbox import ATTEMPT_LEG, House, known
from callcenter.asterisk.records import Row
from callcenter.asterisk.wire import Fields, text
from callcenter.core import facts
from callcenter.core.apply import apply
from callcenter.core.attempt import Attempt
from callcenter.core.call import Call, Stage
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor
from callcenter.core.seen import CallRecalled

log = logging.getLogger(__name__)

JOURNAL = "e112"
CHANNEL = re.compile(r"[A-Za-z]+/(?P<owner>.+)-[0-9a-f]{8}(;\d)?")
"""A channel's name: technology, whose it is, a count."""

OURS = "dialplan/"
"""How HANGUP.hangupsource begins where our own dialplan ended the call."""


def owner_of(channel: str) -> str:
    """Whose phone or trunk it is: PJSIP/101-0000001a and PJSIP/101-web-0000001a are 101."""
    found = CHANNEL.fullmatch(channel)
    return found["owner"].removesuffix("-web") if found else ""


@dataclass
class Tale:
    """One call while its rows are read."""

    house: House
    positions: Sequence[str]
    id: str
    floor: Floor = field(default_factory=Floor)
    call: Call | None = None  # as it last was
    app: str = ""  # what the caller's leg is doing
    trunk: str = ""
    number: str = ""

    def tell(self, *told: Fact) -> None:
        """What happened next."""
        for fact in told:
            self.floor, changed = apply(self.floor, fact)
            self.call = next((call for call in changed if call.id == self.id), self.call)


def recalled(
    house: House, positions: Sequence[str], rows: Iterable[Row] = (), journal: Iterable[Fields] = ()
) -> list[CallRecalled]:
    """Every 112 call in either journal, the oldest first. Where both know one, the timeline's moments stand."""
    found = {record.call: record for record in from_timeline(house, positions, rows)}
    for record in from_database(journal):
        better = found.get(record.call)
        found[record.call] = record if better is None else _completed(better, record)
    return sorted(found.values(), key=lambda record: (record.arrived_at, record.call))


def _completed(record: CallRecalled, other: CallRecalled) -> CallRecalled:
    """The timeline's record with what only the database knows: who let an agency in, a row that was lost."""
    accepted = {a.leg: a for a in other.attempts}
    attempts = tuple(_accepted(a, accepted.get(a.leg)) for a in record.attempts)
    record = replace(record, attempts=attempts, number=record.number or other.number)
    if record.answered_at is None and other.answered_at is not None:
        record = replace(record, answered_at=other.answered_at, position=other.position)
        record = replace(record, outcome="ANSWERED" if record.ended_at else "")
    if record.ended_at is None and other.ended_at is not None:
        outcome = "ANSWERED" if record.answered_at else other.outcome
        ends = other.ended_at, other.cause, other.disconnected_early
        record = replace(record, outcome=outcome, ended_at=ends[0], cause=ends[1], disconnected_early=ends[2])
    return record


def _accepted(attempt: Attempt, other: Attempt | None) -> Attempt:
    if other is None or other.accepted_at is None:
        return attempt
    result = other.result if attempt.accepted_at is None else attempt.result
    return replace(attempt, accepted_at=other.accepted_at, accepted_by=other.accepted_by, result=result)


def _told(tale: Tale) -> CallRecalled | None:
    call = tale.call
    if call is None:
        return None
    return CallRecalled(
        call.id,
        call.arrived_at,
        number=call.number,
        dialled=call.dialled,
        queued_at=call.queued_at,
        answered_at=call.answered_at,
        position=call.answered_by,
        ended_at=call.ended_at,
        cause=call.cause,
        outcome="" if call.live else call.outcome.value,
        disconnected_early=call.disconnected_early,
        rang_at=call.rang_at,
        rung=call.rung,
        name=call.name,
        trunk=tale.trunk,
        recording=f"{call.arrived_at.astimezone(UTC):%Y/%m/%d}/{call.id}.wav",  # where the dialplan's [tell] puts it
        attempts=call.attempts,
    )


# ---- the timeline (CEL) ----------------------------------------------------------------------------------------------


def from_timeline(house: House, positions: Sequence[str], rows: Iterable[Row]) -> Iterator[CallRecalled]:
    """The calls whose arrival is among these rows."""
    tales: dict[str, Tale] = {}
    legs: dict[str, Tale] = {}  # a leg -> the call that it was made for: its linkedid may move later
    for row in rows:
        if row.kind == "CHAN_START":
            _began(house, positions, row, tales, legs)
        tale = legs.get(row.leg)
        if tale is None or row.kind not in READERS:
            continue
        try:
            tale.tell(*READERS[row.kind](tale, row))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            log.warning("row %s of Asterisk's records says nothing that can be understood: %r", row.id, wrong)
    for tale in tales.values():
        record = _told(tale)
        if record is not None:
            yield record


def _began(house: House, positions: Sequence[str], row: Row, tales: dict[str, Tale], legs: dict[str, Tale]) -> None:
    attempt = ATTEMPT_LEG.fullmatch(row.leg)
    mine = tales.get(attempt["call"] if attempt else row.linked)
    if row.leg == row.linked and house.is_entry(row.context, row.exten):
        mine = tales[row.leg] = Tale(house, positions, row.leg)
    if mine is not None:
        legs[row.leg] = mine


def _leg_began(tale: Tale, row: Row) -> Iterator[Fact]:
    owner = owner_of(row.channel)
    attempt = ATTEMPT_LEG.fullmatch(row.leg)
    if row.leg == tale.id:
        tale.trunk = owner.removeprefix("trunk-")
        yield facts.CallArrived(tale.id, row.at, known(row.number), dialled=row.exten)
    elif attempt:
        line, turn = int(attempt["line"]), int(attempt["turn"])
        yield facts.AttemptDialled(tale.id, row.at, row.leg, attempt["agency"], line, turn)
    elif owner in tale.positions and tale.app == "Queue":
        yield facts.PhoneCalled(tale.id, row.at, owner, row.leg)


def _app_began(tale: Tale, row: Row) -> Iterator[Fact]:
    if row.leg != tale.id:
        return
    tale.app = row.app
    if row.app == "Queue" and tale.house.queue in ("*", row.data.split(",")[0]):
        yield facts.CallQueued(tale.id, row.at)
        if known(row.number) and tale.call is not None and tale.call.number != row.number:
            yield facts.CallDescribed(tale.id, row.at, row.number, "record")  # the dialplan found a better one


def _app_ended(tale: Tale, row: Row) -> Iterator[Fact]:
    if row.leg == tale.id and row.app == "Queue":
        yield facts.CallLeftQueue(tale.id, row.at)


def _answered(tale: Tale, row: Row) -> Iterator[Fact]:
    if row.leg != tale.id:
        yield facts.LegAnswered(row.leg, row.at)


def _joined(tale: Tale, row: Row) -> Iterator[Fact]:
    if row.app == "ConfBridge":
        yield facts.RoomJoined(row.leg, row.at, row.data.split(",")[0])
    elif row.leg != tale.id and row.app == "AppQueue" and owner_of(row.channel) in tale.positions:
        yield facts.CallAnswered(tale.id, row.at, owner_of(row.channel), row.leg)


def _left(_: Tale, row: Row) -> Iterator[Fact]:
    if row.app == "ConfBridge":
        yield facts.RoomLeft(row.leg, row.at, row.data.split(",")[0])


def _hung_up(tale: Tale, row: Row) -> Iterator[Fact]:
    said = json.loads(row.extra) if row.extra else {}
    waits = tale.call is not None and tale.call.stage is Stage.WAITING
    if row.leg == tale.id and waits and not str(said.get("hangupsource", "")).startswith(OURS):
        yield facts.CallAbandoned(tale.id, row.at)
    yield facts.LegEnded(row.leg, row.at, int(said.get("hangupcause") or 0))


def _transferred(tale: Tale, row: Row) -> Iterator[Fact]:
    said = json.loads(row.extra)
    if said.get("transferee_channel_uniqueid") == tale.id:
        yield facts.CallTransferred(tale.id, row.at, row.leg, str(said.get("extension", "")))


READERS: Mapping[str, Callable[[Tale, Row], Iterator[Fact]]] = {
    "CHAN_START": _leg_began,
    "APP_START": _app_began,
    "APP_END": _app_ended,
    "ANSWER": _answered,
    "BRIDGE_ENTER": _joined,
    "BRIDGE_EXIT": _left,
    "HANGUP": _hung_up,
    "BLINDTRANSFER": _transferred,
}


# ---- the database (AstDB) --------------------------------------------------------------------------------------------


def from_database(journal: Iterable[Fields]) -> Iterator[CallRecalled]:
    """`e112/<call>/in`, `/ans`, `/left`, `/acc/<leg>` and `/end`, as extensions.conf writes them."""
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
    if "in" not in kept:
        return None
    tale, came = Tale(House(), (), call), kept["in"]
    tale.tell(facts.CallArrived(call, _moment(came[0]), known(came[1]), dialled=came[2]))
    tale.tell(facts.CallQueued(call, _moment(came[0])))  # the dialplan's next lines, within milliseconds
    answered, left, ended = kept.get("ans"), kept.get("left", [""]), kept.get("end")
    taker = f"taker-of-{call}"
    if answered:
        tale.tell(facts.CallAnswered(call, _moment(answered[0]), answered[1], taker))
    tale.tell(*_acceptances(call, kept))
    if ended:
        at = _moment(ended[0])
        if left[0] == "staff":  # she left before he did; when, it does not say
            tale.tell(facts.LegEnded(taker, at, int(left[1] or 0)))
        if not answered:
            tale.tell(facts.CallAbandoned(call, at))
        tale.tell(facts.LegEnded(call, at, int(ended[2] or 0)))
    return _told(tale)


def _acceptances(call: str, kept: Mapping[str, list[str]]) -> Iterator[Fact]:
    for what, said in kept.items():
        mine = ATTEMPT_LEG.fullmatch(what.removeprefix("acc/"))
        if mine and what.startswith("acc/"):
            at, leg = _moment(said[0]), mine[0]
            yield facts.AttemptQueued(call, at, leg, mine["agency"], int(mine["line"]), int(mine["turn"]), "", "")
            yield facts.AttemptAccepted(leg, at, said[1])


def _moment(epoch: str) -> datetime:
    return datetime.fromtimestamp(float(epoch), UTC)
