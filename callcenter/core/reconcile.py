"""What a snapshot means: the truth about now, and about what passed while nobody listened.

In:  a floor and one FloorSeen (Asterisk's lists, and what its own journals recall).
Out: the floor as it is, all calls that came, changed or went meanwhile, and the gap with its proof.
Never: a call invented, or dropped without an outcome. What no record knows is UNKNOWN, in sight. A call that Asterisk
took with it when it died did not end by the caller's wish: it is ANSWERED and cut early, or NO_AGENT where he still
waited; only the moment is not known. What the records tell of one call is put together in `completion.py`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from callcenter.core import desk_call, listening
from callcenter.core.call import Call, Move, Outcome, Stage, ended_unseen, move, room_number
from callcenter.core.completion import completed, ended_as_recorded, with_agencies, without
from callcenter.core.facts import UNKNOWN_MOMENT, LegStarted
from callcenter.core.floor import REMEMBERED, Floor, Gap, Step, put
from callcenter.core.helper import Helper
from callcenter.core.incoming import position as position_seen
from callcenter.core.kind import Kind, kind_of
from callcenter.core.seen import CallRecalled, FloorSeen, LegSeen

KEPT_GAPS = 50


def read_from(floor: Floor, heard_until: datetime | None = None) -> datetime | None:
    """From when on Asterisk's records must be read again: since we were blind, and each open call as a whole.

    None: nobody knows, so as far back as they are read at all. A floor that never saw Asterisk only knows its own age.
    """
    known = [at for at in (floor.blind_since if floor.boot else None, heard_until) if at is not None]
    return min([*known, *(call.arrived_at for call in floor.calls.values())]) if known else None


def seen(floor: Floor, fact: FloorSeen) -> Step:
    """The floor after a login: what is up stays or is added, what is gone is closed."""
    changed: dict[str, Call] = {}
    recalled = {record.call: record for record in fact.recalled}
    here = {leg.leg: leg for leg in fact.legs}
    before = set(floor.calls)
    another = bool(floor.boot) and floor.boot != fact.boot
    for call in list(floor.calls.values()):
        died = _is_older(call.arrived_at, fact) or another
        floor = _keep(floor, _known(call, here, recalled.get(call.id), died, fact.timeline), changed)
    for leg in fact.legs:
        if leg.leg not in floor.legs and (leg.entry or leg.waiting_since) and leg.leg not in floor.gone:
            floor = _keep(floor, _known(_newcomer(leg), here, recalled.get(leg.leg), False), changed)
    for record in fact.recalled:
        if record.call not in before and record.call not in here and record.call not in floor.gone:
            passed = Call(record.call, arrived_at=record.arrived_at, kind=kind_of(record.call))
            floor = _keep(floor, _known(passed, here, record, _is_older(record.arrived_at, fact)), changed)
    for position in fact.positions:
        floor, _ = position_seen(floor, position)
    strangers = {leg.leg: LegStarted(leg.leg, leg.since, leg.number, leg.name, leg.dialled) for leg in fact.legs}
    strangers = {leg: was for leg, was in strangers.items() if leg not in floor.legs}
    floor = _close_gap(floor, fact, before, changed)
    over = {call: None for call in fact.over[-REMEMBERED:] if call not in floor.calls}
    return replace(floor, boot=fact.boot, strangers=strangers, gone={**floor.gone, **over}), tuple(changed.values())


def _is_older(arrived_at: datetime, fact: FloorSeen) -> bool:
    """The call is older than this life of Asterisk: the one that it belonged to is over."""
    return fact.booted_at is not None and arrived_at < fact.booted_at


def _keep(floor: Floor, call: Call, changed: dict[str, Call]) -> Floor:
    """The floor with that call; notes it as changed when it is not as it was."""
    if floor.calls.get(call.id) == call:
        return floor
    floor, changes = put(floor, call, *call.legs)
    changed.update((each.id, each) for each in changes)
    return floor


def _known(
    call: Call, here: Mapping[str, LegSeen], record: CallRecalled | None, died: bool, whole: bool = False
) -> Call:
    """A call, held against what is up now. `died`: Asterisk has started again since it came. `whole`: the records
    have every leg that ever was."""
    if record is not None:
        call = completed(call, record)
    call = with_agencies(call, here.values())
    call = without(call, {leg for leg in here if leg != call.id}, whole)
    call = listening.seen_again(call, here, UNKNOWN_MOMENT)
    in_room = tuple(leg.leg for leg in here.values() if leg.room == (call.room or room_number(call.id)))
    mine = here.get(call.id)
    if call.kind is not Kind.ARRIVAL:
        call = desk_call.seen_again(call, here)
        if mine is None and call.leg in here and call.live and call.dialled_at is None:
            return call  # her phone rings, or she is there and nobody was dialled yet
    if mine is None or (record is not None and record.ended_at is not None):  # the records were read after the legs
        call = replace(call, in_room=in_room)
        return _after_the_end(_gone(call, record, died) if call.live else call, here)
    in_room = tuple(leg.leg for leg in here.values() if leg.room and (leg.room == mine.room or leg.call == call.id))
    call = replace(call, room=mine.room or call.room, in_room=in_room, held_since=_held(call, mine))
    call = _with_helpers(call, here)
    takers = [leg for leg in here.values() if leg.call == call.id and leg.position and leg.talking]
    takers.sort(key=lambda leg: leg.ear != "")  # a supervisor has the call only when nobody else of the room is there
    taker = next((leg for leg in takers if leg.leg == call.leg), takers[0] if takers else None)
    if taker is not None and (call.kind is Kind.ARRIVAL or mine.room or call.answered_at):
        return _with_taker(call, taker)
    if mine.waiting_since is not None:
        moved = move(call, Move.QUEUED) or call
        queued = call.queued_at or mine.waiting_since
        return replace(moved, queued_at=queued, waiting_since=mine.waiting_since, position="", leg="", rings=())
    if call.answered_at is None and call.overflowed_at is not None and len(in_room) > 1:
        return replace(move(call, Move.AGENCY_CAME) or call, rings=())
    if call.answered_at is not None and call.stage in (
        Stage.TALKING,
        Stage.WAITING,
    ):  # neither with her nor in the queue
        left = Move.LEFT_WITH_AGENCY if call.agency_in_room() else Move.LEFT_ALONE
        return replace(move(move(call, Move.ANSWERED) or call, left) or call, position="", leg="", held=False)
    return call


def _held(call: Call, mine: LegSeen) -> datetime | None:
    return (call.held_since or mine.since) if mine.held else None


def _with_helpers(call: Call, here: Mapping[str, LegSeen]) -> Call:
    """Colleagues who came to be there while nobody listened."""
    for leg in here.values():
        if leg.call == call.id and leg.position and leg.desk and leg.leg != call.leg:
            known = call.helper(leg.leg) or Helper(leg.position, leg.leg, dialled_at=leg.since)
            there = known.joined_at or (leg.since if leg.room else None)
            call = call.with_helper(replace(known, joined_at=there))
    return call


def _after_the_end(call: Call, here: Mapping[str, LegSeen]) -> Call:
    """Whether the call taker is still there to speak with an agency, or on her way to the room."""
    on_her_way = call.leg in here and any(share.trying for share in call.forwards)
    return replace(call, position=call.position if call.leg in call.in_room or on_her_way else "")


def _gone(call: Call, record: CallRecalled | None, died: bool) -> Call:
    """A live call whose leg is not up any more: ended as the records say, else with Asterisk, else nobody knows."""
    if record is not None and record.ended_at is not None:
        return ended_as_recorded(call, record, record.ended_at)
    unseen = ended_unseen(call)
    if not died or call.kind is not Kind.ARRIVAL:
        return unseen
    spoke = unseen.outcome in (Outcome.ANSWERED, Outcome.OVERFLOWED)
    known = spoke or unseen.outcome is Outcome.BLOCKED
    return replace(unseen, outcome=unseen.outcome if known else Outcome.NO_AGENT, disconnected_early=spoke)


def _with_taker(call: Call, taker: LegSeen) -> Call:
    """The call with the call taker who was found speaking in it."""
    moved = move(call, Move.ANSWERED) or call
    if moved.stage is not Stage.TALKING:
        return call
    found = replace(
        moved,
        position=taker.position,
        leg=taker.leg,
        answered_at=call.answered_at or taker.since,  # her leg began when her phone rang: the record corrects it
        answered_by=call.answered_by or taker.position,
        rings=(),
    )
    return listening.took(found, taker.leg, taker.since)


def _newcomer(leg: LegSeen) -> Call:
    """A call that came while nobody listened and is still there."""
    kind = kind_of(leg.leg)
    return Call(leg.leg, arrived_at=leg.since, number=leg.number, name=leg.name, dialled=leg.dialled, kind=kind)


def _close_gap(floor: Floor, fact: FloorSeen, before: set[str], changed: Mapping[str, Call]) -> Floor:
    """The gap that this snapshot ends, with its proof."""
    known = [at for at in (floor.blind_since, fact.heard_until) if at is not None]  # a cut is noticed seconds later
    if not floor.boot and fact.heard_until is None:
        known = [call.arrived_at for call in changed.values()]  # a first life: blind at least since then
    if not known or (floor.boot and floor.blind_since is None):
        return replace(floor, blind_since=None)
    since = min([*known, fact.at])
    found = sum(call.end_seen and (call.id not in before or not call.live) for call in changed.values())
    unseen = [call for call in changed.values() if not call.end_seen]
    cut = sum(call.disconnected_early or call.outcome is Outcome.NO_AGENT for call in unseen)
    gap = Gap(since, fact.at, found, len(unseen) - cut, cut)
    return replace(floor, blind_since=None, gaps=(*floor.gaps, gap)[-KEPT_GAPS:])
