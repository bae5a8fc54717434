"""What Asterisk's own records add to a call: every moment that nobody heard.

In:  a call as we know it, and what the records say of it from its beginning.
Out: the same call, complete.
Never: a moment that we heard ourselves written over; a second attempt for one leg; an ended call opened again.
"""

from collections.abc import Iterable, Set
from dataclasses import replace
from datetime import datetime, timedelta

from callcenter.core.attempt import BY_PHONE, Attempt, Result
from callcenter.core.attempt import ended as attempt_ended
from callcenter.core.call import Call, Move, Outcome, ended, move
from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.core.seen import CallRecalled, LegSeen
from callcenter.core.silent import Step

HOW_FAR = list(Result)
FROM_THE_MIDDLE = timedelta(seconds=1)


def completed(call: Call, record: CallRecalled) -> Call:
    """The call with everything that the record knows and we did not hear. Whether it goes on is not decided here."""
    call = replace(
        call,
        arrived_at=_earlier(call, record),
        number=call.number or record.number,
        number_source=call.number_source or record.number_source,
        location=call.location or record.location,
        sip_call_id=call.sip_call_id or record.sip_call_id,
        name=call.name or record.name,
        dialled=call.dialled or record.dialled,
        trunk=call.trunk or record.trunk,
        recording=call.recording or record.recording,
        queued_at=call.queued_at and _first(call.queued_at, record.queued_at),
        rang_at=_first(call.rang_at, record.rang_at),
        rung=max(call.rung, record.rung),
        overflowed_at=call.overflowed_at or record.overflowed_at,
        overflowed_to=call.overflowed_to or record.overflowed_to,
        test=call.test or record.test,
        dialled_at=call.dialled_at or record.dialled_at,
        blocked=call.blocked or record.blocked,
    )
    for attempt in record.attempts:
        call = _with_attempt(call, attempt)
    if not call.live:
        return call
    if call.queued_at is None and record.queued_at is not None:
        queued = move(call, Move.QUEUED) or call
        call = replace(queued, queued_at=record.queued_at, waiting_since=record.queued_at)
    answered_at = _first(call.answered_at, record.answered_at)
    if answered_at != call.answered_at:
        answered = move(call, Move.ANSWERED) if call.answered_at is None else None
        call = replace(answered or call, answered_at=answered_at, answered_by=record.position, rings=())
    left = call.left_cause if record.answered_at is None else record.left_cause
    return replace(call, left_queue=False, left_cause=left)


def _earlier(call: Call, record: CallRecalled) -> datetime:
    """An arrival that was only read from the leg's id is exact to the second: the record has the fraction."""
    if call.arrived_at == UNKNOWN_MOMENT:
        return record.arrived_at
    rounded = call.arrived_at.microsecond == 0 and call.arrived_at == record.arrived_at.replace(microsecond=0)
    return record.arrived_at if rounded else _first(call.arrived_at, record.arrived_at) or record.arrived_at


def _first(heard: datetime | None, recorded: datetime | None) -> datetime | None:
    """The moment that we heard, unless the record has one well before it: then we heard only a later one of its kind,
    of a call that we first met in its middle."""
    if heard is None or recorded is None or heard == UNKNOWN_MOMENT:
        return heard or recorded
    return recorded if heard - recorded > FROM_THE_MIDDLE else heard


def _with_attempt(call: Call, told: Attempt) -> Call:
    known = call.attempt(told.leg)
    if told.overflow:
        return _with_overflow(call, told, known)
    outside = told.by != BY_PHONE or told.number.startswith("*1")  # else: a colleague
    call = replace(
        call,
        forwarded_at=call.forwarded_at or (told.dialled_at if outside else None),
        agency_answered_at=call.agency_answered_at or told.answered_at,
        accepted_at=call.accepted_at or told.accepted_at,
    )
    if known is None:
        return call.with_attempt(told)
    over = known.ended_at is not None and (known.ended_at != UNKNOWN_MOMENT or told.ended_at is None)
    return call.with_attempt(
        replace(
            known,
            dialled_at=known.dialled_at or told.dialled_at,
            answered_at=known.answered_at or told.answered_at,
            accepted_at=known.accepted_at or told.accepted_at,
            accepted_by=known.accepted_by or told.accepted_by,
            ended_at=known.ended_at if over else told.ended_at or known.ended_at,
            cause=known.cause if over else told.cause,
            result=known.result if over else _further(known.result, told),
        )
    )


def _with_overflow(call: Call, told: Attempt, known: Attempt | None) -> Call:
    """An overflow line: the one who knows its end knows all."""
    better = known is None or (known.live and known.accepted_at is None) or known.ended_at == UNKNOWN_MOMENT
    return call.with_attempt(told) if better else call


def _further(known: Result, told: Attempt) -> Result:
    """How far it came. The records know no ringing, and not everybody whom the call taker let in."""
    if known is Result.ACCEPTED or (told.ended_at is None and HOW_FAR.index(told.result) < HOW_FAR.index(known)):
        return known
    return told.result


def ended_as_recorded(call: Call, record: CallRecalled, at: datetime) -> Call:
    """A live call whose end the records know."""
    done = ended(call, at, record.cause)
    if done.answered_at is not None:
        return replace(done, outcome=Outcome.ANSWERED, disconnected_early=record.disconnected_early)
    return replace(done, outcome=Outcome(record.outcome)) if record.outcome else done


def with_agencies(call: Call, here: Iterable[LegSeen]) -> Call:
    """The call with every agency's leg that is up, also those that no record tells of."""
    for leg in here:
        if leg.agency and leg.call == call.id:
            known = call.attempt(leg.leg) or Attempt(leg.leg, leg.agency, leg.line, leg.turn)
            if known.dialled_at is None:
                call = call.with_attempt(replace(known, dialled_at=leg.since))
    return call


def without(call: Call, here: Set[str], whole: bool) -> Call:
    """The call after every attempt whose leg is gone has ended. What no record tells of it, it did not do: a leg that
    was lifted and then cut off has failed, not declined. An order of which whole records know no leg was never carried
    out: it is as if it had not been given."""
    if whole:
        unseen = [known.leg for known in call.attempts if known.live and not known.dialled_at and known.leg not in here]
        call = replace(call, attempts=tuple(known for known in call.attempts if known.leg not in unseen))
    for known in call.attempts:
        if known.live and known.leg not in here:
            over = attempt_ended(known, UNKNOWN_MOMENT, 0)
            call = call.with_attempt(replace(over, result=Result.FAILED) if over.result is Result.DECLINED else over)
    for helper in call.helpers:
        if helper.live and helper.leg not in here:
            call = call.with_helper(replace(helper, ended_at=UNKNOWN_MOMENT))
    if call.silent is not None and call.silent.running and call.silent.leg not in here:
        call = replace(call, silent=replace(call.silent, step=Step.STOPPED))
    return call
