"""Rows of Asterisk's timeline (CEL) to the calls that they tell of. Pure.

In:  rows, oldest first (`records.py`). Out: one CallRecalled for each 112 call whose arrival is among them.
Never: a call tied by anything but the leg that it began with: a linkedid may move. READERS lists what is understood.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from callcenter.asterisk import own
from callcenter.asterisk.inbox import ATTEMPT_LEG, BLOCKED, TEST_ENTRY, House, known
from callcenter.asterisk.own import DESK_LEG, EAR_LEG
from callcenter.asterisk.records import Row
from callcenter.asterisk.tale import RECORD, Tale, owner_of
from callcenter.core import desk_facts, facts
from callcenter.core.attempt import BY_PHONE, ORDERED, OVERFLOW
from callcenter.core.call import Stage
from callcenter.core.facts import Fact
from callcenter.core.kind import MADE, kind_of
from callcenter.core.seen import CallRecalled

log = logging.getLogger(__name__)

OURS = "dialplan/"
"""How HANGUP.hangupsource begins where our own dialplan ended the call."""


def from_timeline(house: House, positions: Sequence[str], rows: Iterable[Row]) -> Iterator[CallRecalled]:
    """The calls whose arrival is among these rows."""
    tales: dict[str, Tale] = {}
    legs: dict[str, Tale] = {}  # a leg -> the call that it was made for: its linkedid may move later
    for row in rows:
        if row.kind == "CHAN_START":
            _began(house, positions, row, tales, legs)
        if (found := _named(row)) and found.call in tales:
            legs[row.leg] = tales[found.call]  # an overflow line's leg has a linkedid of its own
        tale = legs.get(row.leg)
        if tale is None or row.kind not in READERS:
            continue
        try:
            tale.tell(*READERS[row.kind](tale, row))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            log.warning("row %s of Asterisk's records says nothing that can be understood: %r", row.id, wrong)
    for tale in tales.values():
        record = tale.record()
        if record is not None:
            yield record


def _began(house: House, positions: Sequence[str], row: Row, tales: dict[str, Tale], legs: dict[str, Tale]) -> None:
    made = ATTEMPT_LEG.fullmatch(row.leg) or DESK_LEG.fullmatch(row.leg) or EAR_LEG.fullmatch(row.leg)
    mine = tales.get(made["call"] if made else row.linked)
    if MADE.fullmatch(row.leg) or (mine is None and made and MADE.fullmatch(made["call"])):
        id_ = made["call"] if made else row.leg
        mine = tales.setdefault(id_, Tale(house, positions, id_))
    if row.leg == row.linked and house.is_entry(row.context, row.exten, row.channel):
        mine = tales[row.leg] = Tale(house, positions, row.leg)
    if mine is not None:
        legs[row.leg] = mine


def _leg_began(tale: Tale, row: Row) -> Iterator[Fact]:
    owner = owner_of(row.channel)
    attempt = ATTEMPT_LEG.fullmatch(row.leg)
    if own.is_own(row.leg):
        yield from _own_began(tale, row)
    elif row.leg == tale.id:
        tale.trunk = owner.removeprefix("trunk-")
        yield facts.CallArrived(tale.id, row.at, known(row.number), dialled=row.exten, test=row.context == TEST_ENTRY)
    elif attempt:
        line, turn = int(attempt["line"]), int(attempt["turn"])
        yield facts.AttemptDialled(tale.id, row.at, row.leg, attempt["agency"], line, turn)
    elif owner in tale.positions and tale.app == "Queue":
        yield facts.PhoneCalled(tale.id, row.at, owner, row.leg)


def _own_began(tale: Tale, row: Row) -> Iterator[Fact]:
    """A call that we make: its number and what it is about only we know."""
    fact = own.started(row.leg, row.at)
    if tale.call is None and MADE.fullmatch(tale.id):
        hers = DESK_LEG.fullmatch(row.leg)
        position, leg = (hers["position"], row.leg) if hers else ("", "")
        yield desk_facts.DeskCallMade(tale.id, row.at, kind_of(tale.id).value, position, leg)
    if fact is not None:
        yield fact


def _app_began(tale: Tale, row: Row) -> Iterator[Fact]:
    if row.leg != tale.id:
        return
    tale.app = row.app
    if row.app == "ConfBridge" and tale.call is not None and tale.call.answered_at is None:
        yield facts.CallOverflowed(tale.id, row.at, "", 0)  # whose line it was, the database knows
    if row.app == "Queue" and tale.house.has_queue(row.data.split(",")[0]):
        yield facts.CallQueued(tale.id, row.at)
        if known(row.number) and tale.call is not None and tale.call.number != row.number:
            yield facts.CallDescribed(tale.id, row.at, row.number, RECORD)  # the dialplan found a better one


def _app_ended(tale: Tale, row: Row) -> Iterator[Fact]:
    if row.leg == tale.id and row.app == "Queue":
        yield facts.CallLeftQueue(tale.id, row.at)


def _answered(tale: Tale, row: Row) -> Iterator[Fact]:
    if row.leg != tale.id or MADE.fullmatch(tale.id):
        yield facts.LegAnswered(row.leg, row.at)
    elif row.context == BLOCKED:
        yield facts.CallBlocked(tale.id, row.at)


def _joined(tale: Tale, row: Row) -> Iterator[Fact]:
    if row.app == "ConfBridge":
        yield facts.RoomJoined(row.leg, row.at, row.data.split(",")[0])
    elif row.leg != tale.id and row.app == "AppQueue" and owner_of(row.channel) in tale.positions:
        yield facts.CallAnswered(tale.id, row.at, owner_of(row.channel), row.leg)


def _named(row: Row) -> facts.OverflowTried | desk_facts.PhoneDialled | None:
    """A leg that our dialplan names: an overflow line's (waiting.conf), a phone's own transfer's (control.conf)."""
    if row.kind != "USER_DEFINED":
        return None
    try:
        what, call, *said = json.loads(row.extra)["extra"].split("|")
        if what == OVERFLOW:
            line, turn, name = said
            return facts.OverflowTried(call, row.at, row.leg, int(line), int(turn), name)
        if what == BY_PHONE:
            to, line = said
            return desk_facts.PhoneDialled(row.leg, row.at, to, int(line or 1), call)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # somebody else's
    return None


def _leg_named(_: Tale, row: Row) -> Iterator[Fact]:
    if (found := _named(row)) is not None:
        yield found


def _left(_: Tale, row: Row) -> Iterator[Fact]:
    if row.app == "ConfBridge":
        yield facts.RoomLeft(row.leg, row.at, row.data.split(",")[0])


def _hung_up(tale: Tale, row: Row) -> Iterator[Fact]:
    said = json.loads(row.extra) if row.extra else {}
    cause, source = int(said.get("hangupcause") or 0), said.get("hangupsource")
    waits = tale.call is not None and tale.call.stage is Stage.WAITING
    if row.leg == tale.id and waits and not str(source).startswith(OURS):
        yield facts.CallAbandoned(tale.id, row.at)
    if row.leg == tale.id and source == "" and cause != ORDERED:
        yield facts.CallCut(tale.id, row.at)
    yield facts.LegEnded(row.leg, row.at, cause)


def _transferred(tale: Tale, row: Row) -> Iterator[Fact]:
    said = json.loads(row.extra)
    if said.get("transferee_channel_uniqueid") == tale.id:
        yield desk_facts.CallTransferred(tale.id, row.at, row.leg, str(said.get("extension", "")))


READERS: Mapping[str, Callable[[Tale, Row], Iterator[Fact]]] = {
    "CHAN_START": _leg_began,
    "APP_START": _app_began,
    "APP_END": _app_ended,
    "ANSWER": _answered,
    "BRIDGE_ENTER": _joined,
    "BRIDGE_EXIT": _left,
    "HANGUP": _hung_up,
    "BLINDTRANSFER": _transferred,
    "USER_DEFINED": _leg_named,
}
