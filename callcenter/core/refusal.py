"""A phone that turns calls away by itself: do-not-disturb, or call forwarding (which nobody follows for 112).

In:  how long a phone had rung when it stopped. Out: the floor, on which the position counts such refusals in a row.
Never: a person who declines (that takes longer), or a phone that stopped because another one was lifted.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from callcenter.core.call import Ring
from callcenter.core.floor import Floor

AT_ONCE = timedelta(seconds=1)
REFUSED = frozenset({17, 18, 19, 20, 21, 22, 23})
"""Causes of a leg that its phone ended without being lifted: busy, no user, rejected, number changed, redirected."""


def stopped(floor: Floor, ring: Ring | None, at: datetime) -> Floor:
    """That phone refused the call, or rang to its limit."""
    seat = floor.positions.get(ring.position) if ring else None
    if ring is None or seat is None:
        return floor
    count = seat.refusals + 1 if at - ring.at < AT_ONCE else 0
    return _with(floor, ring.position, count)


def lifted(floor: Floor, position: str) -> Floor:
    """A person is there."""
    return _with(floor, position, 0)


def _with(floor: Floor, position: str, count: int) -> Floor:
    seat = floor.positions.get(position)
    if seat is None or seat.refusals == count:
        return floor
    return replace(floor, positions={**floor.positions, position: replace(seat, refusals=count)})
