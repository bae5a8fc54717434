"""Asterisk's two journals put together: what became of each call. Pure.

In:  rows of its timeline (`records.py`) and the entries of its database.
Out: one CallRecalled for each 112 call in them, with every moment that they know.
Never: a moment of the database in place of one of the timeline, which is written at once and by Asterisk itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from callcenter.asterisk.inbox import House
from callcenter.asterisk.ledger import from_database
from callcenter.asterisk.records import Row
from callcenter.asterisk.timeline import from_timeline
from callcenter.asterisk.wire import Fields
from callcenter.core.attempt import Attempt
from callcenter.core.seen import CallRecalled


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
    known = {a.leg for a in attempts}
    attempts += tuple(a for a in other.attempts if a.overflow and a.leg not in known)  # there never was a leg
    record = _described(replace(record, attempts=attempts, number=record.number or other.number), other)
    if record.answered_at is None and other.answered_at is not None:
        record = replace(record, answered_at=other.answered_at, position=other.position)
        record = replace(record, outcome="ANSWERED" if record.ended_at else "")
    if other.overflowed_at is not None:
        record = replace(record, overflowed_at=other.overflowed_at, overflowed_to=other.overflowed_to)
        if record.ended_at and record.answered_at is None:
            record = replace(record, outcome="OVERFLOWED", disconnected_early=other.disconnected_early)
    if other.blocked and record.answered_at is None:
        record = replace(record, blocked=True, outcome="BLOCKED" if record.ended_at else "")
    if record.ended_at is None and other.ended_at is not None:
        outcome = "ANSWERED" if record.answered_at else other.outcome
        ends = other.ended_at, other.cause, other.disconnected_early
        record = replace(record, outcome=outcome, ended_at=ends[0], cause=ends[1], disconnected_early=ends[2])
    return record


def _described(record: CallRecalled, other: CallRecalled) -> CallRecalled:
    """With what the INVITE said: of that the timeline knows the number alone."""
    if not other.number_source:
        return record
    said = {"number": other.number, "number_source": other.number_source, "location": other.location}
    more = {"sip_call_id": other.sip_call_id, "name": other.name, "trunk": other.trunk or record.trunk}
    return replace(record, **said, **more, recording=other.recording or record.recording)  # type: ignore[arg-type]


def _accepted(attempt: Attempt, other: Attempt | None) -> Attempt:
    if other is not None and other.overflow and attempt.accepted_at is None and attempt.answered_at is None:
        return replace(attempt, result=other.result)  # whether it rang out or was called off
    if other is None or other.accepted_at is None:
        return attempt
    result = other.result if attempt.accepted_at is None else attempt.result
    return replace(attempt, accepted_at=other.accepted_at, accepted_by=other.accepted_by, result=result)
