"""What a snapshot means: the truth about now, and about what passed while nobody listened.

In:  a floor and one FloorSeen (Asterisk's lists, and what its own journals recall).
Out: the floor as it is, all calls that came, changed or went meanwhile, and the gap with its proof.
Never: a call invented, or dropped without an outcome. What no record knows is UNKNOWN, in sight.
"""

from collections.abc import Iterable
from dataclasses import replace

from callcenter.core import attempt as tries
from callcenter.core.call import Call, Move, Stage, ended, ended_unseen, move
from callcenter.core.facts import UNKNOWN_MOMENT, LegStarted
from callcenter.core.floor import Floor, Gap, Step, put
from callcenter.core.incoming import position as position_seen
from callcenter.core.seen import CallRecalled, FloorSeen, LegSeen

KEPT_GAPS = 50


def seen(floor: Floor, fact: FloorSeen) -> Step:
    """The floor after a login: what is up stays or is added, what is gone is closed."""
    changed: dict[str, Call] = {}
    restarted = bool(floor.boot) and floor.boot != fact.boot
    recalled = {record.call: record for record in fact.recalled}
    here = {leg.leg: leg for leg in fact.legs}
    before = set(floor.calls)
    for call in list(floor.calls.values()):
        floor = _keep(floor, _known(call, here, recalled.get(call.id), restarted), changed)
    for leg in fact.legs:
        if leg.leg not in floor.legs and (leg.entry or leg.waiting_since) and leg.leg not in floor.gone:
            floor = _keep(floor, _newcomer(leg, here.values(), recalled.get(leg.leg)), changed)
    for record in fact.recalled:
        if record.call not in before and record.call not in here and record.call not in floor.gone:
            floor = _keep(floor, _passed(record), changed)
    for position in fact.positions:
        floor, _ = position_seen(floor, position)
    strangers = {leg.leg: LegStarted(leg.leg, leg.since, leg.number, leg.name, leg.dialled) for leg in fact.legs}
    strangers = {leg: was for leg, was in strangers.items() if leg not in floor.legs}
    floor = replace(floor, boot=fact.boot, strangers=strangers)
    return _close_gap(floor, fact, before, changed), tuple(changed.values())


def _keep(floor: Floor, call: Call, changed: dict[str, Call]) -> Floor:
    """The floor with that call; notes it as changed when it is not as it was."""
    if floor.calls.get(call.id) == call:
        return floor
    legs = [call.id, *(a.leg for a in call.attempts), *([call.leg] if call.leg else ())]
    floor, _ = put(floor, call, *legs)
    changed[call.id] = call
    return floor


def _known(call: Call, here: dict[str, LegSeen], record: CallRecalled | None, restarted: bool) -> Call:
    """A call of ours, held against what is up now."""
    for known in call.attempts:
        if known.live and known.leg not in here:
            call = call.with_attempt(tries.ended(known, UNKNOWN_MOMENT, 0))
    if record is not None:
        call = _completed(call, record)
    mine = here.get(call.id)
    if mine is None:
        if not call.live:
            return call
        if record is not None and record.ended_at is not None:
            return ended(call, record.ended_at, 0)
        gone = ended_unseen(call)
        return replace(gone, disconnected_early=gone.answered_at is not None) if restarted else gone
    in_room = tuple(leg.leg for leg in here.values() if leg.room and leg.room == mine.room)
    call = replace(call, room=mine.room or call.room, in_room=in_room)
    taker = next((leg for leg in here.values() if leg.call == call.id and leg.position and leg.talking), None)
    if taker is not None:
        return _with_taker(call, taker)
    if mine.waiting_since is not None:
        moved = move(call, Move.QUEUED) or call
        queued = call.queued_at or mine.waiting_since
        return replace(moved, queued_at=queued, waiting_since=mine.waiting_since, position="", leg="", rings=())
    if call.stage is Stage.TALKING:
        left = Move.LEFT_WITH_AGENCY if call.agency_in_room() else Move.LEFT_ALONE
        return replace(move(call, left) or call, position="", leg="", held=False)
    return call


def _with_taker(call: Call, taker: LegSeen) -> Call:
    """The call with the call taker who was found speaking in it."""
    moved = move(call, Move.ANSWERED) or call
    if moved.stage is not Stage.TALKING:
        return call
    return replace(
        moved,
        position=taker.position,
        leg=taker.leg,
        answered_at=call.answered_at or taker.since,  # her leg began when her phone rang: the record corrects it
        answered_by=call.answered_by or taker.position,
        rings=(),
    )


def _newcomer(leg: LegSeen, here: Iterable[LegSeen], record: CallRecalled | None) -> Call:
    """A call that came while nobody listened and is still there."""
    call = Call(leg.leg, arrived_at=leg.since, number=leg.number, name=leg.name, dialled=leg.dialled)
    return _known(call, {other.leg: other for other in here}, record, restarted=False)


def _passed(record: CallRecalled) -> Call:
    """A call that came and went while nobody listened."""
    call = _completed(Call(record.call, arrived_at=record.arrived_at), record)
    return ended_unseen(call) if record.ended_at is None else ended(call, record.ended_at, 0)


def _completed(call: Call, record: CallRecalled) -> Call:
    """The call with every moment that the record knows and we did not see."""
    if call.queued_at is None and record.queued_at is not None:
        call = replace(move(call, Move.QUEUED) or call, queued_at=record.queued_at, waiting_since=record.queued_at)
    if call.answered_at is None and record.answered_at is not None and call.live:
        answered = move(call, Move.ANSWERED) or call
        call = replace(answered, answered_at=record.answered_at, answered_by=record.position, rings=())
    return replace(call, number=call.number or record.number, dialled=call.dialled or record.dialled, left_queue=False)


def _close_gap(floor: Floor, fact: FloorSeen, before: set[str], changed: dict[str, Call]) -> Floor:
    """The gap that this snapshot ends, with its proof."""
    if floor.blind_since is None:
        return floor
    unknown = sum(not call.end_seen for call in changed.values())
    found = sum(call.end_seen and (call.id not in before or not call.live) for call in changed.values())
    gap = Gap(floor.blind_since, fact.at, found, unknown)
    return replace(floor, blind_since=None, gaps=(*floor.gaps, gap)[-KEPT_GAPS:])
